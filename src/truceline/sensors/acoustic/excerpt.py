"""Sound kept of an event: some seconds about it, without the band in which people speak."""

import numpy as np
from scipy.signal import butter, sosfiltfilt

from truceline.sensors.contract import Floats

AROUND_S = 5.0
SPEECH_HZ = (80.0, 4_000.0)  # from the lowest voice's tone to the highest sounds by which words are told
ORDER = 8


def may_hold_speech(rate_hz: float) -> bool:
    """Whether a recording at this rate reaches into the speech band."""
    return rate_hz / 2.0 > SPEECH_HZ[0]


def excerpt(samples: Floats, rate_hz: float, at_s: float) -> Floats:
    """Samples within ± 5 s of a moment, their mean and the speech band taken out.

    Where half the sampling rate lies within the band, all above the band's lower edge goes. What is too short to be
    filtered is silenced.
    """
    low, high = SPEECH_HZ
    nyquist = rate_hz / 2.0
    first = max(0, round((at_s - AROUND_S) * rate_hz))
    last = min(len(samples), round((at_s + AROUND_S) * rate_hz))
    part = samples[first:last] - samples[first:last].mean() if last > first else samples[:0]
    if may_hold_speech(rate_hz):
        if len(part) <= 12 * ORDER:
            return np.zeros(len(part))
        if nyquist > 1.05 * high:
            filtered = butter(ORDER, [low / nyquist, high / nyquist], "bandstop", output="sos")
        else:
            filtered = butter(ORDER, low / nyquist, "lowpass", output="sos")
        part = sosfiltfilt(filtered, part)
    return np.asarray(part)


def levelled(samples: Floats) -> Floats:
    """Samples scaled so that the loudest is one, as a sound file needs them."""
    largest = float(np.abs(samples).max()) if len(samples) else 0.0
    return np.asarray(samples / largest if largest > 0.0 else samples)
