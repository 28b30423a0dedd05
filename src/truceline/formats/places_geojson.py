"""places.geojson of contract 1: the mission's list of named places → NamedPlaces.

geometry: Point;  properties: id, kind (city, town, village, site), names ({language: name}), region? ({language: name})
"""

from truceline.formats import geojson
from truceline.model.gazetteer import PLACE_KINDS, NamedPlace
from truceline.model.problem import Place, Problem, Unusable

KNOWN = ("id", "kind", "names", "region")
KEPT = ("name", "note")


def read_places(file: str, data: bytes) -> tuple[NamedPlace, ...]:
    """All places, in order of id. Raises Unusable with every fault."""
    problems: list[Problem] = []
    places: dict[str, NamedPlace] = {}
    for feature in geojson.features(file, data):
        place = _place(feature)
        problems += feature.fields.problems
        if place.id and place.id in places:
            where = Place(file, feature=place.id, field="id")
            problems.append(Problem(where, f"place {place.id!r} stands twice", "give each its own id"))
        places[place.id] = place
    if any(problem.fatal for problem in problems):
        raise Unusable(problems)
    return tuple(places[id_] for id_ in sorted(places))


def _place(feature: geojson.Feature) -> NamedPlace:
    fields = feature.fields
    lon, lat, _ = geojson.point(feature)
    names = fields.names("names")
    if not names and not fields.faulty:
        fields.fault("names", "the place has no name", 'write {"en": "…", "uk": "…"}')
    fields.note_unknown(KNOWN, kept=KEPT)
    return NamedPlace(
        id=fields.text("id"),
        lon=lon,
        lat=lat,
        kind=fields.choice("kind", PLACE_KINDS),
        names=names,
        region=fields.names("region"),
    )
