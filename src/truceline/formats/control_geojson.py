"""control.geojson of contract 1: who holds which ground, by one or more mappers → ControlMaps.

geometry: Polygon or MultiPolygon;  properties: party, from, until?, sigma_m, source?
"""

from collections import defaultdict

from truceline.formats import geojson
from truceline.model.ground import ControlMap, HeldGround
from truceline.model.problem import Place, Problem, Unusable


def read_control(file: str, data: bytes) -> tuple[ControlMap, ...]:
    """One map for each `source` in the file (the file's own name where none is given), in order of mapper.

    Raises Unusable with every fault.
    """
    problems: list[Problem] = []
    areas: defaultdict[str, list[HeldGround]] = defaultdict(list)
    for feature in geojson.features(file, data):
        fields = feature.fields
        start, end = fields.span()
        if fields.table.get("from") is None:
            fields.fault("from", "required field 'from' is missing", "say since when the party holds this ground")
        held = HeldGround(
            party=fields.text("party"),
            polygons=geojson.polygons(feature),
            from_us=start or 0,
            until_us=end,
            sigma_m=fields.number("sigma_m", least=0.0, most=1e6),
        )
        areas[fields.text_or_none("source") or file].append(held)
        problems += fields.problems
    if not areas:
        problems.append(
            Problem(Place(file), "the map holds no area", "add polygons, or leave the file out of mission.toml")
        )
    if any(problem.fatal for problem in problems):
        raise Unusable(problems)
    return tuple(ControlMap(mapper, tuple(sorted(areas[mapper], key=repr))) for mapper in sorted(areas))
