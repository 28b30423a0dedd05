"""Blocks of waveform records of one array → arrivals. The same block gives the same arrivals: nothing is remembered."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256

import numpy as np

from truceline.edges.feeds.door import Message, Outcome
from truceline.formats.miniseed import read_miniseed, write_records
from truceline.formats.miniseed_header import read_record_header
from truceline.geo.frame import frame_for
from truceline.model.feed import Sender
from truceline.model.instant import US_PER_S, Instant, Span, format_utc, parse_utc, span_of
from truceline.model.observation import Arrival, Labels, Wave
from truceline.model.problem import Place, Problem, Unusable
from truceline.model.waveform import Waveform
from truceline.sensors.acoustic.character import character
from truceline.sensors.acoustic.excerpt import AROUND_S, excerpt, may_hold_speech
from truceline.sensors.acoustic.sound_classes import labels_of_sound
from truceline.sensors.array.arrivals import HeardArrival, find_arrivals
from truceline.sensors.array.beam import beam
from truceline.sensors.array.layout import Elements, Setup
from truceline.sensors.array.record import Record, joined, part, spans

LEAST_ELEMENTS = 3
LEAST_RATE_HZ, HEARD_S = 400.0, 6.0  # to tell what a sound is
LEAST_MARGIN_US, MARGIN_WINDOWS = 15 * US_PER_S, 1.5
MOST_SETUPS = 32
RECORD_BYTES = 512  # of SeedLink
MEDIA_TYPE = "application/vnd.fdsn.mseed"


@dataclass(frozen=True, kw_only=True)
class ArrayPlan:
    """How an array is listened to. places: channel → (lon, lat) of its element."""

    places: Mapping[str, tuple[float, float]]
    band_hz: tuple[float, float]
    window_s: float = 10.0
    slowest_mps: float = 280.0
    delay_sigma_s: float = 0.003
    wave: Wave = "acoustic"

    @property
    def margin_us(self) -> Span:
        """What a block holds beyond its core on either side, so that every arrival lies whole in a block."""
        return max(LEAST_MARGIN_US, round(MARGIN_WINDOWS * self.window_s * US_PER_S))

    def setup(self, channels: tuple[str, ...], rate_hz: float) -> Setup:
        """The set-up for these channels. Raises ValueError."""
        lon, lat = zip(*(self.places[channel] for channel in channels), strict=True)
        east, north = frame_for(lon, lat).to_xy(lon, lat)
        elements = Elements(east.tolist(), north.tolist(), self.delay_sigma_s)
        return Setup(elements, rate_hz, round(self.window_s * rate_hz), self.band_hz, self.slowest_mps)


def observed(
    plan: ArrayPlan,
    setup: Setup,
    record: Record,
    heard: HeardArrival,
    sender: Sender,
    received_us: Instant,
    digest: str,
) -> Arrival:
    """An arrival in a record as an observation of the array."""
    time_us = _at(record, heard)
    return Arrival(
        id=f"{sender.sensor}/{time_us}/{round(heard.azimuth_deg * 100):05d}",
        sensor=sender.sensor,
        time_us=time_us,
        time_sigma_s=round(float(np.hypot(heard.time_sigma_s, sender.time_sigma_s)), 4),
        received_us=received_us,
        digest=digest,
        labels=_labels(plan, setup, record, heard),
        snr_db=round(heard.snr_db, 1),
        wave=plan.wave,
        azimuth_deg=round(heard.azimuth_deg, 3) % 360.0,
        azimuth_sigma_deg=round(heard.azimuth_sigma_deg, 3),
        trace_velocity_mps=round(heard.trace_velocity_mps, 1),
    )


def _labels(plan: ArrayPlan, setup: Setup, record: Record, heard: HeardArrival) -> Labels:
    """Classes by the sound of the beam; none where it is not sound, or is sampled too slowly to tell."""
    if plan.wave != "acoustic" or record.rate_hz < LEAST_RATE_HZ:
        return ()
    sound, at_s = beam(setup, record.samples, heard, HEARD_S)
    told = character(sound, record.rate_hz, at_s)
    return () if told is None else labels_of_sound(told)


@dataclass
class BlockReader:
    """Reads blocks of miniSEED records."""

    plan: ArrayPlan
    sender: Sender
    media_type: str = MEDIA_TYPE
    _setups: dict[tuple[tuple[str, ...], float], Setup] = field(default_factory=dict)

    def read(self, message: Message) -> Outcome:
        """Arrivals within the block's core; what lies in its margins belongs to its neighbours.

        Where the block may hold speech, only sound about the arrivals is kept, without the speech band.
        """
        first, last = core_of(message.peer)
        margin = self.plan.margin_us
        pieces, said = _pieces(message, self.plan)
        whole = (part(piece, first - margin, last + margin) for piece in pieces)
        found: list[Arrival] = []
        sound: list[bytes] = []
        for group in spans([one for one in whole if one.count], LEAST_ELEMENTS):
            if min(one.count for one in group) < self.plan.window_s * group[0].rate_hz:
                continue
            try:
                arrivals, excerpts = self._heard(message, group)
            except ValueError as error:
                said.append(str(error))
                continue
            found += arrivals
            sound += excerpts
        if pieces and not any(may_hold_speech(hz) for hz in _rates(message.data)):
            return Outcome(observations=tuple(found), problems=_problems(message, said))
        data = b"".join(sound)
        digest = sha256(data).hexdigest()
        return Outcome(
            observations=tuple(replace(seen, digest=digest) for seen in found),
            problems=_problems(message, said),
            instead=replace(message, data=data, digest=digest),
        )

    def _heard(self, message: Message, group: Sequence[Waveform]) -> tuple[list[Arrival], list[bytes]]:
        """Arrivals in the waveforms of one span, and the sound about each. Raises ValueError."""
        first, last = core_of(message.peer)
        setup = self._setup(tuple(one.channel for one in group), group[0].rate_hz)
        record = joined(group)
        heard = [one for one in find_arrivals(setup, record.samples) if first <= _at(record, one) < last]
        arrivals = [
            observed(self.plan, setup, record, one, self.sender, message.received_us, message.digest) for one in heard
        ]
        return arrivals, [_excerpt(group[0].channel, record, one) for one in heard]

    def _setup(self, channels: tuple[str, ...], rate_hz: float) -> Setup:
        """The set-up for these channels: its tables are made once. Raises ValueError."""
        if (channels, rate_hz) not in self._setups:
            if len(self._setups) >= MOST_SETUPS:
                self._setups.clear()
            self._setups[channels, rate_hz] = self.plan.setup(channels, rate_hz)
        return self._setups[channels, rate_hz]


def peer_of(address: str, first_us: Instant, last_us: Instant) -> str:
    """What a block's message says of where it came from, and of its core."""
    return f"{address} {format_utc(first_us, digits=6)}/{format_utc(last_us, digits=6)}"


