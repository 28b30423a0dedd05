"""Silence: sensors that would have heard fire from there, and did not.

How far launches and small arms carry is learnt from the mission's own events: at which distances its sensors caught
them and at which they did not. So a launch that was not found cannot have come from ground that many sensors listen to,
and before an incident's first sound nothing can have been fired there, unless too few were there to hear it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import pdtr

from truceline.geo.frame import Frame
from truceline.model.case import Case
from truceline.model.event import Event, SensorHealth
from truceline.model.instant import Instant
from truceline.model.network import Sensor
from truceline.model.observation import BURST, MISSILE, OUTGOING, SHOT
from truceline.sensors.contract import Floats, Sensing

LAUNCHES, SMALL_ARMS = frozenset({OUTGOING, MISSILE}), frozenset({BURST, SHOT})
REACH_M = np.geomspace(500.0, 30_000.0, 30)
PRIOR_M, PRIOR_LOG_SIGMA = {LAUNCHES: 9_000.0, SMALL_ARMS: 1_300.0}, 0.5
SPREAD = np.array([0.75, 1.0, 1.33])  # of the reach from shot to shot
LEAST, MOST = 1e-3, 0.97
SURE = 0.9
MOST_EVENTS = 60  # looked at to learn how far things carry
ENOUGH = 3  # sensors that must catch it for it to be found
BEYOND = 50.0  # reaches from which nothing is heard at all
UNFIT = ("dead", "deaf")


@dataclass(frozen=True)
class Ears:
    """Who could hear, frame metres: one row a sensor and way of sensing it; reach_m by what is fired and row."""

    x: Floats
    y: Floats
    sensing: npt.NDArray[np.int64]
    sensings: tuple[Sensing, ...]
    sensors: tuple[Sensor, ...]
    unfit: frozenset[tuple[str, int]]  # (sensor, epoch) in which it could not hear
    reach_m: dict[frozenset[str], Floats]
    epoch_us: int

    def missed(self, what: frozenset[str], x: Floats, y: Floats, when: Instant) -> Floats:
        """(n,) probability that what was fired at these places at an instant was caught by too few to be found.

        How many catch it is taken to be Poisson distributed.
        """
        rows = np.array(
            [
                number
                for number, sensor in enumerate(self.sensors)
                if sensor.serves_at(when) and (sensor.id, when // self.epoch_us) not in self.unfit
            ],
            np.int64,
        )
        if not len(rows):
            return np.ones(len(x))
        distance = np.hypot(x[:, None] - self.x[rows], y[:, None] - self.y[rows])
        expected = np.stack(
            [self._caught(rows, distance, self.reach_m[what][rows] * louder).sum(axis=1) for louder in SPREAD]
        )
        return np.asarray(pdtr(ENOUGH - 1, expected).mean(axis=0))

    def caught_by(self, what: frozenset[str], x: float, y: float) -> Floats:
        """(rows,) probability that each row catches what was fired at a place."""
        distance = np.hypot(x - self.x, y - self.y)[None, :]
        return np.asarray(self._caught(np.arange(len(self.sensors)), distance, self.reach_m[what])[0])

    def _caught(self, rows: npt.NDArray[np.int64], distance: Floats, reach_m: Floats) -> Floats:
        caught = np.zeros(distance.shape)
        for index, sensing in enumerate(self.sensings):
            mine = self.sensing[rows] == index
            if mine.any():
                caught[:, mine] = sensing.detectability(
                    distance[:, mine], np.broadcast_to(reach_m[mine], (1, mine.sum()))
                )
        return np.clip(caught, 0.0, MOST)


def ears_of(
    case: Case,
    frame: Frame,
    sensings: Sequence[Sensing],
    events: Sequence[Event],
    health: Sequence[SensorHealth],
    epoch_us: int,
) -> Ears:
    """Who could hear in a mission, and how far things carry there."""
    network = case.network
    sensor = {seen.id: seen.sensor for seen in case.observations}
    heard_by = {event.id: frozenset(sensor[id_] for id_ in event.observations) for event in events}
    loud = tuple(sensing for sensing in sensings if sensing.loud)
    rows = [
        (one, index)
        for one in network.sensors
        for index, sensing in enumerate(loud)
        if one.kind in sensing.sensor_kinds
    ]
    x, y = frame.to_xy([one.lon for one, _ in rows], [one.lat for one, _ in rows])
    ears = Ears(
        x,
        y,
        np.array([index for _, index in rows], np.int64),
        loud,
        tuple(one for one, _ in rows),
        frozenset((one.sensor, one.from_us // epoch_us) for one in health if one.state in UNFIT),
        {},
        epoch_us,
    )
    for what in (LAUNCHES, SMALL_ARMS):
        ears.reach_m[what] = _learnt(ears, what, frame, events, heard_by)
    return ears


def _learnt(
    ears: Ears, what: frozenset[str], frame: Frame, events: Sequence[Event], heard_by: dict[str, frozenset[str]]
) -> Floats:
    """(rows,) how far what is fired carries to each kind of sensor, most probably."""
    sure = [one for one in events if one.probability_of(what) >= SURE and one.existence >= SURE]
    sure = sure[:: max(1, len(sure) // MOST_EVENTS)]
    prior = -0.5 * (np.log(REACH_M / PRIOR_M[what]) / PRIOR_LOG_SIGMA) ** 2
    kinds = [(sensor.kind, int(index)) for sensor, index in zip(ears.sensors, ears.sensing, strict=True)]
    reach = np.full(len(kinds), PRIOR_M[what])
    if not sure:
        return reach
    x, y = frame.to_xy([one.origin.lon for one in sure], [one.origin.lat for one in sure])
    for kind in sorted(set(kinds)):
        mine = np.array([number for number, one in enumerate(kinds) if one == kind])
        caught = np.array([[ears.sensors[row].id in heard_by[one.id] for row in mine] for one in sure])
        distance = np.hypot(x[:, None] - ears.x[mine], y[:, None] - ears.y[mine])
        near = distance < ears.sensings[kind[1]].reach_m
        chance = np.clip(_detectability(ears.sensings[kind[1]], distance[None], REACH_M[:, None, None]), LEAST, MOST)
        fit = np.where(near, np.where(caught, np.log(chance), np.log1p(-chance)), 0.0).sum(axis=(1, 2))
        reach[mine] = REACH_M[int(np.argmax(fit + prior))]
    return reach


def _detectability(sensing: Sensing, distance_m: Floats, reach_m: Floats) -> Floats:
    """Detectability by distance, however far beyond all reach."""
    return sensing.detectability(np.minimum(distance_m, BEYOND * reach_m), reach_m)
