"""Alerts on the page: sent by people alone, over whole cells, seen by whom they are for, fetched as CAP messages."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

pytest.importorskip("fastapi", reason="the extra `service` is not installed")

from truceline.edges.live.alerting import cell_over, choices_of
from truceline.edges.live.data_folder import DataFolder
from truceline.findings.alerts import LEAST_AREA_M2
from truceline.findings.decision import AlertSent
from truceline.formats.cap_write import NAMESPACE
from truceline.geo.outline import outline_area_m2
from truceline.model.agreement import Agreement, Area

from .conftest import Stage, staged
from .making import bang, body, mission_folder
from .test_api import wait_for
from .test_people import token
from .test_reviews import decisions

FORM = {
    "audience": "monitors", "act": "alert", "headline": "Fire near the west post",
    "words": "Rounds fall near the road.", "instruction": "Take cover and call the desk.", "area": "West of the town",
    "where": "", "lon": "30.0217", "lat": "50.0153", "urgency": "immediate", "severity": "severe",
    "certainty": "observed", "response": "all_clear", "hours": "6",
}  # fmt: skip


def send(stage: Stage, **change: str) -> int:
    """Send an alert with the form of the page."""
    form = FORM | change | {"token": token(stage, "/alerts")}
    return stage.client.post("/alerts", data=form, follow_redirects=False).status_code


def sent(stage: Stage) -> list[AlertSent]:
    return [one.said for one in decisions(stage) if isinstance(one.said, AlertSent)]


def number_of(stage: Stage) -> str:
    found = re.search(r'href="/alerts/(\d+)"', stage.client.get("/alerts").text)
    assert found is not None
    return found[1]


def test_an_alert_is_a_decision_over_a_whole_cell_and_a_cap_message_marked_as_exercise(stage: Stage) -> None:
    stage.sign_in("watchkeeper")
    assert "civil protection" not in stage.client.get("/alerts").text
    assert send(stage) == 303
    (kept,) = sent(stage)
    assert outline_area_m2(kept.ring) >= LEAST_AREA_M2["monitors"]
    line = next(one.data for one in stage.service.store.inputs() if b'"what":"alert"' in one.data)
    assert b"30.0217" not in line
    assert b"50.0153" not in line
    message = stage.client.get(f"/alerts/{number_of(stage)}")
    assert message.headers["content-type"] == "application/cap+xml"
    root = Xml.fromstring(message.content)
    said = {one.tag.removeprefix(f"{{{NAMESPACE}}}"): one.text for one in root.iter()}
    assert (said["status"], said["msgType"], said["scope"]) == ("Exercise", "Alert", "Restricted")
    assert said["headline"] == "EXERCISE: Fire near the west post"
    assert said["responseType"] == "AllClear"
    assert "seat-" not in message.text
    number = number_of(stage)
    assert send(stage, act=f"cancel {number}") == 303
    off = stage.client.get(f"/alerts/{number_of(stage)}").text
    assert f"D-{int(number):06d}," in off
    assert "<msgType>Cancel</msgType>" in off
    assert send(stage, act=f"update {number}") == 422


def test_monitors_see_it_in_the_field_while_it_stands(stage: Stage) -> None:
    stage.sign_in("watchkeeper")
    assert send(stage) == 303
    stage.client.cookies.clear()
    stage.sign_in("monitor")
    assert "Take cover and call the desk." in stage.client.get("/field").text
    assert "Take cover" not in "".join(stage.client.get(path).text for path in ("/published",))
    stage.client.cookies.clear()
    stage.sign_in("watchkeeper")
    assert send(stage, act=f"cancel {number_of(stage)}") == 303
    stage.client.cookies.clear()
    stage.sign_in("monitor")
    assert "Take cover" not in stage.client.get("/field").text


@pytest.mark.parametrize(
    "change",
    [{"lon": "x"}, {"lat": "91"}, {"hours": "soon"}, {"hours": "73"}, {"where": "nowhere#1"}, {"words": ""},
     {"act": "update x"}, {"act": "update 99"}, {"urgency": "now"}, {"lon": "nan"}],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused_in_words_and_not_kept(shared: Stage, change: dict[str, str]) -> None:
    shared.sign_in("watchkeeper")
    before = len(sent(shared))
    answer = shared.client.post("/alerts", data=FORM | change | {"token": token(shared, "/alerts")})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert len(sent(shared)) == before


def test_nothing_that_is_found_sends_an_alert(stage: Stage) -> None:
    stage.sign_in()
    lines = [line for number in range(4) for line in bang(number, 60.0 + 20.0 * number)]
    stage.client.post("/api/v1/observations", content=body(lines), headers=stage.feed).raise_for_status()
    wait_for(stage, "findings")
    assert sent(stage) == []


def test_without_the_mandate_s_word_nobody_tells_civil_protection(stage: Stage) -> None:
    stage.sign_in("watchkeeper", "director")
    assert "Send it to civil protection" not in stage.client.get("/alerts").text
    assert send(stage, audience="civil_protection") == 422
    assert sent(stage) == []


@pytest.fixture
def mandated(tmp_path: Path) -> Iterator[Stage]:
    """A service whose agreement lets the mission have civilians told."""
    mission = mission_folder(tmp_path / "mission")
    terms = mission / "terms.toml"
    terms.write_text(terms.read_text() + "\n[mandate]\nwarn_civilians = true\n")
    yield from staged(DataFolder(tmp_path / "data"), mission)


def test_with_it_a_director_does_over_an_area_and_a_delegate_sees_that_alone(mandated: Stage) -> None:
    mandated.sign_in("watchkeeper")
    assert send(mandated, audience="civil_protection") == 403
    assert send(mandated) == 303
    mandated.client.cookies.clear()
    mandated.sign_in("director", "watchkeeper")
    assert send(mandated, audience="civil_protection", headline="Stay indoors") == 303
    kept = sent(mandated)[-1]
    assert outline_area_m2(kept.ring) >= LEAST_AREA_M2["civil_protection"]
    monitors = number_of(mandated) if sent(mandated)[-1].audience == "monitors" else None
    assert monitors is None
    civil = number_of(mandated)
    mandated.client.cookies.clear()
    mandated.sign_in("delegate", nation="civil-protection")
    page = mandated.client.get("/alerts").text
    assert "Stay indoors" in page
    assert "west post" not in page
    assert "Danger to civilians" in mandated.client.get(f"/alerts/{civil}").text
    assert mandated.client.get(f"/alerts/{int(civil) - 1}").status_code == 404
    mandated.client.cookies.clear()
    mandated.sign_in("monitor")
    assert "Stay indoors" not in mandated.client.get("/alerts").text


def test_areas_of_the_agreement_that_are_large_enough_are_offered() -> None:
    large = ((30.0, 50.0), (30.2, 50.0), (30.2, 50.2), (30.0, 50.2), (30.0, 50.0))
    small = ((30.0, 50.0), (30.01, 50.0), (30.01, 50.01), (30.0, 50.01), (30.0, 50.0))
    areas = (Area(id="zone", polygons=((large,), (small,))), Area(id="line", line=((30.0, 50.0), (31.0, 50.0))))
    agreement = Agreement(id="a", title="A", parties=("n", "s"), in_force_from_us=0, areas=areas)
    assert [(one.key, one.name) for one in choices_of(agreement)] == [("zone#1", "zone (1)")]


@pytest.mark.parametrize("audience", sorted(LEAST_AREA_M2))
@pytest.mark.parametrize(("lon", "lat"), [(30.02, 50.01), (-179.99, 0.0), (0.0, 89.0), (151.2, -33.9)])
def test_a_cell_is_never_smaller_than_its_audience_allows(audience: str, lon: float, lat: float) -> None:
    ring = cell_over(lon, lat, audience)
    assert ring[0] == ring[-1]
    assert outline_area_m2(ring) >= LEAST_AREA_M2[audience]
