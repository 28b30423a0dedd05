"""Blocks of waveform records of one array → arrivals. The same block gives the same arrivals: nothing is remembered."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from truceline.edges.feeds.door import Message, Outcome
from truceline.geo.frame import frame_for
from truceline.model.feed import Sender
from truceline.model.instant import Instant, span_of
from truceline.model.observation import Arrival, Labels, Wave
from truceline.model.problem import Place, Problem
from truceline.model.waveform import Waveform
from truceline.sensors.acoustic.character import character
from truceline.sensors.acoustic.sound_classes import labels_of_sound
from truceline.sensors.array.arrivals import HeardArrival, find_arrivals
from truceline.sensors.array.beam import beam
from truceline.sensors.array.layout import Elements, Setup
from truceline.sensors.array.record import Record, joined

LEAST_ELEMENTS = 3
LEAST_RATE_HZ, AROUND_S = 400.0, 6.0  # to tell what a sound is
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
    time_us = record.start_us + span_of(heard.time_s)
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
    sound, at_s = beam(setup, record.samples, heard, AROUND_S)
    told = character(sound, record.rate_hz, at_s)
    return () if told is None else labels_of_sound(told)


@dataclass
class BlockReader:
    """Reads blocks of miniSEED records (needs obspy). core: (first, last) instant of each block by its digest."""

    plan: ArrayPlan
    sender: Sender
    media_type: str = MEDIA_TYPE
    core: dict[str, tuple[Instant, Instant]] = field(default_factory=dict)

    def read(self, message: Message) -> Outcome:
        """Arrivals within the block's core; what lies in its margins belongs to its neighbours."""
        first, last = self.core.pop(message.digest, (-(2**62), 2**62))
        try:
            waveforms = _channels(message.data, self.plan)
            setup = self.plan.setup(tuple(waveform.channel for waveform in waveforms), waveforms[0].rate_hz)
            record = joined(waveforms)
            found = [
                observed(self.plan, setup, record, heard, self.sender, message.received_us, message.digest)
                for heard in find_arrivals(setup, record.samples)
            ]
        except ValueError as error:
            what, _, remedy = str(error).partition(": ")
            problem = Problem(Place(message.feed), what, remedy or "check the array", fatal=False)
            return Outcome(problems=(problem,))
        return Outcome(observations=tuple(seen for seen in found if first <= seen.time_us < last))


def _channels(data: bytes, plan: ArrayPlan) -> list[Waveform]:
    """The array's channels in a block of records, in order of name. Raises ValueError."""
    import obspy  # noqa: PLC0415 (optional; the feed is not built without it)

    try:
        stream: Any = obspy.read(io.BytesIO(data), format="MSEED").merge(method=1)
    except Exception as error:  # obspy raises whatever its readers raise
        raise ValueError(f"the records cannot be read ({type(error).__name__}): send miniSEED 2") from None
    found = []
    for trace in sorted(stream, key=lambda trace: trace.id):
        if trace.id not in plan.places or np.ma.isMaskedArray(trace.data):
            continue  # not of the array, or with a gap
        samples = np.asarray(trace.data, "<f8")
        if np.isfinite(samples).all():
            start = trace.stats.starttime.ns // 1_000
            found.append(
                Waveform(
                    channel=trace.id, start_us=start, rate_hz=float(trace.stats.sampling_rate),
                    samples=samples.tobytes(),
                )
            )  # fmt: skip
    if len(found) < LEAST_ELEMENTS:
        raise ValueError(f"only {len(found)} elements without a gap: a direction needs {LEAST_ELEMENTS}")
    return found
