"""Did it happen at all? Against chance, and against somebody who made it up.

Three explanations of an event's picks: a source (score), clutter that fell together (one), or one provider
who invented it. An inventor can make his own sensors say anything, so against invention only the others
count: what they heard of it, and their silence where they should have heard it.
"""

from dataclasses import dataclass

import numpy as np

from truceline.fusion.columns import Bools
from truceline.fusion.scene import Scene
from truceline.fusion.score import Reading
from truceline.sensors.contract import Floats

INVENTED_PRIOR, WITNESSED_PRIOR = 0.02, 20.0  # before the epoch: one invention in a thousand events
ROUNDS = 12
MOST_LOG = 700.0


@dataclass(frozen=True)
class Existence:
    """probability (n,) that each source is real; by_others (n, providers): log evidence for it without that
    provider; invented (providers,): inventions by each provider for each real event that it could have heard."""

    probability: Floats
    by_others: Floats
    invented: Floats


def existence(scene: Scene, reading: Reading, worth: Floats) -> Existence:
    """Weigh the three explanations of each source; how often each provider invents is learnt from all of them."""
    count, providers = len(worth), len(scene.channels.providers)
    provider = scene.channels.provider[reading.channel]
    share = np.zeros((count, providers))
    np.add.at(share, (reading.source, provider), reading.term)
    supports = np.zeros((count, providers), bool)
    heard = reading.pick >= 0
    supports[reading.source[heard], provider[heard]] = True
    by_others = share.sum(axis=1, keepdims=True) - share
    invented = np.full(providers, INVENTED_PRIOR / WITNESSED_PRIOR)
    real, made_up = _weigh(worth, by_others, supports, invented)
    for _ in range(ROUNDS):
        witnessed = (real[:, None] * supports).sum(axis=0)
        invented = (made_up.sum(axis=0) + INVENTED_PRIOR) / (witnessed + WITNESSED_PRIOR)
        real, made_up = _weigh(worth, by_others, supports, invented)
    return Existence(real, by_others, invented)


def _weigh(worth: Floats, by_others: Floats, supports: Bools, invented: Floats) -> tuple[Floats, Floats]:
    """(n,) probability that each source is real, (n, providers) that each provider invented it."""
    chance = np.exp(np.clip(-worth, -MOST_LOG, MOST_LOG))
    lie = np.where(supports, invented * np.exp(np.clip(-by_others, -MOST_LOG, MOST_LOG)), 0.0)
    total = 1.0 + chance + lie.sum(axis=1)
    return 1.0 / total, lie / total[:, None]
