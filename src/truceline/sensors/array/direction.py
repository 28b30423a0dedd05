"""Directions from windows of an array's record: the whole story in the order in which it happens."""

import numpy as np

from truceline.sensors.array.evidence import Candidates, log_evidence
from truceline.sensors.array.hypotheses import Hypotheses, hypotheses
from truceline.sensors.array.layout import Complex, Setup
from truceline.sensors.array.posterior import Directions, directions
from truceline.sensors.array.refine import refine
from truceline.sensors.array.scan import beam_power, peaks
from truceline.sensors.array.windows import spectra
from truceline.sensors.contract import Floats

AT_ONCE = 32  # windows worked on together
MOST_CANDIDATES = 12  # a window
LEAST_LOG = 9.0  # candidates whose log evidence is so far below the best are dropped


def find_directions(setup: Setup, windows: Floats) -> Directions:
    """The direction of the loudest common wave in each window (windows, elements, samples) of band-passed data."""
    which = hypotheses(setup.count, setup.bad_share)
    parts = [_some(setup, which, windows[i : i + AT_ONCE]) for i in range(0, len(windows), AT_ONCE)]
    return Directions(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in Directions.__dataclass_fields__)
    )


def _some(setup: Setup, which: Hypotheses, windows: Floats) -> Directions:
    heard, silent = _levelled(spectra(setup, windows))
    candidates = _promising(setup, which, heard, *peaks(setup, beam_power(setup, which, heard)))
    found = directions(setup, which, heard, refine(setup, which, heard, candidates))
    found.log_odds[silent] = -np.inf
    found.interval_width_deg[silent] = 360.0
    found.azimuth_sigma_deg[silent] = 180.0
    return found


def _levelled(heard: Complex) -> "tuple[Complex, np.ndarray[tuple[int], np.dtype[np.bool_]]]":
    """Windows scaled to unit power, and which of them hold nothing at all."""
    largest = np.abs(heard).max(axis=(1, 2))
    silent = largest == 0.0
    scaled = heard / np.where(silent, 1.0, largest)[:, None, None]
    power = np.sqrt((np.abs(scaled) ** 2).mean(axis=(1, 2)))
    unit = scaled / np.where(silent, 1.0, power)[:, None, None]
    return np.where(silent[:, None, None], 1.0, unit), silent


def _promising(setup: Setup, which: Hypotheses, heard: Complex, slowness: Floats, power: Floats) -> Candidates:
    """Of all peaks those that the evidence does not rule out, the best first within a window."""
    windows, count, each = power.shape
    found = np.isfinite(power)
    slowness = np.where(found[..., None], slowness, 0.0)
    every = Candidates(
        np.repeat(np.arange(windows), count * each),
        np.tile(np.repeat(np.arange(count), each), windows),
        slowness.reshape(-1, 2),
    )
    log = np.where(found.ravel(), log_evidence(setup, which, heard, every), -1e30).reshape(windows, -1)
    order = np.argsort(-log, axis=1, kind="stable")[:, :MOST_CANDIDATES]
    ranked = np.take_along_axis(log, order, axis=1)
    row, column = np.nonzero(ranked >= ranked[:, :1] - LEAST_LOG)
    return every.only(row * (count * each) + order[row, column])
