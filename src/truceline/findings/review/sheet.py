"""The sheet that a reviewer judges by: what was heard where and who held which ground; nothing of what the machine
concluded. A masked sheet is mirrored or not, turned, and has no name, time of day or place.

Metres east and north of the middle of the events; azimuths in degrees clockwise from the sheet's up.
"""

from dataclasses import dataclass, replace
from math import cos, radians, sin

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Heard:
    """An event: when, in seconds after the first, where, its region of 90 %, and what it may have been."""

    number: int
    after_s: float
    at: Point
    semi_major_m: float
    semi_minor_m: float
    azimuth_deg: float
    labels: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Ear:
    """A sensor that heard it: its name or a letter for it, its kind, whose it is, the events that it heard."""

    name: str
    kind: str
    provider: str
    at: Point
    events: tuple[int, ...]
    residual_sigmas: float | None


@dataclass(frozen=True, slots=True)
class Ground:
    """Ground that one mapper says one side holds: outlines, and how well the edge is known."""

    side: str
    mapper: str
    rings: tuple[tuple[Point, ...], ...]


@dataclass(frozen=True)
class Sheet:
    """All that a reviewer sees. sides: the names of the parties on this sheet, and which party each is."""

    events: tuple[Heard, ...]
    ears: tuple[Ear, ...]
    grounds: tuple[Ground, ...]
    lines: tuple[tuple[Point, ...], ...]
    sides: tuple[tuple[str, str], ...]
    articles: tuple[tuple[str, str], ...]
    masked: bool = False


def turned(sheet: Sheet, *, mirrored: bool, turn_deg: int) -> Sheet:
    """The same sheet mirrored east to west or not, then turned clockwise. Distances and times stay."""
    angle = radians(turn_deg)

    def moved(at: Point) -> Point:
        x, y = (-at[0] if mirrored else at[0]), at[1]
        return x * cos(angle) + y * sin(angle), y * cos(angle) - x * sin(angle)

    def pointed(azimuth_deg: float) -> float:
        return ((-azimuth_deg if mirrored else azimuth_deg) + turn_deg) % 180.0

    return replace(
        sheet,
        events=tuple(replace(one, at=moved(one.at), azimuth_deg=pointed(one.azimuth_deg)) for one in sheet.events),
        ears=tuple(replace(one, at=moved(one.at)) for one in sheet.ears),
        grounds=tuple(
            replace(one, rings=tuple(tuple(map(moved, ring)) for ring in one.rings)) for one in sheet.grounds
        ),
        lines=tuple(tuple(map(moved, line)) for line in sheet.lines),
        masked=True,
    )
