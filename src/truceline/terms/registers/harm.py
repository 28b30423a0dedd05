"""The register of damage and casualties: a track of its own, never counted among violations.

An event that came down near by shortly before may have caused it; the register names it and says no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from truceline.geo.frame import distance_azimuth
from truceline.model.event import Event
from truceline.model.instant import US_PER_HOUR, Instant
from truceline.model.network import Sensor
from truceline.model.observation import AIRBURST, EXPLOSION, FIRE, IMPACT, MISSILE, PROJECTILE, Damage, Observation

NEAR_M = 500.0
BEFORE_US = 72 * US_PER_HOUR  # damage is often found days later
CAUSES = frozenset({IMPACT, AIRBURST, EXPLOSION, PROJECTILE, MISSILE, FIRE})


@dataclass(frozen=True, slots=True)
class HarmEntry:
    """Damage to one object. `persons`: killed or injured there; None: not said. `at`: None if nobody said where.

    `perhaps`: ids of events that came down near by in the days before, the nearest first.
    """

    id: str
    source: str
    object: str
    persons: int | None
    cause_stated: str | None
    time_us: Instant
    at: tuple[float, float] | None
    perhaps: tuple[str, ...]


def harm_register(
    observations: Sequence[Observation], sensors: Sequence[Sensor], events: Sequence[Event]
) -> tuple[HarmEntry, ...]:
    """Every damage seen, in order of time, then of id."""
    places = {sensor.id: (sensor.lon, sensor.lat) for sensor in sensors}
    landed = [event for event in events if event.class_ in CAUSES]
    found = [_entry(one, places, landed) for one in observations if isinstance(one, Damage)]
    return tuple(sorted(found, key=lambda entry: (entry.time_us, entry.id)))


def _entry(one: Damage, places: dict[str, tuple[float, float]], landed: Sequence[Event]) -> HarmEntry:
    at = one.at or places.get(one.sensor)
    before = [event for event in landed if 0 <= one.time_us - event.origin.time_us <= BEFORE_US]
    near: list[tuple[float, str]] = []
    if at is not None and before:
        lon, lat = [event.origin.lon for event in before], [event.origin.lat for event in before]
        away, _ = distance_azimuth(at[0], at[1], lon, lat)
        near = [(round(m, 1), event.id) for m, event in zip(away.tolist(), before, strict=True) if m <= NEAR_M]
    return HarmEntry(
        id=one.id,
        source=one.sensor,
        object=one.object,
        persons=one.persons,
        cause_stated=one.cause_stated,
        time_us=one.time_us,
        at=at,
        perhaps=tuple(id_ for _, id_ in sorted(near)),
    )


def casualties(register: Sequence[HarmEntry]) -> int:
    """Persons of whom harm was reported."""
    return sum(entry.persons or 0 for entry in register)
