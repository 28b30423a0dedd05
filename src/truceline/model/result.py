"""What the pipeline concludes: a pure function of the case and the code."""

from dataclasses import dataclass

from truceline.model.event import Event, Reliability, SensorHealth
from truceline.model.filing import Reconciled
from truceline.model.finding import Finding, Probabilities
from truceline.model.further import Further
from truceline.model.incident import Incident
from truceline.model.known import FieldScore, Scored


@dataclass(frozen=True, kw_only=True)
class Result:
    """Each tuple in order of time, then id. `opened_by` is parallel to `incidents`.

    further: what would change findings, in their order; known: what was said of each blast that the mission surveyed
    itself; field: their score, if there are any.
    """

    events: tuple[Event, ...]
    incidents: tuple[Incident, ...]
    opened_by: tuple[Probabilities, ...]
    findings: tuple[Finding, ...]
    health: tuple[SensorHealth, ...] = ()
    reliability: tuple[Reliability, ...] = ()
    claims: tuple[Reconciled, ...] = ()
    further: tuple[Further, ...] = ()
    known: tuple[Scored, ...] = ()
    field: FieldScore | None = None
