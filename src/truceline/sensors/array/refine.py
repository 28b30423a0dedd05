"""Each candidate sharpened: Newton's steps on the beam, weighted by signal-to-noise in time and in frequency.

The log-likelihood of a Gaussian signal of spectrum P in noise N at m elements is, as far as it depends on slowness, Σ
|beam|² · P / (N (N + m P)). P and N are read from the window itself at the present answer; the share of the window in
which the signal is (its gate) is read from the beam's running power. Where the noise is louder while the signal lasts
(waves that are not quite plane are such noise), the weights fall, and with them the certainty.

Signal and weights are read at the peak, where noise happened to help: the curvature there flatters by a share that
falls with the log-likelihood's own height. `FLATTERY` makes up for it; it is measured (docs/science/arrays.md).
"""

from dataclasses import dataclass

import numpy as np
from scipy.fft import next_fast_len

from truceline.sensors.array.evidence import TINY, Candidates, split, steered
from truceline.sensors.array.hypotheses import Hypotheses
from truceline.sensors.array.layout import Complex, Setup
from truceline.sensors.array.scan import NOISE_BINS
from truceline.sensors.array.smooth import smooth
from truceline.sensors.contract import Floats

STEPS = 4
FLATTERY = 6.0  # over the height of the peak, in nats: by how much the variance is larger than the curvature says
SIGNAL_BINS = 5


@dataclass(frozen=True)
class Refined:
    """candidates: moved to their peaks. covariance: (n, 2, 2) of slowness, delay errors included. snr: (n,) power."""

    candidates: Candidates
    covariance: Floats
    snr: Floats


def refine(setup: Setup, which: Hypotheses, spectra: Complex, candidates: Candidates) -> Refined:
    """Candidates at the peaks of their weighted beams, how sharp those are, and the signal-to-noise ratio there."""
    signs = which.signs[candidates.hypothesis]
    kept = which.kept()[candidates.hypothesis]
    own = spectra[candidates.window] * signs[..., None]
    at = _about_their_mean(setup, np.abs(signs), kept)
    slowness = candidates.slowness_s_m
    covariance: Floats = np.zeros((len(kept), 2, 2))
    snr, height = np.zeros(len(kept)), np.ones(len(kept))
    for _ in range(STEPS):
        gated, weight, snr = _gated(setup, steered(setup, own, slowness), np.abs(signs), kept)
        slope, bend = _derivatives(setup, gated, weight, at)
        height = np.sum(weight * np.abs(gated.sum(axis=1)) ** 2, axis=-1)
        curved = (np.linalg.det(bend) > 0) & (bend[:, 0, 0] < 0)
        bend = np.where(curved[:, None, None], bend, -np.eye(2) / setup.step_s_m**2)
        covariance = np.asarray(np.linalg.inv(-bend), np.float64)
        step = np.einsum("nij,nj->ni", covariance, slope)
        length = np.hypot(step[:, 0], step[:, 1])
        slowness = slowness + step * np.minimum(1.0, setup.step_s_m / np.maximum(length, 1e-300))[:, None]
    rest = np.linalg.inv(np.einsum("nei,nej,ne->nij", at, at, np.abs(signs))) * setup.elements.delay_sigma_s**2
    moved = Candidates(candidates.window, candidates.hypothesis, slowness)
    larger = (1.0 + FLATTERY / np.maximum(height, 1.0)) / setup.dof_share
    return Refined(moved, covariance * larger[:, None, None] + rest, snr)


def _about_their_mean(setup: Setup, used: Floats, kept: Floats) -> Floats:
    """Positions (n, elements, 2) about the mean of the elements in use."""
    return np.asarray(setup.at_m - (used @ setup.at_m / kept[:, None])[:, None])


def _gated(setup: Setup, aligned: Complex, used: Floats, kept: Floats) -> tuple[Complex, Floats, Floats]:
    """Whitened spectra of the part of the window that holds the signal, the weight of each bin, and the power ratio."""
    parts = split(aligned, kept)
    noise = smooth(parts.rest_power, NOISE_BINS) / (kept[:, None] - 1.0)
    white = aligned / np.sqrt(noise)[:, None]
    trace, hz = _traces(setup, white)
    mean = trace.sum(axis=1) / kept[:, None]
    rest = (((trace - mean[:, None]) * used[..., None]) ** 2).sum(axis=1) / (kept[:, None] - 1.0)
    width = round(2.0 * hz / (setup.band_hz[1] - setup.band_hz[0]))
    level = np.maximum(rest.mean(axis=-1, keepdims=True), TINY)
    ratio = np.maximum(smooth(mean**2, width) * kept[:, None] / level - 1.0, 0.0)
    gate = ratio / (1.0 + ratio)
    gate = gate / np.maximum(gate.max(axis=-1, keepdims=True), 1e-9)
    share = np.maximum(gate.mean(axis=-1), 1e-6)
    louder = np.maximum((rest * gate).mean(axis=-1) / share / level[:, 0], 1.0)
    gated = _spectra(setup, trace * np.sqrt(gate)[:, None])
    beam = smooth(np.abs(gated.sum(axis=1)) ** 2, SIGNAL_BINS) / kept[:, None]
    signal = np.maximum(beam / share[:, None] - 1.0, 0.0)
    weight = signal / (1.0 + signal) / (kept * louder)[:, None]
    return gated, weight, np.asarray(signal.mean(axis=-1) / kept / louder)


def _traces(setup: Setup, spectra: Complex) -> tuple[Floats, float]:
    """Bins of the band as real traces of unit noise, and their sampling rate: only as fine as the band needs."""
    points = next_fast_len(2 * (int(setup.bins[-1]) + 1), real=True)
    full = np.zeros((*spectra.shape[:-1], points // 2 + 1), complex)
    full[..., setup.bins] = spectra
    return np.fft.irfft(full, points, axis=-1) * np.sqrt(points), points * setup.rate_hz / setup.samples


def _spectra(setup: Setup, traces: Floats) -> Complex:
    return np.asarray(np.fft.rfft(traces, axis=-1)[..., setup.bins] / np.sqrt(traces.shape[-1]))


def _derivatives(setup: Setup, spectra: Complex, weight: Floats, at: Floats) -> tuple[Floats, Floats]:
    """First (n, 2) and second (n, 2, 2) derivatives by slowness of Σ weight · |Σ spectra|²."""
    beam = spectra.sum(axis=1)
    first = np.swapaxes(at, 1, 2) @ spectra * (1j * setup.omega)
    squares = np.stack([at[..., 0] ** 2, at[..., 0] * at[..., 1], at[..., 1] ** 2], axis=1)
    second = -(squares @ spectra) * setup.omega**2
    pull = weight * np.conj(beam)
    slope = 2.0 * np.real(np.einsum("nf,ncf->nc", pull, first))
    three = np.real(np.einsum("nf,ncf->nc", pull, second))
    bend = np.real(np.einsum("nf,ncf,ndf->ncd", weight, np.conj(first), first, optimize=True))
    bend = bend + np.stack([three[:, :2], three[:, 1:]], axis=1)
    return slope, 2.0 * bend
