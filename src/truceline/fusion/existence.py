"""Did it happen at all? Against chance, and against somebody who made it up.

Explanations of an event's picks: a source (score), clutter that fell together (one), a provider or two providers
together who invented it, or the sound of it played where there was no fire. An inventor can make his own sensors
say anything, so against invention only the others count: what they heard of it, and their silence where they
should have heard it. Against a played sound, only flashes and shaking count.

Who tells a story of his own is silent about what really happened. So a provider's silence counts for less, the more
often all its sensors were silent where two others and more told the same; else one liar would make two honest
witnesses look like inventors.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from truceline.fusion.columns import Bools
from truceline.fusion.scene import Scene
from truceline.fusion.score import Reading
from truceline.sensors.contract import Floats

# Before the epoch: inventions by one, by two together, and played sounds, for each real event.
ALONE, TOGETHER, PLAYED = 1e-3, 1e-5, 1e-3
WITHHELD = 1e-3  # likewise real events that all sensors of a provider keep silent about
WITNESSED_PRIOR = 20.0  # weight of these, in real events
ROUNDS = 12
MOST_LOG = 700.0
MOST_PROVIDERS = 40  # beyond, two of them together are not tried


@dataclass(frozen=True)
class Existence:
    """probability (n,) that each source is real; invented (providers,): inventions by each provider, alone or with
    another, for each real event that it reported."""

    probability: Floats
    invented: Floats


def existence(scene: Scene, reading: Reading, worth: Floats) -> Existence:
    """Weigh the explanations of each source; how often each provider invents is learnt from all of them."""
    providers = len(scene.channels.providers)
    share, supports = _shares(scene, reading, len(worth))
    sets: list[tuple[int, ...]] = [(one,) for one in range(providers)]
    if providers <= MOST_PROVIDERS:
        sets += list(combinations(range(providers), 2))
    member = np.zeros((len(sets), providers))
    for row, some in enumerate(sets):
        member[row, list(some)] = 1.0
    # Only those who report an event can have invented it.
    possible = np.asarray((member @ ~supports.T).T == 0)
    prior = np.array([ALONE if len(some) == 1 else TOGETHER for some in sets])
    played = PLAYED * np.exp(np.clip(-_not_sound(scene, reading, len(worth)), -MOST_LOG, MOST_LOG))
    rate, withheld = prior, np.full(providers, WITHHELD)
    for turn in range(ROUNDS + 1):
        counted = _counted(share, supports, withheld)
        by_others = counted.sum(axis=1, keepdims=True) - counted @ member.T  # (n, sets)
        real, made_up = _weigh(worth + (counted - share).sum(axis=1), by_others, possible, rate, played)
        if turn < ROUNDS:
            witnessed = (real[:, None] * possible).sum(axis=0)
            rate = (made_up.sum(axis=0) + prior * WITNESSED_PRIOR) / (witnessed + WITNESSED_PRIOR)
            withheld = _withheld(share, supports, withheld, real)
    reported = (real[:, None] * supports).sum(axis=0)
    return Existence(real, np.asarray((made_up.sum(axis=0) @ member) / (reported + WITNESSED_PRIOR)))


def _shares(scene: Scene, reading: Reading, count: int) -> tuple[Floats, Bools]:
    """(n, providers) each provider's part of the score, and whether it reports the source at all."""
    provider = scene.channels.provider[reading.channel]
    share = np.zeros((count, len(scene.channels.providers)))
    np.add.at(share, (reading.source, provider), reading.term)
    supports = np.zeros(share.shape, bool)
    heard = reading.pick >= 0
    supports[reading.source[heard], provider[heard]] = True
    return share, supports


def _counted(share: Floats, supports: Bools, withheld: Floats) -> Floats:
    """(n, providers) each provider's part of the score, its silence counted as far as it is no story of its own.

    withheld (providers,): how often each keeps silent about what really happened.
    """
    silent = np.log((1.0 - withheld) * np.exp(np.clip(share, -MOST_LOG, 0.0)) + withheld)
    return np.asarray(np.where(supports, share, np.maximum(share, silent)))


def _withheld(share: Floats, supports: Bools, withheld: Floats, real: Floats) -> Floats:
    """(providers,) how often each keeps silent about what really happened, from all sources that it should have heard
    and that two others reported."""
    borne_out = (supports.sum(axis=1, keepdims=True) - supports >= 2) * real[:, None]
    unheard = np.where(supports, 0.0, np.exp(np.clip(share, -MOST_LOG, 0.0)))
    kept = np.where(supports, 0.0, withheld / ((1.0 - withheld) * unheard + withheld))
    expected = (borne_out * (1.0 - unheard)).sum(axis=0)
    told = (borne_out * kept * (1.0 - unheard)).sum(axis=0)
    return np.asarray((told + WITHHELD * WITNESSED_PRIOR) / (expected + WITNESSED_PRIOR))


def _not_sound(scene: Scene, reading: Reading, count: int) -> Floats:
    """(n,) log evidence for each source from flashes and shaking alone."""
    silent = ~scene.channels.of("acoustic")[reading.channel]
    return np.asarray(np.bincount(reading.source[silent], reading.term[silent], count), float)


def _weigh(worth: Floats, by_others: Floats, possible: Bools, rate: Floats, played: Floats) -> tuple[Floats, Floats]:
    """(n,) probability that each source is real, (n, sets) that each set of providers invented it."""
    chance = np.exp(np.clip(-worth, -MOST_LOG, MOST_LOG))
    lie = np.where(possible, rate * np.exp(np.clip(-by_others, -MOST_LOG, MOST_LOG)), 0.0)
    total = 1.0 + chance + played + lie.sum(axis=1)
    return 1.0 / total, lie / total[:, None]
