"""Everything a run is given, understood: the one argument of the pipeline."""

from dataclasses import dataclass, replace
from functools import cached_property

from truceline.model.agreement import Agreement
from truceline.model.filing import Claim, Contact, Notice
from truceline.model.gazetteer import NamedPlace
from truceline.model.ground import ControlMap, WeatherRow
from truceline.model.network import Network
from truceline.model.observation import Observation, telling


@dataclass(frozen=True, kw_only=True)
class Case:
    """A mission's inputs. Every tuple is in an order that does not hang on the order of arrival:
    observations by (received, id), notices, claims and contacts by (time given, id), the rest by name or time.
    """

    name: str
    status: str  # actual, exercise or test
    agreement: Agreement
    network: Network
    observations: tuple[Observation, ...]
    maps: tuple[ControlMap, ...] = ()
    weather: tuple[WeatherRow, ...] = ()
    notices: tuple[Notice, ...] = ()
    claims: tuple[Claim, ...] = ()
    contacts: tuple[Contact, ...] = ()
    places: tuple[NamedPlace, ...] = ()
    interests: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (group, providers)

    @cached_property
    def told(self) -> tuple[Observation, ...]:
        """The observations that are more than arrivals, bearings and states."""
        return telling(self.observations)

    def without_providers(self, providers: frozenset[str]) -> "Case":
        """The same case as if these providers had sent nothing: their sensors and observations are left out."""
        return self.without_sensors(self.network.run_by(providers))

    def without_sensors(self, sensors: frozenset[str]) -> "Case":
        """The same case as if these sensors did not exist."""
        if not sensors:
            return self
        found = replace(
            self,
            network=Network(tuple(sensor for sensor in self.network.sensors if sensor.id not in sensors)),
            observations=tuple([seen for seen in self.observations if seen.sensor not in sensors]),
        )
        # These are few: they are not picked out of all anew.
        vars(found)["told"] = tuple([seen for seen in self.told if seen.sensor not in sensors])
        return found

    def accepted(self) -> "Case":
        """The same case with each sensor serving only since it was accepted; itself where nobody accepts sensors.

        What a sensor says before it is accepted informs, but a finding may not rest on it.
        """
        since = {sensor.id: sensor.accepted_us for sensor in self.network.sensors}
        if not any(accepted is not None for accepted in since.values()):
            return self
        serving = tuple(
            replace(sensor, from_us=max(sensor.from_us or sensor.accepted_us, sensor.accepted_us))
            for sensor in self.network.sensors
            if sensor.accepted_us is not None
        )
        kept = tuple(
            seen
            for seen in self.observations
            if (accepted := since[seen.sensor]) is not None and seen.time_us >= accepted
        )
        return replace(self, network=Network(serving), observations=kept)

    def without_mapper(self, mapper: str) -> "Case":
        """The same case without one mapper's map."""
        return replace(self, maps=tuple(one for one in self.maps if one.mapper != mapper))
