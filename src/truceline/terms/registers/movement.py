"""The register of restrictions of monitors' movement and of interference with their signals, by side and kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from truceline.model.instant import Instant
from truceline.model.network import Sensor
from truceline.model.observation import Observation, Restriction
from truceline.terms.hindrance import hindrance

NOT_SAID = ""  # nobody said by whom


@dataclass(frozen=True, slots=True)
class MovementEntry:
    """One restriction. `side`: by whom, as those who were hindered said; else whose ground it was on, if known."""

    id: str
    source: str
    kind: str
    side: str
    said: bool
    time_us: Instant
    until_us: Instant | None
    words: str


def movement_register(
    observations: Sequence[Observation], sensors: Sequence[Sensor], parties: Sequence[str]
) -> tuple[MovementEntry, ...]:
    """Every restriction, in order of time, then of id. The side is a report's word, never a finding."""
    hosts = {sensor.id: sensor.host for sensor in sensors}
    found = [_entry(one, hosts.get(one.sensor), parties) for one in observations if isinstance(one, Restriction)]
    return tuple(sorted(found, key=lambda entry: (entry.time_us, entry.id)))


def _entry(one: Restriction, host: str | None, parties: Sequence[str]) -> MovementEntry:
    said = one.who in parties
    side = one.who if said and one.who else host if host in parties and host else NOT_SAID
    return MovementEntry(
        id=one.id,
        source=one.sensor,
        kind=hindrance(one.what),
        side=side,
        said=said,
        time_us=one.time_us,
        until_us=one.until_us,
        words=one.what,
    )


def by_side(register: Sequence[MovementEntry]) -> Mapping[tuple[str, str], int]:
    """How many of each kind on each side: {(side, kind): number}, in order."""
    found: dict[tuple[str, str], int] = {}
    for entry in register:
        key = entry.side, entry.kind
        found[key] = found.get(key, 0) + 1
    return dict(sorted(found.items()))
