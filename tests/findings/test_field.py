"""Blasts that the mission surveyed itself: scored when all is found, beside the simulated score and never merged."""

from dataclasses import replace

import pytest

from missions.events import happened
from missions.folder import conclusion_of, joined, rows, slight, slightly_concluded, understood
from missions.handmade import NOON, Shot, place
from truceline.findings.field import at_least, beside_known, field_score
from truceline.model.event import Event
from truceline.model.finding import FIELD_ENOUGH, Finding
from truceline.model.instant import US_PER_S, format_utc
from truceline.model.known import MISSION, Known, Scored

WRONG_MOST = 0.003


def event(id_: str, east_m: float = 0.0, time_s: float = 0.0, sigma_m: float = 30.0) -> Event:
    return happened(id_, Shot(east_m, 0.0, time_s, "demolition"), sigma_m=sigma_m).event


def known(id_: str = "B1", east_m: float = 0.0, time_s: float = 0.0, party: str = "arvia") -> Known:
    lon, lat = place(east_m, 0.0)
    time_us = NOON + round(time_s * US_PER_S)
    return Known(id=id_, time_us=time_us, lon=lon, lat=lat, class_="demolition", party=party, sigma_m=5.0, sigma_s=0.05)


def finding(of: Event, party: str | None) -> Finding:
    return Finding(
        id=f"F-{of.id}", incident="I-1", time_us=of.origin.time_us, events=(of.id,), provisions=("A1",), occurrence=1.0,
        responsibility=(("arvia", 0.5), ("bardo", 0.5)), outcome="attributed" if party else "undetermined", party=party,
        robustness="R1", evidence="fair", reasons=(), words="",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("set_off_by", "named", "said"),
    [
        ("arvia", "arvia", "right"),
        ("arvia", "bardo", "wrong"),
        ("arvia", None, "nobody"),
        (MISSION, "arvia", "wrong"),  # what the mission set off itself is no party's
        (MISSION, None, "nobody"),
    ],
)
def test_whom_a_finding_names_for_a_known_blast(set_off_by: str, named: str | None, said: str) -> None:
    found = event("E-1", east_m=20.0)
    (one,) = beside_known([known(party=set_off_by)], [found], [finding(found, named)])
    assert (one.said, one.event, one.finding, one.named) == (said, "E-1", "F-E-1", named)
    assert one.off_m == pytest.approx(20.0, abs=0.5) and one.inside90 and one.probability == 1.0


def test_a_blast_that_nothing_was_found_of_is_missed() -> None:
    far, late = event("E-1", east_m=3_000.0), event("E-2", time_s=20.0)
    assert [one.said for one in beside_known([known()], [far, late], [])] == ["missed"]
    unreal = replace(event("E-3"), existence=0.2)
    assert [one.said for one in beside_known([known()], [unreal], [])] == ["missed"]


def test_each_blast_has_an_event_of_its_own_the_nearest_first() -> None:
    events = [event("E-1", time_s=0.2), event("E-2", time_s=1.0)]
    both = beside_known([known("B2", time_s=1.1), known("B1", time_s=0.1)], events, [])
    assert [(one.known.id, one.event) for one in both] == [("B1", "E-1"), ("B2", "E-2")]
    alone = beside_known([known("B1"), known("B2")], events[:1], [])
    assert sorted(one.said for one in alone) == ["missed", "nobody"]


@pytest.mark.parametrize(("east_m", "inside"), [(60.0, True), (70.0, False)])
def test_whether_the_90_percent_region_holds_it(east_m: float, inside: bool) -> None:
    (one,) = beside_known([known()], [event("E-1", east_m)], [])  # 2.15 sigma of 30 m are 64.5 m
    assert one.inside90 is inside


def scored(number: int, *, wrong: int = 0, outside: int = 0) -> list[Scored]:
    """So many blasts of the mission's for which somebody was named."""
    return [
        Scored(known=known(f"B{n}"), said="wrong" if n < wrong else "right", event=f"E-{n}", named="arvia", off_m=1.0,
               inside90=n >= outside, probability=1.0)
        for n in range(number)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "wrong", "outside", "leant_on"),
    [
        (FIELD_ENOUGH, 0, 10, True),
        (FIELD_ENOUGH - 1, 0, 10, False),  # too few
        (FIELD_ENOUGH, 1, 10, True),  # one in a hundred is not yet beyond three in a thousand
        (FIELD_ENOUGH, 3, 10, False),  # three are
        (FIELD_ENOUGH, 0, 25, False),  # regions that should miss one in ten miss one in four
    ],
)
def test_it_is_leant_on_from_a_hundred_on_and_if_it_bears_out_what_is_stated(
    number: int, wrong: int, outside: int, leant_on: bool
) -> None:
    score = field_score(scored(number, wrong=wrong, outside=outside), WRONG_MOST)
    assert (score.scored, score.wrong, score.inside90) == (number, wrong, number - outside)
    assert score.leant_on is leant_on


def test_the_binomial_tail() -> None:
    assert at_least(0, 10, 0.5) == 1.0
    assert at_least(10, 10, 0.5) == pytest.approx(0.5**10)
    assert at_least(2, 3, 0.1) == pytest.approx(3 * 0.01 * 0.9 + 0.001)


def blasts(number: int) -> bytes:
    """Blasts of the mission's own at the places and times of the first events of the slight mission, and elsewhere."""
    found = slightly_concluded().result.events
    lines = []
    for n in range(number):
        origin = found[n % len(found)].origin
        lines.append(
            {
                "id": f"B{n}", "time": format_utc(origin.time_us + (0 if n < len(found) else 3_600 * US_PER_S)),
                "lon": origin.lon, "lat": origin.lat, "class": "demolition", "party": "mission",
            }
        )  # fmt: skip
    return joined(lines)


def unworded(one: Finding) -> Finding:
    return replace(one, calibration=None, words="")


def test_known_blasts_are_kept_from_all_that_finds_and_change_words_alone() -> None:
    files = dict(slight())
    files["mission.toml"] = files["mission.toml"].replace(b"[interests]", b'known = "known.ndjson"\n[interests]')
    files["known.ndjson"] = blasts(FIELD_ENOUGH)
    plain, beside = slightly_concluded().result, conclusion_of(files)
    result = beside.result
    assert understood(files).case == understood(dict(slight())).case
    assert result.events == plain.events and result.incidents == plain.incidents
    assert result.field is not None and result.field.scored == FIELD_ENOUGH and result.field.found > 0
    assert [unworded(one) for one in result.findings] == [unworded(one) for one in plain.findings]
    said = rows(beside.files["known.geojsonl"])
    assert len(said) == FIELD_ENOUGH and said[0]["properties"]["class"] == "demolition"
    assert b"blasts that the mission surveyed itself" in beside.files["report.html"]
    assert b"surveyed" not in beside.files["public.html"]
    assert sum(entry.kind == "known" for entry, _ in beside.understood.logged) == FIELD_ENOUGH


def test_words_lean_on_the_field_only_where_it_may_be_leant_on() -> None:
    measured = {one.in_field for one in slightly_concluded().result.findings}
    assert measured == {False}
