"""Places and the stations within reach of them, laid out so that all places take their next station at once.

Places are put in order of how many stations they have; the first links of all of them come first, then the second
links of those that have two, and so on. What is built up link by link is then a run over plain arrays.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from truceline.coverage.stations import Ints, Stations
from truceline.coverage.trials import near
from truceline.sensors.contract import Floats

Singles: TypeAlias = npt.NDArray[np.floating[Any]]  # of single precision where there are millions


@dataclass(frozen=True)
class Links:
    """x, y: places in frame metres, in the order asked for; order: which place stands where; bounds (ranks + 1,):
    where the links of each rank begin. By link: station, distance_m, unit_x, unit_y (from the place to the station),
    favour: how much farther the ground lets things carry (1: open ground). by_provider: the
    stations of one provider stand together at each place, else the nearest come first."""

    x: Floats
    y: Floats
    order: Ints
    bounds: Ints
    station: Ints
    distance_m: Singles
    unit_x: Singles
    unit_y: Singles
    favour: Singles
    by_provider: bool

    @property
    def places(self) -> int:
        return len(self.x)

    @property
    def place(self) -> Ints:
        """(links,) the place of each link, in the order asked for."""
        return np.concatenate([self.order[: stop - start] for start, stop in self.ranks()] or [self.order[:0]])

    def ranks(self) -> Iterator[tuple[int, int]]:
        """(start, stop) of the links of each rank; they belong to the first places in order."""
        yield from zip(self.bounds[:-1].tolist(), self.bounds[1:].tolist(), strict=True)

    def back(self, values: Singles) -> Singles:
        """(…, places) values by the laid-out order, given back in the order asked for."""
        found = np.empty_like(values)
        found[..., self.order] = values
        return found


def links_of(x: Floats, y: Floats, stations: Stations, far_m: float = np.inf, *, by_provider: bool = False) -> Links:
    """All links of places (n,), frame metres, no longer than `far_m`.

    The stations of a place stand nearest first, or those of one provider together.
    """
    place, station = near(x, y, stations, far_m)
    dx, dy = stations.x[station] - x[place], stations.y[station] - y[place]
    distance = np.maximum(np.hypot(dx, dy), 1.0)
    first = stations.provider[station] if by_provider else distance
    order = np.lexsort((first, place))
    count = np.bincount(place, minlength=len(x))
    rank = np.empty(len(place), np.int64)
    rank[order] = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
    places = np.argsort(-count, kind="stable")
    stands_at = np.empty(len(x), np.int64)
    stands_at[places] = np.arange(len(x))
    bounds = np.r_[0, np.cumsum(np.bincount(rank))].astype(np.int64)
    laid = np.empty(len(place), np.int64)
    laid[bounds[rank] + stands_at[place]] = np.arange(len(place))
    return Links(
        x=x,
        y=y,
        order=places,
        bounds=bounds,
        station=station[laid],
        distance_m=distance[laid].astype(np.float32),
        unit_x=(dx / distance)[laid].astype(np.float32),
        unit_y=(dy / distance)[laid].astype(np.float32),
        favour=np.ones(len(station), np.float32),
        by_provider=by_provider,
    )
