"""How probable a window is, given what may be wrong with the array and where the wave comes from.

A window's elements, shifted back by their delays, hold one common signal and noise of their own. Under a plane wave
the data fall into the beam (one value a frequency bin) and what is left (one value less than there are elements).
Each is complex Gaussian with an unknown level in every band of frequency; levels are integrated out (prior: flat in
the logarithm over `LEVEL_RANGE`), which leaves Γ(n) / Sⁿ for a sum of squares S of n values. So noise and signal
spectra are never tuned, and a hypothesis with more levels pays for them.

An element that is left out is either unlike the others altogether (levels of its own) or says the same at another
time (a wrong clock or a wrong place: one delay of its own).

Small errors of delay at rest (`delay_sigma_s`) are taken out by one regularised Newton step for each element, and
paid for.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from truceline.sensors.array.hypotheses import Hypotheses
from truceline.sensors.array.layout import Complex, Ints, Setup
from truceline.sensors.array.scan import NOISE_BINS
from truceline.sensors.array.smooth import smooth
from truceline.sensors.contract import Floats

LEVEL_RANGE = float(np.log(1e3))  # natural logarithm of the range of a spectral level
TINY = 1e-12  # of the power, which windows are scaled to have near one: no residual is taken to be smaller


@dataclass(frozen=True)
class Candidates:
    """Answers under trial. window, hypothesis: (n,) indices; slowness_s_m: (n, 2), east and north, away from the
    source.
    """

    window: Ints
    hypothesis: Ints
    slowness_s_m: Floats

    def only(self, keep: Ints) -> "Candidates":
        return Candidates(self.window[keep], self.hypothesis[keep], self.slowness_s_m[keep])


@dataclass(frozen=True)
class Split:
    """Aligned spectra split up: beam_power and rest_power (n, bins), and how many elements are in it (n,)."""

    beam: Complex
    beam_power: Floats
    rest_power: Floats
    kept: Floats


def steered(setup: Setup, spectra: Complex, slowness_s_m: Floats) -> Complex:
    """Spectra (n, elements, bins) shifted back by the delays of slowness (n, 2)."""
    delay = slowness_s_m @ setup.at_m.T
    return np.asarray(spectra * np.exp(1j * delay[..., None] * setup.omega))


def split(aligned: Complex, kept: Floats) -> Split:
    """Aligned spectra (n, elements, bins; zero where left out) as beam and rest. kept: (n,)."""
    beam = aligned.sum(axis=1)
    total = np.sum(aligned.real**2 + aligned.imag**2, axis=1)
    in_beam = np.abs(beam) ** 2 / kept[:, None]
    return Split(beam, in_beam, np.maximum(total - in_beam, TINY * (total + 1.0)), kept)


def log_levels(setup: Setup, power: Floats, each: Floats) -> Floats:
    """Log probability of power (n, bins), `each` (n,) values a bin, levels integrated out."""
    edges = setup.band_edges
    total = np.add.reduceat(power, edges[:-1], axis=-1) * setup.dof_share + np.finfo(float).tiny
    values = each[:, None] * np.diff(edges) * setup.dof_share
    return np.asarray((gammaln(values) - values * np.log(total) - np.log(LEVEL_RANGE)).sum(axis=-1))


def log_evidence(setup: Setup, which: Hypotheses, spectra: Complex, candidates: Candidates) -> Floats:
    """Log probability of each candidate's window, the prior of its hypothesis included: (n,)."""
    own = spectra[candidates.window]
    signs = which.signs[candidates.hypothesis]
    aligned = steered(setup, own, candidates.slowness_s_m)
    kept = which.kept()[candidates.hypothesis]
    settled, price = _settled(setup, aligned * signs[..., None], kept)
    parts = split(settled, kept)
    ones = np.ones(len(kept))
    result = log_levels(setup, parts.rest_power, kept - 1.0) + log_levels(setup, parts.beam_power, ones) + price
    out = which.left_out[candidates.hypothesis]
    left = np.flatnonzero(out >= 0)
    if len(left):
        element = aligned[left, out[left]]
        unlike = result[left] + log_levels(setup, np.abs(element) ** 2, ones[left])
        late = price[left] + _log_late(setup, parts, left, element)
        result[left] = np.logaddexp(unlike, late) - np.log(2.0)
    return np.asarray(result + which.log_prior[candidates.hypothesis])


