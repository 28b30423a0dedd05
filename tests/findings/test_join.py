"""Breach and attribution joined: a party is named only past the threshold and the robustness, by the strictest
provision touched; else the finding says why not."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from missions.events import happened
from missions.folder import concluded, slightly_concluded
from missions.handmade import PARTIES, Shot, agreement, case
from truceline.attribution.standing import Standing
from truceline.findings.calibration import Calibration, Stratum
from truceline.findings.join import Grounds, join
from truceline.findings.reach import party_reached
from truceline.model.agreement import Agreement, Robustness
from truceline.model.event import Event
from truceline.model.finding import Attribution, Breach, Finding, Probabilities, Reason, Verdict
from truceline.model.incident import Act, Incident

FIRM = Standing("R2")
UNREVIEWED = ("Not reviewed.", "Not reviewed; calibrated in simulation only.")
UNFITTED = Calibration(wrong_most=0.003, source="a test", strata=(), field=100, in_field=True)


def event(id_: str = "E-1", existence: float = 1.0, time_s: float = 0.0, **more: Any) -> Event:
    return happened(id_, Shot(-6_000.0, 0.0, time_s), existence=existence, **more).event


def incident(*events: Event) -> Incident:
    ids = tuple(one.id for one in events)
    times = [one.origin.time_us for one in events]
    return Incident(
        id="I-1",
        from_us=min(times),
        until_us=max(times),
        events=ids,
        counts=(("outgoing", len(ids)),),
        acts=(Act(ids, ()),),
    )


def breach(actor: str, verdict: Verdict = "breach", probability: float = 1.0, provision: str = "A1") -> Breach:
    return Breach(
        provision=provision,
        actor=actor,
        verdict=verdict,
        probability=probability,
        reason=Reason(f"If {actor} did this, {verdict}"),
        decided_by="a notice covers it" if verdict == "exempt" else "",
    )


def by_arvia(share: float, firm: Probabilities = ()) -> Attribution:
    rest = round(1 - share, 4)
    shares = (("arvia", share), ("bardo", round(rest / 2, 4)), ("other", round(rest - rest / 2, 4)))
    return Attribution(
        responsibility=shares, firm=firm or shares, reasons=(Reason("The fire began on ground held by arvia."),)
    )


Breaches = Mapping[str, Sequence[Breach]]
BOTH: Breaches = {party: (breach(party),) for party in PARTIES}


def findings(
    *events: Event,
    share: float = 0.98,
    breaches: Breaches = BOTH,
    standing: Standing | Mapping[str, Standing] = FIRM,
    signed: Agreement | None = None,
    calibration: Calibration = UNFITTED,
) -> tuple[Finding, ...]:
    standings = {one.id: standing for one in events} if isinstance(standing, Standing) else standing
    by_id, said = {one.id: one for one in events}, {one.id: breaches for one in events}
    grounds = Grounds(case([], [], signed=signed), by_id, said, standings, (), calibration)
    return join([incident(*events)], [(by_arvia(share),)], grounds)


def outcome(*args: Event, **more: Any) -> tuple[str, str | None]:
    (finding,) = findings(*args, **more)
    return finding.outcome, finding.party


def test_a_party_past_threshold_and_robustness_is_named() -> None:
    (finding,) = findings(event())
    assert (finding.outcome, finding.party, finding.robustness) == ("attributed", "arvia", "R2")
    assert (finding.provisions, finding.occurrence, finding.status) == (("A1",), 1.0, "automatic")
    assert "ground held by arvia" in finding.words and "Not reviewed." in finding.words
    assert finding.reasons and finding.evidence == "strong"


@pytest.mark.parametrize(
    ("existence", "probability", "share", "named"),
    [
        (1.0, 1.0, 0.95, True),
        (1.0, 1.0, 0.9499, False),
        (0.95, 1.0, 0.9999, False),
        (0.9694, 1.0, 0.98, True),  # 0.950012
        (0.9693, 1.0, 0.98, False),  # 0.949914
        (1.0, 0.9694, 0.98, True),
        (1.0, 0.9693, 0.98, False),
        (0.99, 0.98, 0.98, True),  # 0.950796
        (0.98, 0.98, 0.98, False),
    ],
)
def test_the_threshold_is_on_what_happened_times_who_did_it(
    existence: float, probability: float, share: float, named: bool
) -> None:
    breaches = {party: (breach(party, probability=probability),) for party in PARTIES}
    found = outcome(event(existence=existence), share=share, breaches=breaches)
    assert found == (("attributed", "arvia") if named else ("undetermined", None))


@pytest.mark.parametrize(
    ("wanted", "reached", "named"),
    [
        ("R0", "R0", True), ("R1", "R0", False), ("R1", "R1", True), ("R1", "R2", True), ("R2", "R1", False),
        ("R2", "R2", True),
    ],
)  # fmt: skip
def test_the_robustness_that_the_provision_wants(wanted: str, reached: Robustness, named: bool) -> None:
    signed = agreement(provision=f'attribution_robustness = "{wanted}"')
    (finding,) = findings(event(), standing=Standing(reached, "the word of aland"), signed=signed)
    assert (finding.outcome == "attributed") is named and finding.robustness == reached
    assert named or ("the word of aland" in finding.words and wanted in finding.words)


@pytest.mark.parametrize(("threshold", "named"), [(0.5, True), (0.98, True), (0.9801, False), (1.0, False)])
def test_the_threshold_that_the_provision_wants(threshold: float, named: bool) -> None:
    signed = agreement(provision=f"attribution_threshold = {threshold}")
    assert outcome(event(), signed=signed)[0] == ("attributed" if named else "undetermined")


def test_the_strictest_of_the_provisions_touched_decides() -> None:
    strict = '\n[[provision]]\nid = "A3"\narticle = "Article 3"\ntext = "x"\nkind = "no_fire"\nbinds = ["arvia"]\n'
    signed = agreement(provision=strict + "attribution_threshold = 0.99\n")
    both = {"arvia": (breach("arvia"), breach("arvia", provision="A3")), "bardo": (breach("bardo"),)}
    assert outcome(event(), signed=signed, breaches=both) == ("undetermined", None)
    untouched = {"arvia": (breach("arvia"), breach("arvia", "not_applicable", 0.0, "A3")), "bardo": (breach("bardo"),)}
    assert outcome(event(), signed=signed, breaches=untouched) == ("attributed", "arvia")


def test_what_less_probably_happened_than_not_breaks_nothing() -> None:
    assert outcome(event(existence=0.49)) == ("no_breach", None)
    assert outcome(event(existence=0.5))[0] == "undetermined"


def test_no_provision_touched_no_finding() -> None:
    assert findings(event(), breaches=dict.fromkeys(PARTIES, ())) == ()


def test_what_no_provision_forbids_is_no_breach_and_what_is_excepted_is_exempt() -> None:
    for verdict, wanted in (("not_applicable", "no_breach"), ("exempt", "exempt")):
        breaches = {party: (breach(party, verdict, 0.0),) for party in PARTIES}  # type: ignore[arg-type]
        (finding,) = findings(event(), breaches=breaches)
        assert (finding.outcome, finding.party) == (wanted, None)


def test_what_the_text_leaves_open_names_nobody() -> None:
    open_ = {party: (breach(party, "indeterminate", 0.97),) for party in PARTIES}
    (finding,) = findings(event(), breaches=open_, share=0.99)
    assert finding.outcome == "undetermined" and "indeterminate" in finding.words


def test_who_is_not_bound_is_not_named() -> None:
    assert outcome(event(), breaches={"arvia": (), "bardo": (breach("bardo"),)}) == ("undetermined", None)


def test_a_mandate_that_does_not_let_the_mission_attribute() -> None:
    (finding,) = findings(event(), signed=agreement(more="\n[mandate]\nattribute = false\n"))
    assert finding.outcome == "undetermined" and "mandate" in finding.words and finding.party is None


def test_rounds_that_stand_worse_do_not_borrow_from_the_others() -> None:
    firm, weak = event("E-1"), event("E-2", time_s=5.0)
    found = findings(firm, weak, standing={"E-1": FIRM, "E-2": Standing("R0", "the word of borea")})
    assert {one.events: (one.outcome, one.robustness) for one in found} == {
        ("E-1",): ("attributed", "R2"),
        ("E-2",): ("undetermined", "R0"),
    }


def test_rounds_that_stand_alike_are_one_finding_as_likely_as_the_least_of_them() -> None:
    one, two = event("E-1", existence=0.99), event("E-2", existence=0.98, time_s=5.0)
    (finding,) = findings(one, two, share=0.985)
    assert finding.events == ("E-1", "E-2") and finding.occurrence == 0.98


def test_where_two_are_equally_likely_the_text_is_shown_for_neither() -> None:
    shares = (("arvia", 0.49), ("bardo", 0.49), ("other", 0.02))
    even = Attribution(responsibility=shares, firm=shares)
    events = {"E-1": event()}
    (finding,) = join([incident(event())], [(even,)], Grounds(case([], []), events, {"E-1": BOTH}, {}, (), UNFITTED))
    said = [reason.words for reason in finding.reasons]
    assert finding.outcome == "undetermined" and not any("arvia" in text or "bardo" in text for text in said)


@pytest.mark.parametrize("share", [0.9499, 0.95])
def test_who_is_reached_before_robustness_is_looked_at(share: float) -> None:
    assert party_reached(agreement(), event(), by_arvia(share), BOTH) == ("arvia" if share >= 0.95 else None)


@pytest.mark.parametrize(("all_", "firm", "named"), [(0.99, 0.96, True), (0.99, 0.94, False), (0.94, 0.99, False)])
def test_evidence_that_may_not_decide_names_nobody(all_: float, firm: float, named: bool) -> None:
    """What is weak or comes from interested sources may lower what is said, and never lifts it over the threshold."""
    rest = round(1 - firm, 4)
    attribution = by_arvia(all_, (("arvia", firm), ("bardo", rest), ("other", 0.0)))
    assert party_reached(agreement(), event(), attribution, BOTH) == ("arvia" if named else None)


@pytest.mark.parametrize(("threshold", "named"), [(0.98, True), (0.9801, False)])
def test_a_name_no_surer_than_names_that_proved_wrong_is_not_given(threshold: float, named: bool) -> None:
    fitted = Calibration(0.003, "a test", (Stratum("all", 1_000, 900, 3, threshold),))
    (finding,) = findings(event(), calibration=fitted)
    assert finding.outcome == ("attributed" if named else "undetermined")
    assert named or "proved wrong too often" in finding.words
    assert finding.calibration is not None
    assert (finding.calibration.acts, finding.calibration.threshold) == (1_000, threshold)


def test_what_contract_1_wants_of_findings() -> None:
    """Of the small mission, with and without parties named."""
    for one in (concluded(), slightly_concluded()):
        result = one.result
        covered = [id_ for finding in result.findings for id_ in finding.events]
        assert len(covered) == len(set(covered)), "an event is in one finding at most"
        assert len({finding.id for finding in result.findings}) == len(result.findings)
        assert list(result.findings) == sorted(result.findings, key=lambda f: (f.time_us, f.id))
        incidents = {incident.id: set(incident.events) for incident in result.incidents}
        thresholds = {p.id: p.attribution_threshold for p in one.understood.case.agreement.provisions}
        for finding in result.findings:
            shares = dict(finding.responsibility)
            assert finding.id.startswith("F-") and set(finding.events) <= incidents[finding.incident]
            assert set(shares) == {*one.understood.case.agreement.parties, "other"}
            assert round(sum(shares.values()), 9) == 1 and shares["other"] > 0
            assert finding.status == "automatic" and finding.words.endswith(UNREVIEWED)
            assert (finding.party is not None) == (finding.outcome == "attributed")
            if finding.party is not None:
                assert finding.robustness in ("R1", "R2")
                strictest = max(thresholds[id_] for id_ in finding.provisions)
                assert round(finding.occurrence * shares[finding.party], 4) >= strictest
