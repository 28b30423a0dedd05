"""Where the matters stand to the agreement's areas: computed for all of them at once, kept for the questions."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from truceline.geo.frame import Frame, frame_for
from truceline.geo.region import Standing, disc, positions
from truceline.geo.zone import nearest_area, union, zone
from truceline.model.agreement import Agreement, Area, Where
from truceline.model.event import Ellipse
from truceline.model.instant import Instant, span_of
from truceline.model.numbers import said
from truceline.terms.chance import REACH
from truceline.terms.contract import Judgement
from truceline.terms.matter import Matter
from truceline.terms.words import metres

NOWHERE = -1.0  # nobody said where
SURE = 0.995  # said without a probability
FAR_DEG = 10.0  # so far from its areas a frame is no longer true
_POINT = Ellipse(0.0, 0.0, 0.0)


@dataclass(eq=False)
class Standings:
    """How every row stands to one ground. `nearest` is filled when it is asked for."""

    probability: list[float]
    margin_m: list[float]
    nearest: list[str] = field(default_factory=list)


class SurveyedGround:
    """The matters' positions, in order of row, in one frame with the areas."""

    def __init__(self, agreement: Agreement, matters: Sequence[Matter]) -> None:
        self._areas = {area.id: area for area in agreement.areas}
        self._language = agreement.languages[0] if agreement.languages else ""
        spots = [matter.spot for matter in matters]
        self._unplaced = [row for row, spot in enumerate(spots) if spot is None]
        anywhere = next(((spot.lon, spot.lat) for spot in spots if spot is not None), (0.0, 0.0))
        lon = [anywhere[0] if spot is None else spot.lon for spot in spots]
        lat = [anywhere[1] if spot is None else spot.lat for spot in spots]
        self.frame = frame_of(self._areas, lon, lat)
        self._at = positions(self.frame, lon, lat, [_POINT if spot is None else spot.ellipse90 for spot in spots])
        self._times = [matter.time_us for matter in matters]
        self._widest_us = span_of(REACH * max((matter.time_sigma_s for matter in matters), default=0.0))
        self._standings: dict[Where, Standings] = {}

    def rows_between(self, from_us: Instant, until_us: Instant) -> range:
        """Rows whose times may lie in the span, their sigmas allowed for."""
        first = bisect_left(self._times, from_us - self._widest_us)
        return range(first, bisect_right(self._times, until_us + self._widest_us))

    def near(self, lon: float, lat: float, radius_m: float, rows: Sequence[int]) -> list[float]:
        """Probability of each row to lie within a distance of a position."""
        if not rows:
            return []
        found = disc(self.frame, lon, lat, radius_m).stand(self._at.take(rows)).probability
        nowhere = set(self._unplaced)
        return [NOWHERE if row in nowhere else share for row, share in zip(rows, found, strict=True)]

    def inside(self, where: Where) -> Sequence[float]:
        """Probability of every row to lie there; −1 where nobody said."""
        return self.standings(where).probability

    def standings(self, where: Where) -> Standings:
        """How every row stands to a ground, computed once."""
        found = self._standings.get(where)
        if found is None:
            found = self._standings[where] = self._stand(where)
        return found

    def judge(self, where: Where, row: int) -> Judgement:
        """Whether a row lies there, in words."""
        standings = self.standings(where)
        probability, margin = standings.probability[row], standings.margin_m[row]
        place = self._words(where, row)
        if probability == NOWHERE:
            return Judgement(0.0, 1.0, f"nobody said where it was, and the text speaks of what lies {place}")
        if abs(margin) == float("inf"):
            return Judgement(
                probability, probability, f"it lies {place}" if probability else f"it does not lie {place}"
            )
        side = "inside" if margin > 0 else "outside"
        edge = f"(about {metres(margin)} {side} the edge)"
        if probability >= SURE or probability <= 1 - SURE:
            words = f"it lies {place} {edge}" if margin > 0 else f"it does not lie {place} {edge}"
        else:
            words = f"it lies {place} with probability {said(probability)} {edge}"
        return Judgement(probability, probability, words)

    def _words(self, where: Where, row: int) -> str:
        """Where that is, by the nearest of its areas."""
        less = f"outside {self._listed(where.outside)}" if where.outside else ""
        if not where.areas:
            return less
        standings = self.standings(where)
        if not standings.nearest:
            standings.nearest = nearest_area(self.frame, self._areas, where.areas, self._at)
        name = self._areas[standings.nearest[row]].named(self._language)
        if where.side and not where.within_m:
            place = f"to the {where.side} of {name}"
        elif where.side:
            place = f"within {metres(where.within_m)} of {name}, to its {where.side}"
        else:
            place = f"within {metres(where.within_m)} of {name}" if where.within_m else f"inside {name}"
        return f"{place} and {less}" if less else place

    def _listed(self, ids: Sequence[str], most: int = 3) -> str:
        names = [self._areas[id_].named(self._language) for id_ in ids[:most]]
        return ", ".join(names) + (f" and {len(ids) - most} more" if len(ids) > most else "")

    def _stand(self, where: Where) -> Standings:
        if where.areas:
            standing = zone(self.frame, self._areas, where).stand(self._at)
        else:
            inside = union(self.frame, self._areas, where.outside).stand(self._at)
            standing = Standing([1.0 - p for p in inside.probability], [-m for m in inside.margin_m])
        for row in self._unplaced:
            standing.probability[row] = NOWHERE
        return Standings(standing.probability, standing.margin_m)


def frame_of(areas: Mapping[str, Area], lon: Sequence[float], lat: Sequence[float]) -> Frame:
    """One frame for the areas, whatever the matters: it is kept from question to question.

    Where there are no areas, or a matter lies far from all of them, it takes in the corners of the matters' box.
    """
    corners: list[tuple[float, float]] = []
    for area in areas.values():
        corners += area.line
        corners += [area.point] if area.point is not None else []
        corners += [position for polygon in area.polygons for position in polygon[0]]
    box = [(x, y) for x in (min(lon), max(lon)) for y in (min(lat), max(lat))] if lon else []
    if not corners or any(_far(position, corners) for position in box):
        corners += box
    return _frame(tuple(corners or [(0.0, 0.0)]))


def _far(position: tuple[float, float], corners: Sequence[tuple[float, float]]) -> bool:
    """Whether a position lies far outside the box of some others."""
    return any(
        not min(some) - FAR_DEG <= one <= max(some) + FAR_DEG
        for one, some in zip(position, zip(*corners, strict=True), strict=True)
    )


@lru_cache(maxsize=64)
def _frame(corners: tuple[tuple[float, float], ...]) -> Frame:
    return frame_for([x for x, _ in corners], [y for _, y in corners])
