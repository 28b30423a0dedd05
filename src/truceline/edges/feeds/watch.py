"""Sequence, clock and repetition: what a feed's observations say of the feed itself. Pure; times are arguments.

An observation that came before, with the same content, is dropped and counted; one with the id of another and other
content is refused. A time in the future beyond `MOST_AHEAD_US` is refused: no clock may say what has not happened.
Late ones are kept however late: sensors store and forward. Gaps in a sensor's own counter are counted as not
received.
"""

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from hashlib import sha256

from truceline.model.instant import US_PER_S, Span, seconds
from truceline.model.observation import Observation

MOST_REMEMBERED = 50_000  # ids a feed
MOST_SENSORS = 10_000
MOST_AHEAD_US: Span = 60 * US_PER_S
NOTED_AHEAD_US: Span = 2 * US_PER_S
MOST_GAP = 1_000_000  # a larger step is a counter begun anew


@dataclass(frozen=True, slots=True)
class Seen:
    """What becomes of an observation: kept or not, and what was noticed. refused: why, "" if it is not."""

    kept: bool = True
    refused: str = ""
    repeated: bool = False
    missing: int = 0
    clock_off: str = ""


@dataclass
class Watch:
    """The memory of one feed, bounded."""

    _content: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    _counter: dict[str, int] = field(default_factory=dict)

    def see(self, observation: Observation) -> Seen:
        """Look at an observation once, in the order of receipt."""
        ahead = observation.time_us - observation.received_us
        if ahead > MOST_AHEAD_US:
            said = f"the time lies {seconds(ahead):.0f} s after the moment of receipt: set the sensor's clock"
            return Seen(kept=False, refused=said, clock_off=said)
        before = self._content.get(observation.id)
        content = _content(observation)
        if before is not None:
            self._content.move_to_end(observation.id)
            if before == content:
                return Seen(kept=False, repeated=True)
            said = f"id {observation.id!r} came before with other content: give each observation its own id"
            return Seen(kept=False, refused=said)
        self._content[observation.id] = content
        if len(self._content) > MOST_REMEMBERED:
            self._content.popitem(last=False)
        noted = f"the clock is {seconds(ahead):.1f} s ahead" if ahead > NOTED_AHEAD_US else ""
        return Seen(missing=self._gap(observation), clock_off=noted)

    def _gap(self, observation: Observation) -> int:
        """How many the sensor counted since the last one that never came."""
        if observation.seq is None:
            return 0
        last = self._counter.get(observation.sensor)
        if last is None and len(self._counter) >= MOST_SENSORS:
            return 0
        if last is None or observation.seq > last or observation.seq < last - MOST_GAP or observation.seq == 0:
            self._counter[observation.sensor] = observation.seq
        step = 0 if last is None else observation.seq - last - 1
        return step if 0 < step <= MOST_GAP else 0


def _content(observation: Observation) -> bytes:
    """What an observation says, apart from when it was received: a repetition comes later. SHA-256."""
    return sha256(repr(replace(observation, received_us=0, digest="")).encode()).digest()
