"""Where the matters stand to the agreement's areas: computed for all of them at once, kept for the questions."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from truceline.geo.frame import Frame, frame_for
from truceline.geo.region import Standing, disc, positions
from truceline.geo.zone import Nearest, union, zone
from truceline.model.agreement import Agreement, Area, Where
from truceline.model.event import Ellipse
from truceline.model.instant import Instant, span_of
from truceline.model.numbers import said
from truceline.terms.chance import REACH
from truceline.terms.contract import Judgement
from truceline.terms.matter import Matter, Spot
from truceline.terms.words import metres

NOWHERE, UNASKED = -1.0, -2.0  # nobody said where; nobody wanted to know
FAR = float("inf")
SURE = 0.995  # said without a probability
FAR_DEG = 10.0  # so far from its areas a frame is no longer true
_POINT = Ellipse(0.0, 0.0, 0.0)


class Inside:
    """The probability of every row to lie on one ground, −1 where nobody said; computed for the rows that are wanted.

    `known` holds it, and `UNASKED` for rows that nobody wanted yet.
    """

    def __init__(self, where: Where, rows: int, stand: Callable[[Where, Sequence[int]], Standing]) -> None:
        self.known: list[float] = [UNASKED] * rows
        self._margin_m: dict[int, float] = {}
        self._where = where
        self._stand = stand

    def __getitem__(self, row: int) -> float:
        found = self.known[row]
        if found == UNASKED:
            self.want(range(len(self.known)))
            return self.known[row]
        return found

    def __len__(self) -> int:
        return len(self.known)

    def want(self, rows: Iterable[int]) -> None:
        """Have these rows known."""
        missing = [row for row in rows if self.known[row] == UNASKED]
        if not missing:
            return
        standing = self._stand(self._where, missing)
        for row, probability, margin in zip(missing, standing.probability, standing.margin_m, strict=True):
            self.known[row] = probability
            if abs(margin) != FAR:
                self._margin_m[row] = margin

    def margin_m(self, row: int) -> float | None:
        """Metres from the nearest edge, positive inside; None for a row whose position touches none."""
        return self._margin_m.get(row)


class SurveyedGround:
    """The matters' positions, in order of row, in one frame with the areas."""

    def __init__(self, agreement: Agreement, matters: Sequence[Matter]) -> None:
        self._areas = {area.id: area for area in agreement.areas}
        self._language = agreement.languages[0] if agreement.languages else ""
        spots = [matter.spot for matter in matters]
        self._unplaced = frozenset([row for row, spot in enumerate(spots) if spot is None])
        anywhere = next((spot for spot in spots if spot is not None), Spot(0.0, 0.0, _POINT))
        placed = [anywhere if spot is None else spot for spot in spots] if self._unplaced else spots
        lon, lat = [spot.lon for spot in placed if spot], [spot.lat for spot in placed if spot]
        self.frame = frame_of(self._areas, lon, lat)
        self._at = positions(self.frame, lon, lat, [spot.ellipse90 for spot in placed if spot])
        self._times = [matter.time_us for matter in matters]
        self._widest_us = span_of(REACH * max([matter.time_sigma_s for matter in matters], default=0.0))
        self._inside: dict[Where, Inside] = {}
        self._nearest: dict[Where, Nearest] = {}

    def rows_between(self, from_us: Instant, until_us: Instant) -> range:
        """Rows whose times may lie in the span, their sigmas allowed for."""
        first = bisect_left(self._times, from_us - self._widest_us)
        return range(first, bisect_right(self._times, until_us + self._widest_us))

    def near(self, lon: float, lat: float, radius_m: float, rows: Sequence[int]) -> list[float]:
        """Probability of each row to lie within a distance of a position."""
        if not rows:
            return []
        found = disc(self.frame, lon, lat, radius_m).stand(self._at.take(rows)).probability
        return [NOWHERE if row in self._unplaced else share for row, share in zip(rows, found, strict=True)]

    def inside(self, where: Where) -> Inside:
        """Probability of every row to lie there, computed when it is wanted."""
        found = self._inside.get(where)
        if found is None:
            found = self._inside[where] = Inside(where, len(self._times), self._stand)
        return found

    def judge(self, where: Where, row: int) -> Judgement:
        """Whether a row lies there, in words."""
        inside = self.inside(where)
        probability, margin = inside[row], inside.margin_m(row)
        place = self._words(where, row)
        if probability == NOWHERE:
            return Judgement(0.0, 1.0, f"nobody said where it was, and the text speaks of what lies {place}")
        if margin is None:
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
        if where not in self._nearest:
            self._nearest[where] = Nearest(self.frame, self._areas, where.areas)
        name = self._areas[self._nearest[where].area(self._at, row)].named(self._language)
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

    def _stand(self, where: Where, rows: Sequence[int]) -> Standing:
        """How some rows stand to a ground."""
        at = self._at.take(rows)
        if where.areas:
            standing = zone(self.frame, self._areas, where).stand(at)
        else:
            taken = union(self.frame, self._areas, where.outside).stand(at)
            standing = Standing([1.0 - p for p in taken.probability], [-m for m in taken.margin_m])
        if self._unplaced:
            for place, row in enumerate(rows):
                if row in self._unplaced:
                    standing.probability[place], standing.margin_m[place] = NOWHERE, FAR
        return standing


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
