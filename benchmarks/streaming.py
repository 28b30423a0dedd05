"""Fusion as a stream over a day: records a second of one core, and whether memory stays flat.

    python benchmarks/worlds.py --out /tmp/stream --seeds 1 worlds/salvos.toml
    python benchmarks/streaming.py /tmp/stream/salvos-1000 --hours 24

The hours of the world come again and again, each time under new names and as much later, in batches of some seconds in
order of arrival, and the watermark follows behind by the horizon of lateness. What is found is counted and let go, as
by a service that has told it. Prints a row for each round of the world: records and processor seconds of the stream
alone (the copies are made beside it), events that became final, observations kept, resident memory.
"""

import argparse
import resource
import time
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from truceline.edges.intake import understand
from truceline.edges.mission_folder import read_folder
from truceline.edges.wiring import plugins
from truceline.fusion.given import Given, given
from truceline.fusion.step import EPOCH_US
from truceline.fusion.stream import END, EventStream
from truceline.model.case import Case
from truceline.model.instant import US_PER_S
from truceline.model.observation import Observation

BATCH_US = 10 * US_PER_S
PAGES = resource.getpagesize()


def resident_mb() -> float:
    """What this process holds in memory now."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * PAGES / 2**20


def batches(case: Case, turns: int, span_us: int) -> Iterator[tuple[int, int, list[Observation]]]:
    """(turn, now, batch): the world's observations in order of arrival, each turn a span later, under other names."""
    first_us = min(one.received_us for one in case.observations)
    waiting: list[Observation] = []
    for turn in range(turns):
        later = turn * span_us
        waiting += (
            replace(one, id=f"{one.id}.{turn}", time_us=one.time_us + later, received_us=one.received_us + later)
            for one in case.observations
        )
        waiting.sort(key=lambda one: (one.received_us, one.id))
        start = 0
        for now in range(first_us + later + BATCH_US, first_us + later + span_us + 1, BATCH_US):
            end = bisect_left(waiting, now, start, key=lambda one: one.received_us)
            yield turn, now, waiting[start:end]
            start = end
        waiting = waiting[start:]
    yield turns - 1, first_us + turns * span_us + BATCH_US, waiting


def laid_out(case: Case, turns: int, span_us: int) -> Given:
    """The network, and the world's weather for every round of it."""
    weather = tuple(replace(row, time_us=row.time_us + turn * span_us) for turn in range(turns) for row in case.weather)
    return given(replace(case, weather=weather), plugins().sensings, plugins().infrasound)


@dataclass
class Told:
    """What one turn of the world took, and all before it."""

    turn: int = 0
    records: int = 0
    events: int = 0
    spent: float = 0.0
    before: tuple[int, float] = (0, 0.0)

    def next(self, turn: int, span_us: int, stream: EventStream) -> "Told":
        """Print this turn's row, and after the last the whole; begin another."""
        print(
            f"| {turn * span_us / 3_600 / US_PER_S:.0f} | {self.records} | {self.spent:.1f} "
            f"| {self.records / self.spent:.0f} | {self.events} | {len(stream.snapshot().kept)} "
            f"| {resident_mb():.0f} |",
            flush=True,
        )
        records, spent = self.before[0] + self.records, self.before[1] + self.spent
        return Told(turn=turn, before=(records, spent))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="one world made by benchmarks/worlds.py")
    parser.add_argument("--hours", type=float, default=24.0, help="of event time to stream")
    args = parser.parse_args()
    case = understand(read_folder(args.folder), plugins().kinds).case
    times = [one.time_us for one in case.observations]
    span_us = -(-(max(times) - min(times)) // EPOCH_US) * EPOCH_US
    turns = max(1, round(args.hours * 3_600 * US_PER_S / span_us))
    late_us = max(one.received_us - one.time_us for one in case.observations)
    stream = EventStream(laid_out(case, turns, span_us))
    print(f"Lateness {late_us / US_PER_S:.0f} s.\n")
    print("| hours | records | processor s | records/s | events | kept | resident MB |")
    print("|---|---|---|---|---|---|---|")
    told = Told()
    for turn, now, batch in batches(case, turns, span_us):
        if turn != told.turn:
            told = told.next(turn, span_us, stream)
        began = time.process_time()
        assert not stream.feed(batch), "nothing is later than the horizon"
        found = stream.advance(now - late_us)
        told.spent += time.process_time() - began
        told.records += len(batch)
        told.events += sum(len(one.events) for one in found.values())
    began = time.process_time()
    told.events += sum(len(one.events) for one in stream.advance(END).values())
    told.spent += time.process_time() - began
    records, spent = told.next(turns, span_us, stream).before
    print(f"\nAll: {records} records, {spent:.1f} processor s, {records / spent:.0f} records/s.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
