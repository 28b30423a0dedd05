"""Provisions that do not go together: found before anything happens, and named. None of them stops a run.

What one provision wants or allows where another forbids it; exceptions that except from nothing; two numbers for the
same thing; rules that never bind; a mandate at odds with itself; readings that no ruling has settled.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from truceline.formats.toml_document import TomlDocument
from truceline.geo.frame import Frame
from truceline.geo.zone import meet
from truceline.model.agreement import PUBLIC, Actor, Agreement, Area, Definition, Provision, Where
from truceline.model.problem import Place, Problem
from truceline.terms.contract import Grant, Kind
from truceline.terms.force import in_force
from truceline.terms.ground import frame_of
from truceline.terms.reading.keys import MANDATE, PROVISION
from truceline.terms.weapons import KNOWN, Weapon, matches
from truceline.terms.words import moment

SEPARATELY = "if both are meant, say in the text which one yields"


def conflicts(agreement: Agreement, document: TomlDocument, kinds: Mapping[str, Kind]) -> tuple[Problem, ...]:
    """Every conflict of an agreement that was read from this document, in the order of its lines."""
    search = _Search(agreement, document, kinds)
    return tuple(sorted({*search.never(), *search.idle(), *search.forbidden(), *search.doubled(), *search.mandate(),
                         *search.unruled()}))  # fmt: skip


class _Search:
    def __init__(self, agreement: Agreement, document: TomlDocument, kinds: Mapping[str, Kind]) -> None:
        self.agreement = agreement
        self.document = document
        self.kinds = kinds
        self.areas: Mapping[str, Area] = {area.id: area for area in agreement.areas}
        self.frame: Frame = frame_of(self.areas, [], [])
        tables = document.table.get(PROVISION.name, [])
        ids = [table.get("id") for table in tables] if isinstance(tables, list) else []
        self.rows = {id_: row for row, id_ in enumerate(ids)}

    def never(self) -> Iterator[Problem]:
        """Provisions that bind a party at no time."""
        for provision in self.agreement.provisions:
            for party in provision.binds:
                if not in_force(self.agreement, provision, party).spans:
                    what = (
                        f"{provision.id} never binds {party}: its dates, the agreement's and suspensions leave no time"
                    )
                    yield self._problem(provision, what, "mend the dates")

    def idle(self) -> Iterator[Problem]:
        """Exceptions that except from nothing."""
        for exception in self.agreement.provisions:
            if self.kinds[exception.kind].mode != "excepts":
                continue
            if not any(self._lifts(exception, other) for other in self.agreement.provisions):
                what = f"{exception.id} excepts from nothing: no provision forbids such acts to the same parties then"
                yield self._problem(exception, what, "mend 'exempts', 'binds' or the dates")

    def _lifts(self, exception: Provision, other: Provision) -> bool:
        kind = self.kinds[other.kind]
        named: tuple[str, ...] = getattr(exception.rule, "exempts", ())
        alike = bool(self.kinds[exception.kind].classes(exception) & kind.classes(other))
        speaks = alike and (not named or other.name in named)
        common = [party for party in exception.binds if party in other.binds]
        return kind.mode == "forbids" and speaks and any(self._together(exception, other, party) for party in common)

    def forbidden(self) -> Iterator[Problem]:
        """What one provision wants or allows, and another forbids."""
        for provision in self.agreement.provisions:
            for grant in self.kinds[provision.kind].grants(provision):
                for actor in self._whom(grant):
                    yield from self._against(provision, grant, actor)

    def _against(self, provision: Provision, grant: Grant, actor: str) -> Iterator[Problem]:
        """Provisions that forbid an actor what another grants him."""
        role = self._role(actor)
        for other in self.agreement.provisions:
            kind = self.kinds[other.kind]
            if kind.mode != "forbids" or actor not in other.binds or role in other.exempt_roles:
                continue
            where = kind.places(other, actor)
            meets = where is not None and bool(where.areas) and meet(self.frame, self.areas, Where(grant.areas), where)
            weapons: tuple[Definition, ...] = getattr(other.rule, "weapons", ())
            if (
                meets
                and grant.classes & kind.classes(other)
                and _overlap(grant.weapons, weapons)
                and self._together(provision, other, actor, grant.party)
            ):
                place = ", ".join(grant.areas)
                what = f"{provision.id} ({provision.article}) {grant.words} in {place}"
                what += f", where {other.id} ({other.article}) forbids it to {actor}"
                yield self._problem(provision, what, f"move {place}, or exempt it; {SEPARATELY}")

    def doubled(self) -> Iterator[Problem]:
        """Two numbers, or two standards of proof, for the same thing."""
        for one, other in combinations(self.agreement.provisions, 2):
            common = [party for party in one.binds if party in other.binds]
            alike = one.kind == other.kind and one.name != other.name and _same_thing(one, other)
            if not alike or not any(self._together(one, other, party) for party in common):
                continue
            numbers = self.kinds[one.kind].number(one), self.kinds[other.kind].number(other)
            pair = f"{one.id} ({one.article}) and {other.id} ({other.article}) speak of the same"
            if numbers[0] != numbers[1] and numbers[0] and numbers[1]:
                what = f"{pair}: {numbers[0][1]:g} and {numbers[1][1]:g} {numbers[0][0]}"
                yield self._problem(other, what, f"both hold, and the stricter decides; {SEPARATELY}")
            elif one.attribution_threshold != other.attribution_threshold:
                what = f"{pair}, with standards of {one.attribution_threshold:g} and {other.attribution_threshold:g}"
                yield self._problem(other, what, "the stricter decides; say one")

    def mandate(self) -> Iterator[Problem]:
        """A mandate that allows what another part of it forbids."""
        may = self.agreement.may
        told = may("name", PUBLIC) and not may("publish", PUBLIC)
        pairs = (
            (may("name") and not may("attribute"), "name", "the mission may name, but not attribute"),
            (told, "name", "the mission may name to the public, but not publish"),
            (may("attribute") and not may("verify"), "attribute", "the mission may attribute, but not verify"),
        )
        if isinstance(self.document.table.get(MANDATE.name), dict):
            for wrong, act, what in pairs:
                if wrong:
                    remedy = "what is forbidden is computed into no edition: mend the one or other"
                    yield Problem(self.document.place(MANDATE.name, act), what, remedy, fatal=False)

    def unruled(self) -> Iterator[Problem]:
        """Divergences that no ruling has settled."""
        ruled = {ruling.on for ruling in self.agreement.rulings}
        for row, one in enumerate(self.agreement.divergences):
            if one.id not in ruled:
                place = self.document.place("divergence", row)
                what = f"no ruling settles {one.id}: {one.words}"
                yield Problem(place, what, f"findings under {one.provision} stay open where it matters", False)

    def _together(self, one: Provision, other: Provision, party: str, first: str = "") -> bool:
        """Whether two provisions bind (the first perhaps another party) at the same time."""
        a = in_force(self.agreement, one, first or (party if party in one.binds else one.binds[0])).spans
        b = in_force(self.agreement, other, party).spans
        return any(max(s, t) < min(e, u) for s, e in a for t, u in b)

    def _whom(self, grant: Grant) -> tuple[str, ...]:
        if grant.party:
            return (grant.party,)
        return tuple(actor.id for actor in self.agreement.actors if actor.role == grant.role)

    def _role(self, actor: str) -> str:
        found: Actor | None = self.agreement.actors_by_id.get(actor)
        return found.role if found else ""

    def _problem(self, provision: Provision, what: str, remedy: str) -> Problem:
        row = self.rows.get(provision.name)
        place = self.document.place(PROVISION.name, row) if row is not None else Place(self.document.file)
        when = f" (from {moment(provision.from_us)})" if provision.from_us is not None and "@" in provision.id else ""
        return Problem(place, what + when, remedy, fatal=False)


def _overlap(one: Sequence[Definition], other: Sequence[Definition]) -> bool:
    """Whether some weapon may be meant by both; none named: any weapon is."""
    if not one or not other or {definition.id for definition in one} & {definition.id for definition in other}:
        return True
    known = [*KNOWN, *(named for definition in (*one, *other) for named in definition.named)]
    seen = [Weapon(named.name, named.type_, named.calibre_mm, named.name) for named in known]
    return any(matches(one, weapon) == "yes" and matches(other, weapon) == "yes" for weapon in seen)


def _same_thing(one: Provision, other: Provision) -> bool:
    """Whether two provisions of a kind speak of the same weapons or classes in the same areas."""
    grounds = [provision.ground.areas if provision.ground else () for provision in (one, other)]
    things = [
        (
            tuple(definition.id for definition in getattr(provision.rule, "weapons", ())),
            getattr(provision.rule, "classes", None),
            getattr(provision.rule, "areas", None),
            getattr(provision.rule, "proof", None),
        )
        for provision in (one, other)
    ]
    return grounds[0] == grounds[1] and things[0] == things[1] and one.hours == other.hours
