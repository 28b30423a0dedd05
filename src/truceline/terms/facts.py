"""What is put before the text: the events of a run, and what parties and sensors said besides."""

from dataclasses import dataclass

from truceline.model.event import Event
from truceline.model.filing import Claim, Contact, Notice
from truceline.model.ground import ControlMap
from truceline.model.instant import Instant
from truceline.model.network import Sensor
from truceline.model.observation import Observation


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that the evaluation may look at. `as_of_us`: rulings and filings after it are not yet known (None: all are).

    `events` are all of the run: a notice's count is used up by all of them, in order of time. `observations` may be
    all of the mission's: inspections, restrictions, damage, tracks, statuses and reports are picked out of them.
    """

    events: tuple[Event, ...] = ()
    notices: tuple[Notice, ...] = ()
    contacts: tuple[Contact, ...] = ()
    claims: tuple[Claim, ...] = ()
    observations: tuple[Observation, ...] = ()
    sensors: tuple[Sensor, ...] = ()
    maps: tuple[ControlMap, ...] = ()
    as_of_us: Instant | None = None
