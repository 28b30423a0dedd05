"""How many weapons or troops stood somewhere at one time, from sightings that may have seen the same ones twice."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from truceline.geo.frame import distance_azimuth
from truceline.model.agreement import Definition
from truceline.model.instant import Span, seconds
from truceline.terms.arms import armed
from truceline.terms.contract import Rows
from truceline.terms.matter import Matter, Sighting, Spot

SURE, POSSIBLE = 0.95, 0.05  # a sighting counts for sure, or perhaps, from such a probability to be of it and there
FASTEST_MPS = 35.0  # nothing on the ground gets from one sighting to another faster


@dataclass(frozen=True, slots=True)
class Strength:
    """At least and at most so many; `most` None: nobody can say."""

    least: int
    most: int | None


NOTHING = Strength(0, 0)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A sighting that counts: for sure, or perhaps."""

    matter: Matter
    sure: bool
    count: tuple[int, int] | None


def strengths(
    matters: Sequence[Matter], inside: Rows | None, meant: Sequence[Definition], window_us: Span
) -> dict[int, Strength]:
    """By row of a sighting: how many were there, from it and those of the window before it.

    At least: what sightings saw that were too far apart to have seen the same; at most: all of them together.
    """
    seen = [one for matter in matters if isinstance(matter.about, Sighting) and (one := _seen(matter, inside, meant))]
    times = [one.matter.time_us for one in seen]
    found = {matter.row: NOTHING for matter in matters if isinstance(matter.about, Sighting)}
    for index, one in enumerate(seen):
        window = seen[bisect_left(times, one.matter.time_us - window_us) : index + 1]
        found[one.matter.row] = _strength(window)
    return found


def _seen(matter: Matter, inside: Rows | None, meant: Sequence[Definition]) -> _Seen | None:
    """What a sighting counts for; None: nothing."""
    there = 1.0 if inside is None else inside[matter.row]
    if 0.0 <= there <= POSSIBLE:
        return None
    low, high = (1.0, 1.0) if not meant else ((arms := armed(matter, meant)).low, arms.high)
    low, high = (0.0, high) if there < 0.0 else (low * there, high * there)
    assert isinstance(matter.about, Sighting)
    return _Seen(matter, low >= SURE, matter.about.count) if high > POSSIBLE else None


def _strength(window: Sequence[_Seen]) -> Strength:
    most: int | None = 0
    for one in window:
        most = None if most is None or one.count is None else most + one.count[1]
    sure = [(1 if one.count is None else one.count[0], one.matter) for one in window if one.sure]
    chosen: list[Matter] = []
    least = 0
    for number, matter in sorted(sure, key=lambda one: (-one[0], one[1].row)):
        if all(_others(matter, other) for other in chosen):
            chosen.append(matter)
            least += number
    return Strength(least, most)


def _others(one: Matter, other: Matter) -> bool:
    """Whether two sightings cannot have seen the same: too far apart for the time between them."""
    if one.spot is None or other.spot is None:
        return False
    apart = float(distance_azimuth(one.spot.lon, one.spot.lat, other.spot.lon, other.spot.lat)[0])
    reach = FASTEST_MPS * abs(seconds(one.time_us - other.time_us)) + _reach(one.spot) + _reach(other.spot)
    return apart > reach


def _reach(spot: Spot) -> float:
    return 2 * spot.ellipse90.semi_major_m
