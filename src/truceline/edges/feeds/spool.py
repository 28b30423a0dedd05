"""A folder into which feeds write: what `truceline run` reads, with the bytes as received beside it.

    observations.ndjson   lines of contract 1, each with the message it came from as an exhibit
    messages.ndjson       {"sha256", "feed", "received", "media_type", "data": base64}: bytes as received
    facts.ndjson          what nodes say of themselves: registrations, states with coverage, alerts
    quarantine.ndjson     messages that could not be used, with the reasons
    health.json           counters and errors of each feed, written anew every few seconds
    places/               where a feed stands in its source, to go on there after a restart

Everything is appended and synced before `take` returns, messages first. A line that a power cut left half written is
cut off when the spool is opened again: it was never acknowledged.
"""

import base64
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import msgspec

from truceline.edges.feeds.door import Fact, Health, Message, Refused, Taken
from truceline.formats.observations_ndjson import write_observation
from truceline.model.instant import format_utc, parse_utc
from truceline.model.observation import Exhibit
from truceline.model.problem import Place, Problem, Unusable

OBSERVATIONS, MESSAGES, FACTS, QUARANTINE = (
    "observations.ndjson",
    "messages.ndjson",
    "facts.ndjson",
    "quarantine.ndjson",
)
FILES = (MESSAGES, OBSERVATIONS, FACTS, QUARANTINE)
HEALTH, PLACES = "health.json", "places"
TAIL_BYTES = 64 * 1024


class Spool:
    """An open spool. One process at a time."""

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._files = {name: _opened(folder / name) for name in FILES}
        except OSError as error:
            raise _unusable(folder, error) from None
        self.folder = folder

    def __enter__(self) -> "Spool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files.values():
            file.close()

    def take(self, taken: Sequence[Taken], refused: Sequence[Refused]) -> None:
        """Append and sync. Raises Unusable if the disk fails."""
        lines: dict[str, list[bytes]] = {name: [] for name in FILES}
        for one in taken:
            lines[MESSAGES].append(_message_line(one.message))
            shown = (Exhibit(one.message.digest, one.message.media_type),)
            lines[OBSERVATIONS] += [write_observation(observation, shown) for observation in one.observations]
            lines[FACTS] += [_fact_line(fact) for fact in one.facts]
        lines[QUARANTINE] = [_message_line(one.message, one.reasons) for one in refused]
        try:
            for name in FILES:
                if lines[name]:
                    file = self._files[name]
                    file.write(b"".join(line + b"\n" for line in lines[name]))
                    file.flush()
                    os.fsync(file.fileno())
        except OSError as error:
            raise _unusable(self.folder, error) from None


def quarantined(folder: Path) -> Iterator[tuple[Message, tuple[str, ...]]]:
    """The messages of a spool's quarantine and why each is there. Raises Unusable."""
    try:
        with (folder / QUARANTINE).open("rb") as file:
            for line in file:
                said = msgspec.json.decode(line)
                message = Message(
                    feed=said["feed"], data=base64.b64decode(said["data"]), digest=said["sha256"],
                    received_us=parse_utc(said["received"]), media_type=said["media_type"], peer=said.get("peer", ""),
                )  # fmt: skip
                yield message, tuple(said["reasons"])
    except OSError as error:
        raise _unusable(folder / QUARANTINE, error) from None
    except (msgspec.DecodeError, KeyError, ValueError, TypeError) as error:
        raise Unusable([Problem(Place(str(folder / QUARANTINE)), f"a line is damaged ({error})", "mend it")]) from None


def write_health(folder: Path, health: Mapping[str, Health]) -> None:
    """How each feed is doing, for whoever looks. Raises Unusable if the disk fails."""
    said = {name: msgspec.to_builtins(one) for name, one in sorted(health.items())}
    for one in said.values():
        last = one.pop("last_received_us")
        one["last_received"] = format_utc(last) if last else None
    try:
        (folder / f"{HEALTH}.new").write_bytes(msgspec.json.format(msgspec.json.encode(said), indent=1) + b"\n")
        (folder / f"{HEALTH}.new").replace(folder / HEALTH)
    except OSError as error:
        raise _unusable(folder, error) from None


def _message_line(message: Message, reasons: tuple[str, ...] = ()) -> bytes:
    said: dict[str, object] = {
        "sha256": message.digest, "feed": message.feed, "received": format_utc(message.received_us, digits=6),
        "media_type": message.media_type,
    }  # fmt: skip
    if message.peer:
        said["peer"] = message.peer
    if reasons:
        said["reasons"] = reasons
    return msgspec.json.encode(said | {"data": base64.b64encode(message.data).decode("ascii")})


def _fact_line(fact: Fact) -> bytes:
    said = msgspec.to_builtins(fact)
    return msgspec.json.encode({"fact": type(fact).__name__, **said, "time": format_utc(fact.time_us, digits=6)})


def _opened(path: Path) -> BinaryIO:
    """The file for appending, its last line whole."""
    file = path.open("ab+")
    size = file.seek(0, os.SEEK_END)
    end = size
    while end > 0:
        begin = max(0, end - TAIL_BYTES)
        file.seek(begin)
        newline = file.read(end - begin).rfind(b"\n")
        if newline >= 0:
            end = begin + newline + 1
            break
        end = begin
    if end < size:
        file.truncate(end)
    file.seek(0, os.SEEK_END)
    return file


def _unusable(path: Path, error: OSError) -> Unusable:
    return Unusable([Problem(Place(str(path)), f"cannot be used ({error.strerror})", "check the path and the space")])
