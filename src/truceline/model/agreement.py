"""The agreement as data: who is bound to what, where and when. What a kind of provision means is in `terms`."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from truceline.model.ground import Polygon
from truceline.model.instant import Instant, Span

Robustness: TypeAlias = Literal["R0", "R1", "R2"]
ROBUSTNESS: tuple[Robustness, ...] = ("R0", "R1", "R2")
DEFAULT_THRESHOLD = 0.95
DEFAULT_ROBUSTNESS: Robustness = "R1"

Disclosure: TypeAlias = Literal["public", "parties", "commission", "mission"]
DISCLOSURE: tuple[Disclosure, ...] = ("public", "parties", "commission", "mission")  # from wide to narrow

MANDATE_ACTS: tuple[str, ...] = ("observe", "verify", "attribute", "name", "publish", "warn_civilians")
PUBLIC = "public"  # whom a mandate may let the mission tell, besides parties and actors

ROLES: tuple[str, ...] = (
    "force", "proxy", "police", "monitor", "humanitarian", "commission", "civil_authority",
)  # fmt: skip

AREA_KINDS: tuple[str, ...] = (
    "line", "withdrawal_line", "disengagement_area", "buffer_zone", "security_zone", "zone", "corridor",
    "crossing_point", "settlement", "school", "kindergarten", "hospital", "public_building", "place_of_worship",
    "power_station", "water_works", "dam", "storage", "training_ground", "hub", "base", "port", "sea_zone", "airspace",
)  # fmt: skip

Side: TypeAlias = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Area:
    """A named line, zone or point of the agreement. Exactly one of `line`, `polygons`, `point` is given.

    `sigma_m`: how far the edge as a whole may be off. `radius_m`: of a point. `kind`: what it is (settlement, school,
    hospital, storage, …). `names`: (language, name) as the annex spells it. `party`: whose site it is.
    """

    id: str
    polygons: tuple[Polygon, ...] = ()
    line: tuple[tuple[float, float], ...] = ()
    point: tuple[float, float] | None = None
    radius_m: float = 0.0
    sigma_m: float = 0.0
    kind: str = ""
    names: tuple[tuple[str, str], ...] = ()
    party: str = ""

    def named(self, language: str) -> str:
        """Its name in a language, as the annex spells it; its id where the annex has none."""
        return dict(self.names).get(language, self.id)


@dataclass(frozen=True, slots=True)
class Where:
    """Ground that a rule speaks of: inside any of `areas`, or within a distance of one; without areas, everywhere.

    `side`: only this side of a line, as one walks it from its first position to its last. `outside`: less the inside
    of these.
    """

    areas: tuple[str, ...] = ()
    within_m: float = 0.0
    side: Side | None = None
    outside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """Time in which the agreement does not bind (a party, in an area, some provisions; empty: all, everywhere)."""

    from_us: Instant
    until_us: Instant | None = None
    party: str | None = None
    area: str | None = None
    provisions: tuple[str, ...] = ()
    article: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Someone besides the parties whom the text speaks of: a force, monitors, a proxy.

    `counts_as`: the party whose conduct this one's is, by `article`; for the named provisions only, if any are named.
    """

    id: str
    name: str
    role: str
    article: str = ""
    text: str = ""
    counts_as: str | None = None
    provisions: tuple[str, ...] = ()
    from_us: Instant | None = None
    until_us: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedWeapon:
    """A weapon that goes by a name: its type, calibre and other spellings."""

    name: str
    type_: str
    calibre_mm: float | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What the text means by a word: weapons, objects or conduct.

    Weapons: any of the types (empty: any) and within the calibres, or of these names. Objects: kinds of area.
    Conduct: classes of matters, and where they are meant, by party.
    """

    id: str
    article: str
    text: str
    types: tuple[str, ...] = ()
    named: tuple[NamedWeapon, ...] = ()
    calibre_least_mm: float | None = None
    calibre_below_mm: float | None = None
    objects: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    where: tuple[tuple[str, Where], ...] = ()

    @property
    def of_weapons(self) -> bool:
        return bool(self.types or self.named or self.calibre_least_mm or self.calibre_below_mm)

    def where_of(self, party: str) -> Where | None:
        """Where the conduct is meant if this party does it; None: everywhere."""
        return dict(self.where).get(party)


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """Authentic texts of a provision that differ, or words that the parties read differently."""

    id: str
    provision: str
    words: str
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """An entry of the register of interpretation. It is known from `made_us` and tells of conduct from `from_us` on.

    `reading`: whether the divergent reading holds; else the text as it stands does. A later ruling on the same
    divergence takes the place of an earlier one, which stays in the register.
    """

    id: str
    on: str
    made_us: Instant
    by: str
    words: str
    reading: bool
    version: int = 1
    from_us: Instant | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How a provision reads if these divergences go against its text; None: it cannot be written as data."""

    divergences: tuple[str, ...]
    provision: "Provision | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """One rule of the agreement as it binds some parties at some time. `rule` is the frozen record of its own kind.

    An amended provision has a version for each amendment: `base` is the id that the text gives it, `id` names the
    version ("P1", then "P1@M1"). Versions that differ by party share their id. `texts`: (language, authentic words).
    """

    id: str
    article: str
    text: str
    kind: str
    binds: tuple[str, ...]
    rule: object
    area: str | None = None
    where: Where | None = None  # None: inside `area`, or everywhere
    from_us: Instant | None = None
    until_us: Instant | None = None
    attribution_threshold: float = DEFAULT_THRESHOLD
    attribution_robustness: Robustness = DEFAULT_ROBUSTNESS
    base: str = ""
    hours: tuple[int, int] | None = None  # minutes of the local day, from–until; over midnight if from is later
    exempt_roles: tuple[str, ...] = ()
    disclosure: Disclosure = "public"
    texts: tuple[tuple[str, str], ...] = ()
    divergences: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()

    @property
    def name(self) -> str:
        """The id that the text gives it, whatever the version."""
        return self.base or self.id

    @property
    def ground(self) -> Where | None:
        """Where it applies; None: everywhere."""
        if self.where is not None:
            return self.where
        return Where((self.area,)) if self.area else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What the parties signed. `clock`: (from, offset to UTC) of the local time, in order.

    `mandate`: what the mission may do, yes, no, or to whom. `counting`: (category, classes of items) of the counting
    rule; empty: the rule of the field.
    """

    id: str
    title: str
    parties: tuple[str, ...]
    in_force_from_us: Instant
    in_force_until_us: Instant | None = None
    areas: tuple[Area, ...] = ()
    provisions: tuple[Provision, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    mandate: tuple[tuple[str, bool | tuple[str, ...]], ...] = ()
    languages: tuple[str, ...] = ()
    clock: tuple[tuple[Instant, Span], ...] = ()
    actors: tuple[Actor, ...] = ()
    definitions: tuple[Definition, ...] = ()
    weapons: tuple[NamedWeapon, ...] = ()
    divergences: tuple[Divergence, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    counting: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def may(self, act: str, to: str | None = None) -> bool:
        """Whether the mandate lets the mission do this (towards somebody; None: at all). Silence allows it.

        Where the mandate says to whom, what is told to the public is told only if the public is named.
        """
        said = dict(self.mandate).get(act, True)
        if isinstance(said, bool):
            return said
        return bool(said) if to is None else to in said

    @property
    def actors_by_id(self) -> dict[str, Actor]:
        return {actor.id: actor for actor in self.actors}
