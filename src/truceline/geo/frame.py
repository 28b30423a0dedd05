"""A plane frame in metres for one mission, true to distance within its neighbourhoods.

Sound travels tens of kilometres, a line of contact may run a thousand. The frame is chosen among three
projections of the WGS84 ellipsoid as the one that distorts the distances between neighbours least, so
that straight lines in the frame stand for geodesics over the ranges at which events are heard.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from pyproj import Geod, Transformer
from pyproj.exceptions import ProjError

Floats = npt.NDArray[np.float64]

GEOD = Geod(ellps="WGS84")
NEIGHBOUR_M = 60_000.0  # distances up to here must be true
NORTH_STEP_DEG = 1e-4  # about 11 m: enough to see where north points


@dataclass(frozen=True)
class Frame:
    """A projection named by its PROJ text, so that it can be logged and rebuilt."""

    proj: str

    @cached_property
    def _transform(self) -> Transformer:
        return Transformer.from_crs("EPSG:4326", self.proj, always_xy=True)

    def to_xy(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
        """WGS84 degrees to frame metres, any shape."""
        x, y = self._transform.transform(np.asarray(lon, float), np.asarray(lat, float), errcheck=True)
        return np.asarray(x, float), np.asarray(y, float)

    def to_xy_or_inf(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
        """As `to_xy`, with infinities where the frame has no answer."""
        x, y = self._transform.transform(np.asarray(lon, float), np.asarray(lat, float))
        return np.asarray(x, float), np.asarray(y, float)

    def to_lonlat(self, x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Frame metres to WGS84 degrees, any shape."""
        lon, lat = self._transform.transform(np.asarray(x, float), np.asarray(y, float), direction="INVERSE")
        return np.asarray(lon, float), np.asarray(lat, float)

    def north_rad(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> Floats:
        """Angle of true north in the frame, radians clockwise from +y (meridian convergence), any shape.

        An azimuth from true north plus this angle is an azimuth from the frame's +y.
        """
        lat = np.asarray(lat, float)
        step = np.where(lat > 89.9, -NORTH_STEP_DEG, NORTH_STEP_DEG)
        x0, y0 = self.to_xy(lon, lat)
        x1, y1 = self.to_xy(lon, lat + step)
        sign = np.sign(step)
        return np.arctan2(sign * (x1 - x0), sign * (y1 - y0))


def frame_for(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Frame:
    """The frame that distorts distances between neighbouring points least (first of equals).

    lon, lat: (n,) WGS84 degrees of the sensors, n ≥ 1. Deterministic, whatever the order of the points.
    """
    points = np.unique(np.c_[np.asarray(lon, float), np.asarray(lat, float)], axis=0)
    lon_0, lat_0 = _centre(points)
    candidates = [f"+proj=aeqd +lat_0={lat_0:.6f} +lon_0={lon_0:.6f} +ellps=WGS84 +units=m +no_defs"]
    spread_deg = np.ptp(_unwrapped(points[:, 0], lon_0)) + np.ptp(points[:, 1])
    if len(points) >= 3 and spread_deg > 2.0:
        candidates.append(f"+proj=tmerc +lat_0={lat_0:.6f} +lon_0={lon_0:.6f} +k=1 +ellps=WGS84 +units=m +no_defs")
        alpha = _axis_azimuth_deg(points, lon_0, lat_0)
        candidates.append(
            f"+proj=omerc +lat_0={lat_0:.6f} +lonc={lon_0:.6f} +alpha={alpha:.3f} +gamma=0 +k=1"
            " +ellps=WGS84 +units=m +no_defs"
        )
    frames = [Frame(proj) for proj in candidates]
    if len(frames) == 1:
        return frames[0]
    worst = [_distortion(frame, points) for frame in frames]
    return frames[int(np.argmin(worst))]


def distance_azimuth(
    lon1: npt.ArrayLike, lat1: npt.ArrayLike, lon2: npt.ArrayLike, lat2: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """Geodesic distance in metres and azimuth in degrees [0, 360) from point 1 towards point 2, broadcast."""
    a, b, c, d = np.broadcast_arrays(*(np.asarray(v, float) for v in (lon1, lat1, lon2, lat2)))
    azimuth, _, distance = GEOD.inv(a, b, c, d)
    return np.asarray(distance, float), np.asarray(azimuth, float) % 360.0


def destination(
    lon: npt.ArrayLike, lat: npt.ArrayLike, azimuth_deg: npt.ArrayLike, distance_m: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """The point at a geodesic distance and azimuth from another, broadcast."""
    a, b, c, d = np.broadcast_arrays(*(np.asarray(v, float) for v in (lon, lat, azimuth_deg, distance_m)))
    lon2, lat2, _ = GEOD.fwd(a, b, c, d)
    return np.asarray(lon2, float), np.asarray(lat2, float)


def wrap_rad(angle: Floats) -> Floats:
    """Angles into (−π, π], any shape."""
    return -((-angle + np.pi) % (2 * np.pi) - np.pi)


def _unwrapped(lon: Floats, lon_0: float) -> Floats:
    return (lon - lon_0 + 180.0) % 360.0 - 180.0


def _centre(points: Floats) -> tuple[float, float]:
    """Middle of the box of the points, across the antimeridian too."""
    angles = np.radians(points[:, 0])
    middle = np.degrees(np.arctan2(np.sin(angles).sum(), np.cos(angles).sum()))
    offsets = _unwrapped(points[:, 0], middle)
    lon_0 = middle + (offsets.min() + offsets.max()) / 2
    lat_0 = (points[:, 1].min() + points[:, 1].max()) / 2
    return float((lon_0 + 180.0) % 360.0 - 180.0), float(np.clip(lat_0, -89.0, 89.0))


def _axis_azimuth_deg(points: Floats, lon_0: float, lat_0: float) -> float:
    """Azimuth of the longest extent of the points, degrees in [0, 180)."""
    east = _unwrapped(points[:, 0], lon_0) * np.cos(np.radians(lat_0))
    north = points[:, 1] - lat_0
    values, vectors = np.linalg.eigh(np.cov(np.c_[east, north].T))
    along = vectors[:, int(np.argmax(values))]
    return float(np.degrees(np.arctan2(along[0], along[1])) % 180.0)


def _distortion(frame: Frame, points: Floats) -> float:
    """Largest relative error of the frame over steps of up to NEIGHBOUR_M from every point, all directions."""
    azimuth = np.arange(0.0, 360.0, 45.0)
    lon = np.repeat(points[:, 0], azimuth.size)
    lat = np.repeat(points[:, 1], azimuth.size)
    lon2, lat2 = destination(lon, lat, np.tile(azimuth, len(points)), NEIGHBOUR_M)
    try:
        x1, y1 = frame.to_xy(lon, lat)
        x2, y2 = frame.to_xy(lon2, lat2)
    except ProjError:
        return float("inf")
    ratio = np.hypot(x2 - x1, y2 - y1) / NEIGHBOUR_M
    return float(np.max(np.abs(ratio - 1.0))) if np.all(np.isfinite(ratio)) else float("inf")
