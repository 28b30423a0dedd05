"""The quick eye: what seems to have happened just now, long before the hour is over and all can be judged.

Time here is the mission's: by the times of receipt that the log holds, never by this machine's clock, so that a
replayed mission is watched as the real one would be.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from truceline.edges.live.unwatched import unwatched
from truceline.fusion.given import LEAST_AFTER_S, Given, given
from truceline.fusion.step import Glimpse
from truceline.fusion.stream import EventStream
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.instant import US_PER_S, Instant
from truceline.model.observation import Arrival, Bearing, Observation, Restriction, Status
from truceline.pipeline import Plugins

LATE_S = 900.0  # an observation later than this is left to the judging, which sees all
MOST_LOOKED_AT = 4_000  # observations of one look; where more come, the look is shorter
SIGNS_EVERY_S = 10.0  # of the signs of life of one sensor no more are looked at: one a second tells nothing else
SILENT_S = 900.0  # a sensor that sent nothing for so long cannot be counted on
UNSEEING = ("blind", "tampered")
NEVER: Instant = 2**62


@dataclass
class Heard:
    """One sensor: when it was last heard, its state by its own word, how many lines came, how many of them late."""

    last_us: Instant = 0
    state: str = ""
    lines: int = 0
    late: int = 0


@dataclass(frozen=True)
class Look:
    """What one look found. `from_us`: nothing earlier was looked at. `now_us`: the last time of receipt."""

    from_us: Instant
    now_us: Instant
    events: tuple[Event, ...]
    observations: int
    late: int


@dataclass
class Looking:
    """Fed with observations in order of the log; looks back a few minutes whenever asked.

    What a look finds nearby is kept for the next, which looks only at what may have changed since: what happened
    less than the longest path's travel time before an observation that is new.
    """

    case: Case
    plugins: Plugins
    heard: dict[str, Heard] = field(default_factory=dict)
    restrictions: list[Restriction] = field(default_factory=list)
    now_us: Instant = 0
    observations: int = 0
    late: int = 0

    def __post_init__(self) -> None:
        self.laid_out: Given = given(self.case, self.plugins.sensings, self.plugins.infrasound)
        self._stream = EventStream(self.laid_out)
        self._watermark_us = -(2**62)
        self._times: list[Instant] = []
        self._received: dict[str, Instant] = {}
        self._signs: dict[str, tuple[Instant, str]] = {}
        self._changed_us: Instant = NEVER  # what happened before is as the last look found it
        self._nearby: tuple[Event, ...] = ()
        self._last: Glimpse | None = None
        self._live: frozenset[str] | None = None
        self._blind: list[list[list[tuple[float, float]]]] = []

    def feed(self, batch: Iterable[Observation]) -> None:
        """Take observations in, and let hours end that nothing more can come for."""
        batch = list(batch)
        by_id = self.case.network.by_id
        for seen in batch:
            one = self.heard.setdefault(seen.sensor, Heard())
            one.lines += 1
            one.late += seen.time_us < self._watermark_us
            if seen.time_us >= one.last_us:
                one.last_us = seen.time_us
                one.state = seen.state if isinstance(seen, Status) else one.state
            if isinstance(seen, Restriction):
                self.restrictions.append(seen)
            provider = by_id[seen.sensor].provider
            self._received[provider] = max(self._received.get(provider, 0), seen.received_us)
        self.observations += len(batch)
        timely = [seen for seen in batch if seen.time_us >= self._watermark_us]
        self.late += len(batch) - len(timely)
        telling = [seen for seen in timely if not isinstance(seen, Status) or self._tells(seen)]
        self._stream.feed(telling)
        for seen in telling:
            if not isinstance(seen, Status):
                self._times.append(seen.time_us)
                self._changed_us = min(self._changed_us, seen.time_us - self._back_us(seen))
        self._move_on()

    def look(self, since_us: Instant) -> Look:
        """What seems to have happened since an instant, or since as long ago as there is time to look at."""
        oldest = max(since_us, self._watermark_us)
        if not self._times:
            return Look(oldest, self.now_us, (), self.observations, self.late)
        edge_us = max(oldest, self._crowded_us(), min(self._changed_us, self.now_us))
        self._last = found = self._stream.look(oldest, edge_us, self._last)
        fresh = [one.event for one in found.nearby if one.event.origin.time_us >= edge_us]
        told = {id_ for event in fresh for id_ in event.observations}
        kept = [
            event
            for event in self._nearby
            if oldest <= event.origin.time_us < edge_us and told.isdisjoint(event.observations)
        ]
        self._nearby, self._changed_us = (*kept, *fresh), NEVER
        spoken_for = {id_ for event in self._nearby for id_ in event.observations}
        beyond = [one.event for one in found.beyond if spoken_for.isdisjoint(one.event.observations)]
        events = (*self._nearby, *beyond)
        return Look(oldest, self.now_us, events, self.observations, self.late)

    def _tells(self, seen: Status) -> bool:
        """Whether a sign of life tells more than the one before."""
        time_us, state = self._signs.get(seen.sensor, (-NEVER, ""))
        if seen.state == state and abs(seen.time_us - time_us) < SIGNS_EVERY_S * US_PER_S:
            return False
        self._signs[seen.sensor] = (seen.time_us, seen.state)
        return True

    def _back_us(self, seen: Observation) -> Instant:
        """How long before an observation that may have happened of which it tells."""
        direct = isinstance(seen, Arrival | Bearing)
        return round((self.laid_out.local_s if direct else LEAST_AFTER_S) * US_PER_S)

    def live(self) -> frozenset[str]:
        """Sensors that can be counted on now: in service, heard from lately, not blind by their own word."""
        edge_us = self.now_us - round(SILENT_S * US_PER_S)
        return frozenset(
            sensor.id
            for sensor in self.case.network.sensors
            if sensor.serves_at(self.now_us)
            and sensor.id in self.heard
            and self.heard[sensor.id].last_us >= edge_us
            and self.heard[sensor.id].state not in UNSEEING
        )

    def blind(self) -> list[list[list[tuple[float, float]]]]:
        """Ground that is not watched now; made anew when a sensor comes or goes."""
        live = self.live()
        if live != self._live:
            self._live, self._blind = live, unwatched(self.laid_out, live)
        return self._blind

    def _move_on(self) -> None:
        """Mission time goes on by what at least two providers say, so that one wrong clock cannot drive it."""
        ordered = sorted(self._received.values(), reverse=True)
        if not ordered:
            return
        self.now_us = max(self.now_us, ordered[min(1, len(ordered) - 1)])
        watermark_us = self.now_us - round(LATE_S * US_PER_S)
        if watermark_us > self._watermark_us:
            self._stream.advance(watermark_us)
            self._watermark_us = watermark_us
            self._times = sorted(time_us for time_us in self._times if time_us >= watermark_us)

    def _crowded_us(self) -> Instant:
        """The instant since which so many observations came as one look can take."""
        self._times.sort()
        return self._times[-MOST_LOOKED_AT] if len(self._times) > MOST_LOOKED_AT else -(2**62)
