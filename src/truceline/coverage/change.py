"""Did the rate change, and when: a change of what happened, not of what was seen.

Clusters are counted by span of time and set against how much of the fire's own ground was seen in each, so that a
network that grows or shrinks changes both alike. Whether there is one change, and where, is weighed by Bayes'
rule with conjugate priors (Raftery & Akman 1986, Biometrika 73, 85); clusters that scatter more than chance would have
them count for less.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln
from scipy.stats import betaprime

from truceline.coverage.exposure import LEAST_KNOWN, Counted, Exposure
from truceline.sensors.contract import Floats

PRIOR = 0.5  # that there was a change
SHAPE = 0.5  # of the prior of a rate
EVERYWHERE = 0.1  # share of the fire that is taken to be spread evenly over seen ground
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Change:
    """probability that the rate changed once; span: the first with the new rate, if it did; ratio: new rate over old,
    low–high with probability LEVEL."""

    probability: float
    span: int
    ratio: float
    low: float
    high: float


def series(exposure: Exposure, some: Sequence[Counted], class_: str) -> tuple[Floats, Floats]:
    """(spans,) clusters that began in each, and (spans,) how much of the fire's own ground was seen in each.

    A cluster is seen if any of its rounds is: the more rounds it has, the less does detection matter.
    """
    mine = sorted((one for one in some if one.class_ == class_), key=lambda one: (one.span, one.event))
    first: dict[str, Counted] = {}
    for one in mine:
        first.setdefault(one.cluster, one)
    rounds = max(1.0, sum(1 / one.known for one in mine) / max(len(first), 1))
    where = EVERYWHERE * exposure.area_km2 / exposure.area_km2.sum()
    worth = {name: 1 / (1 - (1 - one.known) ** rounds) for name, one in first.items()}
    for name, one in first.items():
        where[one.cell] += (1 - EVERYWHERE) * worth[name] / sum(worth.values())
    began = np.bincount([one.span for one in first.values()], minlength=len(exposure.spans)).astype(float)
    seen = 1.0 - (1.0 - np.where(exposure.of(class_) >= LEAST_KNOWN, exposure.of(class_), 0.0)) ** rounds
    return began, np.asarray(seen @ where * exposure.hours)


def change(began: Floats, seen: Floats) -> Change:
    """Whether clusters (spans,) over what was seen (spans,) changed their rate once."""
    total, watched = np.cumsum(began), np.cumsum(seen)
    if len(began) < 2 or watched[-1] <= 0:
        return Change(0.0, 0, 1.0, 0.0, np.inf)
    scale = SHAPE * watched[-1] / max(total[-1], 1.0)
    scatter = _scatter(began, seen)

    def weigh(count: Floats, time: Floats) -> Floats:
        count, time = count / scatter, time / scatter
        return np.asarray(
            SHAPE * np.log(scale) - gammaln(SHAPE) + gammaln(SHAPE + count) - (SHAPE + count) * np.log(scale + time)
        )

    before, after = weigh(total[:-1], watched[:-1]), weigh(total[-1] - total[:-1], watched[-1] - watched[:-1])
    log = before + after - weigh(total[-1:], watched[-1:])
    odds = PRIOR / (1 - PRIOR) * float(np.mean(np.exp(np.clip(log, -700, 700))))
    at = int(np.argmax(log))
    a, b = SHAPE + total[at] / scatter, SHAPE + (total[-1] - total[at]) / scatter
    times = (scale + watched[at] / scatter) / (scale + (watched[-1] - watched[at]) / scatter)
    tail = (1 - LEVEL) / 2
    low, high = (float(betaprime.ppf(q, b, a)) * times for q in (tail, 1 - tail))
    return Change(odds / (1 + odds), at + 1, float(b / a * times), low, high)


def _scatter(began: Floats, seen: Floats) -> float:
    """How much more counts of neighbouring spans differ than chance would have them (1: no more)."""
    pairs = began[:-1] + began[1:], seen[:-1] + seen[1:]
    share = seen[:-1] / np.maximum(pairs[1], 1e-12)
    spread = pairs[0] * share * (1 - share)
    some = spread > 0
    if some.sum() < 4:
        return 1.0
    return max(1.0, float(np.mean((began[:-1] - pairs[0] * share)[some] ** 2 / spread[some])))
