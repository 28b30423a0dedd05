"""The ground of a world: where its line of contact runs, who holds what, and the hills.

Places are kept as (along, across): metres along a geodesic through the middle of the world, and metres to its
right. The line of contact wanders about that geodesic; the ground to its right is side 0, to its left side 1.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from truceline.geo.frame import destination, distance_azimuth
from truceline.sim.world import Advance, Site, TerrainKeys

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BENDS = 6  # waves that make up the line
HILLS = 40  # waves that make up the relief
STEPS = 9  # points of a path at which hills are looked at
MAST_M = 8.0  # height of eyes, ears and flashes above the ground
LINE_SHARE = 1.5  # the line is drawn so much longer than the stretch that is watched
NAMES = (
    ("north", "south"), ("amber", "teal"), ("highland", "lowland"), ("ash", "birch"), ("east", "west"),
    ("copper", "slate"), ("river", "ridge"),
)  # fmt: skip
MORE_NAMES = ("coastal", "valley", "meadow", "harbour")


@dataclass(frozen=True)
class Waves:
    """A smooth random height over the plane: a sum of waves."""

    height: Floats  # (n,) amplitude
    along_rad_per_m: Floats
    across_rad_per_m: Floats
    phase_rad: Floats

    def at(self, along_m: npt.ArrayLike, across_m: npt.ArrayLike) -> Floats:
        """Height at each place, any shape."""
        u = np.asarray(along_m, float)[..., None]
        v = np.asarray(across_m, float)[..., None]
        angle = u * self.along_rad_per_m + v * self.across_rad_per_m + self.phase_rad
        return np.asarray((self.height * np.cos(angle)).sum(-1), float)


@dataclass(frozen=True)
class Moved:
    """An advance: from a moment on the line stands elsewhere over a stretch."""

    at_s: float
    centre_m: float
    half_m: float
    shift_m: float  # to the right


@dataclass(frozen=True)
class Ground:
    """Where everything is."""

    lon_deg: float
    lat_deg: float
    azimuth_deg: float
    half_m: float  # half the length that is watched
    bends: Waves
    moves: tuple[Moved, ...]
    hills: Waves
    shadow_m: float
    parties: tuple[str, ...]

    def to_lonlat(self, along_m: npt.ArrayLike, across_m: npt.ArrayLike) -> tuple[Floats, Floats]:
        """WGS84 degrees of places, any shape."""
        along, across = np.broadcast_arrays(np.asarray(along_m, float), np.asarray(across_m, float))
        lon, lat = destination(self.lon_deg, self.lat_deg, self.azimuth_deg, along)
        _, back = distance_azimuth(lon, lat, self.lon_deg, self.lat_deg)
        ahead = np.where(along > 0, back + 180.0, back)
        ahead = np.where(np.abs(along) < 1.0, self.azimuth_deg, ahead)
        return destination(lon, lat, ahead + 90.0, across)

    def line_m(self, along_m: npt.ArrayLike, time_s: npt.ArrayLike) -> Floats:
        """Where the line stands (across) at places along it and moments."""
        along, time = np.broadcast_arrays(np.asarray(along_m, float), np.asarray(time_s, float))
        stands = self.bends.at(along, np.zeros_like(along))
        for move in self.moves:
            near = np.clip(np.abs(along - move.centre_m) / move.half_m, 0.0, 1.0)
            stands = stands + np.where(time >= move.at_s, move.shift_m * np.cos(np.pi / 2 * near) ** 2, 0.0)
        return stands

    def side(self, along_m: npt.ArrayLike, across_m: npt.ArrayLike, time_s: npt.ArrayLike) -> Ints:
        """0 to the right of the line, 1 to its left."""
        return np.where(np.asarray(across_m, float) >= self.line_m(along_m, time_s), 0, 1)

    def party_of(self, side: npt.ArrayLike, along_m: npt.ArrayLike) -> Ints:
        """Which party (its place in order) holds a side at a place along the line."""
        sides = np.asarray(side, int)
        share = np.clip((np.asarray(along_m, float) + self.half_m) / (2 * self.half_m), 0.0, 1.0 - 1e-9)
        held = np.where(sides == 0, len(self.parties[0::2]), len(self.parties[1::2]))
        return np.asarray(2 * (share * held).astype(int) + sides, int)

    def stretches(self, side: int) -> list[tuple[int, float, float]]:
        """(party, from, until) along the line for a side, in metres; the ends reach as far as the line."""
        parties = range(side, len(self.parties), 2)
        edges = np.linspace(-self.half_m, self.half_m, len(parties) + 1)
        edges[0], edges[-1] = -LINE_SHARE * self.half_m, LINE_SHARE * self.half_m
        return [(party, float(a), float(b)) for party, a, b in zip(parties, edges[:-1], edges[1:], strict=True)]

    def hidden_m(self, from_along: Floats, from_across: Floats, to_along: Floats, to_across: Floats) -> Floats:
        """How far the highest crest on each path stands above the line of sight, metres; 0 if it is free."""
        if not np.any(self.hills.height):
            return np.zeros(np.shape(from_along))
        start = self.hills.at(from_along, from_across) + MAST_M
        end = self.hills.at(to_along, to_across) + MAST_M
        worst = np.zeros(np.shape(from_along))
        for step in range(1, STEPS + 1):
            share = step / (STEPS + 1)
            crest = self.hills.at(
                from_along + share * (to_along - from_along), from_across + share * (to_across - from_across)
            )
            worst = np.maximum(worst, crest - (start + share * (end - start)))
        return worst


def make_ground(
    site: Site,
    terrain: TerrainKeys,
    advances: tuple[Advance, ...],
    parties: tuple[str, ...],
    length_s: float,
    chance: np.random.Generator,
) -> Ground:
    """Draw the ground of a world that lasts `length_s` seconds."""
    lon, lat = site.lon_deg.draw(chance), site.lat_deg.draw(chance)
    azimuth, half_m = site.line_azimuth_deg.draw(chance) % 360.0, site.length_km.draw(chance) * 500.0
    wave_m = site.wave_km.draw(chance) * 1000.0
    lengths = site.wave_length_km.many(chance, BENDS) * 1000.0
    weights = 0.3 + chance.random(BENDS)
    bends = Waves(
        height=wave_m * np.sqrt(2.0) * weights / np.linalg.norm(weights),
        along_rad_per_m=2 * np.pi / lengths,
        across_rad_per_m=np.zeros(BENDS),
        phase_rad=2 * np.pi * chance.random(BENDS),
    )
    return Ground(
        lon_deg=lon,
        lat_deg=lat,
        azimuth_deg=azimuth,
        half_m=half_m,
        bends=bends,
        moves=tuple(_move(advance, half_m, length_s, chance) for advance in advances),
        hills=_hills(terrain, chance),
        shadow_m=terrain.shadow_m.draw(chance),
        parties=parties,
    )


def draw_parties(names: tuple[str, ...], count: int, chance: np.random.Generator) -> tuple[str, ...]:
    """The given names, or drawn ones."""
    pair = NAMES[int(chance.integers(len(NAMES)))]
    return names or (*pair, *MORE_NAMES)[:count]


def _move(advance: Advance, half_m: float, length_s: float, chance: np.random.Generator) -> Moved:
    gainer = int(chance.integers(2))
    if advance.gainer >= 0:
        gainer = advance.gainer
    depth_m = advance.depth_km.draw(chance) * 1000.0
    return Moved(
        at_s=advance.at_share.draw(chance) * length_s,
        centre_m=half_m * (chance.random() - 0.5),
        half_m=advance.stretch_share.draw(chance) * half_m,
        shift_m=-depth_m if gainer == 0 else depth_m,
    )


def _hills(terrain: TerrainKeys, chance: np.random.Generator) -> Waves:
    relief_m, size_m = terrain.relief_m.draw(chance), terrain.hill_km.draw(chance) * 1000.0
    number = 2 * np.pi / (size_m * (0.6 + 1.8 * chance.random(HILLS)))
    heading = 2 * np.pi * chance.random(HILLS)
    return Waves(
        height=np.full(HILLS, relief_m * np.sqrt(2.0 / HILLS)),
        along_rad_per_m=number * np.cos(heading),
        across_rad_per_m=number * np.sin(heading),
        phase_rad=2 * np.pi * chance.random(HILLS),
    )
