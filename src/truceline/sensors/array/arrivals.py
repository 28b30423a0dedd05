"""Arrivals in a record: windows that agree on a direction, and the moments at which their beam rises.

A direction that lasts is one stretch; each rise of the beam of that stretch above its noise is an arrival, so that
rounds seconds apart are told apart. The time of an arrival is when the beam's running power passes half of its next
peak, at the array's own position (the mean of its elements); its sigma is the time the power takes to rise, and what
noise adds to it.
"""

from dataclasses import dataclass

import numpy as np

from truceline.sensors.array.direction import find_directions
from truceline.sensors.array.evidence import split
from truceline.sensors.array.layout import Setup
from truceline.sensors.array.posterior import Directions
from truceline.sensors.array.scan import NOISE_BINS
from truceline.sensors.array.smooth import smooth
from truceline.sensors.array.windows import band_passed, cut
from truceline.sensors.contract import Floats

LEAST_LOG_ODDS = 3.0  # natural log odds that a window holds a wave; about 20 to 1
LEAST_RISE = 12.0  # power of the beam over its noise, at which a rise is an arrival: noise alone passes it once an hour
FALL = 0.1  # share of its peak to which the power must fall before it can rise again
AGREE_SIGMAS = 2.5
SUSPECT = 0.5


@dataclass(frozen=True, kw_only=True)
class HeardArrival:
    """One arrival. time_s: after the record's first sample, at the array's position.

    suspects: indices of elements that are more probably bad than not.
    """

    time_s: float
    time_sigma_s: float
    azimuth_deg: float
    azimuth_sigma_deg: float
    trace_velocity_mps: float
    snr_db: float
    log_odds: float
    suspects: tuple[int, ...]


def find_arrivals(setup: Setup, record: Floats, *, overlap: float = 0.5) -> tuple[HeardArrival, ...]:
    """Arrivals in a record (elements, samples), in order of time. `overlap`: share by which windows overlap."""
    if record.shape[0] != setup.count:
        raise ValueError(f"the record has {record.shape[0]} channels, the array {setup.count} elements")
    if record.shape[1] < setup.samples or not np.isfinite(record).all():
        raise ValueError("the record must be as long as a window, at least, and hold finite numbers only")
    passed = band_passed(setup, record / max(float(np.abs(record).max()), np.finfo(float).tiny))
    passed /= max(float(np.sqrt(np.mean(passed**2))), np.finfo(float).tiny)
    step = max(1, round(setup.samples * (1.0 - overlap)))
    windows, starts = cut(setup, passed, step)
    found = find_directions(setup, windows)
    arrivals = [
        arrival
        for first, last in stretches(found)
        for arrival in _rises(setup, passed, found, starts, first, last)
    ]  # fmt: skip
    return tuple(sorted(arrivals, key=lambda arrival: (arrival.time_s, arrival.azimuth_deg)))


def stretches(found: Directions) -> list[tuple[int, int]]:
    """First and last window of each run of windows that hold a wave from one direction."""
    runs: list[tuple[int, int]] = []
    for window in np.flatnonzero(found.log_odds >= LEAST_LOG_ODDS).tolist():
        if runs and runs[-1][1] == window - 1 and _agree(found, window - 1, window):
            runs[-1] = (runs[-1][0], window)
        else:
            runs.append((window, window))
    return runs


def _agree(found: Directions, one: int, other: int) -> bool:
    apart = abs((found.azimuth_deg[one] - found.azimuth_deg[other] + 180.0) % 360.0 - 180.0)
    sigma = np.hypot(found.azimuth_sigma_deg[one], found.azimuth_sigma_deg[other])
    return bool(apart <= AGREE_SIGMAS * sigma + 1.0)


