"""Who is spoken of besides the parties, and what words mean: [[actor]], [[definition]], [[weapon]]."""

from collections.abc import Mapping, Sequence

from truceline.formats.fields import suggest
from truceline.model.agreement import ROLES, Actor, Area, Definition, NamedWeapon, Where
from truceline.model.problem import Problem
from truceline.terms.contract import MATTERS
from truceline.terms.reading.document import Document, Layer
from truceline.terms.reading.keys import ACTOR, DEFINITION, WEAPON, WHERE
from truceline.terms.reading.where import read_where
from truceline.terms.weapons import WEAPON_TYPES, by_name

OF_WEAPONS = ("types", "calibre_least_mm", "calibre_below_mm", "names")
WHERE_KEYS = tuple(key.name for key in WHERE)


def read_actors(document: Document, parties: Sequence[str], provisions: Sequence[str]) -> tuple[Actor, ...]:
    """Everybody whom the text speaks of besides the parties."""
    layers = document.many(ACTOR)
    document.ids(layers, "actor")
    found = []
    for layer in layers:
        fields = document.fields(layer)
        start, end = fields.span()
        id_ = fields.text("id")
        if id_ in parties:
            fields.fault("id", f"{id_!r} is a party already", "give the actor another id")
        counts_as = fields.choice("counts_as", parties) if "counts_as" in fields.table else None
        found.append(
            Actor(
                id=id_,
                name=fields.text_or_none("name") or id_,
                role=fields.choice("role", ROLES),
                article=fields.text_or_none("article") or "",
                text=fields.text_or_none("text") or "",
                counts_as=counts_as,
                provisions=fields.words_among("provisions", provisions),
                from_us=start,
                until_us=end,
            )
        )
        document.done(fields, ACTOR.known)
    return tuple(found)


def read_weapons(document: Document) -> tuple[NamedWeapon, ...]:
    """The weapons that the agreement names itself."""
    layers = document.many(WEAPON)
    document.ids(layers, "weapon", "name")
    found = []
    for layer in layers:
        fields = document.fields(layer)
        found.append(
            NamedWeapon(
                name=fields.text("name"),
                type_=fields.choice("type", WEAPON_TYPES),
                calibre_mm=fields.number_or_none("calibre_mm", above=0.0, most=2000.0),
                also=fields.words("also", required=False),
            )
        )
        document.done(fields, WEAPON.known)
    return tuple(found)


def read_definitions(
    document: Document, weapons: Sequence[NamedWeapon], areas: Mapping[str, Area], parties: Sequence[str]
) -> tuple[Definition, ...]:
    """What the text means by its words."""
    layers = document.many(DEFINITION)
    document.ids(layers, "definition")
    return tuple(_definition(document, layer, weapons, areas, parties) for layer in layers)


def _definition(
    document: Document,
    layer: Layer,
    weapons: Sequence[NamedWeapon],
    areas: Mapping[str, Area],
    parties: Sequence[str],
) -> Definition:
    fields = document.fields(layer)
    kinds = sorted({area.kind for area in areas.values() if area.kind})
    named = by_name(weapons)
    definition = Definition(
        id=fields.text("id"),
        article=fields.text("article"),
        text=fields.text("text"),
        types=fields.words_among("types", WEAPON_TYPES),
        named=tuple(named[word] for word in fields.words_among("names", named) if word in named),
        calibre_least_mm=fields.number_or_none("calibre_least_mm", above=0.0, most=2000.0),
        calibre_below_mm=fields.number_or_none("calibre_below_mm", above=0.0, most=2000.0),
        objects=fields.words_among("objects", kinds),
        classes=fields.words_among("classes", MATTERS),
        where=_where(document, layer, areas, parties),
    )
    said = [definition.of_weapons, bool(definition.objects), bool(definition.classes)]
    if sum(said) != 1 and not fields.faulty:
        what = "the definition defines nothing" if not any(said) else "the definition defines several things at once"
        remedy = f"say what it means: weapons ({', '.join(OF_WEAPONS)}), objects, or conduct (classes)"
        fields.fault("id", what, remedy)
    document.look_for_slips(layer, DEFINITION.known)
    document.done_layers(fields, [layer])
    return definition


def _where(
    document: Document, layer: Layer, areas: Mapping[str, Area], parties: Sequence[str]
) -> tuple[tuple[str, Where], ...]:
    """Where conduct is meant, by party."""
    own = layer.below("for")
    found = []
    for party in parties:
        mine = own.below(party) if own else None
        fields = document.fields(layer, mine) if mine else document.fields(layer)
        area, where = read_where(fields, areas)
        document.done(fields)
        if where is not None or area is not None:
            found.append((party, where or Where((area,) if area else ())))
        if mine:
            document.done(document.fields(mine), WHERE_KEYS)
    check_for(document, layer, parties)
    return tuple(found)


def check_for(document: Document, layer: Layer, parties: Sequence[str]) -> None:
    """The tables [….for.PARTY] must name parties that are bound."""
    value = layer.table.get("for")
    if value is None:
        return
    own = layer.below("for")
    if own is None or not all(isinstance(table, Mapping) for table in own.table.values()):
        place = document.place(*layer.path, "for")
        document.note(Problem(place, "'for' is not a table of tables", f"write [{layer.path[0]}.for.PARTY]"))
        return
    for party in own.table:
        if party not in parties:
            place = document.place(*own.path, party)
            document.note(Problem(place, f"'for' names {party!r}, which is not bound", suggest(party, parties)))
