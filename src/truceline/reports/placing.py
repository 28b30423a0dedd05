"""Where something was, as reports of the field say it: Name (control, distance and bearing of a city).

Names are those of the mission's list of places, else of the settlements in the agreement's annex. Control is what the
maps say of the named place at the time. No distance is finer than the place is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from truceline.geo.compass import compass_point
from truceline.geo.frame import Frame, frame_for
from truceline.geo.held import PreparedMap, prepare_maps
from truceline.geo.holders import DISPUTED, holders
from truceline.geo.nearest import nearest
from truceline.geo.zone import inner_point
from truceline.model.agreement import Area
from truceline.model.case import Case
from truceline.model.gazetteer import CITY, NamedPlace
from truceline.model.instant import Instant
from truceline.model.observation import Observation
from truceline.reports.figures import position
from truceline.reports.markup import plain
from truceline.reports.texts import Texts
from truceline.terms.gather import spot_of

SETTLEMENT = "settlement"
AT_M = 1_000.0  # so near a place, or nearer than it is known, something was there
BARE_M = 5_000.0  # where nothing has a name, degrees are told as if no place were known better: to about a km
STEPS_KM = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)

Point = tuple[float, float]  # (lon, lat), WGS84 degrees


@dataclass(frozen=True, slots=True)
class Bearing:
    """So many metres from something, in a direction of sixteen."""

    distance_m: float
    point: str


@dataclass(frozen=True, slots=True)
class Located:
    """Where something was. `reach_m`: it is known to this; `held`: who held the ground there.

    `place`: the nearest named place (None: there are none), who held it, the way to it from there and to the nearest
    other city (None: it is the nearest itself, or there is none).
    """

    at: Point
    reach_m: float
    held: str
    place: NamedPlace | None = None
    place_held: str = ""
    off: Bearing | None = None
    city: NamedPlace | None = None
    from_city: Bearing | None = None


class Placing:
    """The named places and the maps of a mission, ready to be asked."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._names = case.places or tuple(map(_named_area, _settlements(case)))
        self._cities = [one for one in self._names if one.kind == CITY]
        self._city_of: dict[str, tuple[NamedPlace | None, Bearing | None]] = {}

    @property
    def regions(self) -> bool:
        """Whether any place is of a region."""
        return any(one.region for one in self._names)

    @cached_property
    def _frame(self) -> Frame:
        corners = [(one.lon, one.lat) for one in self._names]
        corners += [(one.lon, one.lat) for one in self._case.network.sensors]
        corners += [p for one in self._case.maps for area in one.areas for polygon in area.polygons for p in polygon[0]]
        return frame_for([lon for lon, _ in corners], [lat for _, lat in corners])

    @cached_property
    def _maps(self) -> tuple[PreparedMap, ...]:
        return prepare_maps(self._case.maps, self._frame)

    def held(self, positions: Sequence[Point], times: Sequence[Instant]) -> list[str]:
        """Who held the ground at each position at its time."""
        return holders(self._maps, self._case.agreement.parties, self._frame, positions, times) if positions else []

    def located(
        self, positions: Sequence[Point], reaches_m: Sequence[float], times: Sequence[Instant]
    ) -> list[Located]:
        """Where each of these was. reaches_m: the half axis of what holds it nine times in ten."""
        held = self.held(positions, times)
        bare = [Located(*one) for one in zip(positions, reaches_m, held, strict=True)]
        if not self._names or not positions:
            return bare
        near = nearest([(one.lon, one.lat) for one in self._names], positions)
        places = [self._names[one.index] for one in near]
        places_held = self.held([(one.lon, one.lat) for one in places], times)
        return [
            Located(
                one.at, one.reach_m, one.held, place, holder,
                Bearing(off.distance_m, compass_point(off.azimuth_deg)), *self._city(place),
            )
            for one, place, holder, off in zip(bare, places, places_held, near, strict=True)
        ]  # fmt: skip

    def observed(self, some: Sequence[Observation]) -> list[Located | None]:
        """Where what was observed was, by what was said of it; None: neither it nor the network says."""
        areas = {area.id: area for area in self._case.agreement.areas}
        spots = [spot_of(one, self._case.network.by_id, areas) for one in some]
        placed = [(spot, one.time_us) for spot, one in zip(spots, some, strict=True) if spot is not None]
        located = iter(
            self.located(
                [(spot.lon, spot.lat) for spot, _ in placed],
                [spot.ellipse90.semi_major_m for spot, _ in placed],
                [when for _, when in placed],
            )
        )
        return [None if spot is None else next(located) for spot in spots]

    def _city(self, place: NamedPlace) -> tuple[NamedPlace | None, Bearing | None]:
        """The nearest other city, and the way to the place from there; worked out once for each place."""
        if place.id not in self._city_of:
            self._city_of[place.id] = self._nearest_city(place)
        return self._city_of[place.id]

    def _nearest_city(self, place: NamedPlace) -> tuple[NamedPlace | None, Bearing | None]:
        others = [one for one in self._cities if one.id != place.id]
        if not others:
            return None, None
        (near,) = nearest([(one.lon, one.lat) for one in others], [(place.lon, place.lat)])
        return others[near.index], Bearing(near.distance_m, compass_point(near.azimuth_deg))


def _settlements(case: Case) -> list[Area]:
    return [area for area in case.agreement.areas if area.kind == SETTLEMENT]


def _named_area(area: Area) -> NamedPlace:
    lon, lat = inner_point(area)
    return NamedPlace(id=area.id, lon=lon, lat=lat, kind="village", names=area.names or (("", area.id),))


def where_words(where: Located, texts: Texts) -> str:
    """The place in words: Name (control, distance and bearing of a city), or with how far off it was."""
    if where.place is None or where.off is None:
        spot = position(*where.at, max(where.reach_m, BARE_M))
        return texts.say("where.bare", position=spot, control=control_words(where.held, texts))
    inside = [control_words(where.place_held, texts)]
    if where.city is not None and where.from_city is not None:
        city = plain(where.city.named(texts.language))
        inside.append(texts.say("where.city", way=way_words(where.from_city, 0.0, texts), city=city))
    name = plain(where.place.named(texts.language))
    named = texts.say("where.named", name=name, inside=", ".join(inside))
    if where.off.distance_m <= max(AT_M, where.reach_m):
        return named
    return texts.say("where.off", way=way_words(where.off, where.reach_m, texts), place=named)


def way_words(way: Bearing, reach_m: float, texts: Texts) -> str:
    """A distance and a direction, the distance no finer than it is known."""
    return texts.say("where.way", km=kilometres(way.distance_m, reach_m), direction=texts.say(f"compass.{way.point}"))


def kilometres(distance_m: float, reach_m: float) -> str:
    """Kilometres in round steps that are no finer than what is known."""
    km = distance_m / 1000.0
    step = next((one for one in STEPS_KM if one >= reach_m / 1000.0 and (one >= 1.0 or km < 10.0)), STEPS_KM[-1])
    return f"{max(step, round(km / step) * step):g}"


def control_words(holder: str, texts: Texts) -> str:
    """Who held the ground, as the maps say."""
    if not holder:
        return texts.say("where.unknown")
    if holder == DISPUTED:
        return texts.say("where.disputed")
    return texts.say("where.held", party=plain(holder))
