"""What observers write of weapons, read as type, calibre and name; and whether a weapon is what a text means.

An observer's word is taken as it stands: "assessed as 82mm mortar" is a mortar of 82 mm, "undetermined weapon" is
open. What is not said is open too, never guessed: a "mortar" may or may not be of 120 mm.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from truceline.model.agreement import Definition, NamedWeapon

Match: TypeAlias = Literal["yes", "no", "open"]

TANK, ARTILLERY, MORTAR, ROCKETS, MISSILES = "tank", "artillery", "mortar", "rocket_launcher", "tactical_missile"
ANTI_TANK_GUN, ANTI_TANK_MISSILE = "anti_tank_gun", "anti_tank_missile"
ANTI_AIR_GUN, ANTI_AIR_MISSILE = "anti_aircraft_gun", "anti_aircraft_missile"
ARMOURED, GRENADES, MACHINE_GUN = "armoured_vehicle", "grenade_launcher", "machine_gun"
SMALL_ARMS, PERSONNEL, JAMMER, UAV = "small_arms", "personnel", "jammer", "uav"

WEAPON_TYPES: tuple[str, ...] = (
    TANK, ARTILLERY, MORTAR, ROCKETS, MISSILES, ANTI_TANK_GUN, ANTI_TANK_MISSILE, ANTI_AIR_GUN, ANTI_AIR_MISSILE,
    ARMOURED, GRENADES, MACHINE_GUN, SMALL_ARMS, PERSONNEL, JAMMER, UAV,
)  # fmt: skip

# Weapons that reports of the field name: (name, type, calibre in mm, other spellings). Makers' published calibres.
KNOWN: tuple[NamedWeapon, ...] = tuple(
    NamedWeapon(name=name, type_=type_, calibre_mm=calibre, also=also)
    for name, type_, calibre, also in (
        ("T-55", TANK, 100.0, ()),
        ("T-62", TANK, 115.0, ()),
        ("T-64", TANK, 125.0, ()),
        ("T-72", TANK, 125.0, ()),
        ("T-80", TANK, 125.0, ()),
        ("T-90", TANK, 125.0, ()),
        ("Leopard 2", TANK, 120.0, ()),
        ("D-20", ARTILLERY, 152.0, ()),
        ("D-30", ARTILLERY, 122.0, ()),
        ("D-44", ANTI_TANK_GUN, 85.0, ()),
        ("2A36", ARTILLERY, 152.0, ("Giatsint-B",)),
        ("2A65", ARTILLERY, 152.0, ("Msta-B",)),
        ("2S1", ARTILLERY, 122.0, ("Gvozdika",)),
        ("2S3", ARTILLERY, 152.0, ("Akatsiya",)),
        ("2S5", ARTILLERY, 152.0, ("Giatsint-S",)),
        ("2S7", ARTILLERY, 203.0, ("Pion",)),
        ("2S9", MORTAR, 120.0, ("Nona",)),
        ("2S19", ARTILLERY, 152.0, ("Msta-S",)),
        ("M777", ARTILLERY, 155.0, ()),
        ("Caesar", ARTILLERY, 155.0, ()),
        ("MT-12", ANTI_TANK_GUN, 100.0, ("Rapira",)),
        ("Grad", ROCKETS, 122.0, ("BM-21",)),
        ("Tornado-G", ROCKETS, 122.0, ()),
        ("Uragan", ROCKETS, 220.0, ("BM-27", "9P140")),
        ("Smerch", ROCKETS, 300.0, ("BM-30", "9A52")),
        ("Tornado-S", ROCKETS, 300.0, ()),
        ("HIMARS", ROCKETS, 227.0, ("M142",)),
        ("Tochka", MISSILES, 650.0, ("Tochka-U", "OTR-21")),
        ("Iskander", MISSILES, 920.0, ("9K720",)),
        ("ATACMS", MISSILES, 610.0, ()),
        ("ZU-23", ANTI_AIR_GUN, 23.0, ()),
        ("ZSU-23-4", ANTI_AIR_GUN, 23.0, ("Shilka",)),
        ("Strela-10", ANTI_AIR_MISSILE, None, ("9K35",)),
        ("Osa", ANTI_AIR_MISSILE, None, ("9K33",)),
        ("Buk", ANTI_AIR_MISSILE, None, ("9K37",)),
        ("S-300", ANTI_AIR_MISSILE, None, ()),
        ("BMP-1", ARMOURED, 73.0, ()),
        ("BMP-2", ARMOURED, 30.0, ()),
        ("BTR-70", ARMOURED, 14.5, ()),
        ("BTR-80", ARMOURED, 14.5, ()),
        ("MT-LB", ARMOURED, None, ()),
        ("BRDM-2", ARMOURED, 14.5, ()),
        ("SPG-9", GRENADES, 73.0, ()),
        ("AGS-17", GRENADES, 30.0, ()),
    )
)
# Words for a type, the longest first where one holds another.
WORDS: tuple[tuple[str, str], ...] = (
    (r"multiple (?:launch )?rocket|rocket launcher|\bmlrs\b", ROCKETS),
    (r"surface-to-air|anti-?aircraft missile|air defen[cs]e system", ANTI_AIR_MISSILE),
    (r"anti-?aircraft gun", ANTI_AIR_GUN),
    (r"anti-?tank guided|anti-?tank missile|\batgm\b", ANTI_TANK_MISSILE),
    (r"anti-?tank gun", ANTI_TANK_GUN),
    (r"tactical missile|ballistic missile|missile system", MISSILES),
    (r"grenade launcher|recoilless", GRENADES),
    (r"heavy machine|machine[- ]gun|cannon", MACHINE_GUN),
    (r"small[- ]arms|rifle|sniper", SMALL_ARMS),
    (r"howitzer|artillery|self-propelled gun|field gun", ARTILLERY),
    (r"mortar", MORTAR),
    (r"armou?red|infantry fighting|\bifv\b|\bapc\b", ARMOURED),
    (r"(?<!anti-)\btanks?\b", TANK),
    (r"electronic warfare|jammer|jamming", JAMMER),
    (r"soldier|infantry|personnel|troops|fighter|armed (?:men|persons?|people)", PERSONNEL),
    (r"\buavs?\b|\bdrones?\b|unmanned", UAV),
)
_CALIBRE = re.compile(r"(\d+(?:[.,]\d+)?)\s*-?\s*mm\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Weapon:
    """A weapon as an observer wrote it. None: not said."""

    said: str
    type_: str | None = None
    calibre_mm: float | None = None
    name: str | None = None


@lru_cache(maxsize=4096)
def weapon(said: str, named: tuple[NamedWeapon, ...] = ()) -> Weapon:
    """An observer's words as a weapon. `named`: those of the agreement, before those that are known."""
    text = said.strip()
    known = _named(text, named + KNOWN)
    sizes = {float(size.replace(",", ".")) for size in _CALIBRE.findall(text)}
    size = sizes.pop() if len(sizes) == 1 else known.calibre_mm if known and not sizes else None
    type_ = next((type_ for pattern, type_ in WORDS if re.search(pattern, text, re.IGNORECASE)), None)
    if known is not None:
        type_ = known.type_
    return Weapon(text, type_, size, known.name if known else None)


