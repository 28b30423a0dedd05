"""What a sound is like, in a few numbers that a physicist can check by eye."""

from dataclasses import dataclass

import numpy as np
from scipy.signal import butter, sosfiltfilt

from truceline.sensors.contract import Floats

BEFORE_S, AFTER_S = 0.3, 4.0
LOWEST_HZ = 5.0  # wind below
RUN_S = 0.02  # power runs over so long
PEAK_SHARE = 0.25  # of the largest running power: what is above is a pulse


@dataclass(frozen=True)
class Character:
    """duration_s: in which 90 % of the energy above noise comes. centre_hz, width_hz: mean and spread of the
    spectrum, noise taken off. swing: how far the sound swings back after its first peak, as a share of it. pulses:
    how many there are. snr: largest running power over the noise's.
    """

    duration_s: float
    centre_hz: float
    width_hz: float
    swing: float
    pulses: int
    snr: float


def character(trace: Floats, rate_hz: float, at_s: float) -> Character | None:
    """The character of the sound that arrives at `at_s` of a trace; None if it does not rise above the noise before
    it.
    """
    sections = butter(2, LOWEST_HZ / (rate_hz / 2.0), "highpass", output="sos")
    quiet = sosfiltfilt(sections, trace)
    first, last = round((at_s - BEFORE_S) * rate_hz), round((at_s + AFTER_S) * rate_hz)
    noise, sound = quiet[: max(0, first)], quiet[max(0, first) : last]
    if len(noise) < rate_hz / 2 or len(sound) < rate_hz / 2:
        return None
    run = max(1, round(RUN_S * rate_hz))
    level = float(np.mean(noise**2))
    power = np.convolve(sound**2, np.full(run, 1.0 / run), "same")
    top = int(power.argmax())
    if level <= 0.0 or power[top] < 6.0 * level:
        return None
    energy = np.cumsum(np.maximum(power - 2.0 * level, 0.0))
    begin, end = np.searchsorted(energy, [0.05 * energy[-1], 0.95 * energy[-1]])
    above = power > max(PEAK_SHARE * power[top], 4.0 * level)
    pulses = int(np.count_nonzero(np.diff(above.astype(int)) == 1) + int(above[0]))
    centre, width = _spectrum(sound[max(0, begin - run) : end + run], noise, rate_hz)
    return Character(
        duration_s=max(float(end - begin) / rate_hz, RUN_S / 2.0),
        centre_hz=centre,
        width_hz=width,
        swing=_swing(sound, top, run),
        pulses=max(pulses, 1),
        snr=float(power[top] / level),
    )


def _spectrum(sound: Floats, noise: Floats, rate_hz: float) -> tuple[float, float]:
    """Mean frequency and spread of the sound's power over the noise's."""
    points = max(256, len(sound))
    power = np.abs(np.fft.rfft(sound, points)) ** 2
    pieces = max(1, len(noise) // len(sound)) if len(noise) >= len(sound) else 1
    parts = [noise[piece * len(sound) : (piece + 1) * len(sound)] for piece in range(pieces)]
    floor = np.mean([np.abs(np.fft.rfft(part, points)) ** 2 * len(sound) / max(1, len(part)) for part in parts], axis=0)
    weight = np.maximum(power - floor, 0.0)
    hz = np.fft.rfftfreq(points, 1.0 / rate_hz)
    total = weight.sum()
    if total <= 0.0:
        return LOWEST_HZ, LOWEST_HZ
    centre = float(weight @ hz / total)
    return max(centre, LOWEST_HZ), max(float(np.sqrt(weight @ (hz - centre) ** 2 / total)), 1.0)


def _swing(sound: Floats, top: int, run: int) -> float:
    """The first peak about the loudest moment, and how far the sound swings back within a few of its own widths."""
    near = sound[max(0, top - 2 * run) : top + 2 * run]
    first = int(np.abs(near).argmax())
    peak = float(near[first])
    after = near[first : first + 3 * run]
    back = float(-(after * np.sign(peak)).min())
    return min(max(back / abs(peak), 0.0), 1.5) if peak else 0.0
