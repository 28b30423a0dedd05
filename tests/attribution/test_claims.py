"""What parties allege beside what happened: each claim has one of six outcomes, one to one, and decides nothing."""

from collections.abc import Sequence
from random import Random

import pytest

from missions.handmade import NOON, case, place, ring
from truceline.attribution.claims import GATE_M, GATE_S, reconciled
from truceline.attribution.evidence import Evidence
from truceline.fusion.build import FusedEvent
from truceline.model.filing import Claim, Reconciled
from truceline.model.finding import Finding, Outcome
from truceline.model.instant import US_PER_S

from .making import ears, evidence, happened

AMID, AFAR = 0.0, 60_000.0  # metres east of the middle: amid the network, and where nobody listens
EDGE = 12_000.0  # where such fire may be heard or not


def claim(
    id_: str,
    east_m: float,
    time_s: float = 0.0,
    class_: str = "outgoing",
    party: str = "arvia",
    radius_m: float = 200.0,
) -> Claim:
    lon, lat = place(east_m, 0.0)
    accuses = "bardo" if party == "arvia" else "arvia"
    return Claim(
        id=id_, party=party, accuses=accuses, time_us=NOON + round(time_s * US_PER_S), lon=lon, lat=lat,
        radius_m=radius_m, class_=class_,
    )  # fmt: skip


def about(event: FusedEvent, outcome: Outcome = "undetermined") -> Finding:
    return Finding(
        id=f"F-{event.event.id}", incident="I-1", time_us=NOON, events=(event.event.id,), provisions=("A1",),
        occurrence=0.99, responsibility=(("arvia", 0.2), ("bardo", 0.7), ("other", 0.1)), outcome=outcome, party=None,
        robustness="R1", evidence="fair", reasons=(), words="",
    )  # fmt: skip


def listening() -> Evidence:
    """Evidence of a network that hears all that is fired in its midst and nothing far away."""
    return evidence(listening=ears(case(ring(24, 5_000.0), [])))


def outcomes(
    claims: Sequence[Claim], events: Sequence[FusedEvent] = (), findings: Sequence[Finding] = ()
) -> dict[str, Reconciled]:
    found = reconciled(claims, [one.event for one in events], findings, listening())
    assert len(found) == len(claims)
    return {one.claim.id: one for one in found}


def test_a_claim_of_what_happened_is_matched_and_says_how_probably_the_accused_did_it() -> None:
    event = happened("e", AMID)
    found = outcomes([claim("c", AMID + 900.0, 120.0)], [event], [about(event)])["c"]
    assert (found.outcome, found.event, found.finding, found.accused) == ("matched", "e", "F-e", 0.7)
    assert found.missed is None and found.duplicate_of is None


def test_a_claim_of_fire_of_which_there_is_no_finding_is_matched_with_the_event_alone() -> None:
    found = outcomes([claim("c", AMID)], [happened("e", AMID)])["c"]
    assert (found.outcome, found.event, found.finding, found.accused) == ("matched", "e", None, None)


def test_a_second_claim_of_a_party_for_one_event_is_a_duplicate_of_the_nearer() -> None:
    event = happened("e", AMID)
    found = outcomes([claim("far", AMID + 800.0), claim("near", AMID + 10.0)], [event], [about(event)])
    assert found["near"].outcome == "matched"
    assert (found["far"].outcome, found["far"].duplicate_of, found["far"].event) == ("duplicate", "near", "e")
    assert found["far"].accused is None, "counted once"


def test_both_parties_may_claim_the_same_event() -> None:
    event = happened("e", AMID)
    found = outcomes([claim("a", AMID), claim("b", AMID, party="bardo")], [event], [about(event)])
    assert {one.outcome for one in found.values()} == {"matched"}
    assert (found["a"].accused, found["b"].accused) == (0.7, 0.2)


def test_as_many_claims_as_events_are_matched_one_to_one() -> None:
    """The claim that fits both events leaves the nearer one to the claim that fits nothing else."""
    events = [happened("e", AMID), happened("f", AMID + 1_500.0)]
    found = outcomes([claim("both", AMID + 700.0), claim("first", AMID - 1_900.0)], events)
    assert {id_: one.event for id_, one in found.items()} == {"both": "f", "first": "e"}
    assert {one.outcome for one in found.values()} == {"matched"}


def test_a_claim_of_announced_activity_is_exempt() -> None:
    event = happened("e", AMID, class_="demolition")
    found = outcomes([claim("c", AMID, class_="demolition")], [event], [about(event, "exempt")])["c"]
    assert (found.outcome, found.event, found.finding) == ("exempt", "e", "F-e")


def test_a_claim_of_fire_amid_the_network_that_nobody_heard_is_refuted() -> None:
    found = outcomes([claim("c", AMID)])["c"]
    assert found.outcome == "refuted" and found.missed is not None and found.missed <= 0.05


def test_a_claim_of_fire_where_nobody_listens_is_out_of_coverage() -> None:
    found = outcomes([claim("c", AFAR)])["c"]
    assert found.outcome == "out_of_coverage" and found.missed is not None and found.missed >= 0.5


def test_a_claim_between_the_two_cannot_be_verified() -> None:
    found = outcomes([claim("c", EDGE)])["c"]
    assert found.outcome == "unverifiable" and found.missed is not None and 0.05 < found.missed < 0.5


def test_a_claim_so_wide_that_part_of_its_ground_is_unheard_is_not_refuted() -> None:
    assert outcomes([claim("c", AMID, radius_m=25_000.0)])["c"].outcome == "unverifiable"


def test_small_arms_are_not_refuted_where_only_launches_carry() -> None:
    assert outcomes([claim("c", AMID, class_="burst")])["c"].outcome != "refuted"


@pytest.mark.parametrize(("east_m", "time_s"), [(GATE_M + 300.0, 0.0), (0.0, GATE_S + 5.0), (0.0, -GATE_S - 5.0)])
def test_a_claim_too_far_from_what_happened_or_too_early_or_late_is_not_matched(east_m: float, time_s: float) -> None:
    assert outcomes([claim("c", east_m, time_s)], [happened("e", AMID)])["c"].outcome == "refuted"


def test_what_probably_did_not_happen_bears_no_claim_out() -> None:
    assert outcomes([claim("c", AMID)], [happened("e", AMID, existence=0.3)])["c"].outcome == "refuted"


def test_the_order_of_claims_and_events_changes_nothing() -> None:
    events = [happened(f"e{n}", 700.0 * n, time_s=20.0 * n) for n in range(4)]
    claims = [claim(f"c{n}", 650.0 * n, 25.0 * n, party=("arvia", "bardo")[n % 2]) for n in range(7)]
    first = outcomes(claims, events)
    assert {one.outcome for one in first.values()} >= {"matched"}
    for seed in range(3):
        chance = Random(seed)
        assert outcomes(chance.sample(claims, 7), chance.sample(events, 4)) == first
