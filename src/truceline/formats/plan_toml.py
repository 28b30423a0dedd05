"""PLAN.toml: a question to the planner → PlanRequest.

[plan]     name, line (id of the agreement's), classes = {impact = 1, …}, providers_wanted = 2, spacing_m = 1000,
           risk_share = 0, budget?, count?
[sites]    spacing_m = 2000, from_line_m = [2000, 12000], ground? (a party), forbidden? (ids of areas)
[[kind]]   kind, cost, time_sigma_s = 0.02, azimuth_sigma_deg?
[[nation]] provider, kinds = {acoustic_array = 4, …}, budget?
[[patrol]] provider, base = [lon, lat], speed_kmh, hours, stop_min, hears_m, share = 0.4
"""

from collections.abc import Mapping, Sequence

from truceline.formats.fields import Fields, suggest
from truceline.formats.toml_document import TomlDocument, read_toml
from truceline.model.observation import CLASSES
from truceline.model.planning import KindOffered, NationOffer, PatrolOffer, PlanRequest, SiteRules
from truceline.model.problem import Problem, Unusable

MOST_PROVIDERS = 3
PLAN = ("name", "line", "classes", "providers_wanted", "spacing_m", "risk_share", "budget", "count")
SITES = ("spacing_m", "from_line_m", "ground", "forbidden")
KIND = ("kind", "cost", "time_sigma_s", "azimuth_sigma_deg")
NATION = ("provider", "kinds", "budget")
PATROL = ("provider", "base", "speed_kmh", "hours", "stop_min", "hears_m", "share")
TABLES = ("plan", "sites", "kind", "nation", "patrol")


def read_plan(file: str, data: bytes) -> PlanRequest:
    """The request. Raises Unusable with every fault at its line."""
    document = read_toml(file, data)
    reader = _Reader(document)
    top = Fields(document.table, document.place)
    top.note_unknown(TABLES)
    request = reader.request()
    problems = [*top.problems, *reader.problems]
    if any(problem.fatal for problem in problems):
        raise Unusable(problem for problem in problems if problem.fatal)
    return request


