"""Channels of an array as one record: cut to the span that all share, on one clock."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.model.instant import US_PER_S, Instant
from truceline.model.waveform import Waveform
from truceline.sensors.contract import Floats

RATE_TOLERANCE = 1e-4  # share by which the rates of channels may differ
MOST_SHIFT = 0.5  # samples by which channels may be off a common grid; the rest is taken out by a phase shift


@dataclass(frozen=True)
class Record:
    """samples: (channels, samples), the channels in the order in which they were given. start_us: the first sample."""

    start_us: Instant
    rate_hz: float
    samples: Floats


def joined(waveforms: Sequence[Waveform]) -> Record:
    """Several channels as one record. Raises ValueError, with what to do, if they do not fit together."""
    rate = waveforms[0].rate_hz
    for waveform in waveforms:
        if abs(waveform.rate_hz / rate - 1.0) > RATE_TOLERANCE:
            raise ValueError(f"{waveform.channel} has {waveform.rate_hz:g} samples a second, not {rate:g}: resample it")
    start = max(waveform.start_us for waveform in waveforms)
    end = min(waveform.end_us for waveform in waveforms)
    count = int((end - start) * rate / US_PER_S + 1e-6)
    if count < 1:
        raise ValueError("the channels share no span of time: send records of the same time")
    rows = []
    for waveform in waveforms:
        offset = (start - waveform.start_us) * rate / US_PER_S
        first = round(offset)
        samples = np.frombuffer(waveform.samples, "<f8")[first : first + count]
        rows.append(_shifted(samples, offset - first))
    shortest = min(len(row) for row in rows)
    return Record(start, rate, np.stack([row[:shortest] for row in rows]))


def _shifted(samples: Floats, by: float) -> Floats:
    """Samples as they would be a share of a sample later (|by| ≤ ½), by a phase shift."""
    if abs(by) < 1e-6:
        return np.asarray(samples, float)
    turn = np.exp(2j * np.pi * np.fft.rfftfreq(len(samples)) * by)
    return np.asarray(np.fft.irfft(np.fft.rfft(samples) * turn, len(samples)))
