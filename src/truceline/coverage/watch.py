"""What a network could see: its stations, their states, the wind, the ground, and how far things carry."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from truceline.coverage.carry import DEGRADED, Carry, stated
from truceline.coverage.learn import learn
from truceline.coverage.spells import Spell, States, spells_of, states_of
from truceline.coverage.stations import Stations, stations_of
from truceline.coverage.wind import Winds, winds_of
from truceline.geo.frame import Frame, frame_for
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.instant import US_PER_HOUR, US_PER_S, Instant
from truceline.model.network import Network
from truceline.sensors.carrying import STATED_REACH_M
from truceline.sensors.contract import Floats, Sensing

HEARD: tuple[str, ...] = tuple(STATED_REACH_M)


@dataclass(frozen=True)
class Watch:
    """All that decides what could have been seen. Times are seconds from `base_us`."""

    network: Network
    frame: Frame
    stations: Stations
    spells: tuple[Spell, ...]
    states: States
    winds: Winds
    carry: Carry

    @property
    def base_us(self) -> Instant:
        return self.states.base_us

    def seconds(self, instant: Instant) -> float:
        """An instant in seconds from the base."""
        return (instant - self.base_us) / US_PER_S

    def able(self, from_s: float, until_s: float) -> tuple[Floats, Floats]:
        """(stations,) share of a span in which each could sense, and its reach then over that of its kind."""
        sound = self.states.sound(from_s, until_s)
        return self.states.working(from_s, until_s), self._own * (sound + DEGRADED * (1.0 - sound))

    def fingerprint(self, from_s: float, until_s: float) -> bytes:
        """What of a span decides its coverage: equal for spans in which all stations and winds are alike."""
        middle = np.full(len(self.stations), (from_s + until_s) / 2)
        wind = self.winds.at(self.stations.x, self.stations.y, middle)
        return np.concatenate([*self.able(from_s, until_s), wind.ravel()]).tobytes()

    @cached_property
    def _own(self) -> Floats:
        return np.array([self.carry.of_station.get(sensor, 1.0) for sensor in self.stations.sensor])


def watch_of(case: Case, events: Sequence[Event], sensings: Sequence[Sensing], classes: Sequence[str] = HEARD) -> Watch:
    """The watch of a mission, how far things carry learnt from what its sensors caught of these events."""
    sensors = case.network.sensors
    frame = frame_for([sensor.lon for sensor in sensors], [sensor.lat for sensor in sensors])
    stations = stations_of(case.network, frame, sensings)
    base_us = first_hour(case)
    spells = spells_of(case.network, case.observations)
    states, winds = states_of(stations, spells, base_us), winds_of(case.weather, frame, base_us)
    carry = learn(events, case.observations, stations, states, winds, frame, classes)
    return Watch(case.network, frame, stations, spells, states, winds, carry)


def stated_watch(
    network: Network, sensings: Sequence[Sensing], base_us: Instant, carry: Carry | None = None,
    frame: Frame | None = None, classes: Sequence[str] = HEARD,
) -> Watch:  # fmt: skip
    """A watch before anything was observed: in service by the network's dates, still air, as stated (or `carry`)."""
    sensors = network.sensors
    frame = frame or frame_for([sensor.lon for sensor in sensors], [sensor.lat for sensor in sensors])
    stations = stations_of(network, frame, sensings)
    spells = spells_of(network, ())
    states = states_of(stations, spells, base_us)
    carry = carry.for_kinds(stations.kinds) if carry is not None else stated(classes, stations.kinds)
    return Watch(network, frame, stations, spells, states, winds_of((), frame, base_us), carry)


def first_hour(case: Case) -> Instant:
    """The beginning of the hour of the mission's first observation (of its agreement, if there is none)."""
    first = min((seen.time_us for seen in case.observations), default=case.agreement.in_force_from_us)
    return first // US_PER_HOUR * US_PER_HOUR
