"""An array, its band and its window, with all that can be computed before any data comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.signal.windows import tukey

from truceline.sensors.contract import Floats

Ints = npt.NDArray[np.intp]
Complex = npt.NDArray[np.complex128]

TAPER = 0.1  # share of a window that its taper takes
STEPS_A_LOBE = 5.0  # steps of the slowness grid across the narrowest lobe of a beam
LAGS_A_PERIOD = 24.0  # lags of a correlation within the shortest period
BAND_BINS = 10  # frequency bins that share one spectral level in the evidence


@dataclass(frozen=True)
class Elements:
    """Where the elements of an array are. east_m, north_m: offsets from the array's position.

    delay_sigma_s: how wrong the delay between elements may be at rest (survey, clocks, the medium): one standard
    deviation for each element. A survey good to 1 m is 3 ms.
    """

    east_m: Sequence[float]
    north_m: Sequence[float]
    delay_sigma_s: float = 0.001

    def __post_init__(self) -> None:
        if len(self.east_m) != len(self.north_m) or len(self.east_m) < 3:
            raise ValueError("an array has three elements or more, each with east and north")
        if not self.delay_sigma_s > 0:
            raise ValueError("delay_sigma_s: no delay is known exactly; give a sigma above zero")
        if not np.isfinite(self.centred_m).all():
            raise ValueError("the positions of the elements are not all finite numbers")
        spread = np.linalg.svd(self.centred_m, compute_uv=False)
        if spread[1] < 1e-3 * max(spread[0], 1e-9):
            raise ValueError("the elements stand in a line; an array needs width in two directions")

    @cached_property
    def centred_m(self) -> Floats:
        """Positions about their mean: (elements, 2), east and north."""
        at = np.column_stack([np.asarray(self.east_m, float), np.asarray(self.north_m, float)])
        return np.asarray(at - at.mean(axis=0))


@dataclass(frozen=True)
class Setup:
    """One way to listen: the elements, the sampling rate, samples in a window, and the band.

    slowest_mps: no wave of interest crosses the array more slowly. bad_share: prior probability that an element is
    bad.
    """

    elements: Elements
    rate_hz: float
    samples: int
    band_hz: tuple[float, float]
    slowest_mps: float = 280.0
    bad_share: float = 0.1

    def __post_init__(self) -> None:
        low, high = self.band_hz
        if not 0 < low < high <= 0.45 * self.rate_hz:
            raise ValueError(f"band_hz: {low:g} to {high:g} Hz does not fit {self.rate_hz:g} samples a second")
        if len(self.bins) < 2 * BAND_BINS // 3:
            least = (2 * BAND_BINS // 3 + 1) / (high - low)
            raise ValueError(f"the window is too short for the band; make it {least:.3g} s or longer")

    @property
    def count(self) -> int:
        return len(self.elements.east_m)

    @cached_property
    def at_m(self) -> Floats:
        return self.elements.centred_m

    # -- spectra ----------------------------------------------------------------------------------------------------

    @cached_property
    def bins(self) -> Ints:
        """Indices of the window's frequencies that lie in the band."""
        hz = np.fft.rfftfreq(self.samples, 1.0 / self.rate_hz)
        return np.flatnonzero((hz >= self.band_hz[0]) & (hz <= self.band_hz[1]))

    @cached_property
    def omega(self) -> Floats:
        """Angular frequencies in the band, rad/s."""
        return np.asarray(2.0 * np.pi * self.bins * self.rate_hz / self.samples)

    @cached_property
    def taper(self) -> Floats:
        """Window weights whose squares sum to one."""
        weights = tukey(self.samples, TAPER)
        return np.asarray(weights / np.sqrt(np.sum(weights**2)))

    @cached_property
    def dof_share(self) -> float:
        """Independent values among the bins, as a share: a taper makes neighbours resemble each other."""
        return float(1.0 / (np.sum(self.taper**4) * self.samples))

    @cached_property
    def band_edges(self) -> Ints:
        """Bins at which the spectral levels of the evidence begin, and their end."""
        bands = max(1, round(len(self.bins) / BAND_BINS))
        return np.asarray(np.linspace(0, len(self.bins), bands + 1).round().astype(np.intp))

    # -- the slowness grid ------------------------------------------------------------------------------------------

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        return np.triu_indices(self.count, 1)

    @cached_property
    def step_s_m(self) -> float:
        """Step of the slowness grid, s/m."""
        first, second = self.pairs
        widest = np.hypot(*(self.at_m[second] - self.at_m[first]).T).max()
        return float(1.0 / (STEPS_A_LOBE * self.band_hz[1] * widest))

    @cached_property
    def axis_s_m(self) -> Floats:
        """Slowness along each axis of the grid."""
        half = int(np.ceil(1.0 / self.slowest_mps / self.step_s_m))
        return np.asarray(np.arange(-half, half + 1) * self.step_s_m)

    @cached_property
    def inside(self) -> npt.NDArray[np.bool_]:
        """Which points of the square grid (north by east, flat) are no slower than the slowest wave."""
        slow = np.hypot(self.axis_s_m[None, :], self.axis_s_m[:, None])
        return np.asarray(slow <= 1.0 / self.slowest_mps + self.step_s_m).ravel()

    @cached_property
    def prior_area(self) -> float:
        """Area of the disc of slowness that a wave may have, (s/m)²."""
        return float(np.pi / self.slowest_mps**2)

    @cached_property
    def lag_step_s(self) -> float:
        return 1.0 / (LAGS_A_PERIOD * self.band_hz[1])

    @cached_property
    def lag_table(self) -> tuple[Floats, npt.NDArray[np.int32], npt.NDArray[np.float64]]:
        """(2·bins, lags) cosines over sines of all lags; and for each pair and grid point: the lag before, and the
        share of the way to the next."""
        first, second = self.pairs
        east, north = np.meshgrid(self.axis_s_m, self.axis_s_m)
        grid = np.stack([east.ravel()[self.inside], north.ravel()[self.inside]])
        lag = (self.at_m[second] - self.at_m[first]) @ grid / self.lag_step_s
        half = int(np.ceil(np.abs(lag).max())) + 1
        below = np.floor(lag + half).astype(np.int32)
        return self.waves(half), below, lag + half - below

    @cached_property
    def clock_table(self) -> tuple[Floats, Floats]:
        """Delays that a wrong clock may have, up to ± a tenth of the window; and their cosines over sines."""
        half = int(np.ceil(0.1 * self.samples / self.rate_hz / self.lag_step_s))
        return np.asarray(np.arange(-half, half + 1) * self.lag_step_s), self.waves(half)

    def waves(self, half: int) -> Floats:
        """Cosines over sines of ω·lag for lags −half … half: (2·bins, 2·half + 1)."""
        phase = self.omega[:, None] * (np.arange(-half, half + 1) * self.lag_step_s)
        return np.concatenate([np.cos(phase), np.sin(phase)])
