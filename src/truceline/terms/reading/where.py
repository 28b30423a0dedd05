"""The keys of a place: `area`, `within_m`, `side`, `outside`."""

from collections.abc import Mapping

from truceline.formats.fields import Fields, suggest
from truceline.model.agreement import Area, Side, Where
from truceline.model.problem import Problem

SIDES: tuple[Side, ...] = ("left", "right")
MOST_M = 2e7


def read_where(fields: Fields, areas: Mapping[str, Area]) -> tuple[str | None, Where | None]:
    """The single area inside which it applies, or all that is said of the place; (None, None): everywhere."""
    named = area_ids(fields, "area", areas)
    outside = area_ids(fields, "outside", areas)
    within_m = fields.number_or_none("within_m", least=0.0, most=MOST_M) or 0.0
    side = _side(fields)
    for id_ in named:
        _check(fields, areas[id_], within_m, side)
    for id_ in outside:
        if not areas[id_].polygons and not areas[id_].radius_m:
            fields.fault("outside", f"area {id_!r} has no inside", "name a polygon, or a point with radius_m")
    if within_m and not named and "objects" not in fields.table:
        fields.fault("within_m", "'within_m' stands without an area", "name the area that the distance is from")
    if len(named) == 1 and not (within_m or side or outside):
        return named[0], None
    if not (named or within_m or outside):
        return None, None
    return (named[0] if named else None), Where(named, within_m, side, outside)


def area_ids(fields: Fields, field: str, areas: Mapping[str, Area]) -> tuple[str, ...]:
    """The areas that a key names, one or several; a fault is noted for one that is in no file."""
    value = fields.table.get(field)
    if value is None:
        return ()
    if isinstance(value, str):
        if value not in areas:
            fields.fault(field, f"area {value!r} is in no file of areas", suggest(value, areas))
        return (value,) if value in areas else ()
    found = fields.words(field)
    for index, word in enumerate(found):
        if word not in areas:
            what = f"area {word!r} is in no file of areas"
            fields.problems.append(Problem(fields.item_at(field, index), what, suggest(word, areas)))
    return tuple(word for word in found if word in areas)


def _side(fields: Fields) -> Side | None:
    if "side" not in fields.table:
        return None
    word = fields.choice("side", SIDES)
    return next((side for side in SIDES if side == word), None)


def _check(fields: Fields, area: Area, within_m: float, side: Side | None) -> None:
    if side and not area.line:
        fields.fault("side", f"area {area.id!r} is no line and has no sides", "name a line, or leave out 'side'")
    elif not (area.polygons or area.radius_m or within_m or side):
        remedy = "name a polygon, or say 'within_m'" if not area.line else "name a polygon, or say 'within_m' or 'side'"
        fields.fault("area", f"area {area.id!r} is a line or a point and has no inside", remedy)
