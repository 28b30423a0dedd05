"""What is put before the text: events, and what sources saw, met or counted that is no event; and what was not done."""

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from truceline.model.event import Ellipse, Event
from truceline.model.instant import Instant
from truceline.model.observation import Damage, Inspection, Labels, Restriction
from truceline.terms.weapons import Weapon

SIGHTING, INSPECTION, RESTRICTION = "sighting", "inspection", "restriction"
DAMAGE, ADVANCE, OMISSION = "damage", "advance", "omission"
APART: frozenset[str] = frozenset({SIGHTING, INSPECTION, RESTRICTION, DAMAGE, ADVANCE, OMISSION})  # no events


class Spot(NamedTuple):
    """Where a matter was: WGS84 degrees, and the ellipse that holds the place nine times in ten.

    `height_m` above the ellipsoid and `speed_mps` over ground, where somebody measured them.
    """

    lon: float
    lat: float
    ellipse90: Ellipse
    height_m: float | None = None
    speed_mps: float | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """Weapons or forces that a source saw and that did not fire. `count`: (least, most); None: uncountable.

    `whose`: the party whose the source took them to be; None: it did not say.
    """

    source: str
    weapon: Weapon
    count: tuple[int, int] | None
    whose: str | None = None


@dataclass(frozen=True, slots=True)
class Advance:
    """Ground that a mapper shows as newly held by a party.

    `low` and `high` bound the probability that the positions changed, the errors of the maps and what other mappers
    show allowed for. `width_m`: of the gained ground, at its widest.
    """

    mapper: str
    party: str
    width_m: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Omission:
    """The day of a duty of a party: from when it ran, and the contact that began it, if one did."""

    provision: str
    party: str
    asked_us: Instant
    due_us: Instant
    about: str | None = None


About: TypeAlias = Event | Sighting | Inspection | Restriction | Damage | Advance | Omission


class Matter(NamedTuple):
    """One thing put before the text. A track is one for each of its fixes, all of the same id.

    `row` is its place among all, which are in order of time; `weapons` what those who saw it said of weapons. `stated`
    is where it was, if that is not where its event's origin is.
    """

    id: str
    time_us: Instant
    time_sigma_s: float
    labels: Labels
    row: int
    about: About
    stated: Spot | None
    weapons: tuple[Weapon, ...] = ()

    @property
    def spot(self) -> Spot | None:
        """Where it was; None: nobody said."""
        if self.stated is None and isinstance(self.about, Event):
            origin = self.about.origin
            return Spot(origin.lon, origin.lat, origin.ellipse90)
        return self.stated
