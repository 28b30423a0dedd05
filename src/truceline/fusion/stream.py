"""Observations in batches, in whatever order they arrive → the events of one epoch after another."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace

from truceline.fusion.confusion import nothing_confused
from truceline.fusion.epoch import no_beliefs
from truceline.fusion.follow import follow, nothing_followed
from truceline.fusion.given import Given
from truceline.fusion.misstated import as_stated
from truceline.fusion.step import (
    EPOCH_US,
    NO_HINT,
    Carried,
    EpochEvents,
    Glimpse,
    Hints,
    epochs_of,
    fuse_epoch,
    glimpse,
    window_of,
)
from truceline.model.instant import Instant
from truceline.model.observation import Observation

BEGINNING: Instant = -(2**62)  # earlier, and
END: Instant = 2**62  # later, than any observation


@dataclass(frozen=True)
class Snapshot:
    """All that a stream knows: with it and the same network another goes on to the same results.

    kept: observations that may still bear on an epoch that is not final, in order of (time, id).
    """

    watermark_us: Instant
    carried: Carried
    kept: tuple[Observation, ...]


class EventStream:
    """Whoever feeds it promises that no observation of a time before the watermark comes any more; one that does is
    given back, to be counted as late. Whatever the batches, the epochs come out as those of one batch.

    What is kept is bounded: the observations of the epochs that are not final, and one look-back.
    """

    def __init__(self, laid_out: Given) -> None:
        self._laid_out = laid_out
        self._watermark_us = BEGINNING
        self._carried = Carried(
            no_beliefs(laid_out.channels),
            nothing_followed(laid_out),
            nothing_confused(laid_out.network),
            as_stated(),
        )
        self._kept: list[Observation] = []

    @classmethod
    def restore(cls, laid_out: Given, snapshot: Snapshot) -> "EventStream":
        """A stream that goes on where another stood."""
        stream = cls(laid_out)
        stream._watermark_us = snapshot.watermark_us
        stream._carried = snapshot.carried
        stream._kept = list(snapshot.kept)
        return stream

    def snapshot(self) -> Snapshot:
        """What this stream knows now."""
        self._sort()
        return Snapshot(self._watermark_us, self._carried, tuple(self._kept))

    def feed(self, batch: Iterable[Observation]) -> tuple[Observation, ...]:
        """Take observations in; those of a time before the watermark are given back."""
        late = []
        for seen in batch:
            if seen.time_us < self._watermark_us:
                late.append(seen)
            else:
                self._kept.append(seen)
        return tuple(late)

    def advance(self, watermark_us: Instant, hints: Hints | None = None) -> dict[int, EpochEvents]:
        """Make final, in order, every epoch whose whole window lies before the watermark; by number (hours since
        1970). Epochs in which nothing can have been heard are left out."""
        assert watermark_us >= self._watermark_us, (watermark_us, self._watermark_us)
        before, last = self._last_final(self._watermark_us), self._last_final(watermark_us)
        self._watermark_us = watermark_us
        found: dict[int, EpochEvents] = {}
        if last == before:
            return found
        self._sort()
        times = [seen.time_us for seen in self._kept]
        for number in epochs_of(self._laid_out, times):
            if before < number <= last:
                base_us = number * EPOCH_US
                window = self._kept[slice(*(bisect_left(times, edge) for edge in window_of(self._laid_out, base_us)))]
                hint = hints.epochs.get(number, NO_HINT) if hints is not None else NO_HINT
                found[number] = fuse_epoch(self._laid_out, base_us, window, self._carried, hint)
                self._carried = found[number].carried
        if watermark_us == END:
            found |= self._ended(found)
        first_us, _ = window_of(self._laid_out, (last + 1) * EPOCH_US)
        self._kept = self._kept[bisect_left(times, first_us) :]
        return found

    def _ended(self, found: dict[int, EpochEvents]) -> dict[int, EpochEvents]:
        """What was still followed when the last observation had come, as events of an epoch of its own."""
        events, following = follow(self._laid_out, (), self._carried.following, end=True)
        self._carried = replace(self._carried, following=following)
        return {max(found, default=0) + 1: EpochEvents(events, (), NO_HINT, self._carried)} if events else {}

    def look(self, from_us: Instant, nearby_us: Instant | None = None, before: Glimpse | None = None) -> Glimpse:
        """What seems to have happened in the hour from `from_us` on, by what has come so far; of what was heard
        nearby, only from `nearby_us` on (None: all). before: the last look. Nothing of it is final, and nothing is
        learnt from it."""
        self._sort()
        times = [seen.time_us for seen in self._kept]
        window = self._kept[slice(*(bisect_left(times, edge) for edge in window_of(self._laid_out, from_us)))]
        nearby_us = from_us if nearby_us is None else nearby_us
        return glimpse(self._laid_out, from_us, nearby_us, window, self._carried, before)

    def _sort(self) -> None:
        self._kept.sort(key=lambda seen: (seen.time_us, seen.id))

    def _last_final(self, watermark_us: Instant) -> int:
        """The last epoch whose window ends before a watermark."""
        _, end_us = window_of(self._laid_out, 0)
        return (watermark_us - end_us) // EPOCH_US
