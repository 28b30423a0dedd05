"""Channels of an array as one record: cut to the span that all share, on one clock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from truceline.model.instant import US_PER_S, Instant
from truceline.model.waveform import BYTES_A_SAMPLE, Waveform
from truceline.sensors.contract import Floats

TOLERANCE_S = 0.05  # by which a channel may begin late or end early and still be whole
RATE_TOLERANCE = 1e-4  # share by which the rates of channels may differ
MOST_SHIFT = 0.5  # samples by which channels may be off a common grid; the rest is taken out by a phase shift


@dataclass(frozen=True)
class Record:
    """samples: (channels, samples), the channels in the order in which they were given. start_us: the first sample."""

    start_us: Instant
    rate_hz: float
    samples: Floats


def spans(pieces: Sequence[Waveform], least: int) -> list[list[Waveform]]:
    """Groups of at least `least` pieces, each of a channel of its own, that share a span of time; in order of time.

    Channels without a gap make one group, however short the gaps of the others: those are left out. Where too few are
    without one, time is parted wherever a channel begins or ends, and each span takes the channels that it has.
    """
    if not pieces:
        return []
    begin, end = min(piece.start_us for piece in pieces), max(piece.end_us for piece in pieces)
    slack = round(TOLERANCE_S * US_PER_S)
    whole = _covering(pieces, begin + slack, end - slack)
    if len(whole) >= least:
        return [whole]
    groups: list[tuple[Instant, Instant, list[Waveform]]] = []
    for first, second in pairwise(sorted({piece.start_us for piece in pieces} | {piece.end_us for piece in pieces})):
        held = _covering(pieces, first, second)
        if groups and groups[-1][2] == held:
            first = groups.pop()[0]
        groups.append((first, second, held))
    return [[part(one, first, second) for one in held] for first, second, held in groups if len(held) >= least]


def part(piece: Waveform, begin_us: Instant, end_us: Instant) -> Waveform:
    """What a piece holds within a span; nothing, perhaps."""
    first = max(0, round((begin_us - piece.start_us) * piece.rate_hz / US_PER_S))
    last = max(0, round((end_us - piece.start_us) * piece.rate_hz / US_PER_S))
    start = piece.start_us + round(first * US_PER_S / piece.rate_hz)
    return replace(piece, start_us=start, samples=piece.samples[first * BYTES_A_SAMPLE : last * BYTES_A_SAMPLE])


def _covering(pieces: Sequence[Waveform], begin_us: Instant, end_us: Instant) -> list[Waveform]:
    return [one for one in pieces if one.start_us <= begin_us and one.end_us >= end_us]


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
