"""Where sensors may stand, and what each would hear from there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from truceline.coverage.limits import Candidate
from truceline.coverage.objective import Aim, Reach, reaches
from truceline.coverage.stations import Bools
from truceline.coverage.watch import Watch, stated_watch
from truceline.geo.frame import Frame
from truceline.geo.held import PreparedMap, holding
from truceline.model.agreement import Area
from truceline.model.ground import Polygon
from truceline.model.instant import Instant
from truceline.model.network import Network, Sensor
from truceline.model.planning import KindOffered, NationOffer, SiteRules
from truceline.sensors.contract import Floats, Sensing

SURELY_HELD = 0.9  # probability, by every map, that a site lies on the party's ground


@dataclass(frozen=True)
class Sites:
    """x, y: frame metres of places where a sensor may stand."""

    x: Floats
    y: Floats

    def __len__(self) -> int:
        return len(self.x)


def allowed_sites(
    rules: SiteRules,
    line: Sequence[tuple[float, float]],
    areas: Sequence[Area],
    maps: Sequence[PreparedMap],
    parties: Sequence[str],
    frame: Frame,
    when: Instant,
) -> Sites:
    """The sites on a square lattice beside a line that keep the rules."""
    drawn = shapely.linestrings(np.c_[frame.to_xy([lon for lon, _ in line], [lat for _, lat in line])])
    least, most = rules.from_line_m
    west, south, east, north = shapely.bounds(drawn)
    step = rules.spacing_m
    x, y = np.meshgrid(
        np.arange(np.floor((west - most) / step), np.ceil((east + most) / step) + 1) * step,
        np.arange(np.floor((south - most) / step), np.ceil((north + most) / step) + 1) * step,
    )
    points = np.c_[x.ravel(), y.ravel()]
    shapely.prepare(drawn)
    points = points[shapely.dwithin(drawn, shapely.points(points), most)]
    away = shapely.distance(drawn, shapely.points(points))
    points = points[(away >= least) & (away <= most)]
    free = ~forbidden(points[:, 0], points[:, 1], rules, areas, frame)
    points = points[free]
    if rules.ground is not None and len(points):
        points = points[_held(points, rules.ground, maps, parties, when)]
    return Sites(points[:, 0], points[:, 1])


def forbidden(x: Floats, y: Floats, rules: SiteRules, areas: Sequence[Area], frame: Frame) -> Bools:
    """(n,) whether places lie on forbidden ground."""
    found = np.zeros(len(x), bool)
    for shape in forbidden_shapes(rules, areas, frame):
        shapely.prepare(shape)
        found |= shapely.intersects_xy(shape, x, y)
    return found


def forbidden_shapes(rules: SiteRules, areas: Sequence[Area], frame: Frame) -> tuple[shapely.Geometry, ...]:
    """Forbidden ground in frame metres; a point of the agreement is a circle about it."""
    shapes = [_polygon(rings, frame) for rings in rules.forbidden_ground]
    for area in areas:
        if area.id not in rules.forbidden:
            continue
        shapes += [_polygon(rings, frame) for rings in area.polygons]
        if area.point is not None:
            x, y = frame.to_xy(*area.point)
            shapes.append(shapely.buffer(shapely.points(float(x), float(y)), area.radius_m))
    return tuple(shapes)


def _polygon(rings: Polygon, frame: Frame) -> shapely.Geometry:
    projected = [np.c_[frame.to_xy([lon for lon, _ in ring], [lat for _, lat in ring])] for ring in rings]
    return shapely.make_valid(shapely.Polygon(projected[0], projected[1:]))


def _held(points: Floats, party: str, maps: Sequence[PreparedMap], parties: Sequence[str], when: Instant) -> Bools:
    """(n,) whether every map surely shows points on a party's ground; without a map nothing is sure."""
    if not maps:
        return np.zeros(len(points), bool)
    column = list(parties).index(party)
    shares = [holding(one, parties, points[:, 0], points[:, 1], when)[:, column] for one in maps]
    return np.asarray(np.min(shares, axis=0) >= SURELY_HELD)


def candidates_at(
    sites: Sites, kinds: Sequence[KindOffered], nations: Sequence[NationOffer]
) -> tuple[tuple[Candidate, ...], tuple[int, ...]]:
    """Every sensor that could be put somewhere, and the number of what it would hear: site × kinds + kind."""
    found, hears = [], []
    for site in range(len(sites)):
        for number, kind in enumerate(kinds):
            for nation in nations:
                if dict(nation.kinds).get(kind.kind, 0) > 0:
                    found.append(Candidate(site, kind.kind, nation.provider, kind.cost))
                    hears.append(site * len(kinds) + number)
    return tuple(found), tuple(hears)


def heard_from(
    sites: Sites, kinds: Sequence[KindOffered], watch: Watch, aim: Aim, sensings: Sequence[Sensing]
) -> tuple[Reach, ...]:
    """What each kind would hear from each site, in the order site × kinds + kind; in still air, as learnt so far."""
    lon, lat = watch.frame.to_lonlat(sites.x, sites.y)
    sensors = [
        Sensor(
            id=f"{site:06d}-{number:02d}", kind=kind.kind, provider="any", lon=float(lon[site]), lat=float(lat[site]),
            time_sigma_s=kind.time_sigma_s, azimuth_sigma_deg=kind.azimuth_sigma_deg,
        )
        for site in range(len(sites))
        for number, kind in enumerate(kinds)
    ]  # fmt: skip
    there = stated_watch(Network(tuple(sensors)), sensings, watch.base_us, watch.carry, watch.frame)
    return tuple(reach for _, reach in reaches(there, there.carry, aim, 0.0, 1.0))
