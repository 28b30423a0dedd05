"""Where the matters stand to the agreement's areas: computed for all of them at once, kept for the questions."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence

from truceline.geo.frame import Frame, frame_for
from truceline.geo.region import Standing, disc, positions, region
from truceline.model.agreement import Area
from truceline.model.instant import Instant, span_of
from truceline.terms.chance import REACH
from truceline.terms.contract import Matter, PlaceTest


class SurveyedGround:
    """The matters' positions, in order of row, in one frame with the areas."""

    def __init__(self, areas: Mapping[str, Area], matters: Sequence[Matter]) -> None:
        self._areas = areas
        origins = [matter.event.origin for matter in matters]
        lon, lat = [origin.lon for origin in origins], [origin.lat for origin in origins]
        self._frame = _frame(areas, lon, lat)
        self._at = positions(self._frame, lon, lat, [origin.ellipse90 for origin in origins])
        self._times = [matter.time_us for matter in matters]
        self._widest_us = span_of(REACH * max((matter.time_sigma_s for matter in matters), default=0.0))
        self._standings: dict[PlaceTest, tuple[tuple[str, Standing], ...]] = {}

    def rows_between(self, from_us: Instant, until_us: Instant) -> range:
        """Rows whose times may lie in the span, their sigmas allowed for."""
        first = bisect_left(self._times, from_us - self._widest_us)
        return range(first, bisect_right(self._times, until_us + self._widest_us))

    def near(self, lon: float, lat: float, radius_m: float, rows: Sequence[int]) -> list[float]:
        """Probability of each row to lie within a distance of a position."""
        return disc(self._frame, lon, lat, radius_m).stand(self._at.take(rows)).probability if rows else []

    def standings(self, test: PlaceTest) -> tuple[tuple[str, Standing], ...]:
        """How every row stands to each area of a test, computed once."""
        if test not in self._standings:
            self._standings[test] = tuple((id_, self._stand(id_, test.within_m)) for id_ in test.areas)
        return self._standings[test]

    def _stand(self, id_: str, within_m: float) -> Standing:
        return region(self._frame, self._areas[id_], within_m).stand(self._at)


def _frame(areas: Mapping[str, Area], lon: Sequence[float], lat: Sequence[float]) -> Frame:
    """One frame for the areas and the corners of the box of the matters."""
    corners = [(x, y) for x in (min(lon), max(lon)) for y in (min(lat), max(lat))] if lon else []
    for area in areas.values():
        corners += area.line
        corners += [area.point] if area.point is not None else []
        corners += [position for polygon in area.polygons for position in polygon[0]]
    corners = corners or [(0.0, 0.0)]
    return frame_for([x for x, _ in corners], [y for _, y in corners])
