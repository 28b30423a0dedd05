"""The register of weapons: what inspections and sightings say of those that an agreement has withdrawn.

The statuses are the field's: in violation of withdrawal lines; beyond the lines but outside designated storage; could
not be verified as withdrawn; verified in situ; missing, again missing; access denied; abandoned. A status is what was
seen, by place alone: whose a weapon was is another question, so a sighting has an entry for each party whose weapon it
may not be there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from truceline.model.agreement import Definition, Where
from truceline.model.instant import Instant
from truceline.model.observation import InspectedItem, Inspection
from truceline.terms.matter import Matter, Sighting
from truceline.terms.prepare import Clause, Prepared
from truceline.terms.stores import abandoned, partial, refused
from truceline.terms.weapons import matches, named_by

WeaponStatus: TypeAlias = Literal[
    "in_violation", "outside_storage", "not_verified", "verified", "missing", "again_missing", "access_denied",
    "abandoned",
]  # fmt: skip
KIND = "withdrawal"  # the kind of provision that it keeps account of
SURE = 0.95  # a sighting is there, or is not, from such a probability on


@dataclass(frozen=True, slots=True)
class WeaponEntry:
    """One line: what, how many (None: uncountable, or nobody could count), where, and what is said of it.

    `party`: whose store it is, or whose weapon may not be there; `site`: the store (empty: none).
    """

    id: str
    provision: str
    party: str
    status: WeaponStatus
    weapon: str
    number: tuple[int, int] | None
    site: str
    time_us: Instant


def weapons_register(prepared: Prepared) -> tuple[WeaponEntry, ...]:
    """Every inspection and sighting before every withdrawal in force then, in order of time, id and provision."""
    matters = [matter for some in prepared.matters.values() for matter in some]
    found: list[WeaponEntry] = []
    for clause in prepared.clauses:
        if clause.kind.name == KIND:
            found += _inspected(clause, matters)
            found += _sighted(prepared, clause, matters)
    return tuple(sorted(found, key=lambda one: (one.time_us, one.id, one.provision, one.party, one.weapon, one.status)))


def _inspected(clause: Clause, matters: Sequence[Matter]) -> Iterator[WeaponEntry]:
    """Counts of stores, in order of time: what was missing the last time is missing again."""
    owners = dict(_stores(clause))
    missing: set[tuple[str, str]] = set()
    for matter in matters:
        about = matter.about
        party = owners.get(about.site, "") if isinstance(about, Inspection) else ""
        if not isinstance(about, Inspection) or party not in clause.footing or not _in_force(clause, party, matter):
            continue
        if refused(about.access) or abandoned(about.access):
            status: WeaponStatus = "access_denied" if refused(about.access) else "abandoned"
            yield _entry(clause, party, matter, status, "", None, about.site)
            continue
        for item in about.items:
            if matches(_meant(clause), named_by(_meant(clause), item.kind)) != "no":
                yield from _counted(clause, party, matter, about, item, missing)


def _counted(
    clause: Clause, party: str, matter: Matter, about: Inspection, item: InspectedItem, missing: set[tuple[str, str]]
) -> Iterator[WeaponEntry]:
    """What of one kind of weapon is there, and what is not."""
    key, gone = (about.site, item.kind), item.expected - item.found
    there = min(item.found, item.expected)
    if there:
        yield _entry(clause, party, matter, "verified", item.kind, (there, there), about.site)
    if gone > 0 and partial(about.access):
        yield _entry(clause, party, matter, "not_verified", item.kind, (gone, gone), about.site)
    elif gone > 0:
        status: WeaponStatus = "again_missing" if key in missing else "missing"
        missing.add(key)
        yield _entry(clause, party, matter, status, item.kind, (gone, gone), about.site)
    else:
        missing.discard(key)


def _sighted(prepared: Prepared, clause: Clause, matters: Sequence[Matter]) -> Iterator[WeaponEntry]:
    """Weapons seen: within the lines, or beyond them and in no store."""
    stores = tuple(site for site, _ in _stores(clause))
    stored = prepared.ground.inside(Where(stores)) if stores else None
    for matter in matters:
        about = matter.about
        if not isinstance(about, Sighting) or matches(_meant(clause), about.weapon) != "yes":
            continue
        for party, footing in clause.footing.items():
            inside = 1.0 if footing.inside is None else footing.inside[matter.row]
            if not _in_force(clause, party, matter) or 1 - SURE < inside < SURE or inside < 0.0:
                continue
            if inside >= SURE:
                yield _entry(clause, party, matter, "in_violation", about.weapon.said, about.count, "")
            elif stored is not None and stored[matter.row] <= 1 - SURE:
                yield _entry(clause, party, matter, "outside_storage", about.weapon.said, about.count, "")


def _entry(
    clause: Clause,
    party: str,
    matter: Matter,
    status: WeaponStatus,
    said: str,
    number: tuple[int, int] | None,
    site: str,
) -> WeaponEntry:
    return WeaponEntry(matter.id, clause.provision.id, party, status, said, number, site, matter.time_us)


def _in_force(clause: Clause, party: str, matter: Matter) -> bool:
    return clause.footing[party].force.at(matter)[0] >= SURE


def _stores(clause: Clause) -> tuple[tuple[str, str], ...]:
    stores: tuple[tuple[str, str], ...] = getattr(clause.provision.rule, "stored_at", ())
    return stores


def _meant(clause: Clause) -> tuple[Definition, ...]:
    weapons: tuple[Definition, ...] = getattr(clause.provision.rule, "weapons", ())
    return weapons