def _rises(
    setup: Setup, passed: Floats, found: Directions, starts: "np.ndarray[tuple[int], np.dtype[np.intp]]",
    first: int, last: int,
) -> list[HeardArrival]:  # fmt: skip
    """Arrivals of one stretch of windows."""
    begin, end = int(starts[first]), int(starts[last]) + setup.samples
    best = first + int(found.log_odds[first : last + 1].argmax())
    ratio = beam_ratio(setup, passed[:, begin:end], found, best)
    middles = (starts[first : last + 1] - begin) + setup.samples / 2.0
    late = _rise_samples(setup) / 3.0  # the running power of a sharp pulse rises before the pulse does
    arrivals = []
    for rise, low, peak in rises(ratio):
        window = first + int(np.abs(middles - rise).argmin())
        spread = (peak - low) / setup.rate_hz
        sigma = np.hypot(spread / np.sqrt(12.0), 0.5 * spread / np.sqrt(ratio[peak]))
        arrivals.append(
            HeardArrival(
                time_s=(begin + rise + late) / setup.rate_hz,
                time_sigma_s=float(np.hypot(sigma, setup.elements.delay_sigma_s)),
                azimuth_deg=float(found.azimuth_deg[window]),
                azimuth_sigma_deg=float(found.azimuth_sigma_deg[window]),
                trace_velocity_mps=float(found.trace_velocity_mps[window]),
                snr_db=float(found.snr_db[window]),
                log_odds=float(found.log_odds[window]),
                suspects=tuple(np.flatnonzero(found.suspects[window] > SUSPECT).tolist()),
            )
        )
    return arrivals


def beam_ratio(setup: Setup, stretch: Floats, found: Directions, window: int) -> Floats:
    """Running power of the beam over what noise alone would leave in it, for a stretch (elements, samples)."""
    kept = found.suspects[window] <= SUSPECT
    if kept.sum() < 3:
        kept = np.ones(setup.count, bool)
    azimuth = np.radians(found.azimuth_deg[window])
    slowness = -np.array([np.sin(azimuth), np.cos(azimuth)]) / found.trace_velocity_mps[window]
    samples, used = stretch.shape[1], float(kept.sum())
    omega = 2.0 * np.pi * np.fft.rfftfreq(samples, 1.0 / setup.rate_hz)
    delay = setup.at_m[kept] @ slowness
    aligned = np.fft.rfft(stretch[kept], axis=-1) * np.exp(1j * delay[:, None] * omega)
    parts = split(aligned[None], np.array([used]))
    noise = smooth(parts.rest_power[0], NOISE_BINS * samples // setup.samples) / (used - 1.0)
    in_band = (omega >= setup.omega[0]) & (omega <= setup.omega[-1])
    white = np.where(in_band, parts.beam[0] / np.sqrt(used * noise), 0.0)
    trace = np.fft.irfft(white, samples)
    level = 2.0 * np.count_nonzero(in_band) / samples**2  # mean square of a trace whose bins have unit power
    return np.asarray(smooth(trace**2, _rise_samples(setup)) / level)


def _rise_samples(setup: Setup) -> int:
    """Samples over which power runs: as short as the band lets a pulse be."""
    return max(3, round(setup.rate_hz / (setup.band_hz[1] - setup.band_hz[0])) | 1)


def rises(ratio: Floats) -> list[tuple[float, float, int]]:
    """Each rise of a power ratio: when it passes half of its peak, when it passes a tenth, and the peak's sample."""
    found: list[tuple[float, float, int]] = []
    start, peak = 0, -1
    for sample, value in enumerate(ratio.tolist()):
        if peak >= 0 and value < FALL * ratio[peak]:
            found.append((_passes(ratio, start, peak, 0.5), _passes(ratio, start, peak, 0.1), peak))
            start, peak = sample, -1
        if value >= LEAST_RISE and value > ratio[start] / FALL and (peak < 0 or value > ratio[peak]):
            peak = sample
        elif peak < 0 and value < ratio[start]:
            start = sample
    return found


def _passes(ratio: Floats, start: int, peak: int, share: float) -> float:
    """The last sample before the peak, with its fraction, at which the ratio passes a share of the way up to it."""
    level = ratio[start] + share * (ratio[peak] - ratio[start])
    below = start + int(np.flatnonzero(ratio[start:peak] <= level)[-1])
    return float(below + (level - ratio[below]) / (ratio[below + 1] - ratio[below]))
