"""Sound kept of an event: some seconds about it, without the band in which people speak."""

import numpy as np
from scipy.signal import butter, sosfiltfilt

from truceline.sensors.contract import Floats

AROUND_S = 5.0
SPEECH_HZ = (80.0, 4_000.0)  # from the lowest voice's tone to the highest sounds by which words are told
ORDER = 8


def excerpt(samples: Floats, rate_hz: float, at_s: float) -> Floats:
    """Samples within ± 5 s of a moment, the speech band taken out, the loudest scaled to one.

    Where half the sampling rate lies within the band, all above the band's lower edge goes.
    """
    low, high = SPEECH_HZ
    nyquist = rate_hz / 2.0
    first = max(0, round((at_s - AROUND_S) * rate_hz))
    last = min(len(samples), round((at_s + AROUND_S) * rate_hz))
    part = samples[first:last] - samples[first:last].mean() if last > first else samples[:0]
    if nyquist > low and len(part) > 12 * ORDER:
        if nyquist > 1.05 * high:
            filtered = butter(ORDER, [low / nyquist, high / nyquist], "bandstop", output="sos")
        else:
            filtered = butter(ORDER, low / nyquist, "lowpass", output="sos")
        part = sosfiltfilt(filtered, part)
    largest = float(np.abs(part).max()) if len(part) else 0.0
    return np.asarray(part / largest if largest > 0.0 else part)
