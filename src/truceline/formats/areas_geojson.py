"""areas.geojson of an agreement: its named lines, zones and points → Areas.

geometry: LineString, Polygon, MultiPolygon or Point;  properties: id, kind?, sigma_m?, radius_m? (of a point or line),
names? ({language: name} as the annex spells it), party? (whose site it is)
"""

from dataclasses import replace

from truceline.formats import geojson
from truceline.formats.fields import Fields, nearest
from truceline.model.agreement import AREA_KINDS, Area
from truceline.model.problem import Place, Problem, Unusable

KNOWN = ("id", "kind", "sigma_m", "radius_m", "names", "party")
KEPT = ("name", "note")  # of the author's own; GIS programs write names


def read_areas(file: str, data: bytes) -> tuple[Area, ...]:
    """All areas, in order of id. Raises Unusable with every fault."""
    problems: list[Problem] = []
    areas: dict[str, Area] = {}
    for feature in geojson.features(file, data):
        area = _area(feature)
        problems += feature.fields.problems
        if area.id and area.id in areas:
            place = Place(file, feature=area.id, field="id")
            problems.append(
                Problem(place, f"area {area.id!r} stands twice", "give each its own id, or use a MultiPolygon")
            )
        areas[area.id] = area
    if any(problem.fatal for problem in problems):
        raise Unusable(problems)
    return tuple(areas[id_] for id_ in sorted(areas))


def _area(feature: geojson.Feature) -> Area:
    fields = feature.fields
    id_ = fields.text("id")
    kind = _kind(fields)
    sigma_m = fields.number_or_none("sigma_m", least=0.0, most=1e6) or 0.0
    radius_m = fields.number_or_none("radius_m", least=0.0, most=2e7) or 0.0
    names, party = fields.names("names"), fields.text_or_none("party") or ""
    fields.note_unknown(KNOWN, kept=KEPT)
    area = Area(id_, kind=kind, sigma_m=sigma_m, radius_m=radius_m, names=names, party=party)
    if feature.geometry == "LineString":
        return replace(area, line=geojson.line(feature))
    if feature.geometry == "Point":
        lon, lat, _ = geojson.point(feature)
        return replace(area, point=(lon, lat))
    return replace(area, polygons=geojson.polygons(feature))


def _kind(fields: Fields) -> str:
    """What it is; a word of the author's own is kept, a slip of the pen is not."""
    kind = fields.text_or_none("kind") or ""
    near = None if not kind or kind in AREA_KINDS else nearest(kind, AREA_KINDS)
    if near:
        fields.fault("kind", f"'kind' is {kind!r}", f"did you mean {near!r}? Known: {', '.join(AREA_KINDS)}")
    return kind
