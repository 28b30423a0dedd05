"""Robustness by leaving out: everything is recomputed without each provider and each two, and the findings say so."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np
import pytest

from missions.handmade import PARTIES, STILL, Shot, agreement, case, clutter, divided, heard, ring
from truceline.attribution.leave_out import same_events
from truceline.edges.wiring import plugins
from truceline.model.case import Case
from truceline.model.finding import Finding
from truceline.model.result import Result
from truceline.pipeline import judge, run

GUN = Shot(-6_500.0, 500.0, 0.0)
# A heavy battery's uneven rhythm, deep in the west: more rounds than a raid fires.
SALVO = [Shot(GUN.east_m, GUN.north_m, 60.0 + t) for t in np.cumsum([6 + 3 * np.sin(3.0 * n) for n in range(14)])]


@cache
def fired(providers: tuple[str, ...], count: int = 12, robustness: str = "R1") -> Case:
    """A salvo heard by a ring of arrays of these providers in turn."""
    sensors = ring(count, 7_000.0, providers)
    given = heard(sensors, SALVO, STILL, np.random.default_rng(1))
    signed = agreement(provision=f'attribution_robustness = "{robustness}"')
    return case(sensors, given, maps=[divided()], signed=signed)


@cache
def result(providers: tuple[str, ...], count: int = 12, robustness: str = "R1") -> Result:
    return run(fired(providers, count, robustness), plugins())


def by_event(findings: Sequence[Finding]) -> dict[str, Finding]:
    return {id_: one for one in findings for id_ in one.events}


ABC = ("aland", "borea", "cordia")


def test_one_provider_is_r0_and_names_nobody() -> None:
    found = result(("aland",)).findings
    assert found and {(one.outcome, one.robustness) for one in found} == {("undetermined", "R0")}
    assert all("a single provider" in one.words for one in found)
    named = result(("aland",), robustness="R0").findings
    assert {(one.outcome, one.party, one.robustness) for one in named} == {("attributed", "arvia", "R0")}


def test_two_providers_are_r1_at_most() -> None:
    found = result(("aland", "borea")).findings
    assert {one.robustness for one in found} <= {"R0", "R1"}
    assert {(one.outcome, one.robustness) for one in found} >= {("attributed", "R1")}


def test_three_providers_that_each_hear_enough_are_r2() -> None:
    found = result(ABC, 18).findings
    assert "R2" in {one.robustness for one in found}
    assert {one.party for one in found if one.outcome == "attributed"} == {"arvia"}


def table(given: Case, main: Result) -> dict[str, dict[frozenset[str], bool]]:
    """For each event of a finding, whether its party is reached again without some providers: by hand, from nothing."""
    providers = given.network.providers
    outs = [frozenset(some) for n in (1, 2) for some in combinations(providers, n) if n < len(providers)]
    stands: dict[str, dict[frozenset[str], bool]] = {event.id: {} for event in main.events}
    for out in outs:
        again = judge(given.without_providers(out), plugins()).reached
        same = same_events(main.events, [one.event for one in again])
        for event in main.events:
            partner = again[same[event.id]] if event.id in same else None
            stands[event.id][out] = partner is not None and partner.party == "arvia"
    return stands


@pytest.mark.parametrize(("providers", "count"), [(ABC, 18), (("aland", "borea"), 12)])
def test_the_grades_are_those_of_a_table_made_without_hints(providers: tuple[str, ...], count: int) -> None:
    """The pipeline spares itself the search from nothing; what it finds must be what the whole search finds."""
    given, main = fired(providers, count), result(providers, count)
    stands = table(given, main)
    checked = 0
    for id_, finding in by_event(main.findings).items():
        singles = [ok for out, ok in stands[id_].items() if len(out) == 1]
        pairs = [ok for out, ok in stands[id_].items() if len(out) == 2]
        wanted = "R0" if not all(singles) else "R2" if pairs and all(pairs) else "R1"
        if finding.outcome == "attributed":
            assert finding.robustness == wanted, (id_, stands[id_])
            checked += 1
        elif "would rest on" in finding.words:
            assert not all(singles), (id_, stands[id_])
    assert checked >= 8


def test_a_liar_cannot_be_the_one_who_names() -> None:
    """One of three providers mirrors the salvo across the line. Nobody is named for what only it tells."""
    sensors = ring(12, 7_000.0, ABC)
    liars = [one for one in sensors if one.provider == "cordia"]
    honest = [
        one for one in heard(sensors, SALVO, STILL, np.random.default_rng(1)) if one.sensor not in {s.id for s in liars}
    ]
    mirrored = [Shot(-one.east_m, one.north_m, one.time_s) for one in SALVO]
    lies = heard(liars, mirrored, STILL, np.random.default_rng(2))
    found = run(case(sensors, honest + lies, maps=[divided()]), plugins())
    assert {one.party for one in found.findings} <= {"arvia", None}
    for event in found.events:
        if event.existence > 0.5:
            assert event.origin.lon < 31.0 or set(event.providers) != {"cordia"}


def test_a_salvo_from_either_side_is_laid_to_that_side() -> None:
    sensors = ring(12, 7_000.0, ABC)
    for side, party in ((-1, "arvia"), (1, "bardo")):
        shots = [Shot(side * abs(one.east_m), one.north_m, one.time_s) for one in SALVO]
        given = [
            *heard(sensors, shots, STILL, np.random.default_rng(3)),
            *clutter(sensors, 2, np.random.default_rng(4)),
        ]
        found = run(case(sensors, given, maps=[divided()]), plugins()).findings
        named = {one.party for one in found if one.outcome == "attributed"}
        assert named == {party}


def test_nobody_is_named_without_a_map_or_on_maps_that_disagree() -> None:
    given = fired(ABC)
    for maps in ((), (divided(), divided(edge_m=-13_000.0, mapper="zeta"))):
        other = case(given.network.sensors, given.observations, maps=maps)
        found = run(other, plugins()).findings
        assert found and {one.party for one in found} == {None}
        assert all(max(share for name, share in one.responsibility if name in PARTIES) < 0.95 for one in found)


def test_fire_heard_before_the_agreement_is_in_force_is_no_breach() -> None:
    given = fired(ABC)
    later = replace(given.agreement, in_force_from_us=given.agreement.in_force_from_us + 10**12)
    assert run(replace(given, agreement=later), plugins()).findings == ()