def named_by(definitions: Sequence[Definition], said: str) -> Weapon:
    """An observer's words as a weapon, the names that these definitions know included."""
    return weapon(said, tuple(one for definition in definitions for one in definition.named))


def by_name(named: Iterable[NamedWeapon]) -> dict[str, NamedWeapon]:
    """The weapons that a definition may name: those of the agreement before those that are known."""
    return {one.name: one for one in (*KNOWN, *named)}


def matches(definitions: Sequence[Definition], what: Weapon) -> Match:
    """Whether a weapon is what any of these definitions mean."""
    found = [_match(definition, what) for definition in definitions]
    return "yes" if "yes" in found else "open" if "open" in found else "no"


def _match(definition: Definition, what: Weapon) -> Match:
    """By its name, or by its type and calibre, whichever says more."""
    typed = bool(definition.types or definition.calibre_least_mm or definition.calibre_below_mm)
    found = [_by_type(definition, what)] if typed else []
    if definition.named:
        found.append(_by_name(definition, what))
    return "yes" if "yes" in found else "open" if "open" in found else "no"


def _by_type(definition: Definition, what: Weapon) -> Match:
    if definition.types and what.type_ is not None and what.type_ not in definition.types:
        return "no"
    least, below = definition.calibre_least_mm, definition.calibre_below_mm
    size = what.calibre_mm
    if size is not None and ((least is not None and size < least) or (below is not None and size >= below)):
        return "no"
    typed = not definition.types or what.type_ is not None
    sized = (least is None and below is None) or size is not None
    return "yes" if typed and sized else "open"


def _by_name(definition: Definition, what: Weapon) -> Match:
    """A weapon without a name may be one of those named if its type and calibre, as far as said, are theirs."""
    if what.name is not None:
        return "yes" if any(what.name == one.name for one in definition.named) else "no"
    fits = any(
        (what.type_ is None or what.type_ == one.type_)
        and (what.calibre_mm is None or one.calibre_mm is None or what.calibre_mm == one.calibre_mm)
        for one in definition.named
    )
    return "open" if fits else "no"


def _named(text: str, known: Sequence[NamedWeapon]) -> NamedWeapon | None:
    """The weapon whose longest spelling stands in a text as a word of its own."""
    best: tuple[int, NamedWeapon] | None = None
    for one in known:
        for spelling in (one.name, *one.also):
            mark = r"(?:[A-Za-z]{1,3}\d?)?" if spelling[-1].isdigit() else ""  # T-64BV is a T-64
            pattern = rf"(?<![\w-]){re.escape(spelling)}{mark}(?!\w|-\d)"
            if re.search(pattern, text, re.IGNORECASE) and (best is None or len(spelling) > best[0]):
                best = len(spelling), one
    return best[1] if best else None
