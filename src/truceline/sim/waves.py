"""What the elements of an array would have recorded of its arrivals: pulses across a ring of sensors, in red noise.

For exercises that speak a digitiser's protocol. The array is invented: six elements, one in the middle, 100 samples a
second. A blast is a Friedlander pulse, a shock wave an N-wave; their paths add nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from truceline.geo.frame import destination
from truceline.model.instant import US_PER_S, Instant
from truceline.model.network import Sensor
from truceline.model.observation import BURST, IMPACT, PROJECTILE, SHOT, Arrival
from truceline.model.waveform import Waveform

Floats = npt.NDArray[np.float64]

RATE_HZ, BAND_HZ = 100.0, (2.0, 20.0)
RING, RADIUS_M = 5, 40.0
SOUND_MPS, USUAL_SNR_DB = 343.0, 18.0
LASTING_S = {IMPACT: 0.05, BURST: 0.02, SHOT: 0.02, PROJECTILE: 0.03}  # as long as the rate can show
USUAL_S = 0.04
SNR_OVER_S = 0.1  # an arrival's SNR is that of its energy against the noise's within so long, at one element
SPREAD_S = 1.0  # of a pulse on either side


@dataclass(frozen=True)
class InventedArray:
    """An array of the exercise. number: which one, from 0. places: channel → (lon, lat)."""

    sensor: Sensor
    number: int

    @property
    def channels(self) -> tuple[str, ...]:
        return tuple(f"XX.A{self.number:04d}.{element:02d}.HDF" for element in range(RING + 1))

    @property
    def offsets_m(self) -> Floats:
        """East and north of each element, (elements, 2)."""
        turn = 2.0 * np.pi * np.arange(RING) / RING
        return np.vstack([[0.0, 0.0], RADIUS_M * np.column_stack([np.sin(turn), np.cos(turn)])])

    @property
    def places(self) -> dict[str, tuple[float, float]]:
        found = {}
        for channel, (east, north) in zip(self.channels, self.offsets_m, strict=True):
            azimuth = float(np.degrees(np.arctan2(east, north)))
            lon, lat = destination(self.sensor.lon, self.sensor.lat, azimuth, float(np.hypot(east, north)))
            found[channel] = (round(float(lon), 7), round(float(lat), 7))
        return found


def record(
    array: InventedArray, arrivals: Sequence[Arrival], begin_us: Instant, seconds: float, chance: np.random.Generator
) -> tuple[Waveform, ...]:
    """What the elements recorded of these arrivals, in units of the noise's standard deviation."""
    samples = round(seconds * RATE_HZ)
    made = _noise(RING + 1, samples, chance)
    for arrival in arrivals:
        if arrival.azimuth_deg is not None:
            _add(made, array.offsets_m, arrival, (arrival.time_us - begin_us) / US_PER_S)
    return tuple(
        Waveform(
            channel=channel, start_us=begin_us, rate_hz=RATE_HZ, samples=row.astype("<f8").tobytes(),
            lon=array.places[channel][0], lat=array.places[channel][1],
        )
        for channel, row in zip(array.channels, made, strict=True)
    )  # fmt: skip


def _noise(elements: int, samples: int, chance: np.random.Generator) -> Floats:
    """Red noise of unit variance, independent from element to element."""
    hz = np.fft.rfftfreq(samples, 1.0 / RATE_HZ)
    shape = 1.0 / np.sqrt(np.maximum(hz, 0.5))
    bins = shape * (chance.normal(size=(elements, len(hz))) + 1j * chance.normal(size=(elements, len(hz))))
    made = np.fft.irfft(bins, samples, axis=-1)
    return np.asarray(made / made.std(axis=-1, keepdims=True))


def _add(made: Floats, offsets_m: Floats, arrival: Arrival, at_s: float) -> None:
    """Add one arrival, its front in the array's middle at `at_s`."""
    assert arrival.azimuth_deg is not None
    turn = np.radians(arrival.azimuth_deg)
    along = -(offsets_m - offsets_m.mean(axis=0)) @ np.array([np.sin(turn), np.cos(turn)])
    delays = along / (arrival.trace_velocity_mps or SOUND_MPS)
    first = max(0, round((at_s - SPREAD_S) * RATE_HZ))
    last = min(made.shape[1], round((at_s + SPREAD_S) * RATE_HZ))
    if last <= first:
        return
    since = np.arange(first, last) / RATE_HZ - at_s - delays[:, None]
    likeliest = max(arrival.labels, key=lambda label: label[1])[0] if arrival.labels else ""
    lasting, shock = LASTING_S.get(likeliest, USUAL_S), likeliest == PROJECTILE
    energy = float(np.sum(_pulse(np.arange(0.0, SPREAD_S, 1e-4), lasting, shock) ** 2)) * 1e-4
    snr = 10.0 ** ((USUAL_SNR_DB if arrival.snr_db is None else arrival.snr_db) / 10.0)
    made[:, first:last] += np.sqrt(snr * SNR_OVER_S / energy) * _pulse(since, lasting, shock)


def _pulse(since_s: Floats, lasting_s: float, shock: bool) -> Floats:
    """Pressure at moments since the front: an N-wave, or a Friedlander pulse."""
    after = np.maximum(since_s, 0.0)
    if shock:
        return np.where((since_s >= 0.0) & (since_s < lasting_s), 1.0 - 2.0 * after / lasting_s, 0.0)
    return np.where(since_s >= 0.0, (1.0 - after / lasting_s) * np.exp(-after / lasting_s), 0.0)
