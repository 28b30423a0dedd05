"""Everything a run is given, understood: the one argument of the pipeline."""

from dataclasses import dataclass, replace

from truceline.model.agreement import Agreement
from truceline.model.filing import Claim, Contact, Notice
from truceline.model.ground import ControlMap, WeatherRow
from truceline.model.network import Network
from truceline.model.observation import Observation


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
    interests: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (group, providers)

    def without_providers(self, providers: frozenset[str]) -> "Case":
        """The same case as if these providers had sent nothing: their sensors and observations are left out."""
        sensors = tuple(sensor for sensor in self.network.sensors if sensor.provider not in providers)
        kept = {sensor.id for sensor in sensors}
        return replace(
            self,
            network=Network(sensors),
            observations=tuple(seen for seen in self.observations if seen.sensor in kept),
        )

    def without_sensors(self, sensors: frozenset[str]) -> "Case":
        """The same case as if these sensors had sent nothing. At least one sensor must remain."""
        kept = tuple(sensor for sensor in self.network.sensors if sensor.id not in sensors)
        return replace(
            self,
            network=Network(kept),
            observations=tuple(seen for seen in self.observations if seen.sensor not in sensors),
        )
