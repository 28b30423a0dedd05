"""Days from cut-off to cut-off by the local clock, weeks, and how they are numbered."""

import pytest

from truceline.model.instant import US_PER_HOUR, format_utc, parse_utc
from truceline.reports.periods import (
    CUT_OFF_MIN,
    LocalClock,
    before,
    day_of,
    days_between,
    days_until,
    each_day,
    number_in_year,
    week_in_year,
)

PLUS_TWO = LocalClock(((0, 2 * US_PER_HOUR),))
SPRING = parse_utc("2026-03-29T01:00:00Z")
KYIV = LocalClock(((0, 2 * US_PER_HOUR), (SPRING, 3 * US_PER_HOUR)))


def test_a_day_runs_from_evening_to_evening_local_time() -> None:
    day = days_until(PLUS_TWO, "2026-03-10", 1, CUT_OFF_MIN)
    assert format_utc(day.from_us, digits=0) == "2026-03-09T17:30:00Z"
    assert format_utc(day.until_us, digits=0) == "2026-03-10T17:30:00Z"
    assert day.holds(day.from_us) and not day.holds(day.until_us) and day.date == "2026-03-10"


def test_the_day_on_which_clocks_go_forward_is_an_hour_shorter() -> None:
    day = days_until(KYIV, "2026-03-29", 1, CUT_OFF_MIN)
    assert day.until_us - day.from_us == 23 * US_PER_HOUR
    assert KYIV.stamp(day.from_us) == "2026-03-28\u00a019:30" and KYIV.stamp(day.until_us) == "2026-03-29\u00a019:30"
    assert (KYIV.name(day.from_us), KYIV.name(day.until_us)) == ("UTC+02:00", "UTC+03:00")


def test_an_instant_of_the_cut_off_belongs_to_the_day_that_begins() -> None:
    day = days_until(PLUS_TWO, "2026-03-10", 1, CUT_OFF_MIN)
    assert day_of(PLUS_TWO, day.from_us, CUT_OFF_MIN) == "2026-03-10"
    assert day_of(PLUS_TWO, day.until_us - 1, CUT_OFF_MIN) == "2026-03-10"
    assert day_of(PLUS_TWO, day.until_us, CUT_OFF_MIN) == "2026-03-11"


def test_a_week_is_seven_days_and_the_one_before_ends_where_it_begins() -> None:
    week = days_until(PLUS_TWO, "2026-03-10", 7, CUT_OFF_MIN)
    assert week.days == tuple(f"2026-03-{day:02d}" for day in range(4, 11))
    earlier = before(PLUS_TWO, week, CUT_OFF_MIN)
    assert earlier.until_us == week.from_us and earlier.days[-1] == "2026-03-03" and len(earlier.days) == 7
    days = each_day(PLUS_TWO, week, CUT_OFF_MIN)
    assert [day.date for day in days] == list(week.days)
    assert days[0].from_us == week.from_us and days[-1].until_us == week.until_us


@pytest.mark.parametrize(("offset_h", "name"), [(0, "UTC"), (-3.5, "UTC-03:30"), (5.75, "UTC+05:45")])
def test_the_name_of_a_clock(offset_h: float, name: str) -> None:
    assert LocalClock(((0, round(offset_h * US_PER_HOUR)),)).name(0) == name
    assert LocalClock().name(0) == "UTC"


def test_numbers_of_days_and_weeks() -> None:
    assert number_in_year("2020-08-30") == 243
    assert week_in_year("2026-01-01") == (2026, 1) and week_in_year("2027-01-01") == (2026, 53)
    assert days_between("2026-03-04", "2026-03-10") == 7 and days_between("2026-03-10", "2026-03-04") == -5


def test_a_span_meets_a_period_that_it_touches_and_one_without_an_end_meets_all_later() -> None:
    day = days_until(PLUS_TWO, "2026-03-10", 1, CUT_OFF_MIN)
    assert day.meets(day.until_us - 1, None) and not day.meets(day.until_us, None)
    assert day.meets(0, day.from_us + 1) and not day.meets(0, day.from_us)
