"""How sources hang together: what may be left out as one, because it may be wrong as one.

Sensors share a provider, an interest, a vendor, a path of communications, a source of time, a party that supplied
them. Sensors of which nobody says which vendor's they are may all be of one: they are left out together too.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from truceline.model.case import Case
from truceline.model.network import Sensor

PROVIDERS, INTERESTS = "providers", "interests"
SHARED: dict[str, Callable[[Sensor], str | None]] = {
    "vendors": lambda sensor: sensor.vendor,
    "paths": lambda sensor: sensor.path,
    "time_sources": lambda sensor: sensor.time_source,
}
SUPPLIED = "party_supplied"
MAPPERS = "mappers"
NOT_STATED = "not stated"


@dataclass(frozen=True)
class Group:
    """Sensors that may be wrong together, and what they share: names of a kind."""

    kind: str
    names: tuple[str, ...]
    sensors: frozenset[str]


def groups(case: Case) -> tuple[Group, ...]:
    """Every group of sensors worth leaving out, by kind and name; kinds of which nothing is stated are absent."""
    sensors = case.network.sensors
    found = [Group(PROVIDERS, (name,), case.network.run_by(frozenset((name,)))) for name in case.network.providers]
    found += _interests(case)
    for kind, shared in SHARED.items():
        found += _sharing(kind, sensors, shared)
    supplied = [
        group for group in _sharing(SUPPLIED, sensors, lambda one: one.supplied_by) if group.names != (NOT_STATED,)
    ]
    return tuple(found + supplied)


def _interests(case: Case) -> list[Group]:
    """Groups of providers that stand or fall together; those in none stand for themselves."""
    if not case.interests:
        return []
    present = set(case.network.providers)
    grouped = {provider for _, providers in case.interests for provider in providers}
    together = [(name, frozenset(providers) & present) for name, providers in case.interests]
    together += [(provider, frozenset((provider,))) for provider in sorted(present - grouped)]
    return [Group(INTERESTS, (name,), case.network.run_by(providers)) for name, providers in together if providers]


def _sharing(kind: str, sensors: tuple[Sensor, ...], shared: Callable[[Sensor], str | None]) -> list[Group]:
    members: defaultdict[str, set[str]] = defaultdict(set)
    for sensor in sensors:
        members[shared(sensor) or NOT_STATED].add(sensor.id)
    if set(members) <= {NOT_STATED}:
        return []
    return [Group(kind, (name,), frozenset(members[name])) for name in sorted(members)]


def one_interest(case: Case, providers: frozenset[str]) -> str | None:
    """The interest group that all these providers belong to, if there is one (the first by name)."""
    return next((name for name, members in case.interests if providers and providers <= set(members)), None)