def log_noise(setup: Setup, which: Hypotheses, spectra: Complex) -> Floats:
    """Log probability of each window (windows,) if its elements hold nothing in common."""
    power = np.abs(spectra) ** 2
    windows, count, _ = power.shape
    ones = np.ones(windows)
    whole = power.sum(axis=1)
    answers = [log_levels(setup, whole, count * ones) + which.log_prior[0]]
    for hypothesis in np.flatnonzero(which.left_out >= 0):
        element = power[:, which.left_out[hypothesis]]
        rest = np.maximum(whole - element, 0.0)
        alone = log_levels(setup, rest, (count - 1.0) * ones) + log_levels(setup, element, ones)
        answers.append(alone + which.log_prior[hypothesis])
    return np.asarray(np.logaddexp.reduce(np.stack(answers), axis=0))


def _settled(setup: Setup, aligned: Complex, kept: Floats) -> tuple[Complex, Floats]:
    """Aligned spectra with small delay errors taken out, and the log price of doing so."""
    tolerance = setup.elements.delay_sigma_s
    parts = split(aligned, kept)
    noise = smooth(parts.rest_power, NOISE_BINS) / (kept[:, None] - 1.0)
    snr = np.maximum(smooth(parts.beam_power, NOISE_BINS) / noise - 1.0, 0.0)
    weight = snr / (1.0 + snr) / (noise * kept[:, None]) * setup.dof_share
    turned = np.conj(aligned) * (weight * setup.omega)[:, None]
    slope = 2.0 * np.sum(np.imag(turned * parts.beam[:, None]), axis=-1)
    bent = turned * setup.omega
    curve = -2.0 * np.real(bent @ np.swapaxes(aligned, 1, 2))
    diagonal = 2.0 * np.sum(np.real(bent * parts.beam[:, None]), axis=-1)
    elements = np.arange(aligned.shape[1])
    curve[:, elements, elements] += diagonal
    value, vector = np.linalg.eigh(0.5 * (curve + np.swapaxes(curve, 1, 2)))
    value = np.maximum(value, 0.0)
    along = np.einsum("nij,ni->nj", vector, slope) / (value + tolerance**-2)
    delay = np.clip(np.einsum("nij,nj->ni", vector, along), -4.0 * tolerance, 4.0 * tolerance)
    price = -0.5 * np.sum((delay / tolerance) ** 2, axis=-1) - 0.5 * np.sum(np.log1p(tolerance**2 * value), axis=-1)
    return aligned * np.exp(1j * delay[..., None] * setup.omega), price


def _log_late(setup: Setup, parts: Split, left: Ints, element: Complex) -> Floats:
    """Log probability if the element left out says the same as the beam of the others, at the time that fits best."""
    beam, kept = parts.beam[left], parts.kept[left]
    noise = smooth(parts.rest_power[left], NOISE_BINS) / (kept[:, None] - 1.0)
    delays, waves = setup.clock_table
    cross = beam * np.conj(element) / noise
    curve = np.concatenate([cross.real, cross.imag], axis=-1) @ waves
    rows = np.arange(len(left))
    best = np.clip(curve.argmax(axis=-1), 1, len(delays) - 2)
    before, top, after = curve[rows, best - 1], curve[rows, best], curve[rows, best + 1]
    bend = np.minimum(before - 2.0 * top + after, -1e-9 * np.abs(top) - TINY)
    delay = delays[best] + setup.lag_step_s * np.clip(0.5 * (before - after) / bend, -0.5, 0.5)
    moved = element * np.exp(1j * delay[:, None] * setup.omega)
    whole = kept + 1.0
    power = np.abs(beam + moved) ** 2 / whole[:, None]
    total = parts.beam_power[left] + parts.rest_power[left] + np.abs(element) ** 2
    rest = np.maximum(total - power, TINY * (total + 1.0))
    sharp = 2.0 * np.sum(setup.omega**2 * np.real(np.conj(beam) * moved) / noise, axis=-1) / whole
    most = delays[-1]
    sigma = 1.0 / np.sqrt(np.maximum(sharp, most**-2))
    taken = np.log(np.minimum(1.0, np.sqrt(2.0 * np.pi) * sigma / (2.0 * most)))
    fits = log_levels(setup, rest, whole - 1.0) + log_levels(setup, power, np.ones(len(left)))
    return np.asarray(fits + taken)
