"""Everything that does not hang on who is asked about, computed once: dates, places, notices, who is bound."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import NamedTuple, TypeAlias

from truceline.geo.gains import gains
from truceline.geo.held import prepare_maps
from truceline.geo.region import CHI2_90
from truceline.model.agreement import Actor, Agreement, Divergence, Provision, Ruling, Suspension, Where
from truceline.model.event import Ellipse
from truceline.model.finding import Reason, Verdict
from truceline.model.instant import Instant
from truceline.terms.contract import Classes, Judgement, Kind
from truceline.terms.facts import Facts
from truceline.terms.force import InForce, in_force
from truceline.terms.gather import gather
from truceline.terms.ground import Inside, SurveyedGround, frame_of
from truceline.terms.matter import ADVANCE, APART, Advance, Matter, Omission, Spot


@dataclass(frozen=True, eq=False)
class Footing:
    """When and where a clause binds one party. `inside`: probability by row to lie there (None: everywhere)."""

    force: InForce
    where: Where | None
    inside: Inside | None
    lifted: tuple[tuple[Suspension, Inside], ...]  # suspensions of an area, with the probability by row


@dataclass(frozen=True, eq=False)
class Dispute:
    """A divergence of the text, and what of the register of interpretation is known on it, in order of its making."""

    divergence: Divergence
    rulings: tuple[Ruling, ...]

    def ruled(self, when_us: Instant) -> Ruling | None:
        """The ruling that governs conduct of an instant."""
        found = [one for one in self.rulings if one.from_us is None or one.from_us <= when_us]
        return found[-1] if found else None


@dataclass(frozen=True, eq=False)
class Clause:
    """One provision with its kind, what the kind prepared, and when and where it binds each party.

    `readings`: the clause as it reads if these divergences go against its text (None: that cannot be judged).
    """

    provision: Provision
    kind: Kind
    state: object
    classes: Classes
    footing: Mapping[str, Footing]
    exceptions: tuple["Clause", ...] = ()
    disputes: tuple[Dispute, ...] = ()
    readings: Mapping[tuple[str, ...], "Clause | None"] = field(default_factory=dict)

    def in_play(self, when_us: Instant) -> tuple[list["Clause | None"], list[Ruling]]:
        """The readings that conduct of an instant may be judged by, and the rulings that narrow them."""
        rulings = [dispute.ruled(when_us) for dispute in self.disputes]
        choices = [(False, True) if ruling is None else (ruling.reading,) for ruling in rulings]
        found: list[Clause | None] = []
        for chosen in product(*choices):
            against = tuple(one.divergence.id for one, other in zip(self.disputes, chosen, strict=True) if other)
            found.append(self.readings[against] if against else self)
        return found, [ruling for ruling in rulings if ruling is not None]


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A clause that binds an actor, as the conduct of `party`; `via`: the actor whose conduct counts as the party's.

    `alike`: it says the same of a matter whichever party did it, exceptions apart. `voices`: what may speak for an
    exception, with what to ask it.
    """

    clause: Clause
    party: str
    via: Actor | None
    footing: Footing
    alike: bool
    voices: tuple[tuple[Callable[[object, str, Matter], bool], object, str], ...] = ()


class Touch(NamedTuple):
    """What a clause says of one matter of the act."""

    matter: Matter
    clause: Clause
    verdict: Verdict
    low: float
    high: float
    factors: tuple[Judgement, ...]
    reasons: tuple[Reason, ...]
    decided_by: str


Near: TypeAlias = tuple[Sequence[float] | None, Instant, Instant, Bound]
Said: TypeAlias = dict[tuple[Clause, int, Footing], Touch | None]  # by clause, row and footing


