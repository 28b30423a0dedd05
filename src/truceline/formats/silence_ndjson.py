"""silence.ndjson, as `truceline coverage` writes it: what silence says of each class and area → SilenceLines."""

from dataclasses import dataclass

import msgspec

from truceline.model.instant import Instant, parse_utc
from truceline.model.problem import Place, Problem, Unusable


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceLine:
    """Of one class in one area (empty: all ground near sensors), from–until.

    may_be_said: whether "none was seen" says something there; known: probability that one would have been known;
    seen_share: of ground and time where one would have been; most_unseen: so many at most went unseen (None: any).
    """

    area: str
    class_: str
    from_us: Instant
    until_us: Instant
    may_be_said: bool
    known: float
    seen_share: float
    most_unseen: int | None


class _Line(msgspec.Struct, rename={"class_": "class", "from_": "from"}):
    class_: str
    from_: str
    until: str
    may_be_said: bool
    known: float
    seen_share: float
    area: str | None = None
    most_unseen: int | None = None


def read_silence(file: str, data: bytes) -> tuple[SilenceLine, ...]:
    """Every line, in their order. Raises Unusable at the first that is none."""
    found = []
    for number, line in enumerate(data.splitlines(), start=1):
        try:
            said = msgspec.json.decode(line, type=_Line)
            found.append(
                SilenceLine(
                    area=said.area or "", class_=said.class_, from_us=parse_utc(said.from_),
                    until_us=parse_utc(said.until), may_be_said=said.may_be_said, known=said.known,
                    seen_share=said.seen_share, most_unseen=said.most_unseen,
                )
            )  # fmt: skip
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
            place = Place(file, line=number)
            raise Unusable([Problem(place, f"not a line of a survey ({error})", "truceline coverage again")]) from None
    return tuple(found)
