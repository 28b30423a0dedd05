"""Records of an array's channels put in order of time, cut into blocks, and counted. Pure.

A block holds the records of a minute with a margin before and behind it, so that every arrival lies whole in one
block. A channel that falls behind by `MOST_LAG_US` is left out of the block: an array with a dead element goes on. A
record that leaps in time is believed when the next of its channel follows on it: one damaged time ends no block.
With every block comes the mark from which all that no block holds can be asked for again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from truceline.formats.miniseed_header import RecordHeader
from truceline.model.instant import US_PER_S, Instant, Span

BLOCK_US, MOST_LAG_US = 60 * US_PER_S, 120 * US_PER_S
LEAP_US, LONGEST_US = 10 * US_PER_S, 60 * US_PER_S  # from where a channel stands; of a record
MOST_HELD = 100_000  # records in memory
NEAR_SEQUENCE = 1_000  # a step in a station's numbers that is believed at once
NUMBERS = 1 << 24  # after which a station's numbers begin anew


@dataclass(frozen=True, slots=True)
class Mark:
    """From where an array's records are wanted. begin_us: where the next block begins.

    upto: channel → up to where all its records are in blocks. numbers: station → the packet from which to ask.
    """

    begin_us: Instant
    upto: Mapping[str, Instant]
    numbers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Block:
    """The records of a core and its margins. mark: from where to go on once this block is kept."""

    first_us: Instant
    last_us: Instant
    data: bytes
    mark: Mark


@dataclass(frozen=True, slots=True)
class Gap:
    """What never came of a channel. records: about how many."""

    channel: str
    begin_us: Instant
    end_us: Instant
    records: int


@dataclass(frozen=True, slots=True)
class Held:
    """A record for the blocks to come. number: a packet from which on it is told again, if one is known."""

    header: RecordHeader
    record: bytes
    number: int | None


@dataclass
class Numbers:
    """A station's packet numbers: where to go on after a cut. A number that leaps must be borne out by the next."""

    believed: int | None = None
    _leapt_to: int | None = None

    def take(self, number: int) -> None:
        known = (self.believed, self._leapt_to)
        if self.believed is None or any(n is not None and (number - n) % NUMBERS <= NEAR_SEQUENCE for n in known):
            self.believed, self._leapt_to = number, None
        else:
            self._leapt_to = number

    @property
    def following(self) -> int | None:
        """The packet that has not come yet."""
        return None if self.believed is None else (self.believed + 1) % NUMBERS

    def command(self) -> str:
        return "DATA" if self.following is None else f"DATA {self.following:06X}"


