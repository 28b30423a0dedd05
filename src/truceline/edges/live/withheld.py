"""What a seat is not shown: sensors whose providers do not release them to it, and what was concluded with the sensors
of providers who do not release that."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from truceline.custody.label import Label, conclusion_labels_of, labels_of
from truceline.edges.live.told import Ring
from truceline.edges.live.unwatched import unwatched
from truceline.fusion.given import given
from truceline.model.case import Case
from truceline.model.network import Network
from truceline.pipeline import Plugins


@dataclass(frozen=True, slots=True)
class Withheld:
    """sensors: those that a seat is not shown, by id, and their providers. resting_on: providers with whose sensors
    nothing may have been concluded that is shown to it. Where all are empty, everything is."""

    sensors: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()
    resting_on: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.providers or self.resting_on)

    def shows(self, rests: frozenset[str] | None) -> bool:
        """Whether a record is shown that rests on these providers. None: nobody knows what it rests on."""
        return not self.resting_on or (rests is not None and self.resting_on.isdisjoint(rests))

    def tells_all(self, rests: frozenset[str] | None) -> bool:
        """Whether everything that a record rests on is shown as well."""
        return self.shows(rests) and (not self.providers or (rests is not None and self.providers.isdisjoint(rests)))


@dataclass(frozen=True)
class Labels:
    """To whom providers release their sensors, and what was concluded with them."""

    sensors: Mapping[str, Label]
    conclusions: Mapping[str, Label]

    def withheld(self, network: Network, attributes: Collection[str]) -> Withheld:
        """What is not shown to a reader with these attributes."""
        providers, resting_on = (
            frozenset(one for one, label in labels.items() if not label.lets(attributes))
            for labels in (self.sensors, self.conclusions)
        )
        return Withheld(network.run_by(providers), providers, resting_on)


def read_labels(releasability: Mapping[str, object], conclusions: Mapping[str, object], network: Network) -> Labels:
    """The labels of two tables of mission.toml. Raises ValueError."""
    sensors = labels_of(releasability, network.providers)
    return Labels(sensors, conclusion_labels_of(conclusions, sensors))


class Blindness:
    """Ground that is not watched now, as far as somebody may know it who is not shown every sensor."""

    def __init__(self, mission: Case, plugins: Plugins) -> None:
        self._mission, self._plugins = mission, plugins
        self.of = lru_cache(maxsize=32)(self._of)

    def _of(self, hidden: frozenset[str], live: frozenset[str]) -> list[list[Ring]]:
        if hidden >= set(self._mission.network.by_id):
            return []
        rest = self._mission.without_sensors(hidden)
        return unwatched(given(rest, self._plugins.sensings, self._plugins.infrasound), live - hidden)
