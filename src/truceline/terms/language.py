"""terms.toml → Agreement: the language in which a lawyer writes a ceasefire's text as data.

[agreement]     id, title, parties, in_force_from, in_force_until?, areas?
[mandate]       observe?, verify?, attribute?, name?, publish?, warn_civilians?
[[suspension]]  party?, area?, from, until?
[[provision]]   id, article, text, kind, binds, area?, from?, until?, attribution_threshold?,
                attribution_robustness?, and the kind's own keys
"""

from collections.abc import Mapping

from truceline.formats.fields import Fields, suggest
from truceline.formats.toml_document import TomlDocument
from truceline.model.agreement import (
    DEFAULT_ROBUSTNESS,
    DEFAULT_THRESHOLD,
    MANDATE_ACTS,
    ROBUSTNESS,
    Agreement,
    Area,
    Provision,
    Robustness,
    Suspension,
)
from truceline.model.problem import Problem, Unusable
from truceline.terms.contract import Kind, Names

TOP_KEYS = ("agreement", "mandate", "suspension", "provision")
AGREEMENT_KEYS = ("id", "title", "parties", "in_force_from", "in_force_until", "areas")
SUSPENSION_KEYS = ("party", "area", "from", "until")
PROVISION_KEYS = (
    "id", "article", "text", "kind", "binds", "area", "from", "until", "attribution_threshold",
    "attribution_robustness",
)  # fmt: skip
LEAST_THRESHOLD = 0.5  # below it a party would be named for what it more probably did not do


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
    reader = _Reader(document, areas, kinds)
    agreement = reader.agreement()
    if any(problem.fatal for problem in reader.problems):
        raise Unusable(reader.problems)
    return agreement, tuple(sorted(reader.problems))


class _Reader:
    def __init__(self, document: TomlDocument, areas: tuple[Area, ...], kinds: Mapping[str, Kind]) -> None:
        self.document = document
        self.kinds = kinds
        self.areas = {area.id: area for area in areas}
        self.problems: list[Problem] = []
        self.parties: tuple[str, ...] = ()

    def agreement(self) -> Agreement:
        top = Fields(self.document.table, self.document.place)
        top.note_unknown(TOP_KEYS)
        self.problems += top.problems
        fields = self._table("agreement", required=True)
        start, end = fields.span("in_force_from", "in_force_until")
        if start is None and "in_force_from" not in fields.table:
            fields.instant("in_force_from")
        self.parties = fields.words("parties")
        fields.text_or_none("areas")
        id_, title = fields.text("id"), fields.text("title")
        self._done(fields, AGREEMENT_KEYS)
        provisions = self._provisions()
        return Agreement(
            id=id_,
            title=title,
            parties=self.parties,
            in_force_from_us=start or 0,
            in_force_until_us=end,
            areas=tuple(self.areas.values()),
            provisions=provisions,
            suspensions=tuple(self._suspension(fields) for fields in self._tables("suspension")),
            mandate=self._mandate(),
        )

    def _table(self, name: str, *, required: bool = False) -> Fields:
        value = self.document.table.get(name)
        fields = Fields(value if isinstance(value, dict) else {}, lambda field: self.document.place(name, field))
        if (value is None and required) or (value is not None and not isinstance(value, dict)):
            what = f"[{name}] is missing" if value is None else f"{name!r} is not a table"
            self.problems.append(Problem(self.document.place(name), what, f"write [{name}]"))
            return Fields({}, fields.at)
        return fields

    def _tables(self, name: str) -> list[Fields]:
        value = self.document.table.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            what, remedy = f"{name!r} is not a list of tables", f"write [[{name}]] before each"
            self.problems.append(Problem(self.document.place(name), what, remedy))
            return []
        return [self._numbered(name, number, item) for number, item in enumerate(value)]

    def _numbered(self, name: str, number: int, table: Mapping[str, object]) -> Fields:
        place = self.document.place
        return Fields(
            table,
            lambda field: place(name, number, field),
            lambda field, index: place(name, number, field, index),
        )

    def _done(self, fields: Fields, known: tuple[str, ...]) -> None:
        fields.note_unknown(known)
        self.problems += fields.problems

    def _mandate(self) -> tuple[tuple[str, bool], ...]:
        fields = self._table("mandate")
        said = tuple((act, fields.flag(act, default=True)) for act in MANDATE_ACTS if act in fields.table)
        self._done(fields, MANDATE_ACTS)
        return said

    def _suspension(self, fields: Fields) -> Suspension:
        start, end = fields.span()
        if start is None:
            fields.instant("from")
        party = fields.choice("party", self.parties) if "party" in fields.table else None
        area = fields.choice("area", self.areas) if "area" in fields.table else None
        self._done(fields, SUSPENSION_KEYS)
        return Suspension(from_us=start or 0, until_us=end, party=party, area=area)

    def _provisions(self) -> tuple[Provision, ...]:
        tables = self._tables("provision")
        ids = [fields.table.get("id") for fields in tables]
        names = Names(self.parties, self.areas, tuple(id_ for id_ in ids if isinstance(id_, str)))
        if not tables:
            place, remedy = self.document.place("provision"), "write [[provision]] if somebody is bound to something"
            self.problems.append(Problem(place, "the agreement has no provision", remedy, fatal=False))
        for number, fields in enumerate(tables):
            if ids[number] in ids[:number]:
                fields.fault("id", f"provision {ids[number]!r} stands twice", "give each its own id")
        return tuple(self._provision(fields, names) for fields in tables)

    def _provision(self, fields: Fields, names: Names) -> Provision:
        start, end = fields.span()
        kind = self.kinds.get(fields.choice("kind", self.kinds))
        threshold = fields.number_or_none("attribution_threshold", least=LEAST_THRESHOLD, most=1.0)
        robustness = fields.choice("attribution_robustness", ROBUSTNESS, default=DEFAULT_ROBUSTNESS)
        provision = Provision(
            id=fields.text("id"),
            article=fields.text("article"),
            text=fields.text("text"),
            kind=kind.name if kind else "",
            binds=fields.words_among("binds", self.parties, required=True),
            rule=kind.read(fields, names) if kind else None,
            area=self._area(fields),
            from_us=start,
            until_us=end,
            attribution_threshold=DEFAULT_THRESHOLD if threshold is None else threshold,
            attribution_robustness=_robustness(robustness),
        )
        readers = [kind] if kind else self.kinds.values()
        self._done(fields, PROVISION_KEYS + tuple(key.name for reader in readers for key in reader.keys))
        return provision

    def _area(self, fields: Fields) -> str | None:
        area = fields.text_or_none("area")
        if area is not None and area not in self.areas:
            fields.fault("area", f"area {area!r} is in no file of areas", suggest(area, self.areas))
        elif area is not None and not self.areas[area].polygons:
            fields.fault("area", f"area {area!r} is a line or a point and has no inside", "name a polygon")
        return area


def _robustness(word: str) -> Robustness:
    return next((grade for grade in ROBUSTNESS if grade == word), DEFAULT_ROBUSTNESS)
