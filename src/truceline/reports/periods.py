"""The times that reports speak of: local clocks, days from cut-off to cut-off, weeks, any span."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

from truceline.model.instant import US_PER_HOUR, US_PER_S, Instant, Span, format_utc

DAY_US: Span = 24 * US_PER_HOUR
MINUTE_US: Span = 60 * US_PER_S
EPOCH = date(1970, 1, 1).toordinal()
CUT_OFF_MIN = 19 * 60 + 30  # 19:30 local: the field's daily reports (OSCE Special Monitoring Mission to Ukraine)


@dataclass(frozen=True, slots=True)
class LocalClock:
    """The local time of an agreement: (from, offset to UTC), in order; before the first it is as at the first."""

    changes: tuple[tuple[Instant, Span], ...] = ()

    def offset(self, instant: Instant) -> Span:
        """What local time is ahead of UTC by."""
        place = bisect_right([start for start, _ in self.changes], instant) - 1
        return self.changes[max(place, 0)][1] if self.changes else 0

    def day(self, instant: Instant) -> str:
        """The local date, YYYY-MM-DD."""
        return self._text(instant)[:10]

    def minute(self, instant: Instant) -> str:
        """The local time of day, HH:MM."""
        return self._text(instant)[11:16]

    def second(self, instant: Instant) -> str:
        """The local time of day, HH:MM:SS."""
        return self._text(instant)[11:19]

    def stamp(self, instant: Instant) -> str:
        """Local date and time of day."""
        return f"{self.day(instant)}\u00a0{self.minute(instant)}"

    def name(self, instant: Instant) -> str:
        """Whose time it is: UTC, UTC+03:00."""
        minutes = self.offset(instant) // MINUTE_US
        if not minutes:
            return "UTC"
        return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"

    def at(self, local_us: Span) -> Instant:
        """The instant at which the local clock shows so many microseconds since 1970-01-01 (the later of two)."""
        guess = local_us - self.offset(local_us - self.offset(local_us))
        return local_us - self.offset(guess)

    def _text(self, instant: Instant) -> str:
        return format_utc((instant + self.offset(instant)) // US_PER_S * US_PER_S, digits=0)


@dataclass(frozen=True, slots=True)
class Period:
    """From, included, until, excluded. `days`: of how many days it is told, by their local dates in order."""

    from_us: Instant
    until_us: Instant
    days: tuple[str, ...]

    @property
    def date(self) -> str:
        """The local date on which it ends."""
        return self.days[-1]

    def holds(self, instant: Instant) -> bool:
        return self.from_us <= instant < self.until_us

    def meets(self, from_us: Instant, until_us: Instant | None) -> bool:
        """Whether a span has a part in it."""
        return from_us < self.until_us and (until_us is None or until_us > self.from_us)


def days_until(clock: LocalClock, day: str, count: int, cut_off_min: int) -> Period:
    """So many days, the last of which ends at the cut-off of this local date."""
    last = date.fromisoformat(day).toordinal()
    ends = [_cut_off(clock, last - before, cut_off_min) for before in range(count, -1, -1)]
    names = tuple(date.fromordinal(last - before).isoformat() for before in range(count - 1, -1, -1))
    return Period(ends[0], ends[-1], names)


def before(clock: LocalClock, period: Period, cut_off_min: int) -> Period:
    """The period as long that ends where this one begins."""
    first = date.fromordinal(date.fromisoformat(period.days[0]).toordinal() - 1).isoformat()
    return days_until(clock, first, len(period.days), cut_off_min)


def each_day(clock: LocalClock, period: Period, cut_off_min: int) -> list[Period]:
    """The days of a period, each by itself."""
    return [days_until(clock, day, 1, cut_off_min) for day in period.days]


def day_of(clock: LocalClock, instant: Instant, cut_off_min: int) -> str:
    """The date of the day, from cut-off to cut-off, that holds an instant."""
    local = instant + clock.offset(instant) - cut_off_min * MINUTE_US
    return date.fromordinal(EPOCH + local // DAY_US + 1).isoformat()


def days_between(first: str, last: str) -> int:
    """How many days from one date to another, both included; 0 or less if they stand the wrong way round."""
    return date.fromisoformat(last).toordinal() - date.fromisoformat(first).toordinal() + 1


def number_in_year(day: str) -> int:
    """The place of a date in its year: daily reports are numbered by it."""
    one = date.fromisoformat(day)
    return one.toordinal() - date(one.year, 1, 1).toordinal() + 1


def week_in_year(day: str) -> tuple[int, int]:
    """(year, week) of a date by ISO 8601."""
    year, week, _ = date.fromisoformat(day).isocalendar()
    return year, week


def _cut_off(clock: LocalClock, ordinal: int, cut_off_min: int) -> Instant:
    return clock.at((ordinal - EPOCH) * DAY_US + cut_off_min * MINUTE_US)
