"""terms.toml → Agreement: the language in which a lawyer writes a ceasefire's text as data.

Its tables and keys stand in `reading/keys.py`, those of each kind of provision in its own file; docs/reference/terms.md
is the reference. Bad input is found in one pass, each fault at its line with what to do.
"""

import re
from collections.abc import Mapping

from truceline.formats.fields import Fields, nearest, suggest
from truceline.formats.toml_document import TomlDocument, read_toml
from truceline.model.agreement import (
    DEFAULT_ROBUSTNESS,
    DEFAULT_THRESHOLD,
    DISCLOSURE,
    MANDATE_ACTS,
    PUBLIC,
    ROBUSTNESS,
    Agreement,
    Area,
)
from truceline.model.finding import NOT_DETERMINABLE, OTHER_ACTOR
from truceline.model.instant import US_PER_HOUR, US_PER_S, Instant, Span
from truceline.model.observation import CLASSES
from truceline.model.problem import Place, Problem, Unusable
from truceline.terms.contract import Kind, Names
from truceline.terms.reading.document import Document
from truceline.terms.reading.keys import (
    AGREEMENT,
    CLOCK,
    COUNTING,
    DIVERGENCE,
    LANGUAGE,
    LANGUAGE_KEY,
    LEAST_THRESHOLD,
    MANDATE,
    MUZZLE_FLASH,
    PROVISION,
    TABLES,
)
from truceline.terms.reading.meanings import read_actors, read_definitions, read_weapons
from truceline.terms.reading.provisions import ProvisionReader, Standards
from truceline.terms.reading.register import read_divergences, read_rulings, read_suspensions

TABLE_NAMES = tuple(table.name for table in TABLES)


def terms_document(file: str, data: bytes) -> TomlDocument:
    """The bytes of a terms.toml parsed. Raises Unusable; where a misspelt table spoils the TOML, at that table."""
    try:
        return read_toml(file, data)
    except Unusable as unusable:
        found = []
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), start=1):
            header = re.match(r"\s*\[\[?\s*([\w-]+)", line)
            near = nearest(header[1], TABLE_NAMES) if header and header[1] not in TABLE_NAMES else None
            if header and near:
                place = Place(file, line=number, column=header.start(1) + 1)
                found.append(Problem(place, f"unknown table {header[1]!r}", f"did you mean {near!r}?"))
        raise Unusable([*found, *unusable.problems]) from None


def areas_file(document: TomlDocument) -> str | None:
    """The file of areas that the agreement names, as written; None if it names none."""
    table = document.table.get("agreement")
    path = table.get("areas") if isinstance(table, dict) else None
    return path if isinstance(path, str) and path else None


def read_agreement(
    document: TomlDocument, areas: tuple[Area, ...], kinds: Mapping[str, Kind]
) -> tuple[Agreement, tuple[Problem, ...]]:
    """The agreement and its harmless oddities. Raises Unusable with every fault at its line.

    `areas` are those of the file that `areas_file` names.
    """
    reader = Document(document)
    agreement = _agreement(reader, {area.id: area for area in areas}, kinds)
    if reader.faulty:
        raise Unusable(reader.problems)
    return agreement, tuple(reader.problems)


def _agreement(document: Document, areas: Mapping[str, Area], kinds: Mapping[str, Kind]) -> Agreement:
    _top(document)
    fields = document.one(AGREEMENT, required=True)
    start, end = fields.span("in_force_from", "in_force_until")
    if start is None and "in_force_from" not in fields.table:
        fields.instant("in_force_from")
    parties = fields.words("parties")
    if fields.table.get("parties") == []:
        fields.fault("parties", "'parties' names nobody", "name those who signed, one at least")
    for party in sorted({OTHER_ACTOR, NOT_DETERMINABLE}.intersection(parties)):
        fields.fault("parties", f"'parties' names {party!r}, a word for those who are no party", "give it another id")
    languages = fields.words("languages", required=False)
    clock = _clock(document, fields)
    standards = _standards(fields, languages)
    fields.text_or_none("areas")
    id_, title = fields.text("id"), fields.text("title")
    document.done(fields, AGREEMENT.known)
    bases = _ids(document, PROVISION.name)
    actors = read_actors(document, parties, bases)
    weapons = read_weapons(document)
    bound = (*parties, *(actor.id for actor in actors))
    definitions = read_definitions(document, weapons, areas, bound)
    _check_owners(document, areas, parties)
    disputed = read_divergences(document, bases, languages)
    names = Names(
        parties,
        areas,
        bases,
        {one.id: one for one in actors},
        {definition.id: definition for definition in definitions},
    )
    if not bases and PROVISION.name not in document.toml.table:
        what, remedy = "the agreement has no provision: nothing is forbidden", "write [[provision]] if something is"
        document.note(Problem(document.place(PROVISION.name), what, remedy, fatal=False))
    return Agreement(
        id=id_,
        title=title,
        parties=parties,
        in_force_from_us=start or 0,
        in_force_until_us=end,
        areas=tuple(areas.values()),
        provisions=ProvisionReader(document, names, kinds, standards, disputed).provisions(),
        suspensions=read_suspensions(document, bound, areas, bases),
        mandate=_mandate(document, (*bound, PUBLIC)),
        languages=languages,
        clock=clock,
        actors=actors,
        definitions=definitions,
        weapons=weapons,
        divergences=tuple(one.divergence for one in disputed),
        rulings=read_rulings(document, _ids(document, DIVERGENCE.name)),
        counting=_counting(document),
    )


