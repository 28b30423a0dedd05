"""Everything that does not hang on who is asked about, computed once: dates, places, notices, who is bound."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from truceline.model.agreement import Agreement, Provision
from truceline.terms.contract import Classes, Kind, Matter, PlaceTest
from truceline.terms.facts import Facts
from truceline.terms.force import InForce, in_force
from truceline.terms.ground import SurveyedGround


@dataclass(frozen=True, eq=False)
class Clause:
    """One provision with its kind, what the kind prepared, and when and where it binds each party."""

    provision: Provision
    kind: Kind
    state: object
    classes: Classes
    force: Mapping[str, InForce]
    places: Mapping[str, PlaceTest | None]
    exceptions: tuple["Clause", ...] = ()


@dataclass(eq=False)
class Prepared:
    """An agreement and the facts, ready for questions."""

    agreement: Agreement
    matters: Mapping[str, Matter]
    ground: SurveyedGround
    clauses: tuple[Clause, ...]
    _concerning: dict[tuple[str, tuple[str, ...]], tuple[Clause, ...]] = field(default_factory=dict)

    def party_of(self, actor: str, clause: Clause) -> str | None:
        """The bound party whose conduct the actor's counts as; None if the clause does not bind the actor."""
        return actor if actor in clause.provision.binds else None

    def concerning(self, actor: str, matter: Matter) -> tuple[Clause, ...]:
        """Clauses that bind an actor and look at events of such classes."""
        key = actor, tuple([label[0] for label in matter.labels])
        found = self._concerning.get(key)
        if found is None:
            found = self._concerning[key] = tuple(
                clause
                for clause in self.clauses
                if self.party_of(actor, clause)
                and any(class_ in looked_at for looked_at in _looked_at(clause) for class_ in key[1])
            )
        return found


def prepare(agreement: Agreement, kinds: Mapping[str, Kind], facts: Facts) -> Prepared:
    """Make an agreement and facts ready. `kinds` by name must hold every kind the agreement uses."""
    events = sorted(facts.events, key=lambda event: (event.origin.time_us, event.id))
    matters = [
        Matter(event.id, event.origin.time_us, event.origin.time_sigma_s, event.labels, row, event)
        for row, event in enumerate(events)
    ]
    ground = SurveyedGround({area.id: area for area in agreement.areas}, matters)
    clauses = [_clause(agreement, provision, kinds, facts, matters, ground) for provision in agreement.provisions]
    exceptions = [clause for clause in clauses if clause.kind.mode == "excepts"]
    forbidding = tuple(
        Clause(**(vars(clause) | {"exceptions": tuple(e for e in exceptions if _excepts(e, clause))}))
        for clause in clauses
        if clause.kind.mode == "forbids"
    )
    return Prepared(agreement, {matter.id: matter for matter in matters}, ground, forbidding)


def _clause(
    agreement: Agreement,
    provision: Provision,
    kinds: Mapping[str, Kind],
    facts: Facts,
    matters: list[Matter],
    ground: SurveyedGround,
) -> Clause:
    kind = kinds[provision.kind]
    return Clause(
        provision=provision,
        kind=kind,
        state=kind.prepare(provision, facts, matters, ground),
        classes=kind.classes(provision),
        force={party: in_force(agreement, provision, party) for party in provision.binds},
        places={party: kind.places(provision, party) for party in provision.binds},
    )


def _excepts(exception: Clause, clause: Clause) -> bool:
    """Whether an exception speaks to a clause: by name, else by the classes that both look at."""
    named: tuple[str, ...] = getattr(exception.provision.rule, "exempts", ())
    if named:
        return clause.provision.id in named
    return bool(exception.classes & clause.classes)


def _looked_at(clause: Clause) -> tuple[Classes, ...]:
    return (clause.classes, *(exception.classes for exception in clause.exceptions))