@dataclass
class Blocks:
    """Of one array. gaps, repeated: what was noticed and not yet asked for."""

    channels: frozenset[str]
    margin_us: Span
    block_us: Span = BLOCK_US
    most_lag_us: Span = MOST_LAG_US
    numbers: dict[str, Numbers] = field(init=False)
    gaps: list[Gap] = field(default_factory=list)
    repeated: int = 0
    _held: list[Held] = field(default_factory=list)
    _upto: dict[str, Instant] = field(default_factory=dict)
    _kept: dict[str, Instant] = field(default_factory=dict)
    _next: Instant | None = None
    _leapt: dict[str, Held] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.numbers = {station_of(channel): Numbers() for channel in sorted(self.channels)}

    def go_on(self, mark: Mark) -> None:
        """Begin where an earlier run stood: what its blocks hold is not taken again."""
        self._next = mark.begin_us
        self._kept = {channel: upto for channel, upto in mark.upto.items() if channel in self.channels}
        self._upto = dict(self._kept)
        for station, number in mark.numbers.items():
            if station in self.numbers:
                self.numbers[station] = Numbers((number - 1) % NUMBERS)

    def add(self, header: RecordHeader, record: bytes, number: int | None = None) -> list[Block]:
        """Take in a record and its packet's number; the blocks that are complete by it.

        Raises ValueError, with what to do, if the record is of no use.
        """
        if header.channel not in self.channels:
            raise ValueError(f"channel {header.channel} is none of the array's elements: mend the plan")
        counted = self.numbers[station_of(header.channel)]
        if number is not None:
            counted.take(number)
        kept_us = self._kept.get(header.channel)
        if kept_us is not None and header.end_us <= kept_us:
            self.repeated += 1
            return []
        for one in self._borne_out(Held(header, record, counted.believed)):
            self._hold(one)
        done = []
        while self._held and self._complete(self._first()):
            done.append(self._cut(self._first()))
        return done

    def _borne_out(self, one: Held) -> list[Held]:
        """The record, if its time can be believed, after one that waited for it. Raises ValueError if it leaps."""
        header = one.header
        upto = self._upto.get(header.channel)
        if upto is not None and _near(header.start_us, upto) and header.end_us - header.start_us <= LONGEST_US:
            self._leapt.pop(header.channel, None)
            return [one]
        before = self._leapt.pop(header.channel, None)
        if before is not None and _near(header.start_us, before.header.end_us):
            return [before, one]
        self._leapt[header.channel] = one
        if upto is not None:
            raise ValueError(f"{header.channel} leaps in time: it waits for the next to follow on it")
        return []

    def _hold(self, one: Held) -> None:
        """Keep a record for its block. Raises ValueError."""
        header = one.header
        if self._next is None:
            self._next = header.start_us // self.block_us * self.block_us
        if header.end_us <= self._next - self.margin_us:
            raise ValueError(f"{header.channel} came too late: its block is gone")
        if len(self._held) >= MOST_HELD:
            raise ValueError(f"more than {MOST_HELD:,} records wait: the array's channels lie too far apart in time")
        upto = self._upto.get(header.channel, header.start_us)
        if header.start_us - upto > US_PER_S / header.rate_hz:
            lasts_us = max(1, header.end_us - header.start_us)
            records = max(1, round((header.start_us - upto) / lasts_us))
            self.gaps.append(Gap(header.channel, upto, header.start_us, records))
        self._held.append(one)
        self._upto[header.channel] = max(upto, header.end_us)

    def _first(self) -> Instant:
        """Where the next block begins that holds anything."""
        assert self._next is not None
        earliest = min(one.header.end_us for one in self._held)
        return max(self._next, (earliest - self.margin_us) // self.block_us * self.block_us)

    def _complete(self, first: Instant) -> bool:
        wanted = first + self.block_us + self.margin_us
        newest = max(self._upto.values())
        behind = [channel for channel in self.channels if channel not in self._upto or self._upto[channel] < wanted]
        return newest >= wanted and (not behind or newest >= wanted + self.most_lag_us)

    def _cut(self, first: Instant) -> Block:
        last = first + self.block_us
        begin, end = first - self.margin_us, last + self.margin_us
        inside = [one for one in self._held if one.header.start_us < end and one.header.end_us > begin]
        inside.sort(key=lambda one: (one.header.channel, one.header.start_us, one.record))
        self._next = last
        self._held = [one for one in self._held if one.header.end_us > last - self.margin_us]
        return Block(first, last, b"".join(dict.fromkeys(one.record for one in inside)), self._mark(last))

    def _mark(self, begin_us: Instant) -> Mark:
        """From where everything comes again that waits for a block."""
        upto = dict(self._upto)
        for one in self._held:
            upto[one.header.channel] = min(one.header.start_us, upto[one.header.channel])
        waiting = (*self._held, *self._leapt.values())
        numbers = {}
        for station, counted in self.numbers.items():
            wanted = [one.number for one in waiting if station_of(one.header.channel) == station]
            number = _earliest([n for n in (*wanted, counted.following) if n is not None])
            if number is not None:
                numbers[station] = number
        return Mark(begin_us, upto, numbers)


def station_of(channel: str) -> str:
    """NETWORK.STATION of a channel."""
    return ".".join(channel.split(".")[:2])


def _near(one: Instant, other: Instant) -> bool:
    return abs(one - other) <= LEAP_US


def _earliest(numbers: Iterable[int]) -> int | None:
    """Of numbers that lie within half a round of the last: the one that came first."""
    given = list(numbers)
    return min(given, key=lambda n: (n - given[-1] + NUMBERS // 2) % NUMBERS, default=None)
