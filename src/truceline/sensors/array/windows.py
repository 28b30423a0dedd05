"""A record cut into windows, and windows as spectra."""

import numpy as np
from scipy.signal import butter, sosfiltfilt

from truceline.sensors.array.layout import Complex, Setup
from truceline.sensors.contract import Floats

CORNERS = 2


def band_passed(setup: Setup, record: Floats) -> Floats:
    """The record (elements, samples) within the band, zero phase (Butterworth, two corners, both ways)."""
    centred = record - record.mean(axis=-1, keepdims=True)
    nyquist = setup.rate_hz / 2.0
    sections = butter(CORNERS, [hz / nyquist for hz in setup.band_hz], "bandpass", output="sos")
    return np.asarray(sosfiltfilt(sections, centred, axis=-1))


def cut(setup: Setup, record: Floats, step: int) -> tuple[Floats, "np.ndarray[tuple[int], np.dtype[np.intp]]"]:
    """Windows (windows, elements, samples) of a record every `step` samples, and the sample at which each begins."""
    starts = np.arange(0, record.shape[-1] - setup.samples + 1, step)
    view = np.lib.stride_tricks.sliding_window_view(record, setup.samples, axis=-1)
    return np.swapaxes(view[:, starts], 0, 1), starts


def spectra(setup: Setup, windows: Floats) -> Complex:
    """Tapered spectra of the band, (windows, elements, bins); white noise of unit variance has unit power a bin."""
    centred = windows - windows.mean(axis=-1, keepdims=True)
    return np.fft.rfft(centred * setup.taper, axis=-1)[..., setup.bins]
