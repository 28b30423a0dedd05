"""What is put before the text: the events of a run, and what parties and sensors said besides."""

from dataclasses import dataclass, replace
from functools import cached_property

from truceline.model.event import Event
from truceline.model.filing import Claim, Contact, Notice
from truceline.model.ground import ControlMap
from truceline.model.instant import Instant
from truceline.model.network import Sensor
from truceline.model.observation import Observation, telling


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that the evaluation may look at. `as_of_us`: what was ruled or filed later is not yet known (None: all is).

    `from_us`: when the mission's record begins (None: with the first thing recorded).

    `events` are all of the run: a notice's count is used up by all of them, in order of time. `observations` may be
    all of the mission's: inspections, restrictions, damage, tracks and reports are picked out of them (`picked`:
    these, where somebody has done so already).
    """

    events: tuple[Event, ...] = ()
    notices: tuple[Notice, ...] = ()
    contacts: tuple[Contact, ...] = ()
    claims: tuple[Claim, ...] = ()
    observations: tuple[Observation, ...] = ()
    sensors: tuple[Sensor, ...] = ()
    maps: tuple[ControlMap, ...] = ()
    as_of_us: Instant | None = None
    from_us: Instant | None = None
    picked: tuple[Observation, ...] | None = None

    @cached_property
    def told(self) -> tuple[Observation, ...]:
        """The observations that are more than arrivals, bearings and states."""
        return telling(self.observations) if self.picked is None else self.picked

    @cached_property
    def record(self) -> tuple[Instant, Instant] | None:
        """First and last instant that the record covers; None if it holds nothing."""
        times = [event.origin.time_us for event in self.events]
        times += [contact.time_us for contact in self.contacts]
        times += [observation.time_us for observation in self.observations]
        times += [one.received_us for one in self.notices]
        first, last = self.from_us, self.as_of_us
        if not times and (first is None or last is None):
            return None
        return (min(times) if first is None else first), (max(times) if last is None else last)

    def known(self) -> "Facts":
        """The facts without what was filed after `as_of_us`."""
        as_of = self.as_of_us
        if as_of is None:
            return self
        return replace(
            self,
            notices=tuple(one for one in self.notices if one.received_us <= as_of),
            contacts=tuple(one for one in self.contacts if one.time_us <= as_of),
        )