class _Reader:
    """Reads the tables of one document and gathers what is wrong."""

    def __init__(self, document: TomlDocument) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def request(self) -> PlanRequest:
        plan = self._table("plan")
        wanted = plan.whole_or_none("providers_wanted", least=1) or 2
        if wanted > MOST_PROVIDERS:
            plan.fault("providers_wanted", f"'providers_wanted' is {wanted}", f"ask for 1 to {MOST_PROVIDERS}")
        request = PlanRequest(
            name=plan.text("name"),
            line=plan.text("line"),
            classes=self._classes(plan),
            providers_wanted=min(wanted, MOST_PROVIDERS),
            spacing_m=plan.number_or_none("spacing_m", least=50.0, most=1e5) or 1_000.0,
            risk_share=plan.number_or_none("risk_share", least=0.0, most=1.0) or 0.0,
            budget=plan.number_or_none("budget", above=0.0),
            count=plan.whole_or_none("count", least=1),
            kinds=tuple(self._kind(fields) for fields in self._tables("kind", KIND)),
            nations=tuple(self._nation(fields) for fields in self._tables("nation", NATION)),
            sites=self._sites(),
            patrols=tuple(self._patrol(fields) for fields in self._tables("patrol", PATROL)),
        )
        plan.note_unknown(PLAN)
        if not (request.kinds and request.nations) and not request.patrols:
            plan.fault("name", "nothing is offered", "add a [[kind]] and a [[nation]], or a [[patrol]]")
        if request.kinds and request.budget is None and request.count is None:
            limited = all(nation.budget is not None or nation.kinds for nation in request.nations)
            if not limited:
                plan.fault("budget", "nothing limits the plan", "give a budget, a count, or what each nation has")
        self.problems += plan.problems
        return request

    def _table(self, name: str) -> Fields:
        value = self.document.table.get(name)
        table: Mapping[str, object] = value if isinstance(value, dict) else {}
        return Fields(table, lambda field: self.document.place(name, field))

    def _tables(self, name: str, known: Sequence[str]) -> list[Fields]:
        value = self.document.table.get(name, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            fields = self._table(name)
            fields.fault("", f"{name!r} is no list of tables", f"write [[{name}]] for each")
            self.problems += fields.problems
            return []
        found = []
        for number, table in enumerate(value):
            fields = Fields(table, lambda field, at=number: self.document.place(name, at, field))  # type: ignore[misc]
            found.append(fields)
        for fields in found:
            fields.note_unknown(known)
        return found

    def _done(self, fields: Fields) -> None:
        self.problems += fields.problems

    def _classes(self, plan: Fields) -> tuple[tuple[str, float], ...]:
        weights = self._numbers(plan, "classes", required=True)
        for class_ in weights:
            if class_ not in CLASSES:
                plan.fault("classes", f"class {class_!r} is not known", suggest(class_, CLASSES))
        total = sum(weights.values())
        if weights and total <= 0:
            plan.fault("classes", "all weights are nought", "give at least one class a weight")
            return ()
        return tuple((class_, weight / total) for class_, weight in sorted(weights.items()) if weight > 0)

    def _numbers(self, fields: Fields, field: str, *, required: bool) -> dict[str, float]:
        value = fields.table.get(field)
        if value is None and not required:
            return {}
        if not isinstance(value, dict) or not value:
            fields.fault(field, f"{field!r} is no table of numbers", f"write {field} = {{name = 1}}")
            return {}
        inner = Fields(value, lambda _: fields.at(field))
        found = {str(name): inner.number(str(name), least=0.0) for name in value}
        fields.problems += inner.problems
        return found

    def _kind(self, fields: Fields) -> KindOffered:
        kind = KindOffered(
            kind=fields.text("kind"),
            cost=fields.number("cost", above=0.0),
            time_sigma_s=fields.number_or_none("time_sigma_s", above=0.0) or 0.02,
            azimuth_sigma_deg=fields.number_or_none("azimuth_sigma_deg", above=0.0, most=180.0),
        )
        self._done(fields)
        return kind

    def _nation(self, fields: Fields) -> NationOffer:
        kinds = self._numbers(fields, "kinds", required=True)
        for name, count in kinds.items():
            if count != int(count):
                fields.fault("kinds", f"{name!r} is {count:g}", "give whole numbers of sensors")
        nation = NationOffer(
            provider=fields.text("provider"),
            kinds=tuple((name, int(count)) for name, count in sorted(kinds.items())),
            budget=fields.number_or_none("budget", above=0.0),
        )
        self._done(fields)
        return nation

    def _patrol(self, fields: Fields) -> PatrolOffer:
        patrol = PatrolOffer(
            provider=fields.text("provider"),
            base=self._pair(fields, "base", (0.0, 0.0)),
            speed_kmh=fields.number("speed_kmh", above=0.0, most=200.0),
            hours=fields.number("hours", above=0.0, most=240.0),
            stop_min=fields.number("stop_min", above=0.0, most=1440.0),
            hears_m=fields.number("hears_m", above=0.0, most=50_000.0),
            share=fields.number_or_none("share", above=0.0, most=1.0) or 0.4,
        )
        if abs(patrol.base[0]) > 180 or abs(patrol.base[1]) > 90:
            fields.fault("base", "the base is not in degrees", "give [longitude, latitude]")
        self._done(fields)
        return patrol

    def _sites(self) -> SiteRules:
        fields = self._table("sites")
        least, most = self._pair(fields, "from_line_m", (2_000.0, 12_000.0))
        if not 0 <= least < most:
            fields.fault("from_line_m", f"from_line_m is [{least:g}, {most:g}]", "give [least, most] in metres")
        rules = SiteRules(
            spacing_m=fields.number_or_none("spacing_m", least=100.0, most=1e5) or 2_000.0,
            from_line_m=(least, most),
            ground=fields.text_or_none("ground"),
            forbidden=fields.words("forbidden", required=False),
        )
        fields.note_unknown(SITES)
        self._done(fields)
        return rules

    def _pair(self, fields: Fields, field: str, default: tuple[float, float]) -> tuple[float, float]:
        value = fields.table.get(field)
        if value is None and field != "base":
            return default
        if (
            not isinstance(value, list)
            or len(value) != 2
            or not all(isinstance(one, int | float) and not isinstance(one, bool) for one in value)
        ):
            fields.fault(field, f"{field!r} is no pair of numbers", f"write {field} = [1, 2]")
            return default
        return float(value[0]), float(value[1])
