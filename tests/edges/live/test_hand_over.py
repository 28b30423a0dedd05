"""The hand-over page: what stands open is shown to who is on duty, and taken over only with every matter named."""

import re
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra `service` is not installed")

from truceline.edges.live.data_folder import DataFolder
from truceline.findings.decision import HandedOver

from .conftest import Stage, staged
from .making import body, mission_folder, sign_of_life
from .test_people import looks, token
from .test_reviews import decisions, settled

BOX = re.compile(r'<input type="checkbox" name="matter" value="(\w+)"')


def boxes(stage: Stage) -> list[str]:
    return BOX.findall(stage.client.get("/hand-over").text)


def test_a_watch_is_taken_over_with_every_matter_by_its_name(stage: Stage) -> None:
    stage.service.faults["disk"] = "the disk is full"
    stage.service.faults["judge"] = "a judgement failed"
    case = settled(stage)  # sealed, looked at and judged: each takes back only a fault of its own
    assert "judge" not in stage.service.faults
    stage.sign_in("watchkeeper")
    stage.service.patrols.called("m.okoro", 5, (30.0123, 50.0456), wants_help=True)
    page = stage.client.get("/hand-over").text.split("<main", 1)[1]
    for words in (
        "No watch was handed over yet", "<bdi>m.okoro</bdi> calls for help", "The service: <bdi>the disk is full",
        f'<a href="/reviews/{case.finding}">',
    ):  # fmt: skip
        assert words in page, words
    assert "30.0123" not in page
    named = boxes(stage)
    form = {"token": token(stage, "/hand-over"), "from": "", "words": "The road to the west post is cut."}
    refused = stage.client.post("/hand-over", data=form | {"matter": named[:-1]})
    assert refused.status_code == 422
    assert "1 matters are not acknowledged yet" in refused.text
    assert refused.text.count(" checked") >= len(named) - 1  # what was acknowledged stays so
    assert not [one for one in decisions(stage) if isinstance(one.said, HandedOver)]
    done = stage.client.post("/hand-over", data=form | {"matter": named}, follow_redirects=False)
    assert done.status_code == 303
    (kept,) = [one for one in decisions(stage) if isinstance(one.said, HandedOver)]
    assert isinstance(kept.said, HandedOver)
    assert {(one.kind, one.what, one.id) for one in kept.said.matters} >= {
        ("alarm", "help", "m.okoro"), ("alarm", "fault", "the disk is full"), ("alarm", "waiting", case.finding),
    }  # fmt: skip
    assert kept.by.startswith("seat-")
    after = stage.client.get("/hand-over").text
    assert "0 of them are new since the last hand-over" in after
    assert "The road to the west post is cut." in after


def test_what_came_since_the_page_was_opened_is_shown_first(stage: Stage) -> None:
    stage.sign_in("watchkeeper")
    named = boxes(stage)
    form = {"token": token(stage, "/hand-over"), "from": "", "words": "", "matter": named}
    stage.service.patrols.called("m.late", 5, None, wants_help=True)
    again = stage.client.post("/hand-over", data=form)
    assert again.status_code == 422
    assert "m.late" in again.text


def test_a_watch_is_taken_over_from_somebody_who_kept_it(stage: Stage) -> None:
    stage.sign_in("watchkeeper")
    form = {"token": token(stage, "/hand-over"), "from": "nobody.known", "words": "", "matter": boxes(stage)}
    assert stage.client.post("/hand-over", data=form).status_code == 422
    assert stage.client.post("/hand-over", data=form | {"from": ""}, follow_redirects=False).status_code == 303
    first = decisions(stage)[-1].by
    stage.client.cookies.clear()
    stage.sign_in("watchkeeper")
    form = {"token": token(stage, "/hand-over"), "from": first, "words": "", "matter": boxes(stage)}
    assert stage.client.post("/hand-over", data=form, follow_redirects=False).status_code == 303
    said = decisions(stage)[-1].said
    assert isinstance(said, HandedOver)
    assert said.from_account == first


def test_only_who_is_on_duty_sees_it_and_an_analyst_takes_nothing_over(stage: Stage) -> None:
    for role in ("delegate", "auditor", "planner", "reviewer", "administrator"):
        stage.sign_in(role)
        assert stage.client.get("/hand-over").status_code == 403, role
    stage.client.cookies.clear()
    stage.sign_in("watchkeeper", "analyst")
    assert stage.client.get("/hand-over").status_code == 200
    assert [one for one in looks(stage) if one["what"] == "floor"]


def test_sensors_that_a_nation_does_not_release_are_nobody_else_s_matter(tmp_path: Path) -> None:
    mission = mission_folder(tmp_path / "mission")
    file = mission / "mission.toml"
    file.write_text(file.read_text() + '\n[releasability]\nnation-A = "aland"\n')
    for stage in staged(DataFolder(tmp_path / "data"), mission):
        lines = [sign_of_life(number, 10.0 * number) for number in (1, 3)]
        stage.client.post("/api/v1/observations", content=body(lines), headers=stage.feed).raise_for_status()
        stage.sign_in("watchkeeper", nation="borea")
        page = stage.client.get("/hand-over").text
        assert "<bdi>B1</bdi> cannot be counted on" in page
        assert "<bdi>A1</bdi>" not in page
        stage.client.cookies.clear()
        stage.sign_in("watchkeeper", nation="aland")
        assert "<bdi>A1</bdi> cannot be counted on" in stage.client.get("/hand-over").text
