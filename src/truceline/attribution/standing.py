"""How each naming stands when sources are left out, and how many would have to be wrong together to bring it down.

Sets of sensors are left out, each set once, whatever it is that they share: providers one by one and two by two;
interest groups, vendors, paths, sources of time, what a party supplied.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from truceline.attribution.leave_out import Anew, Reached, Sensors, Stood, pairs, stands
from truceline.attribution.sources import MAPPERS, PROVIDERS, Group, groups
from truceline.model.agreement import Robustness
from truceline.model.case import Case
from truceline.model.finding import Collusion

NOT_ACCEPTED = "sensors that the mission has not accepted"
LEAST_TO_LOCATE = 2  # observations without which nothing can be located

Again: TypeAlias = Callable[[Case], Anew]  # everything recomputed
Over: TypeAlias = Callable[
    [Callable[[Sensors], frozenset[str]], Sequence[Sensors]], Iterable[frozenset[str]]
]  # a `map`


@dataclass(frozen=True)
class Standing:
    """How one event's naming of a party stands when sources are left out.

    robustness: for the party that the event would be laid to; failed: the sources without which it falls, in words;
    independence: the same over other groupings of sources; collusion: the fewest providers that would have to be
    wrong together.
    """

    robustness: Robustness
    failed: str = ""
    independence: tuple[tuple[str, Robustness], ...] = ()
    collusion: Collusion | None = None


def standings(
    case: Case, reached: Sequence[Reached], again: Again, over: Over, without_mapper: Callable[[str], Anew]
) -> dict[str, Standing]:
    """The standing of every event for which somebody is reached, by its id."""
    named = [one for one in reached if one.party is not None]
    if not named:
        return {}
    trusted = case.accepted()
    every = groups(trusted)
    singles = [one for one in every if one.kind == PROVIDERS]
    alone = [one.sensors for one in every if len(singles) > 1 or one.kind != PROVIDERS]
    doubles = [
        Group(PROVIDERS, tuple(sorted(pair)), trusted.network.run_by(pair))
        for pair in (pairs(trusted.network.providers) if len(singles) > 2 else ())
    ]
    # All at once: it is seldom that nothing stands without any one and the pairs need not be looked at.
    stood = _left_out(case, named, [*alone, *(one.sensors for one in doubles)], again, over)
    by_map = {one.mapper: stands(named, without_mapper(one.mapper)) for one in case.maps}
    heard = _heard_by(case, named)
    return {
        one.event.id: replace(
            _over_providers(one.event.id, singles, doubles, stood, heard[one.event.id]),
            independence=_independence(one.event.id, every, stood, by_map),
        )
        for one in named
    }


def _left_out(
    case: Case, named: Sequence[Reached], sets: Sequence[Sensors], again: Again, over: Over
) -> dict[Sensors, frozenset[str]]:
    """What stands without each of these sets of sensors and, as the empty set, without what is not accepted."""
    trusted, none = case.accepted(), frozenset[str]()
    known = {none: frozenset(one.event.id for one in named)} if trusted is case else {}
    new = [one for one in dict.fromkeys([none, *sets]) if one not in known]
    found = over(partial(_stands_without, named, again, trusted), new)
    return known | dict(zip(new, found, strict=True))


def _stands_without(named: Sequence[Reached], again: Again, case: Case, sensors: Sensors) -> frozenset[str]:
    return stands(named, again(case.without_sensors(sensors)))


def _heard_by(case: Case, named: Sequence[Reached]) -> dict[str, Counter[str]]:
    """By event: how many observations each provider sent of it."""
    provider = {seen.id: case.network.by_id[seen.sensor].provider for seen in case.observations}
    return {one.event.id: Counter(provider[id_] for id_ in one.event.observations) for one in named}


def _over_providers(
    event: str, singles: Sequence[Group], doubles: Sequence[Group], stood: Stood, heard: Mapping[str, int]
) -> Standing:
    """Robustness and collusion of one event."""
    if event not in stood[frozenset()]:
        return Standing("R0", NOT_ACCEPTED)
    if len(singles) < 2:
        return Standing("R0", "a single provider", collusion=Collusion(1, 1, singles[0].names if singles else ()))
    falls = sorted(one.names for one in singles if event not in stood[one.sensors])
    if falls:
        return Standing(
            "R0", f"the word of {', '.join(names[0] for names in falls)}", collusion=Collusion(1, 1, falls[0])
        )
    weak = min((one.names for one in doubles if event not in stood[one.sensors]), default=None)
    if weak is not None:
        return Standing("R1", f"the word of {' and '.join(weak)}", collusion=Collusion(2, 2, weak))
    surely = _surely(heard)
    if not doubles:
        return Standing("R1", "at most two providers", collusion=Collusion(2, max(2, len(surely)), surely))
    return Standing("R2", collusion=Collusion(3, max(3, len(surely)), surely))


def _surely(heard: Mapping[str, int]) -> tuple[str, ...]:
    """The fewest providers without whose observations too little is left to locate the event at all."""
    left = sum(heard.values())
    taken: list[str] = []
    for provider, count in sorted(heard.items(), key=lambda item: (-item[1], item[0])):
        if left < LEAST_TO_LOCATE:
            break
        taken.append(provider)
        left -= count
    return tuple(sorted(taken))


def _independence(
    event: str, every: Sequence[Group], stood: Stood, by_map: Mapping[str, frozenset[str]]
) -> tuple[tuple[str, Robustness], ...]:
    """R0 or R1 over each kind of grouping but providers: whether the naming stands without any one group."""
    found: dict[str, Robustness] = {}
    for kind in {one.kind for one in every} - {PROVIDERS}:
        found[kind] = "R1" if all(event in stood[one.sensors] for one in every if one.kind == kind) else "R0"
    if by_map:
        found[MAPPERS] = "R1" if all(event in standing for standing in by_map.values()) else "R0"
    return tuple(sorted(found.items()))
