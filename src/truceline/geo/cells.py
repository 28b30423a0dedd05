"""Coarse places: hexagons of the H3 grid, by which an origin can be told without being shown.

H3 (Uber, Apache-2.0) divides the globe into cells of 16 sizes; a cell of resolution 6 is some 36 km², of 7 some
5 km², more or less by a third with the place.
"""

from collections.abc import Iterable, Sequence

import h3

from truceline.geo.view import Position


def cell_of(lon: float, lat: float, resolution: int) -> str:
    """The id of the cell that holds a position in WGS84 degrees."""
    return str(h3.latlng_to_cell(lat, lon, resolution))


def cells_of(lon: Sequence[float], lat: Sequence[float], resolution: int) -> list[str]:
    """The ids of the cells that hold positions in WGS84 degrees."""
    return [str(h3.latlng_to_cell(b, a, resolution)) for a, b in zip(lon, lat, strict=True)]


def cell_area_m2(cell: str) -> float:
    """The ground a cell covers, square metres."""
    return float(h3.cell_area(cell, unit="m^2"))


def cell_centre(cell: str) -> Position:
    """The middle of a cell, (lon, lat)."""
    lat, lon = h3.cell_to_latlng(cell)
    return lon, lat


def cell_ring(cell: str) -> tuple[Position, ...]:
    """The corners of a cell, closed."""
    corners = tuple((lon, lat) for lat, lon in h3.cell_to_boundary(cell))
    return (*corners, corners[0])


def coarse_resolution(positions: Sequence[Position], least_m2: float, finest: int = 7) -> int:
    """The finest resolution at which every position's cell covers at least so much ground.

    The whole of a page uses one, so that the size of a cell says nothing of what lies in it.
    """
    for resolution in range(finest, -1, -1):
        if all(cell_area_m2(cell) >= least_m2 for cell in _cells(positions, resolution)):
            return resolution
    raise ValueError(f"no cell covers {least_m2:.0f} m²")


def _cells(positions: Iterable[Position], resolution: int) -> set[str]:
    return {cell_of(lon, lat, resolution) for lon, lat in positions}