@dataclass(eq=False)
class Prepared:
    """An agreement and the facts, ready for questions. `matters`: by id; a track has one for each fix."""

    agreement: Agreement
    matters: Mapping[str, tuple[Matter, ...]]
    ground: SurveyedGround
    clauses: tuple[Clause, ...]
    exceptions: tuple[Clause, ...]
    _concerning: dict[tuple[str, bool, tuple[str, ...]], tuple[Near, ...]] = field(default_factory=dict)
    _bound: dict[tuple[str, Clause], Bound | None] = field(default_factory=dict)
    _said: tuple[tuple[str, ...], Said] = ((), {})  # of the act that was asked about last

    @property
    def apart(self) -> tuple[str, ...]:
        """Ids of the matters that are no events, in order of time: sightings, restrictions, omissions and so on."""
        return tuple(id_ for id_, matters in self.matters.items() if matters[0].labels[0][0] in APART)

    def said_of(self, events: tuple[str, ...]) -> Said:
        """What was said of an act already, of another party: forgotten when another act is asked about."""
        if self._said[0] != events:
            self._said = events, {}
        return self._said[1]

    def bound(self, actor: str, clause: Clause) -> Bound | None:
        """How a clause binds an actor: himself, or as one whose conduct counts as a bound party's."""
        key = actor, clause
        if key not in self._bound:
            self._bound[key] = self._bind(actor, clause)
        return self._bound[key]

    def _bind(self, actor: str, clause: Clause) -> Bound | None:
        if actor in clause.provision.binds:
            return self._as(clause, actor, actor, None)
        via = self.agreement.actors_by_id.get(actor)
        if via is None or via.counts_as not in clause.provision.binds:
            return None
        if via.provisions and clause.provision.name not in via.provisions:
            return None
        return self._as(clause, actor, via.counts_as, via)

    def _as(self, clause: Clause, actor: str, party: str, via: Actor | None) -> Bound:
        exceptions = [bound for one in clause.exceptions if (bound := self.bound(actor, one)) is not None]
        voices = [
            (one.kind.speaks, one.state, bound.party)
            for bound in exceptions
            for one in (bound.clause, *bound.clause.readings.values())
            if one is not None
        ]
        alike = via is None and not clause.disputes and not clause.provision.exempt_roles
        return Bound(clause, party, via, clause.footing[party], alike, tuple(voices))

    def concerning(self, actor: str, matter: Matter) -> tuple[Near, ...]:
        """Clauses that bind an actor and look at matters of such classes.

        Each with where no reading of it concerns a row (0; None: nowhere), and its first and last instant.
        """
        key = actor, bool(matter.weapons), tuple([label[0] for label in matter.labels])
        found = self._concerning.get(key)
        if found is None:
            told = bool(matter.weapons) or matter.labels[0][0] in APART
            clauses = [clause for clause in self.clauses if told or not clause.kind.of_weapons]
            looking = [clause for clause in clauses if any(map(_looked_at(clause).__contains__, key[2]))]
            bound = [self.bound(actor, clause) for clause in looking]
            found = self._concerning[key] = tuple(_near(one) for one in bound if one is not None)
        return found


def prepare(agreement: Agreement, kinds: Mapping[str, Kind], facts: Facts) -> Prepared:
    """Make an agreement and facts ready. `kinds` by name must hold every kind the agreement uses."""
    facts = facts.known()
    versions = [one for provision in agreement.provisions for one in _all_readings(provision)]
    looked_at = frozenset().union(*(kinds[one.kind].classes(one) for one in versions))
    drawn = _advances(agreement, facts) if ADVANCE in looked_at and facts.maps else []
    matters = gather(agreement, facts, looked_at, drawn, _omissions(agreement, versions, kinds, facts))
    ground = SurveyedGround(agreement, matters)
    maker = _Maker(agreement, kinds, facts, matters, ground)
    clauses = [maker.clause(provision) for provision in agreement.provisions]
    exceptions = tuple(clause for clause in clauses if clause.kind.mode == "excepts")
    forbidding = tuple(_with(clause, exceptions) for clause in clauses if clause.kind.mode == "forbids")
    return Prepared(agreement, _by_id(matters), ground, forbidding, exceptions)


def _by_id(matters: Sequence[Matter]) -> dict[str, tuple[Matter, ...]]:
    """Matters by id, in order of time: one each, but for tracks."""
    found: dict[str, tuple[Matter, ...]] = {}
    more: dict[str, list[Matter]] = {}
    for matter in matters:
        if found.setdefault(matter.id, (matter,))[0] is not matter:
            more.setdefault(matter.id, []).append(matter)
    for id_, further in more.items():
        found[id_] += tuple(further)
    return found


