"""A pattern over a named set of findings: whose it probably is, and how grave, as facts.

How grave is told as facts alone: rounds, calibre, depth, harm, duration, positions changed. What they amount to is a
decision, and people's.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from truceline.attribution.pattern import Tied, at_least, independent
from truceline.findings.expected import expected_wrong
from truceline.geo.frame import frame_for
from truceline.geo.held import prepare_maps, stated
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.finding import Finding
from truceline.model.instant import US_PER_HOUR, Instant
from truceline.model.observation import AIRBURST, IMPACT, Fix, Report
from truceline.terms.registers.harm import harm_register

POSITIONS_US = 24 * US_PER_HOUR  # maps that changed so soon after
ARRIVING = frozenset({IMPACT, AIRBURST})


@dataclass(frozen=True)
class Whose:
    """One party's part of a set of n findings. expected: how many are its acts by the probabilities; at_least (n + 1,):
    probability that so many and more are; careless: the same as if their errors had nothing in common."""

    party: str
    named: int
    expected: float
    at_least: tuple[float, ...]
    careless: tuple[float, ...]


@dataclass(frozen=True)
class Gravity:
    """Facts. rounds: events by class; calibres: weapons as reporters called them; deepest_m: how far inside ground that
    a party held what fell there fell, by party, by the map that says least; harm: objects and persons, by object;
    from_us, until_us; positions: (mapper, party, when) of ground that maps show as newly held."""

    rounds: tuple[tuple[str, int], ...]
    calibres: tuple[tuple[str, int], ...]
    deepest_m: tuple[tuple[str, float], ...]
    harm: tuple[tuple[str, int, int], ...]  # (object, times, persons)
    from_us: Instant
    until_us: Instant
    positions: tuple[tuple[str, str, Instant], ...]


@dataclass(frozen=True)
class Pattern:
    """What can be said of a set of findings together. wrong: how many of its names must be expected to be wrong."""

    findings: int
    named: int
    wrong: float
    whose: tuple[Whose, ...]
    gravity: Gravity


def pattern(findings: Sequence[Finding], events: Sequence[Event], case: Case) -> Pattern:
    """The pattern of some findings, at least one. events: all of the result."""
    by_id = {one.id: one for one in events}
    members = [[by_id[id_] for id_ in one.events] for one in findings]
    firsts = [some[0].origin for some in members]
    tied = [Tied(origin.time_us, origin.lon, origin.lat) for origin in firsts]
    whose = tuple(_whose(party, findings, tied) for party in case.agreement.parties)
    return Pattern(
        findings=len(findings),
        named=sum(one.party is not None for one in findings),
        wrong=expected_wrong(findings),
        whose=whose,
        gravity=_gravity([one for some in members for one in some], case),
    )


def _whose(party: str, findings: Sequence[Finding], tied: Sequence[Tied]) -> Whose:
    probabilities = [one.occurrence * dict(one.responsibility).get(party, 0.0) for one in findings]
    return Whose(
        party=party,
        named=sum(one.party == party for one in findings),
        expected=sum(probabilities),
        at_least=tuple(at_least(probabilities, tied).tolist()),
        careless=tuple(independent(probabilities).tolist()),
    )


def _gravity(events: Sequence[Event], case: Case) -> Gravity:
    times = [one.origin.time_us for one in events]
    rounds = Counter(one.class_ for one in events)
    return Gravity(
        rounds=tuple(sorted(rounds.items(), key=lambda item: (-item[1], item[0]))),
        calibres=_calibres(events, case),
        deepest_m=_depth([one for one in events if one.probability_of(ARRIVING) >= 0.5], case),
        harm=_harm(events, case),
        from_us=min(times),
        until_us=max(times),
        positions=tuple(
            (one.mapper, area.party, area.from_us)
            for one in case.maps
            for area in one.areas
            if min(times) <= area.from_us <= max(times) + POSITIONS_US
        ),
    )


def _calibres(events: Sequence[Event], case: Case) -> tuple[tuple[str, int], ...]:
    """Weapons as those called them who reported these events."""
    mine = {id_ for one in events for id_ in one.observations}
    said = Counter(
        seen.weapon
        for seen in case.observations
        if seen.id in mine and isinstance(seen, Report | Fix) and seen.weapon is not None
    )
    return tuple(sorted(said.items(), key=lambda item: (-item[1], item[0])))


def _depth(impacts: Sequence[Event], case: Case) -> tuple[tuple[str, float], ...]:
    """By party: how deep inside its ground the deepest of some impacts fell, metres, by the map that says least."""
    if not impacts or not case.maps:
        return ()
    lon, lat = [one.origin.lon for one in impacts], [one.origin.lat for one in impacts]
    frame = frame_for(lon, lat)
    x, y = frame.to_xy(lon, lat)
    maps = prepare_maps(case.maps, frame)
    parties, found = case.agreement.parties, {}
    when = min(one.origin.time_us for one in impacts)
    depths = [stated(one, parties, x, y, when).signed_m for one in maps]
    for column, party in enumerate(parties):
        deepest = max(min(float(depth[row, column]) for depth in depths) for row in range(len(impacts)))
        if deepest > 0:
            found[party] = round(deepest, 1)
    return tuple(found.items())


def _harm(events: Sequence[Event], case: Case) -> tuple[tuple[str, int, int], ...]:
    """Harm that these events may have caused, by object: how often, and how many persons."""
    mine = {one.id for one in events}
    register = harm_register(case.observations, case.network.sensors, events)
    theirs = [one for one in register if mine.intersection(one.perhaps)]
    times = Counter(one.object for one in theirs)
    return tuple(
        (name, times[name], sum(one.persons or 0 for one in theirs if one.object == name)) for name in sorted(times)
    )
