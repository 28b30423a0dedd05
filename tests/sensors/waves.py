"""Waves across invented arrays, for tests: a pulse in red noise, and what may be wrong with an element."""

import numpy as np
import numpy.typing as npt

from truceline.sensors.array.layout import Elements, Setup

Floats = npt.NDArray[np.float64]

RATE_HZ, BAND_HZ = 50.0, (0.5, 6.0)


def ring(elements: int, radius_m: float = 150.0) -> Floats:
    """One element in the middle, the others on a ring: (elements, 2) east and north."""
    turn = 2.0 * np.pi * np.arange(elements - 1) / (elements - 1)
    return np.vstack([[0.0, 0.0], radius_m * np.column_stack([np.sin(turn), np.cos(turn)])])


def setup(at_m: Floats, *, samples: int = 500, delay_sigma_s: float = 0.001) -> Setup:
    elements = Elements(at_m[:, 0].tolist(), at_m[:, 1].tolist(), delay_sigma_s)
    return Setup(elements, RATE_HZ, samples, BAND_HZ)


def noise(chance: np.random.Generator, elements: int, samples: int) -> Floats:
    """Red noise of unit variance within the band, independent from element to element."""
    hz = np.fft.rfftfreq(samples, 1.0 / RATE_HZ)
    shape = np.where((hz >= BAND_HZ[0]) & (hz <= 8.0), 1.0 / np.maximum(hz, 0.1), 0.0)
    bins = shape * (chance.normal(size=(elements, len(hz))) + 1j * chance.normal(size=(elements, len(hz))))
    made = np.fft.irfft(bins, samples, axis=-1)
    return np.asarray(made / made.std(axis=-1, keepdims=True))


def pulse(at_m: Floats, azimuth_deg: float, speed_mps: float, at_s: float, seconds: Floats, hz: float = 2.0) -> Floats:
    """A pulse from an azimuth as each element hears it, peak one, at `at_s` in the array's middle."""
    going = -np.array([np.sin(np.radians(azimuth_deg)), np.cos(np.radians(azimuth_deg))])
    delay = (at_m - at_m.mean(axis=0)) @ going / speed_mps
    phase = np.pi * hz * (seconds[None, :] - at_s - delay[:, None])
    return np.asarray((1.0 - 2.0 * phase**2) * np.exp(-(phase**2)))


def window(
    chance: np.random.Generator,
    at_m: Floats,
    azimuth_deg: float,
    snr: float,
    *,
    speed_mps: float = 345.0,
    samples: int = 500,
) -> Floats:
    seconds = np.arange(samples) / RATE_HZ
    wave = snr * pulse(at_m, azimuth_deg, speed_mps, samples / RATE_HZ / 2.0, seconds)
    return wave + noise(chance, len(at_m), samples)


def apart(one: Floats, other: Floats) -> Floats:
    return np.asarray(np.abs((one - other + 180.0) % 360.0 - 180.0))