@dataclass(frozen=True)
class _Maker:
    """What clauses are made of."""

    agreement: Agreement
    kinds: Mapping[str, Kind]
    facts: Facts
    matters: list[Matter]
    ground: SurveyedGround
    footings: dict[tuple[InForce, Where | None], Footing] = field(default_factory=dict)

    def clause(self, provision: Provision) -> Clause:
        kind = self.kinds[provision.kind]
        footing = {party: self._footing(kind, provision, party) for party in provision.binds}
        divergences = [one for one in self.agreement.divergences if one.id in provision.divergences]
        return Clause(
            provision=provision,
            kind=kind,
            state=kind.prepare(provision, self.facts, self.matters, self.ground),
            classes=kind.classes(provision),
            footing=footing,
            disputes=tuple(Dispute(one, self._rulings(one)) for one in divergences),
            readings={
                reading.divergences: None if reading.provision is None else self.clause(reading.provision)
                for reading in provision.readings
            },
        )

    def _footing(self, kind: Kind, provision: Provision, party: str) -> Footing:
        force, where = in_force(self.agreement, provision, party), kind.places(provision, party)
        key = force, where
        if key not in self.footings:
            lifted = tuple((one, self.ground.inside(Where((one.area,)))) for one in force.partly if one.area)
            self.footings[key] = Footing(force, where, None if where is None else self.ground.inside(where), lifted)
        if where is not None:
            self.ground.inside(where).want(self._rows(kind.classes(provision), kind.of_weapons))
        return self.footings[key]

    def _rows(self, classes: Classes, of_weapons: bool) -> list[int]:
        """Rows of matters of some classes, of weapons only if those alone are looked at."""
        rows = set().union(*(self.by_class.get(class_, ()) for class_ in classes))
        if of_weapons:
            rows = {row for row in rows if self.matters[row].weapons or self.matters[row].labels[0][0] in APART}
        return sorted(rows)

    @cached_property
    def by_class(self) -> Mapping[str, list[int]]:
        """Rows of the matters that may be of a class."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for matter in self.matters:
            for class_, _ in matter.labels:
                found[class_].append(matter.row)
        return found

    def _rulings(self, divergence: Divergence) -> tuple[Ruling, ...]:
        as_of = self.facts.as_of_us
        known = [one for one in self.agreement.rulings if one.on == divergence.id]
        known = [one for one in known if as_of is None or one.made_us <= as_of]
        return tuple(sorted(known, key=lambda one: (one.made_us, one.version, one.id)))


def _near(bound: Bound) -> Near:
    """Where and when some reading of a clause may concern a matter."""
    clause = bound.clause
    footings = [one.footing[bound.party] for one in (clause, *clause.readings.values()) if one is not None]
    inside = [one.inside for one in footings if one.inside is not None]
    near: Sequence[float] | None = None
    if len(inside) == len(footings) and not clause.kind.anywhere:
        # What is negative nobody said, or nobody asked for: it is not 0 either.
        known = [one.known for one in inside]
        near = known[0] if len(known) == 1 else [max(some) or min(some) for some in zip(*known, strict=True)]
    spans = [one.force.bounds for one in footings]
    return near, min(start for start, _ in spans), max(end for _, end in spans), bound


def _with(clause: Clause, exceptions: Sequence[Clause]) -> Clause:
    """A clause, and its readings, with the exceptions that speak to it."""
    mine = tuple(exception for exception in exceptions if _excepts(exception, clause))
    readings = {key: None if one is None else _with(one, exceptions) for key, one in clause.readings.items()}
    return Clause(**(vars(clause) | {"exceptions": mine, "readings": readings}))


def _excepts(exception: Clause, clause: Clause) -> bool:
    """Whether an exception speaks to a clause: by name, else by the classes that both look at."""
    named: tuple[str, ...] = getattr(exception.provision.rule, "exempts", ())
    if named:
        return clause.provision.name in named
    return bool(exception.classes & clause.classes)


def _looked_at(clause: Clause) -> Classes:
    readings = [one.classes for one in clause.readings.values() if one is not None]
    return clause.classes.union(*readings, *(exception.classes for exception in clause.exceptions))


def _all_readings(provision: Provision) -> list[Provision]:
    return [provision, *(one.provision for one in provision.readings if one.provision is not None)]


def _omissions(
    agreement: Agreement, versions: Sequence[Provision], kinds: Mapping[str, Kind], facts: Facts
) -> list[Omission]:
    """Duties of all provisions whose day has come; readings that agree on the day share its omission."""
    found: dict[tuple[str, str, Instant], Omission] = {}
    for provision in versions:
        for party in provision.binds:
            spans = in_force(agreement, provision, party).since
            for one in kinds[provision.kind].omissions(provision, facts, spans[0]) if spans else ():
                if one.party == party:
                    found.setdefault((one.provision, party, one.due_us), one)
    return [found[key] for key in sorted(found)]


def _advances(agreement: Agreement, facts: Facts) -> list[tuple[Advance, Instant, Spot]]:
    """Ground newly held by a party, as the maps show it."""
    corners = [p for one in facts.maps for area in one.areas for polygon in area.polygons for p in polygon[0]]
    frame = frame_of({area.id: area for area in agreement.areas}, [x for x, _ in corners], [y for _, y in corners])
    found = []
    for one in gains(prepare_maps(facts.maps, frame), frame):
        reach = one.sigma_m * CHI2_90**0.5
        spot = Spot(one.lon, one.lat, Ellipse(reach, reach, 0.0))
        found.append((Advance(one.mapper, one.party, one.width_m, one.low, one.high), one.when_us, spot))
    return found
