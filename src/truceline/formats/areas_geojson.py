"""areas.geojson of an agreement: its named lines and zones → Areas.

geometry: LineString, Polygon or MultiPolygon;  properties: id
"""

from truceline.formats import geojson
from truceline.model.agreement import Area
from truceline.model.problem import Place, Problem, Unusable


def read_areas(file: str, data: bytes) -> tuple[Area, ...]:
    """All areas, in order of id. Raises Unusable with every fault."""
    problems: list[Problem] = []
    areas: dict[str, Area] = {}
    for feature in geojson.features(file, data):
        id_ = feature.fields.text("id")
        if feature.geometry == "LineString":
            area = Area(id_, line=geojson.line(feature))
        else:
            area = Area(id_, polygons=geojson.polygons(feature))
        problems += feature.fields.problems
        if id_ in areas:
            place = Place(file, feature=id_, field="id")
            problems.append(Problem(place, f"area {id_!r} stands twice", "give each its own id, or use a MultiPolygon"))
        areas[id_] = area
    if any(problem.fatal for problem in problems):
        raise Unusable(problems)
    return tuple(areas[id_] for id_ in sorted(areas))
