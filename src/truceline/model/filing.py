"""What parties file: notices of activity, claims against one another, contacts."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from truceline.model.instant import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A party says beforehand what it will do. `received_us` is the centre's clock, which decides."""

    id: str
    party: str
    activity: str
    lodged_us: Instant
    received_us: Instant
    from_us: Instant
    until_us: Instant
    lon: float
    lat: float
    radius_m: float
    count: int | None = None
    yield_kg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a party alleges: an allegation by an interested source."""

    id: str
    party: str
    accuses: str
    time_us: Instant
    lon: float
    lat: float
    radius_m: float
    class_: str
    count: int | None = None
    text: str | None = None


ClaimOutcome: TypeAlias = Literal["matched", "duplicate", "exempt", "out_of_coverage", "refuted", "unverifiable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What becomes of a claim beside what happened.

    accused: how probably the accused did what it was matched with; missed: how probably such fire would have been
    missed there and then, where it was matched with nothing.
    """

    claim: Claim
    outcome: ClaimOutcome
    event: str | None = None
    finding: str | None = None
    duplicate_of: str | None = None
    accused: float | None = None
    missed: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact between parties, or of a party with the mission."""

    id: str
    sender: str
    to: str
    kind: str
    time_us: Instant
    about: str | None = None


CONTACT_KINDS: tuple[str, ...] = (
    "coordination_request", "answer", "refusal", "order_notified", "measure_notified",
)  # fmt: skip
