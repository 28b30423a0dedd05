"""How far things carry in this mission: what the makers state, corrected by what was caught of events others heard.

A kind of sensing states a curve of detection by distance and reach. What a mission learns of it: the reach of each
class for the commonest kind of sensor; how much farther or nearer each other kind hears (`factor`); how sharply
detection falls about the reach (`sharpness`, 1: as stated); how much of what is near is caught (`share`); how the
reach grows with the wind; how much loudness differs from event to event of one class (`spread`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from truceline.model import observation as o
from truceline.sensors.carrying import STATED_REACH_M
from truceline.sensors.contract import Floats, Sensing

STATED_REACH_SIGMA = 0.4  # of the logarithm of a reach, before a mission has learnt better
STATED_WIND_SHARE, WIND_SHARE_SIGMA = 0.03, 0.03  # growth of the reach per m/s of tailwind
MOST_CAUGHT = 0.995
FARTHEST = 50.0  # reaches: beyond, curves are not asked
LEAST_FAVOUR, MOST_FAVOUR = 0.2, 2.5  # of wind
DEGRADED = 0.7  # reach of a sensor that calls itself degraded, over a sound one's


@dataclass(frozen=True)
class Carry:
    """What has been learnt, or is stated. Arrays by class, by kind of sensor, or (kinds, classes).

    reach_m: heard as often as not by the commonest kind; reach_sigma: of its logarithm, how well that is known;
    class_factor: reach of a class for a kind over what `factor` says (kinds for which loudness matters), or odds of
    catching it over what `share` says (others); events: of each class, that it was learnt from.
    """

    classes: tuple[str, ...]
    reach_m: Floats
    reach_sigma: Floats
    spread: float
    kinds: tuple[str, ...]
    factor: Floats
    sharpness: Floats
    share: Floats
    class_factor: Floats
    wind_share: float
    events: Floats
    station_factor: tuple[tuple[str, float], ...] = ()  # (sensor, its reach over that of its kind)

    def column(self, class_: str) -> int:
        return self.classes.index(class_)

    def for_kinds(self, kinds: Sequence[str]) -> "Carry":
        """The same for another set of kinds of sensor: a kind that is not known here is as its maker states."""
        rows = [self.kinds.index(kind) if kind in self.kinds else -1 for kind in kinds]

        def of(values: Floats) -> Floats:
            return np.concatenate([values, np.ones((1, *values.shape[1:]))])[rows]

        return replace(
            self, kinds=tuple(kinds), factor=of(self.factor), sharpness=of(self.sharpness), share=of(self.share),
            class_factor=of(self.class_factor),
        )  # fmt: skip

    @cached_property
    def of_station(self) -> Mapping[str, float]:
        return dict(self.station_factor)

    def loudness(self, class_: str) -> tuple[Floats, Floats]:
        """(nodes,) reaches in metres and (nodes,) weights that stand for all events of a class.

        Two nodes one sigma either way keep mean and variance of the logarithm (Gauss–Hermite).
        """
        column = self.column(class_)
        sigma = float(np.hypot(self.spread, self.reach_sigma[column]))
        if sigma < 0.03:
            return self.reach_m[column : column + 1], np.ones(1)
        return np.asarray(self.reach_m[column] * np.exp([-sigma, sigma])), np.full(2, 0.5)

    def wind_favour(self, tailwind_mps: Floats) -> Floats:
        """How much farther sound carries with the wind (from source to sensor positive)."""
        return np.clip(1.0 + self.wind_share * tailwind_mps, LEAST_FAVOUR, MOST_FAVOUR)

    def caught(self, sensing: Sensing, kind: int, column: int, distance_m: Floats, reach_m: Floats) -> Floats:
        """Probability that a working station of a kind catches an event of a class (its column), any shape.

        distance_m: divided by all that favours the path (factors, wind, ground); reach_m: of the event.
        """
        odds_or_reach = float(self.class_factor[kind, column])
        return curve(
            sensing, distance_m, reach_m, float(self.sharpness[kind]), float(self.share[kind]), odds_or_reach
        )  # fmt: skip


def stated(classes: Sequence[str], kinds: Sequence[str]) -> Carry:
    """What is taken to be so before anything was learnt."""
    reach = np.array([STATED_REACH_M.get(class_, STATED_REACH_M[o.EXPLOSION]) for class_ in classes])
    ones = np.ones(len(kinds))
    return Carry(
        classes=tuple(classes),
        reach_m=reach,
        reach_sigma=np.full(len(classes), STATED_REACH_SIGMA),
        spread=0.1,
        kinds=tuple(kinds),
        factor=ones,
        sharpness=ones,
        share=ones,
        class_factor=np.ones((len(kinds), len(classes))),
        wind_share=STATED_WIND_SHARE,
        events=np.zeros(len(classes)),
    )


def curve(
    sensing: Sensing, distance_m: Floats, reach_m: Floats, sharpness: float, share: float, of_class: float
) -> Floats:
    """A stated curve of detection, bent about the distance at which it halves, and scaled."""
    if sensing.loud:
        reach = reach_m * of_class
        bent = np.clip(reach + (distance_m - reach) * sharpness, 0.0, FARTHEST * reach)
        return np.minimum(share * sensing.detectability(bent, reach), MOST_CAUGHT)
    half = half_m(sensing, float(np.max(reach_m)))
    bent = np.clip(half + (distance_m - half) * sharpness, 0.0, 2.0 * sensing.reach_m)
    seen = np.minimum(share * sensing.detectability(bent, reach_m), MOST_CAUGHT)
    return np.asarray(np.minimum(seen * of_class / (1.0 + seen * (of_class - 1.0)), MOST_CAUGHT))


def half_m(sensing: Sensing, reach_m: float) -> float:
    """The distance at which a sensing catches half of what it catches near by, to 1/256 of its own reach."""
    distance = np.linspace(0.0, sensing.reach_m, 257)
    caught = sensing.detectability(distance, np.full(1, reach_m))
    return float(distance[min(int(np.argmax(caught <= caught[0] / 2)) or 256, 256)])
