"""When the mission's sensors were heard from: counted, not inferred. What is inferred of a sensor is its health."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from truceline.model.case import Case
from truceline.model.instant import US_PER_S, Instant, Span
from truceline.model.observation import Observation, Status
from truceline.model.result import Result

TRIMMED = 200  # of so many times, one at each end may be a clock gone wrong: the picture does not stretch for it
PAD = 0.02
LEAST_WINDOW_US: Span = 60 * US_PER_S
ROUND_S = (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800)
MOST_BINS = 48
SILENT_BINS = 3  # a sensor not heard from for so many bins before the end is silent


VAGUE_S = 600.0  # an event whose time is known worse does not stretch the picture


@dataclass(frozen=True)
class Window:
    """A stretch of time, from included, until excluded, and the observations' own within it."""

    from_us: Instant
    until_us: Instant
    first_us: Instant
    last_us: Instant

    @property
    def length_us(self) -> Span:
        return self.until_us - self.from_us


def window_of(case: Case, result: Result) -> Window:
    """The time that the pictures show: nearly all observations and events, with a little room."""
    seen = _trimmed([one.time_us for one in case.observations])
    sharp = [event.origin.time_us for event in result.events if event.origin.time_sigma_s <= VAGUE_S]
    happened = _trimmed(sharp)
    times = [*seen, *happened] or [case.agreement.in_force_from_us]
    start, end = min(times), max(times)
    pad = max(LEAST_WINDOW_US, int(PAD * (end - start)))
    return Window(start - pad, end + pad, start, end)


def _trimmed(times: Sequence[Instant]) -> list[Instant]:
    """The least and the greatest of times, but for one in so many at each end."""
    ordered, cut = sorted(times), len(times) // TRIMMED
    return [ordered[cut], ordered[-1 - cut]] if ordered else []


def round_step_us(length_us: Span, most: int, least_us: Span = 0) -> Span:
    """A round step of time that cuts a length into at most so many."""
    steps = [step * US_PER_S for step in ROUND_S]
    fitting = [step for step in steps if length_us / step <= most and step >= least_us]
    return fitting[0] if fitting else -(-length_us // most)


@dataclass(frozen=True)
class Heard:
    """What came from one sensor: how many lines, the first and the last by its own clock, and the states it told."""

    lines: int = 0
    first_us: Instant = 0
    last_us: Instant = 0
    states: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listening:
    """Sensors heard from in each bin of a window; `silent`: those not heard from towards its end, and since when."""

    window: Window
    bin_us: Span
    counts: tuple[int, ...]  # bins begin at the first observation
    in_service: tuple[int, ...]
    heard: Mapping[str, Heard]
    silent: tuple[tuple[str, Instant], ...]

    def bounds(self, number: int) -> tuple[Instant, Instant]:
        """From when until when a bin is."""
        start = self.window.first_us + number * self.bin_us
        last = number == len(self.counts) - 1
        return start, self.window.last_us if last else start + self.bin_us


def listening(case: Case, window: Window) -> Listening:
    """How many sensors sent something, bin by bin. A bin is long enough to hold two of their reports of state."""
    by_sensor: defaultdict[str, list[Observation]] = defaultdict(list)
    for one in case.observations:
        by_sensor[one.sensor].append(one)
    length_us = window.last_us - window.first_us
    bin_us = round_step_us(length_us, MOST_BINS, 2 * _beat_us(by_sensor.values()))
    bins = max(1, length_us // bin_us)  # the last is longer, so that none is short of time to be heard in
    counts = [0] * bins
    for observations in by_sensor.values():
        inside = (one.time_us for one in observations if window.first_us <= one.time_us <= window.last_us)
        for number in {min(bins - 1, (time_us - window.first_us) // bin_us) for time_us in inside}:
            counts[number] += 1
    service = [
        sum(sensor.serves_at(window.first_us + number * bin_us + bin_us // 2) for sensor in case.network.sensors)
        for number in range(bins)
    ]
    heard = {sensor: _heard(observations) for sensor, observations in by_sensor.items()}
    end = window.last_us - SILENT_BINS * bin_us
    silent = [
        (sensor.id, heard[sensor.id].last_us)
        for sensor in case.network.sensors
        if sensor.serves_at(end) and sensor.id in heard and "detecting" in heard[sensor.id].states
        and heard[sensor.id].last_us < end
    ]  # fmt: skip
    return Listening(
        window, bin_us, tuple(counts), tuple(service), heard, tuple(sorted(silent, key=lambda s: (s[1], s[0])))
    )


def _heard(observations: Sequence[Observation]) -> Heard:
    times = [one.time_us for one in observations]
    states = sorted({one.state for one in observations if isinstance(one, Status)})
    return Heard(len(observations), min(times), max(times), tuple(states))


def _beat_us(streams: Iterable[Sequence[Observation]]) -> Span:
    """The usual time between two reports of state of one sensor; 0 where sensors report none."""
    gaps = []
    for observations in streams:
        times = sorted(one.time_us for one in observations if isinstance(one, Status))
        gaps += [later - earlier for earlier, later in pairwise(times)]
    return int(median(gaps)) if gaps else 0