def core_of(peer: str) -> tuple[Instant, Instant]:
    """First and last instant of a block's core; all of time if nothing is said."""
    begin, _, end = peer.rpartition(" ")[2].partition("/")
    try:
        return parse_utc(begin), parse_utc(end)
    except ValueError:
        return -(2**62), 2**62


def _at(record: Record, heard: HeardArrival) -> Instant:
    return record.start_us + span_of(heard.time_s)


def _excerpt(channel: str, record: Record, heard: HeardArrival) -> bytes:
    """The sound about an arrival as records, without speech."""
    kept = excerpt(record.samples[0], record.rate_hz, heard.time_s)
    begin = max(0, round((heard.time_s - AROUND_S) * record.rate_hz))
    start = record.start_us + round(begin * US_PER_S / record.rate_hz)
    samples = kept.astype("<f8").tobytes()
    whole = Waveform(channel=channel, start_us=start, rate_hz=round(record.rate_hz), samples=samples)
    return b"".join(write_records(whole))


def _pieces(message: Message, plan: ArrayPlan) -> tuple[list[Waveform], list[str]]:
    """The array's channels in a block, in order of name and time; and what is wrong with them."""
    try:
        every, faults = read_miniseed(message.feed, message.data)
    except Unusable as unusable:
        return [], [f"{problem.what}: {problem.remedy}" for problem in unusable.problems]
    said = [f"{problem.what}: {problem.remedy}" for problem in faults]
    mine = [one for one in every if one.channel in plan.places]
    rates = Counter(one.rate_hz for one in mine)
    rate = max(rates, key=lambda hz: (rates[hz], hz), default=0.0)
    other = sorted({one.channel for one in mine if one.rate_hz != rate})
    if other:
        said.append(f"{', '.join(other)} not at {rate:g} samples a second: set all elements to one rate")
    mine = [one for one in mine if one.rate_hz == rate]
    parted = Counter(one.channel for one in mine)
    lost = sorted(channel for channel in plan.places if parted[channel] != 1)
    if lost:
        said.append(f"{', '.join(lost)} missing or with a gap: look after the element and its line")
    if len(parted) < LEAST_ELEMENTS:
        said.append(f"only {len(parted)} elements: a direction needs {LEAST_ELEMENTS}")
    return mine, said


def _rates(data: bytes) -> set[float]:
    """What the heads of a block's records say of their rates; also of those that cannot be used."""
    found = set()
    for at in range(0, len(data), RECORD_BYTES):
        with suppress(ValueError):
            found.add(read_record_header(data[at : at + RECORD_BYTES]).rate_hz)
    return found


def _problems(message: Message, said: Iterable[str]) -> tuple[Problem, ...]:
    parts = (text.partition(": ") for text in dict.fromkeys(said))
    return tuple(
        Problem(Place(message.feed), what, remedy or "check the array", fatal=False) for what, _, remedy in parts
    )
