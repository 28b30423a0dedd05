"""The sound of an arrival: the array's elements brought into step and averaged."""

import numpy as np

from truceline.sensors.array.arrivals import HeardArrival
from truceline.sensors.array.layout import Setup
from truceline.sensors.contract import Floats


def beam(setup: Setup, record: Floats, heard: HeardArrival, around_s: float) -> tuple[Floats, float]:
    """The beam (samples,) about an arrival, unfiltered, and the arrival's second in it. Suspect elements are left
    out.
    """
    rate = setup.rate_hz
    first = max(0, round((heard.time_s - around_s) * rate))
    last = min(record.shape[1], round((heard.time_s + around_s) * rate))
    kept = [index for index in range(setup.count) if index not in heard.suspects]
    part = record[kept, first:last]
    part = part - part.mean(axis=1, keepdims=True)
    turn = np.radians(heard.azimuth_deg)
    slowness = -np.array([np.sin(turn), np.cos(turn)]) / heard.trace_velocity_mps
    hz = np.fft.rfftfreq(part.shape[1], 1.0 / rate)
    steps = np.exp(2j * np.pi * (setup.at_m[kept] @ slowness)[:, None] * hz)
    summed = (np.fft.rfft(part, axis=1) * steps).mean(axis=0)
    return np.asarray(np.fft.irfft(summed, part.shape[1])), heard.time_s - first / rate
