"""Where an array's feed stands, on disk: PLACES/NAME.json.

    {"server": "192.0.2.11:18000", "begins": "2026-03-02T10:51:00.000000Z",
     "channels": {"XX.A1.00.HDF": "2026-03-02T10:50:45.120000Z"}, "stations": {"XX.A1": "00000B"}}

begins: where the next block begins. channels: up to where all records are in blocks that are kept. stations: the
packet from which to ask. Another server has other numbers: of its stations the next packets are asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import msgspec

from truceline.edges.feeds.seedlink_blocks import NUMBERS, Mark
from truceline.edges.store.durable import write_durably
from truceline.model.instant import format_utc, parse_utc
from truceline.model.problem import Place, Problem, Unusable


class Written(msgspec.Struct):
    """The file's fields."""

    server: str
    begins: str
    channels: dict[str, str]
    stations: dict[str, str]


@dataclass(frozen=True, slots=True)
class KeptMark:
    """The mark of one feed. server: its address."""

    folder: Path
    feed: str
    server: str

    @property
    def path(self) -> Path:
        return self.folder / f"{quote(self.feed, safe=' ')}.json"

    def read(self) -> Mark | None:
        """Where the feed stood; None if it never ran. Raises Unusable."""
        try:
            said = msgspec.json.decode(self.path.read_bytes(), type=Written)
            numbers = {station: int(number, 16) % NUMBERS for station, number in said.stations.items()}
            upto = {channel: parse_utc(time) for channel, time in said.channels.items()}
            return Mark(parse_utc(said.begins), upto, numbers if said.server == self.server else {})
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(str(error.strerror), "check the path") from None
        except (msgspec.DecodeError, ValueError) as error:
            remedy = "remove it: the feed then begins with what comes next"
            raise self._unusable(f"it is damaged: {error}", remedy) from None

    def write(self, mark: Mark) -> None:
        """Write down where the feed stands; durable on return. Raises Unusable if the disk fails."""
        said = Written(
            server=self.server,
            begins=format_utc(mark.begin_us, digits=6),
            channels=_times(mark.upto),
            stations={station: f"{number:06X}" for station, number in sorted(mark.numbers.items())},
        )
        try:
            write_durably(self.path, msgspec.json.format(msgspec.json.encode(said), indent=1) + b"\n")
        except OSError as error:
            raise self._unusable(str(error.strerror), "check the path and the space") from None

    def _unusable(self, why: str, remedy: str) -> Unusable:
        return Unusable([Problem(Place(str(self.path)), f"cannot be used ({why})", remedy)])


def _times(instants: Mapping[str, int]) -> dict[str, str]:
    return {name: format_utc(instant, digits=6) for name, instant in sorted(instants.items())}
