"""Verification by people: who may review, what answers come to, what must come before what, what is counted."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.coalition.started import clocks_of, started_of, started_on
from truceline.findings.decision import (
    AccountGiven,
    Answered,
    ClockStarted,
    Concluded,
    Decision,
    Dissented,
    Drawn,
    Notified,
    Published,
    Replied,
    Said,
    TakenUp,
    TeamAsked,
    TeamReported,
    Triaged,
    read_decision,
    to_line,
)
from truceline.findings.review.case import Case, agrees, cases_of, result_of, stage, take
from truceline.findings.review.rates import rates_of
from truceline.findings.review.rules import Mandate, step_fault
from truceline.findings.review.sheet import Ear, Ground, Heard, Sheet, turned
from truceline.findings.review.triage import AGAIN_SHARE, DRAWN_OF, RANDOM_SHARE, Stakes, reasons_for
from truceline.model.instant import US_PER_HOUR

F = "F-0123456789abcdef"
PARTIES = ("north", "south")
MANDATE = Mandate(PARTIES, may_name=True, may_publish=True)
WHY = "because of what was heard"
NEVER = DRAWN_OF - 1


class Story:
    """Decisions, one after another; a decision that may not be made stops the story with its reason."""

    def __init__(self, outcome: str = "attributed", party: str | None = "north", mandate: Mandate = MANDATE) -> None:
        self.mandate = mandate
        self.all: list[Decision] = []
        self.cases: dict[str, Case] = {}
        drawn = Drawn(outcome=outcome, party=party, provisions=("p1",), time_us=0, reasons=("naming",), draw=5)
        self.add(Triaged(findings={F: drawn}), "service", "")

    @property
    def case(self) -> Case:
        return self.cases[F]

    def add(self, said: Said, by: str, nation: str, hour: int = 0) -> "Story":
        self.all.append(Decision(number=len(self.all), at_us=hour * US_PER_HOUR, by=by, nation=nation, said=said))
        take(self.cases, self.all[-1])
        return self

    def why_not(self, said: Any, by: str = "d", nation: str = "cordia", hour: int = 0) -> str | None:
        decision = Decision(number=len(self.all), at_us=hour * US_PER_HOUR, by=by, nation=nation, said=said)
        return step_fault(self.cases.get(said.finding), decision, self.mandate)

    def does(self, said: Any, by: str = "d", nation: str = "cordia", hour: int = 0) -> "Story":
        assert self.why_not(said, by, nation, hour) is None
        return self.add(said, by, nation, hour)

    def reviewed(self, *answers: tuple[str, str]) -> "Story":
        people = (("r.a", "aland"), ("r.b", "borea"), ("r.c", "cordia"))
        for number, ((by, nation), (forbidden, who)) in enumerate(zip(people, answers, strict=False)):
            self.does(sheet(masked=number == 0), by, nation)
            self.does(Answered(finding=F, forbidden=forbidden, who=who, words=WHY), by, nation)
        return self


def sheet(*, masked: bool = False, tied: bool = False, ties: str = "none", sides: tuple[str, ...] = PARTIES) -> TakenUp:
    return TakenUp(finding=F, ties=ties, tied=tied, masked=masked, turn_deg=90, sides=sides if masked else ())


SAME = ("yes", "north")


def told(hour: int = 0, hours: int = 72) -> Notified:
    return Notified(finding=F, parties=PARTIES, reply_by_us=(hour + hours) * US_PER_HOUR)


def concluded(outcome: str = "upheld", party: str | None = None, draw: int = NEVER) -> Concluded:
    return Concluded(finding=F, outcome=outcome, party=party, words=WHY, draw=draw)


def test_the_whole_way_from_automatic_to_published() -> None:
    story = Story()
    stages = [stage(story.case, 0)]
    story.does(sheet(masked=True), "r.a", "aland")
    stages.append(stage(story.case, 0))
    story.does(Answered(finding=F, forbidden="yes", who="north", words=WHY), "r.a", "aland")
    story.does(sheet(), "r.b", "borea").does(
        Answered(finding=F, forbidden="yes", who="north", words=WHY), "r.b", "borea"
    )
    stages.append(stage(story.case, 0))
    story.does(told())
    stages.append(stage(story.case, 0))
    story.does(Replied(finding=F, party="north", words="We did not fire."), "l.n", "north", 1)
    stages.append(stage(story.case, 71 * US_PER_HOUR))
    stages.append(stage(story.case, 72 * US_PER_HOUR))
    story.does(concluded("upheld", "north"), hour=72)
    stages.append(stage(story.case, 0))
    story.does(Published(finding=F, words="North fired, as reviewers found."), hour=73)
    stages.append(stage(story.case, 0))
    assert stages == ["waiting", "in_review", "reviewed", "notified", "notified", "heard", "upheld", "published"]
    assert cases_of([read_decision(to_line(one)) for one in story.all]) == story.cases


@pytest.mark.parametrize(
    ("said", "by", "nation", "wrong"),
    [
        (sheet(), "r.x", "north", "from a party"),
        (sheet(), "r.a", "dania", "reviewed it already"),
        (sheet(), "r.x", "aland", "of your nation already"),
        (sheet(tied=True), "r.x", "borea", "have none"),
        (sheet(ties=" "), "r.x", "borea", "have none"),
        (sheet(masked=True), "r.x", "borea", "one of the two"),
        (sheet(), "r.x", "borea", None),
    ],
)
def test_who_may_be_the_second_reviewer(said: TakenUp, by: str, nation: str, wrong: str | None) -> None:
    story = Story().does(sheet(masked=True), "r.a", "aland")
    why_not = story.why_not(said, by, nation)
    assert (why_not is None) if wrong is None else (why_not is not None and wrong in why_not)


def test_a_masked_sheet_has_every_party_as_a_side() -> None:
    assert "every party" in str(Story().why_not(sheet(masked=True, sides=("north",)), "r.a", "aland"))


def test_a_third_is_wanted_only_where_two_differ_and_then_two_of_three_stand() -> None:
    story = Story().reviewed(SAME, SAME)
    assert not story.case.wants_reviewers
    differing = Story().reviewed(SAME, ("yes", "south"))
    assert differing.case.result is None
    assert differing.case.wants_reviewers
    differing.does(sheet(masked=True), "r.c", "cordia")
    differing.does(Answered(finding=F, forbidden="yes", who="south", words=WHY), "r.c", "cordia")
    result = differing.case.result
    assert result is not None
    assert (result.who, result.agreed) == ("south", False)
    three = Story().reviewed(SAME, ("yes", "south"), ("no", "other"))
    assert three.case.result == result_of(three.case.reviewers)
    assert three.case.result is not None
    assert (three.case.result.forbidden, three.case.result.who) == ("cannot_tell", "cannot_tell")
    assert three.case.names is None


def test_an_answer_is_given_once_on_an_own_sheet_with_reasons() -> None:
    story = Story().does(sheet(masked=True), "r.a", "aland")
    good = Answered(finding=F, forbidden="yes", who="north", words=WHY)
    assert "no open sheet" in str(story.why_not(good, "r.x", "borea"))
    for bad in (
        Answered(finding=F, forbidden="maybe", who="north", words=WHY),
        Answered(finding=F, forbidden="yes", who="east", words=WHY),
    ):
        assert "none of those" in str(story.why_not(bad, "r.a", "aland"))
    assert "reasons" in str(story.why_not(Answered(finding=F, forbidden="yes", who="north", words="x"), "r.a", "aland"))
    story.does(good, "r.a", "aland")
    assert "no open sheet" in str(story.why_not(good, "r.a", "aland"))


def test_parties_are_heard_before_anything_is_concluded_and_silence_is_no_reply() -> None:
    story = Story()
    assert "when it is reviewed" in str(story.why_not(told()))
    story.reviewed(SAME, SAME)
    assert "not heard yet" in str(story.why_not(concluded()))
    one = Notified(finding=F, parties=("north",), reply_by_us=72 * US_PER_HOUR)
    assert "every party" in str(story.why_not(one))
    assert "at least 24 hours" in str(story.why_not(told(hours=23)))
    assert "was not told" in str(story.why_not(Replied(finding=F, party="north", words="We did not fire.")))
    story.does(told())
    assert "not heard yet" in str(story.why_not(concluded(), hour=71))
    assert story.why_not(concluded(), hour=72) is None
    for party in PARTIES:
        story.does(Replied(finding=F, party=party, words="We did not fire."), hour=2)
    assert story.why_not(concluded(), hour=3) is None
    late = story.does(concluded("undetermined"), hour=3).does(
        Replied(finding=F, party="north", words="Something more to say."), hour=200
    )
    assert len(late.case.replies) == 3


@pytest.mark.parametrize(
    ("machine", "answers", "outcome", "party", "right"),
    [
        (("attributed", "north"), SAME, "upheld", "north", True),
        (("attributed", "north"), SAME, "upheld", None, True),
        (("attributed", "north"), SAME, "upheld", "south", False),
        (("attributed", "north"), SAME, "amended", "north", False),
        (("attributed", "north"), SAME, "withdrawn", None, True),
        (("attributed", "north"), SAME, "withdrawn", "north", False),
        (("attributed", "north"), SAME, "undetermined", None, True),
        (("attributed", "north"), ("yes", "south"), "upheld", None, False),
        (("attributed", "north"), ("yes", "south"), "amended", "south", True),
        (("attributed", "north"), ("yes", "south"), "amended", "north", False),
        (("attributed", "north"), ("cannot_tell", "cannot_tell"), "amended", None, False),
        (("attributed", "north"), ("no", "other"), "amended", None, True),
        (("undetermined", None), ("yes", "cannot_tell"), "upheld", None, True),
        (("undetermined", None), SAME, "amended", "north", True),
        (("attributed", "north"), SAME, "punished", None, False),
    ],
)
def test_a_conclusion_says_no_more_than_the_reviewers_found(
    machine: tuple[str, str | None], answers: tuple[str, str], outcome: str, party: str | None, right: bool
) -> None:
    story = Story(*machine).reviewed(answers, answers).does(told())
    assert (story.why_not(concluded(outcome, party), hour=99) is None) is right


def test_a_mandate_that_does_not_name_or_publish_is_kept() -> None:
    quiet = Mandate(PARTIES, may_name=False, may_publish=False)
    story = Story(mandate=quiet).reviewed(SAME, SAME).does(told())
    assert "name anybody" in str(story.why_not(concluded("upheld", "north"), hour=99))
    story.does(concluded("upheld"), hour=99)
    assert "publish" in str(story.why_not(Published(finding=F, words=WHY)))


def test_a_clock_is_started_by_a_named_person_on_a_reviewed_finding_once() -> None:
    clock = ClockStarted(finding=F, hours=24, basis="It was the first after the truce.", person="Dana Amari")
    story = Story()
    assert "reviewed finding" in str(story.why_not(clock))
    story.reviewed(SAME, SAME)
    nameless = ClockStarted(finding=F, hours=24, basis=WHY, person=" ")
    assert "named person" in str(story.why_not(nameless))
    assert "once" in str(story.why_not(ClockStarted(finding=F, hours=48, basis=WHY, person="D")))
    story.does(clock, hour=5)
    assert "once" in str(story.why_not(clock))
    (started,) = clocks_of(story.all)[F]
    assert (started.hours, started.started_by, started.started_us) == (24, "Dana Amari", 5 * US_PER_HOUR)
    nobody = Story("undetermined", None).reviewed(("yes", "cannot_tell"), ("yes", "cannot_tell"))
    assert "reviewed finding" in str(nobody.why_not(clock))
    story.does(told()).does(concluded("withdrawn"), hour=99)
    other = ClockStarted(finding=F, hours=72, basis=WHY, person="D")
    assert "reviewed finding" in str(story.why_not(other))


def test_a_clock_says_by_which_mandate_and_on_which_answers_it_was_started() -> None:
    def given(change: int, *roles: str, active: bool = True) -> AccountGiven:
        return AccountGiven(change=change, account="d", nation="cordia", roles=roles, party=None, active=active)

    story = Story().add(given(1, "director"), "admin", "").add(given(2, "analyst"), "admin", "")
    story.add(given(3, "director", "analyst"), "admin", "").reviewed(SAME, SAME)
    story.does(ClockStarted(finding=F, hours=24, basis=WHY, person="Dana Amari"), hour=5)
    story.add(given(4, "director", active=False), "admin", "")
    (one,) = started_of(story.all)
    assert (one.party, one.account, one.nation, one.decision, one.mandate) == ("north", "d", "cordia", 8, 3)
    assert one.reviewed == (5, 7)
    assert one.rests_on == (3, 5, 7, 8)
    assert started_on(story.all, F) == (one,)
    assert started_on(story.all, "F-other") == ()
    story.does(ClockStarted(finding=F, hours=72, basis=WHY, person="Dana Amari"), hour=6)
    assert [clock.mandate for clock in started_of(story.all)] == [3, None]


def test_one_in_twenty_is_reviewed_again_by_others() -> None:
    story = Story().reviewed(SAME, SAME).does(told()).does(concluded(draw=AGAIN_SHARE - 1), hour=99)
    assert story.case.wants_reviewers
    assert "reviewed it already" in str(story.why_not(sheet(), "r.a", "aland"))
    for number, (by, nation) in enumerate((("s.a", "aland"), ("s.b", "borea"))):
        story.does(sheet(masked=number == 0), by, nation)
        story.does(Answered(finding=F, forbidden="yes", who="south", words=WHY), by, nation)
    rates = rates_of([story.case])
    assert (rates.reviewed, rates.agreed, rates.overturned, rates.again, rates.again_otherwise) == (1, 1, 0, 1, 1)
    assert story.case.names == "north"
    done = Story().reviewed(SAME, SAME).does(told()).does(concluded(draw=AGAIN_SHARE), hour=99)
    assert "nobody is wanted" in str(done.why_not(sheet(), "r.x", "dania"))


def test_dissent_and_the_field_team_s_report_stay_with_the_case() -> None:
    story = Story().reviewed(SAME, SAME)
    assert "answer a sheet first" in str(story.why_not(Dissented(finding=F, words=WHY), "r.x", "borea"))
    assert "no team was asked" in str(story.why_not(TeamReported(finding=F, words=WHY)))
    assert "asked to" in str(story.why_not(TeamAsked(finding=F, kind="strike", post="west", words=WHY)))
    story.does(Dissented(finding=F, words="The second map is old."), "r.b", "borea")
    story.does(TeamAsked(finding=F, kind="inspect", post="monitors-west", words="See the craters."))
    story.does(TeamReported(finding=F, words="Two craters, from the north.", exhibits=("0" * 64,)), "m.o", "hestia")
    assert [type(one.said).__name__ for one in story.case.steps][-3:] == ["Dissented", "TeamAsked", "TeamReported"]


def test_a_finding_that_now_says_otherwise_begins_anew_and_forgets_no_step() -> None:
    story = Story().reviewed(SAME, SAME)
    steps = len(story.case.steps)
    drawn = Drawn(outcome="undetermined", party=None, provisions=("p1",), time_us=0, reasons=("lot",), draw=3)
    story.add(Triaged(findings={F: drawn}), "service", "")
    assert stage(story.case, 0) == "waiting"
    assert len(story.case.steps) == steps + 1
    assert story.why_not(sheet(), "r.a", "aland") is None


@pytest.mark.parametrize(
    ("stakes", "draw", "reasons"),
    [
        (Stakes(named=True, harm=False, monitors=False), NEVER, ("naming",)),
        (Stakes(named=True, harm=True, monitors=True), 0, ("naming", "harm", "monitors")),
        (Stakes(named=False, harm=False, monitors=False), RANDOM_SHARE - 1, ("lot",)),
        (Stakes(named=False, harm=False, monitors=False), RANDOM_SHARE, ()),
    ],
)
def test_what_comes_before_people(stakes: Stakes, draw: int, reasons: Sequence[str]) -> None:
    assert reasons_for(stakes, draw) == reasons


@settings(max_examples=60, deadline=None)
@given(st.permutations(PARTIES), st.sampled_from(["yes", "no", "cannot_tell"]), st.sampled_from([*PARTIES, "other"]))
def test_exchanging_the_parties_exchanges_every_result(order: list[str], forbidden: str, who: str) -> None:
    swap = dict(zip(PARTIES, order, strict=True)) | {"other": "other"}
    first = Story("attributed", "north").reviewed((forbidden, who), (forbidden, who)).case
    second = Story("attributed", swap["north"]).reviewed((forbidden, swap[who]), (forbidden, swap[who])).case
    assert first.result is not None
    assert second.result is not None
    assert second.result.who == swap[first.result.who]
    assert agrees(first.drawn, first.result) == agrees(second.drawn, second.result)


DRAWING = Sheet(
    events=(Heard(1, 0.0, (100.0, 200.0), 50.0, 20.0, 30.0, (("impact", 1.0),)),),
    ears=(Ear("A1", "acoustic_array", "aland", (-300.0, 400.0), (1,), 0.4),),
    grounds=(Ground("side 1", "map 1", (((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)),)),),
    lines=(((0.0, 0.0), (5.0, 5.0)),), sides=(("side 1", "north"),), articles=(),
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.booleans(), st.integers(0, 359))
def test_a_masked_sheet_keeps_every_distance_and_turns_all_alike(mirrored: bool, turn_deg: int) -> None:
    sheet_ = turned(DRAWING, mirrored=mirrored, turn_deg=turn_deg)
    apart = [(one.at[0] - ear.at[0]) ** 2 + (one.at[1] - ear.at[1]) ** 2
             for one, ear in ((DRAWING.events[0], DRAWING.ears[0]), (sheet_.events[0], sheet_.ears[0]))]  # fmt: skip
    assert apart[0] == pytest.approx(apart[1])
    corner = sheet_.grounds[0].rings[0]
    area = (corner[1][0] - corner[0][0]) * (corner[2][1] - corner[0][1]) - (corner[2][0] - corner[0][0]) * (
        corner[1][1] - corner[0][1]
    )  # fmt: skip
    assert area == pytest.approx(-1.0 if mirrored else 1.0)
    assert sheet_.events[0].azimuth_deg == pytest.approx(((-30.0 if mirrored else 30.0) + turn_deg) % 180.0)
    assert sheet_.masked


def test_a_turn_of_ninety_degrees_is_clockwise() -> None:
    sheet_ = turned(DRAWING, mirrored=False, turn_deg=90)
    assert sheet_.lines[0][1] == pytest.approx((5.0, -5.0))
    assert sheet_.events[0].at == pytest.approx((200.0, -100.0))


def test_a_line_that_is_no_decision_is_refused() -> None:
    line = to_line(Story().all[0])
    for bad in (b"{}", line[:-1], line.replace(b'"v":1', b'"v":2'), b" " + line, line.replace(b"triaged", b"fired")):
        with pytest.raises(ValueError, match=r"\S"):
            read_decision(bad)
