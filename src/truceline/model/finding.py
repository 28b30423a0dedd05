"""Breach and attribution apart, and the finding that joins them."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from truceline.model.agreement import Robustness
from truceline.model.instant import Instant

Outcome: TypeAlias = Literal["attributed", "undetermined", "exempt", "no_breach"]
Verdict: TypeAlias = Literal["breach", "exempt", "not_applicable", "indeterminate"]
Evidence: TypeAlias = Literal["weak", "fair", "strong"]
Probabilities: TypeAlias = tuple[tuple[str, float], ...]  # (party or other, probability), summing to 1

FIELD_ENOUGH = 100  # known blasts of the mission itself, from which its own score stands beside the simulated one
OTHER_ACTOR = "other"  # anyone who did not sign
NOT_DETERMINABLE = "not_determinable"


@dataclass(frozen=True, slots=True)
class Reason:
    """A node of the tree of reasons: a sentence, and the sentences it rests on."""

    words: str
    because: tuple["Reason", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """What the text says of an act, supposing that `actor` did it. Says nothing of who did."""

    provision: str
    actor: str
    verdict: Verdict
    probability: float  # at least so probably the act is of the kind the provision forbids, given that it happened
    reason: Reason
    events: tuple[str, ...] = ()  # ids of the events that the verdict rests on
    decided_by: str = ""  # the one fact that decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Who did an act, given that it happened. Says nothing of whether it was forbidden.

    firm: the same by the evidence that may decide alone, without what is weak or comes from interested sources.
    held: who held the ground where it began (`""`: unknown), empty where that place is not known; stranger: how
    probably somebody else's people fired from there.
    """

    responsibility: Probabilities
    firm: Probabilities
    reasons: tuple[Reason, ...] = ()
    held: Probabilities = ()
    stranger: float = 0.0

    def of(self, actor: str) -> float:
        return dict(self.responsibility).get(actor, 0.0)

    def surely(self, actor: str) -> float:
        """How probably it was this actor both by all the evidence and by that which may decide."""
        return min(self.of(actor), dict(self.firm).get(actor, 0.0))


@dataclass(frozen=True, slots=True)
class Collusion:
    """How many providers would have to be wrong together for a finding to fall: at least `least`; surely with
    `providers`, who are `most`."""

    least: int
    most: int
    providers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """How often names of this finding's kind were wrong where the truth was known, and how that was found out.

    kind: which acts are alike; sure: how sure the name is, by the evidence that may decide (0: nobody is reached);
    stratum: the acts it is measured by, of its kind or all; wrong_most: the share of wrong names that is kept under; of
    so many acts for which somebody was reached so many were named and so many wrongly at the threshold; source: in
    words; field: blasts of the mission's own that were scored; in_field: whether they are enough to lean on, and bear
    it out.
    """

    kind: str
    sure: float
    stratum: str
    wrong_most: float
    acts: int
    named: int
    wrong: int
    threshold: float
    source: str
    field: int = 0
    in_field: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One act of one actor: what the text says of it, and who did it with what probability."""

    id: str
    incident: str
    time_us: Instant
    events: tuple[str, ...]
    provisions: tuple[str, ...]
    occurrence: float
    responsibility: Probabilities
    outcome: Outcome
    party: str | None
    robustness: Robustness
    evidence: Evidence
    reasons: tuple[Reason, ...]
    words: str
    status: str = "automatic"
    independence: tuple[tuple[str, Robustness], ...] = ()
    collusion: Collusion | None = None
    hypotheses: Probabilities = ()
    calibration: Calibrated | None = None
    supersedes: str | None = None

    @property
    def in_field(self) -> bool:
        """Whether its probabilities are calibrated in the field, not in simulation only."""
        return self.calibration is not None and self.calibration.in_field
