"""Where beams peak: the coherence of all pairs of elements summed over a grid of slowness, for every hypothesis."""

import numpy as np

from truceline.sensors.array.hypotheses import Hypotheses
from truceline.sensors.array.layout import Complex, Setup
from truceline.sensors.array.smooth import smooth
from truceline.sensors.contract import Floats

PEAKS = 4  # highest peaks looked at under each hypothesis
NOISE_BINS = 9
FLOOR = 1e-12  # of the mean power: an element that says nothing has a spectrum of nothing


def whitened(spectra: Complex) -> Complex:
    """Each element's spectrum divided by its own smooth amplitude: loud, deaf and rumbling elements count alike."""
    power = np.abs(spectra) ** 2
    floor = FLOOR * power.mean(axis=(-2, -1), keepdims=True) + np.finfo(float).tiny
    return np.asarray(spectra / np.sqrt(smooth(power, NOISE_BINS) + floor))


def beam_power(setup: Setup, which: Hypotheses, spectra: Complex) -> Floats:
    """Sum over pairs of the whitened correlation at each grid point: (windows, hypotheses, points inside)."""
    white = whitened(spectra)
    first, second = setup.pairs
    cross = white[:, first] * np.conj(white[:, second])
    waves, below, share = setup.lag_table
    correlation = np.concatenate([cross.real, cross.imag], axis=-1) @ waves
    windows, pairs, lags = correlation.shape
    flat = correlation.reshape(windows, pairs * lags)
    index = below + (np.arange(pairs) * lags)[:, None]
    at = np.take(flat, index, axis=1)
    at += share * (np.take(flat, index + 1, axis=1) - at)
    return np.asarray(np.matmul(which.signs[:, first] * which.signs[:, second], at))


def peaks(setup: Setup, power: Floats) -> tuple[Floats, Floats]:
    """The highest local maxima: slowness (windows, hypotheses, PEAKS, 2) and beam power, −inf where there are fewer."""
    windows, count, _ = power.shape
    side = len(setup.axis_s_m)
    full = np.full((windows, count, side * side), -np.inf)
    full[..., setup.inside] = power
    grid = full.reshape(windows, count, side, side)
    middle = grid[:, :, 1:-1, 1:-1]
    highest = np.isfinite(middle)
    for north in (0, 1, 2):
        for east in (0, 1, 2):
            if (north, east) != (1, 1):
                highest &= middle >= grid[:, :, north : north + side - 2, east : east + side - 2]
    heights = np.where(highest, middle, -np.inf).reshape(windows, count, -1)
    best = np.argpartition(-heights, PEAKS - 1, axis=-1)[..., :PEAKS]
    row, column = np.divmod(best, side - 2)
    slowness = np.stack([setup.axis_s_m[column + 1], setup.axis_s_m[row + 1]], axis=-1)
    return slowness, np.take_along_axis(heights, best, axis=-1)
