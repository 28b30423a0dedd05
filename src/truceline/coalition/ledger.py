"""The coalition's ledger: nations and bodies, what they contribute, under which authority and caveats, by date.

Nothing is overwritten: a status, a condition, an authority is a list of dated entries, and what holds on a date is the
last entry not after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol, TypeAlias, TypeVar

from truceline.model.instant import Instant

Status: TypeAlias = Literal["pledged", "conditional", "confirmed", "deployed", "withdrawn"]
Domain: TypeAlias = Literal["land", "sea", "air", "mechanism"]
Pillar: TypeAlias = Literal["monitoring", "support", "force", "obligation", "cooperation"]

STATUSES: tuple[Status, ...] = ("pledged", "conditional", "confirmed", "deployed", "withdrawn")
STANDING: tuple[Status, ...] = ("confirmed", "deployed")  # what can be counted on, conditions or none
DOMAINS: tuple[Domain, ...] = ("land", "sea", "air", "mechanism")
PILLARS: tuple[Pillar, ...] = ("monitoring", "support", "force", "obligation", "cooperation")
ROLES = ("non_combat", "combat")
SUPPLIES = ("time", "maps", "weather", "hosting", "keys", "witnesses")
AUTHORITIES = ("mandate", "parliament", "vote", "decree")
OUTCOMES = ("pending", "granted", "refused", "withdrawn")
CAVEATS = (
    "only_countries", "only_neighbours", "only_domains", "no_combat_role", "away_from_line", "outside_area",
    "inside_area",
)  # fmt: skip
EVERYONE = "*"  # whom the agreement itself binds


class Dated(Protocol):
    """What holds from an instant on."""

    @property
    def at_us(self) -> Instant: ...


D = TypeVar("D", bound=Dated)


def holding(entries: Sequence[D], when: Instant) -> D | None:
    """The last entry not after an instant; entries stand in order of time."""
    return next((entry for entry in reversed(entries) if entry.at_us <= when), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """Ground of a state: its neighbours by land."""

    id: str
    name: str
    neighbours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Nation:
    """A nation or a body that takes part. releasable_to: who may see by default what it gives."""

    id: str
    name: str
    kind: Literal["nation", "body"] = "nation"
    country: str | None = None
    releasable_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """An authority's or a condition's state from an instant on, and who says so."""

    at_us: Instant
    outcome: str
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Consent that a nation's contributions rest on: a mandate, a parliament's or a government's decision.

    covers: ids of contributions; empty: all of the nation. expires_us: the first instant at which it has lapsed.
    """

    id: str
    nation: str
    kind: str
    title: str
    history: tuple[Decided, ...]
    expires_us: Instant | None = None
    conditions: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something that must be so, in words; history: when it was found met ("granted") or not."""

    id: str
    words: str
    history: tuple[Decided, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFrom:
    """A contribution's status from an instant on."""

    at_us: Instant
    status: Status
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What one nation puts in. least, most: an amount as a range. place: WGS84 degrees, (lon, lat).

    needs: ids of contributions without which it cannot serve (a hub, a ship's port); supplies: what it gives the
    mechanism besides sensors; sensors: ids of the mission's network that come with it.
    """

    id: str
    nation: str
    pillar: Pillar
    domain: Domain
    asset: str
    least: float
    most: float
    history: tuple[StatusFrom, ...]
    from_us: Instant | None = None
    until_us: Instant | None = None
    country: str | None = None
    place: tuple[float, float] | None = None
    hub: str | None = None
    role: str = "non_combat"
    conditions: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    supplies: tuple[str, ...] = ()
    sensors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Caveat:
    """A limit that a nation (EVERYONE: the agreement, by an article) sets, in words and so that it can be checked.

    values: countries of only_countries, the country of only_neighbours, domains of only_domains, the area or line of
    the others; metres: of away_from_line. covers: ids of contributions; empty: all of whom it binds.
    """

    id: str
    nation: str
    kind: str
    words: str
    values: tuple[str, ...] = ()
    metres: float = 0.0
    from_us: Instant | None = None
    until_us: Instant | None = None
    covers: tuple[str, ...] = ()
    article: str = ""

    def holds_at(self, when: Instant) -> bool:
        started = self.from_us is None or when >= self.from_us
        return started and (self.until_us is None or when < self.until_us)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """What a pillar needs: so much of an asset. conditions: what must be so before it is owed."""

    id: str
    pillar: Pillar
    words: str
    asset: str = ""
    amount: float = 0.0
    from_us: Instant | None = None
    until_us: Instant | None = None
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ledger:
    """All of it, each tuple in order of id."""

    countries: tuple[Country, ...] = ()
    nations: tuple[Nation, ...] = ()
    authorities: tuple[Authority, ...] = ()
    conditions: tuple[Condition, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    caveats: tuple[Caveat, ...] = ()
    commitments: tuple[Commitment, ...] = ()

    @cached_property
    def contribution(self) -> Mapping[str, Contribution]:
        return {one.id: one for one in self.contributions}

    @cached_property
    def condition(self) -> Mapping[str, Condition]:
        return {one.id: one for one in self.conditions}

    @cached_property
    def country(self) -> Mapping[str, Country]:
        return {one.id: one for one in self.countries}

    @cached_property
    def bodies(self) -> frozenset[str]:
        """Those that take part and are no nation: no parliament has to consent for them."""
        return frozenset(one.id for one in self.nations if one.kind == "body")

    @cached_property
    def authorities_of(self) -> Mapping[str, tuple[Authority, ...]]:
        """By nation."""
        found: dict[str, list[Authority]] = {nation.id: [] for nation in self.nations}
        for one in self.authorities:
            found.setdefault(one.nation, []).append(one)
        return {nation: tuple(some) for nation, some in found.items()}

    @cached_property
    def caveats_of(self) -> Mapping[str, tuple[Caveat, ...]]:
        """By nation, the agreement's own with each."""
        shared = tuple(one for one in self.caveats if one.nation == EVERYONE)
        return {
            nation.id: tuple(one for one in self.caveats if one.nation == nation.id) + shared for nation in self.nations
        }
