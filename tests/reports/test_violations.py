"""What a day's violations are: events, what people counted beyond them, what they alone reported; what it sums to."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.model.event import Event
from truceline.model.finding import Finding
from truceline.model.observation import Report
from truceline.reports.account import Record
from truceline.reports.violations import Counted, Violation, Violations
from truceline.terms.counting import Number

from .day_making import EN, MINUTE, day, happened, record, said, told_by_people
from .making import at, case, event


def first_report() -> Report:
    one = told_by_people()[0]
    assert isinstance(one, Report)
    return one


def counted(of: Record) -> Counted:
    return of.violations.between(day(of), EN)


def only(of: Record, class_: str) -> list[Violation]:
    return [row for row in counted(of).rows if row.class_ == class_]


def test_the_days_table() -> None:
    found = counted(record())
    assert [(row.class_, row.count, row.uncountable, len(row.events)) for row in found.rows] == [
        ("outgoing", (7, 9), False, 6),
        ("impact", (6, 6), False, 6),
        ("burst", (2, 2), False, 2),
        ("burst", None, False, 0),
    ]
    assert found.tally.total == Number(15, 17, uncountable=1)
    assert dict(found.tally.explosions)["outgoing"] == Number(7, 9)
    assert "demolition" not in {row.class_ for row in found.rows}, "the rule does not count what is announced as such"


def test_events_of_one_incident_and_place_are_one_row_with_its_means_weapon_and_finding() -> None:
    (row,) = only(record(), "outgoing")
    assert row.means == ("heard", "camera") and row.weapons == ("120mm mortar",) and row.corroborated
    assert row.providers == ("aland", "borea", "cordia") and row.findings == ("F-0000000000000001",)
    assert row.from_us < row.until_us


def test_people_who_counted_fewer_than_were_located_add_nothing() -> None:
    few = replace(first_report(), count=(1, 4))
    (row,) = only(record(observations=(few,)), "outgoing")
    assert row.count == (6, 6)


def test_two_people_who_counted_the_same_salvo_are_not_added_up() -> None:
    one = first_report()
    other = replace(one, id="R-9", sensor="PX-2", count=(8, 8))
    events = list(happened())
    events[1] = replace(events[1], observations=(*events[1].observations, "R-9"))
    (row,) = only(record(observations=(one, other), events=tuple(events)), "outgoing")
    assert row.count == (8, 9)


def test_uncountable_beside_what_was_located_is_said_so() -> None:
    vague = replace(first_report(), count=None)
    (row,) = only(record(observations=(vague,)), "outgoing")
    assert row.count == (6, 6) and row.uncountable
    assert sum((number for _, number in counted(record(observations=(vague,))).tally.categories), Number()).uncountable


def test_what_people_alone_reported_counts_as_they_reported_it() -> None:
    alone = said(Report, "R-8", "PX-1", 5 * MINUTE, labels=(("explosion", 1.0),), heard=True, count=(2, 3))
    (row,) = only(record(observations=(alone,)), "explosion")
    assert row.count == (2, 3) and row.events == () and not row.corroborated and row.providers == ("aland",)


def test_what_a_party_supplied_or_nobody_accepted_does_not_count() -> None:
    assert not [row for row in counted(record()).rows if row.count == (50, 50)]
    heard = said(Report, "R-8", "PX-1", 5 * MINUTE, labels=(("explosion", 1.0),), heard=True, count=(2, 3))
    network = record().case.network
    late = replace(network.by_id["PX-1"], accepted_us=heard.time_us + 1)
    early = replace(late, accepted_us=heard.time_us)
    for sensor, rows in ((late, 0), (early, 1)):
        others = tuple(one for one in network.sensors if one.id != "PX-1")
        of = record(observations=(heard,), network=replace(network, sensors=(*others, sensor)))
        assert len(only(of, "explosion")) == rows


def test_an_event_that_hardly_happened_is_not_counted() -> None:
    events = tuple(replace(one, existence=0.49) if one.class_ == "burst" else one for one in happened())
    assert len(only(record(events=events), "burst")) == 1, "the report of people alone is left"


def test_the_cut_off_parts_two_days() -> None:
    of = record()
    period = day(of)
    edge = event(90, "shot", (31.05, 50.0), 0.0)
    at_end = replace(edge, origin=replace(edge.origin, time_us=period.until_us))
    before_end = replace(edge, id="E-last", origin=replace(edge.origin, time_us=period.until_us - 1))
    mine = record(events=(at_end, before_end), findings=())
    assert [row.events for row in mine.violations.between(period, EN).rows if row.events] == [("E-last",)]


HEARD = ("outgoing", "impact", "burst", "shot", "thunder", "flare")
MISSION = record(observations=case().observations)


def counted_of(events: Sequence[Event]) -> Counted:
    found = Violations(MISSION.case, events, (), {}, MISSION.placing)
    return found.between(day(MISSION), EN)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(HEARD), st.integers(-6, 6)), max_size=25), st.randoms())
def test_every_event_is_in_one_row_and_the_rows_sum_to_the_tally(told: list[tuple[str, int]], chance: Random) -> None:
    events = [event(n, class_, at(x, 0.0), 60.0 * n) for n, (class_, x) in enumerate(told)]
    found = counted_of(events)
    listed = [id_ for row in found.rows for id_ in row.events]
    assert len(listed) == len(set(listed)) == sum(class_ != "thunder" for class_, _ in told)
    assert sum(row.count[0] for row in found.rows if row.count) == found.tally.total.least
    chance.shuffle(events)
    assert counted_of(events) == found


def test_a_finding_of_the_day_is_named_at_its_rows() -> None:
    named: dict[str, Finding] = {one.id: one for one in record().findings}
    for row in counted(record()).rows:
        assert all(set(named[id_].events) & set(row.events) for id_ in row.findings)
