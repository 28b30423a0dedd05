"""The scores' definitions, on cases small enough to be worked out by hand."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.model.problem import Unusable
from truceline.sim.calibration import coverage, expected_calibration_error, interval
from truceline.sim.matching import M_PER_DEG
from truceline.sim.results import read_trial
from truceline.sim.score import Judged, score
from truceline.sim.strata import further

from .making import files, rows

METRE = 1 / M_PER_DEG  # degrees of latitude, and of longitude on the equator
ARRIVALS = {"arrival": 4, "azimuth": 0, "bearing": 0, "report": 0}


def true(id_: str, second: float = 0.0, north_m: float = 0.0, **more: Any) -> dict[str, Any]:
    event = {
        "id": id_, "cls": "outgoing", "time": f"2026-01-01T00:00:{second:09.6f}Z", "lon": 0.0, "lat": north_m * METRE,
        "party": "a", "exempt": False, "group": id_, "seen": ARRIVALS, "obs": [],
    }  # fmt: skip
    return event | more


def said(id_: str, second: float = 0.0, north_m: float = 0.0, **more: Any) -> dict[str, Any]:
    properties = {
        "id": id_, "time": f"2026-01-01T00:00:{second:09.6f}Z", "labels": {"outgoing": 0.9, "impact": 0.1},
        "existence": 0.99, "observations": [],
    }  # fmt: skip
    point = {"type": "Point", "coordinates": [0.0, north_m * METRE]}
    return {"type": "Feature", "geometry": point, "properties": properties | more}


def found(*events: str, outcome: str = "attributed", party: str | None = "a", **more: Any) -> dict[str, Any]:
    fields = {"id": "F", "events": list(events), "outcome": outcome, "party": party, "robustness": "R1",
              "occurrence": 0.9, "responsibility": {"a": 0.8, "b": 0.2}}  # fmt: skip
    return {"type": "Feature", "geometry": None, "properties": fields | more}


def lines(items: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(item).encode() + b"\n" for item in items)


def judged(
    truth: list[dict[str, Any]], events: list[dict[str, Any]], findings: list[dict[str, Any]] | None = None,
    world: dict[str, Any] | None = None, sensors: list[dict[str, Any]] | None = None,
    observations: list[dict[str, Any]] | None = None,
) -> Judged:  # fmt: skip
    mission = {"truth.ndjson": lines(truth), "observations.ndjson": lines(observations or [])}
    out = {"events.geojsonl": lines(events), "findings.geojsonl": lines(findings or [])}
    if world is not None:
        mission["truth_world.json"] = json.dumps(world).encode()
    if sensors is not None:
        out["sensors.geojsonl"] = lines([{"properties": sensor} for sensor in sensors])
    return Judged(read_trial(mission, out))


def test_events_match_one_to_one_within_three_seconds_and_a_kilometre() -> None:
    truth = [true("t1", 10), true("t2", 20), true("t3", 30)]
    events = [said("e1", 10.5, 100), said("e2", 22.9, 999), said("e3", 33.1, 0), said("e4", 10.5, 200)]
    figures = score([judged(truth, events)])
    assert figures["matched"] == 2
    assert figures["recall"] == round(2 / 3, 4)
    assert figures["precision"] == 0.5
    assert figures["f1"] == round(2 * (2 / 3) * 0.5 / (2 / 3 + 0.5), 4)
    assert figures["error_m_median"] == 549.5
    assert figures["recall_outgoing"] == 0.667


def test_the_matching_takes_as_many_pairs_as_it_can() -> None:
    truth = [true("t1", 10, 0), true("t2", 10, 900)]
    figures = score([judged(truth, [said("e1", 10, 800), said("e2", 10, 1700)])])
    assert figures["matched"] == 2


def test_an_event_asked_for_was_heard_by_three_with_a_direction_or_by_four() -> None:
    def heard(arrival: int, azimuth: int, bearing: int) -> int:
        seen = {"arrival": arrival, "azimuth": azimuth, "bearing": bearing}
        return int(score([judged([true("t", seen=seen)], [])])["fair"])

    assert [heard(4, 0, 0), heard(3, 0, 0), heard(3, 1, 0), heard(2, 0, 1), heard(2, 2, 0)] == [1, 0, 1, 1, 0]


def test_what_is_held_unreal_or_burns_or_moves_is_no_claim() -> None:
    events = [said("e1", existence=0.4), said("e2", labels={"fire": 0.9, "impact": 0.1}), said("e3", 5)]
    assert score([judged([true("t")], events)])["estimated"] == 1


def test_a_region_holds_the_truth_along_its_own_axes() -> None:
    def inside(azimuth_deg: float) -> float:
        region = {"semi_major_m": 300, "semi_minor_m": 50, "azimuth_deg": azimuth_deg}
        return float(score([judged([true("t", 0, 200)], [said("e", ellipse90=region)])])["inside_90"])

    assert (inside(0), inside(90)) == (1, 0)


def test_association_is_scored_by_lines_in_common_over_the_larger_set() -> None:
    truth = [true("t1", obs=["a", "b", "c", "d", "e"], group="salvo"), true("t2", obs=["f", "g"], group="single")]
    events = [said("e1", observations=["a", "b", "c"]), said("e2", observations=["f", "x", "y", "z"])]
    figures = score([judged(truth, events)])
    assert figures["overlap_recall"] == 0.5
    assert figures["overlap_precision"] == 0.5
    assert (figures["overlap_recall_salvo"], figures["overlap_recall_single"]) == (1.0, 0.0)


def test_each_matched_event_counts_once_by_what_was_found_of_it() -> None:
    truth = [true(f"t{k}", 5 * k) for k in range(6)] + [true("t9", 45, cls="thunder", party="none", exempt=True)]
    events = [said(f"e{k}", 5 * k) for k in range(6)] + [said("e9", 45)]
    findings = [
        found("e0"), found("e1", party="b"), found("e2", party="b", robustness="R0"),
        found("e3", outcome="undetermined", party=None), found("e4", outcome="exempt", party=None), found("e9"),
    ]  # fmt: skip
    figures = score([judged(truth, events, findings)])
    counts = figures["findings"]
    assert counts == {
        "right": 1, "wrong": 2, "wrong_though_robust": 1, "attributed_robust": 2, "undetermined": 1, "exempt": 1,
        "missed_breach": 1, "false_accusation": 1, "accused_of_nothing": 3, "breaches": 6,
    }  # fmt: skip
    assert figures["wrong_party_rate"] == 0.6667
    assert figures["attribution_brier"] == pytest.approx(0.08)


def test_a_party_that_fired_near_by_is_not_accused_of_nothing() -> None:
    truth = [true("t1", 0, 4900, party="b")]
    assert score([judged(truth, [said("e", 9)], [found("e", party="b")])])["findings"]["accused_of_nothing"] == 0
    assert score([judged(truth, [said("e", 11)], [found("e", party="b")])])["findings"]["accused_of_nothing"] == 1
    assert score([judged(truth, [said("e", 9)], [found("e", party="a")])])["findings"]["accused_of_nothing"] == 1


def test_several_trials_are_scored_as_one() -> None:
    one = judged([true("t")], [said("e", 0, 100)])
    two = judged([true("t")], [])
    assert score([one, two])["recall"] == 0.5
    assert score([one, one])["recall"] == score([one])["recall"]


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 3))
def test_whoever_repeats_the_truth_scores_full_marks(seed: int) -> None:
    truth = rows(files("", seed)["truth.ndjson"])
    events, findings = [], []
    for number, event in enumerate(truth):
        fields = {
            "id": f"E{number}", "time": event["time"], "labels": {event["cls"]: 1.0},
            "observations": event.get("obs", []),
        }  # fmt: skip
        point = {"type": "Point", "coordinates": [event["lon"], event["lat"]]}
        events.append({"type": "Feature", "geometry": point, "properties": fields})
        if event["party"] != "none" and not event["exempt"]:
            findings.append(found(f"E{number}", party=event["party"], responsibility={event["party"]: 1.0}))
    trial = {"events.geojsonl": lines(events), "findings.geojsonl": lines(findings)}
    item = Judged(read_trial(files("", seed), trial))
    figures, more = score([item]), further([item])
    assert (figures["f1"], figures["overlap_recall"], figures["class_accuracy"]) == (1.0, 1.0, 1.0)
    assert figures["findings"]["accused_of_nothing"] == figures["findings"].get("wrong", 0) == 0
    assert figures["attribution_brier"] == more["findings_calibration"]["ece_responsibility"] == 0


def test_regions_are_counted_by_stratum() -> None:
    region = {"semi_major_m": 150, "semi_minor_m": 150, "azimuth_deg": 0}
    events = [said("e1", 0, 100, ellipse50=region), said("e2", 10, 200, ellipse50=region)]
    truth = [true("t1"), true("t2", 10, seen={"arrival": 9})]
    figures = further([judged(truth, events)])["regions"]
    assert figures["all"]["50"] == {"of": 2, "held": 0.5}
    assert figures["sensors under 5"]["50"] == {"of": 1, "held": 1.0}
    assert figures["sensors 8 to 13"]["50"] == {"of": 1, "held": 0.0}
    assert figures["area_km2_median"]["50"] == pytest.approx(0.0707, abs=1e-3)


def test_a_large_stratum_says_whether_it_agrees_with_the_claim() -> None:
    assert coverage([True] * 180 + [False] * 20, 0.9)["agrees"] is True
    assert coverage([True] * 160 + [False] * 40, 0.9)["agrees"] is False
    assert "agrees" not in coverage([True] * 9, 0.9)


def test_the_interval_is_the_exact_binomial_one() -> None:
    assert interval(0, 10) == pytest.approx((0.0, 0.4113), abs=1e-4)
    assert interval(10, 10) == pytest.approx((0.5887, 1.0), abs=1e-4)


def test_calibration_error_is_the_gap_between_said_and_so() -> None:
    assert expected_calibration_error([], []) == 0
    assert expected_calibration_error([0.75] * 4, [True, True, True, False]) == pytest.approx(0)
    assert expected_calibration_error([0.95] * 2 + [0.15] * 2, [True, False, False, False]) == pytest.approx(0.3)


def test_faults_found_are_counted_once_their_sensors_were_heard_enough() -> None:
    observations = [{"id": f"o{k}", "sensor": "m1" if k < 25 else "m2"} for k in range(30)]
    truth = [true("t", obs=[row["id"] for row in observations])]
    world = {"faults": [
        {"sensor": "m1", "fault": "clock", "offset_s": 2.0}, {"sensor": "m2", "fault": "clock", "offset_s": 2.0},
        {"sensor": "m3", "fault": "dead", "at_s": 10.0},
    ]}  # fmt: skip
    sensors: list[dict[str, Any]] = [
        {"sensor": "m1", "state": "wrong_clock", "clock_offset_s": 2.03}, {"sensor": "m3", "state": "well"},
        {"sensor": "m4", "state": "wrong_clock", "clock_offset_s": 1.0}, {"sensor": "m5"},
    ]  # fmt: skip
    figures = further([judged(truth, [], world=world, sensors=sensors, observations=observations)])["health"]
    assert figures["clock"] == {"asked": 1, "found": 1, "within_50_ms": 1}
    assert figures["dead"] == {"asked": 1, "found": 0}
    assert figures["none"] == {"sound": 2, "said_faulty": 1}
    assert figures["clock_error_s_median"] == 0.03


def test_naming_for_an_event_made_of_lies_is_counted() -> None:
    world = {"lies": [{"observations": ["x", "y"]}]}
    events = [said("e1", observations=["x", "y", "z"]), said("e2", 30, observations=["z"])]
    named = further([judged([true("t", 50)], events, [found("e1"), found("e2")], world)])["named"]
    assert (named["findings"], named["named_though_fabricated"]) == (2, 1)


def test_deceptions_are_counted_by_what_was_said_of_them() -> None:
    truth = [
        true("t1", 0, deception="infiltration", party="b"), true("t2", 10, deception="infiltration", party="b"),
        true("t3", 20, deception="loudspeaker", cls="other", exempt=True),
        true("t4", 30, deception="staged", cls="explosion"),
    ]  # fmt: skip
    events = [said("e1", 0), said("e3", 20), said("e4", 30)]
    findings = [found("e1"), found("e3"), found("e4", outcome="undetermined", party=None)]
    assert further([judged(truth, events, findings)])["deceptions"] == {
        "infiltration": {"fair_breaches": 2, "named_wrong": 1, "not_found": 1},
        "loudspeaker": {"fair_others": 1, "named_for_no_breach": 1},
        "staged": {"fair_others": 1, "undetermined": 1},
    }


def test_parties_are_compared_by_how_often_they_are_named() -> None:
    truth = [true("t1", 0), true("t2", 10), true("t3", 20, party="b"), true("t4", 30, party="b")]
    events = [said(f"e{k}", 10 * k - 10) for k in (1, 2, 3, 4)]
    findings = [found("e1"), found("e2"), found("e3", party="b"), found("e4", outcome="undetermined", party=None)]
    figures = further([judged(truth, events, findings, {"parties": ["a", "b"]})])["parties"]
    assert figures["party 0"]["share_named"] == 1.0
    assert figures["party 1"] == {
        "breaches": 2, "named": 1, "undetermined": 1, "share_named": 0.5, "share_undetermined": 0.5,
    }  # fmt: skip
    assert (figures["ratio_named"], figures["even_named"]) == (0.5, False)
    assert figures["matched"] == {"0:1": {"ratio": 0.5, "compared": 4}}


def test_a_party_heard_by_few_is_not_held_to_be_spared() -> None:
    """Of what many heard both are always named, of what few heard both half the time: alike, though over all the second
    party is named less often."""
    few, many = ARRIVALS, ARRIVALS | {"arrival": 20}
    heard = [("a", many)] * 4 + [("a", few)] * 2 + [("b", many)] * 2 + [("b", few)] * 4
    truth = [true(f"t{n}", 4 * n, party=party, seen=seen) for n, (party, seen) in enumerate(heard)]
    events = [said(f"e{n}", 4 * n) for n in range(len(heard))]
    unnamed = {5, 9, 11}
    findings = [
        found(f"e{n}", party=None if n in unnamed else party, outcome="undetermined" if n in unnamed else "attributed")
        for n, (party, _) in enumerate(heard)
    ]
    figures = further([judged(truth, events, findings, {"parties": ["a", "b"]})])["parties"]
    assert figures["ratio_named"] < 0.85
    assert figures["matched"] == {"0:1": {"ratio": 1.0, "compared": 12}}


def test_parties_of_different_worlds_are_not_compared() -> None:
    findings = [found("e1")], [found("e2", party="b", outcome="undetermined")]
    one = judged([true("t1", 0)], [said("e1", 0)], findings[0], {"parties": ["a", "b"]})
    other = judged([true("t2", 10, party="b")], [said("e2", 10)], findings[1], {"parties": ["a", "b"]})
    figures = further([one, other])["parties"]
    assert figures["ratio_named"] == 0.0 and figures["matched"] == {}


@pytest.mark.parametrize(
    ("mission", "out", "says"),
    [
        ({}, {}, "findings.geojsonl"),
        ({"truth.ndjson": b"{}\n"}, {"events.geojsonl": b"", "findings.geojsonl": b""}, "truth.ndjson:1"),
        ({"truth.ndjson": b""}, {"events.geojsonl": b"\n{", "findings.geojsonl": b""}, "events.geojsonl:2"),
        (
            {"truth.ndjson": b""},
            {"events.geojsonl": b"", "findings.geojsonl": lines([found(robustness=None)])},
            "without party or robustness",
        ),
        ({"truth.ndjson": b""}, {"events.geojsonl": b"", "findings.geojsonl": lines([found("e7")])}, "no event 'e7'"),
        (
            {"truth.ndjson": b"", "network.geojson": b'{"features":[{}]}'},
            {"events.geojsonl": b"", "findings.geojsonl": b""},
            "network.geojson",
        ),
    ],
)
def test_files_that_cannot_be_scored_are_reported_with_their_place(
    mission: dict[str, bytes], out: dict[str, bytes], says: str
) -> None:
    with pytest.raises(Unusable, match=says.replace(".", r"\.")):
        read_trial(mission, out)
