"""A finding before people, over HTTP: two nations, a masked sheet, the parties' reply, a conclusion, a publication; and
who may not do what on the way."""

import re
import time
from collections.abc import Iterator

import pytest

pytest.importorskip("fastapi", reason="the extra `service` is not installed")

from truceline.findings.decision import Concluded, Decision, TakenUp, Triaged, read_decision
from truceline.findings.review.case import Case
from truceline.model.instant import US_PER_HOUR

from .conftest import Stage
from .making import body, fire_at_monitors

PATIENCE_S = 60.0
WHY = "All four heard it, and the ground there is held by one side."


class Seats:
    """Several people at one service."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self._keys = stage, dict[str, str]()

    def sit(self, name: str, *roles: str, nation: str, party: str | None = None) -> None:
        self.stage.client.cookies.clear()
        self.stage.sign_in(*roles, nation=nation, party=party)
        self._keys[name] = self.stage.client.cookies["truceline"]
        self.stage.client.cookies.clear()

    def get(self, name: str, path: str) -> tuple[int, str]:
        answer = self.stage.client.get(
            path, headers={"Cookie": f"truceline={self._keys[name]}"}, follow_redirects=False
        )
        return answer.status_code, answer.text

    def send(self, name: str, path: str, /, **form: str) -> int:
        """Send a form as the page of it would."""
        seat = self.stage.service.people.seat(self._keys[name])
        assert seat is not None
        headers = {"Cookie": f"truceline={self._keys[name]}"}
        answer = self.stage.client.post(
            path, data=form | {"token": seat.token}, headers=headers, follow_redirects=False
        )
        return answer.status_code


def settled(stage: Stage) -> Case:
    """The case of the one finding that fire near monitors leads to."""
    stage.client.post("/api/v1/observations", content=body(fire_at_monitors()), headers=stage.feed).raise_for_status()
    until = time.monotonic() + PATIENCE_S
    while not (cases := [one for one in stage.service.decisions.cases.values() if one.drawn.reasons]):
        assert time.monotonic() < until
        time.sleep(0.1)
    return cases[0]


@pytest.fixture
def seats(stage: Stage) -> Iterator[Seats]:
    one = Seats(stage)
    one.sit("ana", "reviewer", nation="aland")
    one.sit("bo", "reviewer", nation="borea")
    one.sit("dir", "director", nation="cordia")
    one.sit("lia", "party_liaison", nation="north", party="north")
    yield one


def page_when_ready(seats: Seats, name: str, path: str) -> str:
    until = time.monotonic() + PATIENCE_S
    while True:
        code, text = seats.get(name, path)
        assert code == 200, text
        if "data-waiting" not in text:
            return text
        assert time.monotonic() < until
        time.sleep(0.2)


def decisions(stage: Stage) -> list[Decision]:
    return [read_decision(one.data) for one in stage.service.store.inputs() if one.entry.kind == "decision"]


def answered(seats: Seats, id_: str, name: str, who: str) -> None:
    """Take up a review and answer its sheet, whichever sheet it is."""
    assert seats.send(name, f"/reviews/{id_}/take", ties="none", tied="none") == 303
    case = seats.stage.service.decisions.cases[id_]
    sheet = case.seats[-1].sheet
    sides = sheet.sides if sheet.masked else ("north", "south")
    page = page_when_ready(seats, name, f"/reviews/{id_}/sheet")
    main = page.split("<main", 1)[1]
    assert "undetermined" not in main.lower()
    if sheet.masked:
        assert not [word for word in ("north", "south", "nation-", "A1", "2026-03") if word in main]
    else:
        assert "north" in main
        assert "2026-03-02T10:01" in main
    form = {"forbidden": "yes", "who": f"side-{sides.index(who)}", "words": WHY}
    assert seats.send(name, f"/reviews/{id_}/answer", **form) == 303


def test_a_case_goes_through_people_s_hands_to_its_publication(stage: Stage, seats: Seats) -> None:
    case = settled(stage)
    id_ = case.finding
    assert case.drawn.reasons == ("monitors",)
    assert case.drawn.outcome == "undetermined"
    assert seats.get("ana", f"/findings/{id_}")[0] == 403
    assert "shown when reviewers have answered" in seats.get("ana", "/findings")[1]
    answered(seats, id_, "ana", "north")
    assert "The machine said" not in seats.get("ana", f"/reviews/{id_}")[1]
    answered(seats, id_, "bo", "north")
    masked = [one.sheet.masked for one in stage.service.decisions.cases[id_].reviewers]
    assert sorted(masked) == [False, True]
    assert "People found otherwise than the machine." in seats.get("ana", f"/reviews/{id_}")[1]
    assert seats.send("bo", f"/reviews/{id_}/dissent", words="The second map is old.") == 303
    assert seats.send("dir", f"/reviews/{id_}/conclude", outcome="amended", name="yes", words=WHY) == 422
    assert "not told of any" in seats.get("lia", "/replies")[1]
    assert seats.send("lia", f"/replies/{id_}", words="We did not fire.") == 404
    assert seats.send("dir", f"/reviews/{id_}/notify", hours="1") == 422
    assert seats.send("dir", f"/reviews/{id_}/notify", hours="72") == 303
    told = seats.get("lia", "/replies")[1].split("<main", 1)[1]
    assert "Within the hour from 2026-03-02 10:00 UTC" in told
    assert not [word for word in ("50.0", "30.0", "A1", "nation-", "seat-", "aland") if word in told]
    assert seats.send("lia", f"/replies/{id_}", words="We did not fire at anybody.") == 303
    assert seats.send("dir", f"/reviews/{id_}/clock", hours="24", words="It was the first after the truce.") == 303
    assert "director, by a link of the exercise" in seats.get("dir", f"/reviews/{id_}")[1]
    stage.service.decisions.now_us = lambda: 2**51  # the time for replies is over
    assert seats.send("dir", f"/reviews/{id_}/conclude", outcome="upheld", words=WHY) == 422
    assert seats.send("dir", f"/reviews/{id_}/conclude", outcome="amended", name="yes", words=WHY) == 303
    assert seats.send("dir", f"/reviews/{id_}/publish", words="North fired near monitors.") == 303
    published = seats.get("lia", "/published")[1]
    for words in ("north is responsible.", "North fired near monitors.", "We did not fire", "The second map is old.",
                  "No reply from south, which is no admission.", "Without prejudice"):  # fmt: skip
        assert words in published, words
    said = [type(one.said).__name__ for one in decisions(stage)]
    assert said == ["Triaged", "TakenUp", "Answered", "TakenUp", "Answered", "Dissented", "Notified", "Replied",
                    "ClockStarted", "Concluded", "Published"]  # fmt: skip
    (end,) = [one.said for one in decisions(stage) if isinstance(one.said, Concluded)]
    assert end.party == "north"


def test_who_has_seen_the_machine_s_answer_does_not_review(stage: Stage, seats: Seats) -> None:
    id_ = settled(stage).finding
    seats.sit("both", "watchkeeper", "reviewer", nation="dania")
    assert seats.get("both", "/api/v1/floor")[0] == 200
    assert seats.send("both", f"/reviews/{id_}/take", ties="none", tied="none") == 422
    seats.sit("list", "watchkeeper", "reviewer", nation="dania")
    seats.get("list", f"/findings/{id_}")
    assert seats.send("list", f"/reviews/{id_}/take", ties="none", tied="none") == 422


def test_who_has_an_open_sheet_is_shown_no_answer_of_the_machine(stage: Stage, seats: Seats) -> None:
    id_ = settled(stage).finding
    seats.sit("both", "watchkeeper", "reviewer", nation="dania")
    assert seats.send("both", f"/reviews/{id_}/take", ties="none", tied="none") == 303
    for path in ("/", "/api/v1/floor", "/api/v1/findings", "/findings", f"/findings/{id_}", "/api/v1/changes"):
        code, text = seats.get("both", path)
        assert code == 403 or (path == "/" and "/reviews" in text), path
    assert seats.get("bo", f"/reviews/{id_}/sheet")[0] == 404


def test_who_is_tied_or_of_a_party_does_not_review(stage: Stage, seats: Seats) -> None:
    id_ = settled(stage).finding
    assert seats.send("ana", f"/reviews/{id_}/take", ties="My brother serves there.") == 422
    assert seats.send("ana", f"/reviews/{id_}/take", ties="", tied="none") == 422
    assert seats.send("lia", f"/reviews/{id_}/take", ties="none", tied="none") == 403
    assert stage.service.decisions.cases[id_].reviewers == ()


def test_the_lot_and_the_mask_are_in_the_log(stage: Stage, seats: Seats) -> None:
    id_ = settled(stage).finding
    assert seats.send("ana", f"/reviews/{id_}/take", ties="none", tied="none") == 303
    assert seats.send("bo", f"/reviews/{id_}/take", ties="none", tied="none") == 303
    first, *_ = decisions(stage)
    assert isinstance(first.said, Triaged)
    assert first.by == "service"
    assert 0 <= first.said.findings[id_].draw < 1_000_000
    sheets = [one.said for one in decisions(stage) if isinstance(one.said, TakenUp)]
    (masked,) = [one for one in sheets if one.masked]
    assert 20 <= masked.turn_deg < 340
    assert sorted(masked.sides) == ["north", "south"]
    assert len({one.masked for one in sheets}) == 2


def test_decisions_are_there_again_after_a_restart(stage: Stage, seats: Seats) -> None:
    from truceline.edges.live.decisions import Decisions

    id_ = settled(stage).finding
    answered(seats, id_, "ana", "south")
    before = stage.service.decisions
    again = Decisions(stage.service.store, stage.service.keep, before.mandate)
    assert again.all == before.all
    assert again.cases == before.cases


def test_a_team_is_asked_and_reports(stage: Stage, seats: Seats) -> None:
    id_ = settled(stage).finding
    answered(seats, id_, "ana", "north")
    answered(seats, id_, "bo", "south")
    seats.sit("cy", "reviewer", nation="cordia")
    answered(seats, id_, "cy", "north")
    case = stage.service.decisions.cases[id_]
    assert case.result is not None
    assert (case.result.who, case.result.agreed) == ("north", False)
    ask = {"kind": "inspect", "post": "monitors-west", "words": "See the craters of that hour."}
    assert seats.send("dir", f"/reviews/{id_}/ask", **ask | {"kind": "strike"}) == 422
    assert seats.send("dir", f"/reviews/{id_}/ask", **ask) == 303
    seats.sit("mon", "monitor", nation="hestia")
    assert seats.send("mon", f"/reviews/{id_}/report", words="Two craters seen.", exhibits="0" * 64) == 422
    assert seats.send("mon", f"/reviews/{id_}/report", words="Two craters seen.") == 303
    text = seats.get("dir", f"/reviews/{id_}")[1]
    assert re.search(r"asked monitors-west to inspect.*Two craters seen", text, re.DOTALL)
    assert case.opened_us > US_PER_HOUR
