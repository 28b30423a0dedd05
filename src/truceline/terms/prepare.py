"""Everything that does not hang on who is asked about, computed once: dates, places, notices, who is bound."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from truceline.geo.gains import gains
from truceline.geo.held import prepare_maps
from truceline.geo.region import CHI2_90
from truceline.model.agreement import Actor, Agreement, Divergence, Provision, Ruling, Suspension, Where
from truceline.model.event import Ellipse
from truceline.model.instant import Instant
from truceline.terms.contract import Classes, Kind
from truceline.terms.facts import Facts
from truceline.terms.force import InForce, in_force
from truceline.terms.gather import gather
from truceline.terms.ground import SurveyedGround, frame_of
from truceline.terms.matter import ADVANCE, APART, Advance, Matter, Omission, Spot


@dataclass(frozen=True, eq=False)
class Footing:
    """When and where a clause binds one party. `inside`: probability by row to lie there (None: everywhere)."""

    force: InForce
    where: Where | None
    inside: Sequence[float] | None
    lifted: tuple[tuple[Suspension, Sequence[float]], ...]  # suspensions of an area, with the probability by row


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

    What lies where `near` is 0 (None: nowhere), or not between `from_us` and `until_us`, no reading of it concerns.
    """

    clause: Clause
    party: str
    via: Actor | None
    near: Sequence[float] | None
    from_us: Instant
    until_us: Instant


@dataclass(eq=False)
class Prepared:
    """An agreement and the facts, ready for questions. `matters`: by id; a track has one for each fix."""

    agreement: Agreement
    matters: Mapping[str, tuple[Matter, ...]]
    ground: SurveyedGround
    clauses: tuple[Clause, ...]
    exceptions: tuple[Clause, ...]
    _concerning: dict[tuple[str, bool, tuple[str, ...]], tuple[Bound, ...]] = field(default_factory=dict)
    _bound: dict[tuple[str, Clause], Bound | None] = field(default_factory=dict)

    @property
    def apart(self) -> tuple[str, ...]:
        """Ids of the matters that are no events, in order of time: sightings, restrictions, omissions and so on."""
        return tuple(id_ for id_, matters in self.matters.items() if matters[0].labels[0][0] in APART)

    def bound(self, actor: str, clause: Clause) -> Bound | None:
        """How a clause binds an actor: himself, or as one whose conduct counts as a bound party's."""
        key = actor, clause
        if key not in self._bound:
            self._bound[key] = self._bind(actor, clause)
        return self._bound[key]

    def _bind(self, actor: str, clause: Clause) -> Bound | None:
        if actor in clause.provision.binds:
            return _bound(clause, actor, None)
        via = self.agreement.actors_by_id.get(actor)
        if via is None or via.counts_as not in clause.provision.binds:
            return None
        if via.provisions and clause.provision.name not in via.provisions:
            return None
        return _bound(clause, via.counts_as, via)

    def concerning(self, actor: str, matter: Matter) -> tuple[Bound, ...]:
        """Clauses that bind an actor and look at matters of such classes."""
        key = actor, bool(matter.weapons), tuple([label[0] for label in matter.labels])
        found = self._concerning.get(key)
        if found is None:
            told = bool(matter.weapons) or matter.labels[0][0] in APART
            clauses = [clause for clause in self.clauses if told or not clause.kind.of_weapons]
            looking = [clause for clause in clauses if any(map(_looked_at(clause).__contains__, key[2]))]
            bound = [self.bound(actor, clause) for clause in looking]
            found = self._concerning[key] = tuple(one for one in bound if one is not None)
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

    def clause(self, provision: Provision) -> Clause:
        kind = self.kinds[provision.kind]
        divergences = [one for one in self.agreement.divergences if one.id in provision.divergences]
        return Clause(
            provision=provision,
            kind=kind,
            state=kind.prepare(provision, self.facts, self.matters, self.ground),
            classes=kind.classes(provision),
            footing={party: self._footing(kind, provision, party) for party in provision.binds},
            disputes=tuple(Dispute(one, self._rulings(one)) for one in divergences),
            readings={
                reading.divergences: None if reading.provision is None else self.clause(reading.provision)
                for reading in provision.readings
            },
        )

    def _footing(self, kind: Kind, provision: Provision, party: str) -> Footing:
        force, where = in_force(self.agreement, provision, party), kind.places(provision, party)
        lifted = tuple((one, self.ground.inside(Where((one.area,)))) for one in force.partly if one.area)
        return Footing(force, where, None if where is None else self.ground.inside(where), lifted)

    def _rulings(self, divergence: Divergence) -> tuple[Ruling, ...]:
        as_of = self.facts.as_of_us
        known = [one for one in self.agreement.rulings if one.on == divergence.id]
        known = [one for one in known if as_of is None or one.made_us <= as_of]
        return tuple(sorted(known, key=lambda one: (one.made_us, one.version, one.id)))


def _bound(clause: Clause, party: str, via: Actor | None) -> Bound:
    readings = [clause, *(one for one in clause.readings.values() if one is not None)]
    footings = [one.footing[party] for one in readings]
    inside = [one.inside for one in footings if one.inside is not None]
    near: Sequence[float] | None = None
    if len(inside) == len(footings) and not clause.kind.anywhere:
        # −1, nobody said where, is not 0 either.
        near = inside[0] if len(inside) == 1 else [max(some) or min(some) for some in zip(*inside, strict=True)]
    spans = [one.force.bounds for one in footings]
    return Bound(clause, party, via, near, min(start for start, _ in spans), max(end for _, end in spans))


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
