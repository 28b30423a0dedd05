"""Where and when a world is written: places to degrees, moments to texts, reflected if the world is."""

from dataclasses import dataclass

import numpy as np

from truceline.model.instant import US_PER_S, format_utc
from truceline.sim.ground import Floats, Ground


@dataclass(frozen=True)
class Pen:
    """Where and when everything is written: the ground, the world's beginning, and whether it is reflected."""

    ground: Ground
    base_us: int
    reflected: bool

    def lonlat(self, along_m: Floats, across_m: Floats) -> tuple[Floats, Floats]:
        """Degrees as written, rounded."""
        lon, lat = self.ground.to_lonlat(along_m, across_m)
        return np.round(lon, 7), np.round(-lat if self.reflected else lat, 7)

    def ring(self, along_m: Floats, across_m: Floats) -> list[list[float]]:
        """Positions of a GeoJSON line or ring."""
        lon, lat = self.lonlat(along_m, across_m)
        return [[x, y] for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]

    def utc(self, seconds: float) -> str:
        """RFC 3339 text of a moment given in seconds from the world's beginning."""
        return format_utc(self.base_us + round(seconds * US_PER_S), digits=6)