def _check_owners(document: Document, areas: Mapping[str, Area], parties: tuple[str, ...]) -> None:
    """Sites belong to parties of the agreement."""
    for area in areas.values():
        if area.party and area.party not in parties:
            place = Place(areas_file(document.toml) or "", feature=area.id, field="party")
            document.note(Problem(place, f"'party' is {area.party!r}", suggest(area.party, parties)))


def _top(document: Document) -> None:
    fields = Fields(document.toml.table, document.place)
    known = (*(table.name for table in TABLES), LANGUAGE_KEY.name)
    many = [table.name for table in TABLES if table.many]
    version = fields.table.get(LANGUAGE_KEY.name, LANGUAGE)
    if version != LANGUAGE or isinstance(version, bool):
        fields.fault(LANGUAGE_KEY.name, f"language is {version!r}", f"write language = {LANGUAGE}")
    fields.note_unknown(known, again=many)
    document.done(fields)


def _ids(document: Document, table: str) -> tuple[str, ...]:
    value = document.toml.table.get(table, [])
    items = value if isinstance(value, list) else []
    found = (item.get("id") for item in items if isinstance(item, dict))
    return tuple(dict.fromkeys(id_ for id_ in found if isinstance(id_, str) and id_))


def _standards(fields: Fields, languages: tuple[str, ...]) -> Standards:
    threshold = fields.number_or_none("attribution_threshold", least=LEAST_THRESHOLD, most=1.0)
    robustness = fields.choice("attribution_robustness", ROBUSTNESS, default=DEFAULT_ROBUSTNESS)
    disclosure = fields.choice("disclosure", DISCLOSURE, default=DISCLOSURE[0])
    return Standards(
        threshold=DEFAULT_THRESHOLD if threshold is None else threshold,
        robustness=next((grade for grade in ROBUSTNESS if grade == robustness), DEFAULT_ROBUSTNESS),
        disclosure=next((circle for circle in DISCLOSURE if circle == disclosure), DISCLOSURE[0]),
        languages=languages,
    )


def _clock(document: Document, fields: Fields) -> tuple[tuple[Instant, Span], ...]:
    """Local time: the agreement's own offset, then every change, in order."""
    found = [(-(2**62), _offset(fields))]
    for layer in document.many(CLOCK):
        change = document.fields(layer)
        if "utc_offset" not in change.table:
            change.text("utc_offset")
        found.append((change.instant("from"), _offset(change)))
        document.done(change, CLOCK.known)
    return tuple(sorted(found))


def _offset(fields: Fields) -> Span:
    text = fields.text_or_none("utc_offset")
    if text is None:
        return 0
    digits = text[1:3] + text[4:]
    if len(text) != 6 or text[0] not in "+-" or text[3] != ":" or not digits.isdigit() or int(digits[2:]) > 59:
        fields.fault("utc_offset", f"'utc_offset' is {text!r}", "write it like +02:00")
        return 0
    span = int(digits[:2]) * US_PER_HOUR + int(digits[2:]) * 60 * US_PER_S
    return -span if text[0] == "-" else span


def _mandate(document: Document, audiences: tuple[str, ...]) -> tuple[tuple[str, bool | tuple[str, ...]], ...]:
    fields = document.one(MANDATE)
    fields.item_at = lambda act, index: document.place(MANDATE.name, act, index)
    found: list[tuple[str, bool | tuple[str, ...]]] = []
    for act in MANDATE_ACTS:
        value = fields.table.get(act)
        if isinstance(value, list):
            found.append((act, fields.words_among(act, audiences)))
        elif value is not None:
            found.append((act, fields.flag(act, default=True)))
    document.done(fields, MANDATE.known)
    return tuple(found)


def _counting(document: Document) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Categories and what they count; an item counts once."""
    fields = document.one(COUNTING)
    fields.item_at = lambda field, index: document.place(COUNTING.name, field, index)
    items = (*CLASSES, MUZZLE_FLASH)
    found: list[tuple[str, tuple[str, ...]]] = []
    taken: dict[str, str] = {}
    for category in fields.table:
        classes = fields.words_among(category, items, required=True)
        for class_ in classes:
            if class_ in taken:
                fields.fault(category, f"{class_!r} counts in {taken[class_]!r} already", "let each item count once")
            taken.setdefault(class_, category)
        found.append((category, classes))
    document.done(fields)
    return tuple(found)
