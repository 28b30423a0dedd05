"""Choosing among hypotheses that want the same picks: the best explanation first, each pick used once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.fusion.columns import Bools, Ints
from truceline.fusion.refine import refine
from truceline.fusion.scene import Scene, Sources
from truceline.fusion.score import Reading, read, read_again
from truceline.sensors.contract import Floats

LEAST_SCORE = 0.0
ROUNDS = 40
LEADERS = 2
MOST_READ = 200  # hypotheses at once: what they are read by stays in the processor's cache
TWO_PI_CUBED = (2 * np.pi) ** 3


@dataclass(frozen=True)
class Chosen:
    """Accepted sources and their picks; `source` and `pick` are parallel, ordered by source."""

    sources: Sources
    source: Ints
    pick: Ints


def choose(scene: Scene, hypotheses: Sources, free: Bools) -> Chosen:
    """Accept sources that explain free picks better than clutter does, best first, until none is left.

    All that are best for every pick they claim are accepted at once, which gives the same result as taking
    them one by one and needs far fewer rounds.
    """
    free = free.copy()
    accepted: list[Sources] = []
    claims: list[tuple[Ints, Ints]] = []
    total = 0
    hypotheses, reading, worth = _settled(scene, hypotheses, free)
    for _ in range(ROUNDS):
        keep = worth > LEAST_SCORE
        if not keep.any():
            break
        winner = _winners(reading, worth, keep, len(scene.picks))
        if not winner.any():
            break
        rows = (reading.pick >= 0) & winner[reading.source]
        number = np.cumsum(winner) - 1 + total
        claims.append((number[reading.source[rows]], reading.pick[rows]))
        accepted.append(hypotheses.take(winner))
        total += int(winner.sum())
        taken = np.zeros(len(scene.picks), bool)
        taken[reading.pick[rows]] = True
        free &= ~taken
        rest = keep & ~winner
        hypotheses, reading, worth = _reread(scene, hypotheses, reading, worth, rest, taken, free)
    if not accepted:
        none = np.zeros(0, np.int64)
        return Chosen(hypotheses.take(np.zeros(len(hypotheses), bool)), none, none)
    sources = Sources(
        np.concatenate([part.x for part in accepted]),
        np.concatenate([part.y for part in accepted]),
        np.concatenate([part.time_s for part in accepted]),
    )
    return Chosen(sources, np.concatenate([c[0] for c in claims]), np.concatenate([c[1] for c in claims]))


def worth_of(scene: Scene, sources: Sources, reading: Reading, covariance: Floats) -> Floats:
    """Log posterior odds of each source: its score, and how many such sources were to be expected there.

    The volume of the posterior stands in for the integral over place and time (Laplace).
    """
    volume = np.sqrt(TWO_PI_CUBED * np.maximum(np.linalg.det(covariance), 1e-12))
    return np.asarray(reading.score + scene.log_density(sources) + np.log(volume))


def _settled(scene: Scene, hypotheses: Sources, free: Bools) -> tuple[Sources, Reading, Floats]:
    """Hypotheses moved to where their picks want them, read again, and their worth; poor ones dropped early."""
    hypotheses, reading = _leaders(*_worthwhile(scene, hypotheses, free))
    covariance = np.tile(np.eye(3), (len(hypotheses), 1, 1))
    for sigma in (0.25, 0.0):
        rows = reading.pick >= 0
        hypotheses, covariance = refine(scene, hypotheses, reading.source[rows], reading.pick[rows], steps=2)
        reading = read(scene, hypotheses, free, source_sigma_s=sigma)
    return hypotheses, reading, worth_of(scene, hypotheses, reading, covariance)


def _worthwhile(scene: Scene, hypotheses: Sources, free: Bools) -> tuple[Sources, Reading]:
    """Hypotheses that explain enough to be refined, and their readings; read some at a time, for most are dropped."""
    parts = []
    for start in range(0, max(len(hypotheses), 1), MOST_READ):
        part = hypotheses.take(np.arange(start, min(start + MOST_READ, len(hypotheses))))
        parts.append(_thin(part, read(scene, part, free, source_sigma_s=0.5), 15.0))
    if len(parts) == 1:
        return parts[0]
    sources = Sources(*(np.concatenate([getattr(part, axis) for part, _ in parts]) for axis in ("x", "y", "time_s")))
    return sources, _readings([(len(part), reading) for part, reading in parts])


def _thin(hypotheses: Sources, reading: Reading, least: float) -> tuple[Sources, Reading]:
    """Drop hypotheses that explain too little to be worth refining, and renumber the rest."""
    keep = reading.score > least
    if keep.all():
        return hypotheses, reading
    return hypotheses.take(keep), _subset(reading, keep)


def _leaders(hypotheses: Sources, reading: Reading) -> tuple[Sources, Reading]:
    """Only hypotheses that are among the best few for some pick: the others are copies of them."""
    rows = np.flatnonzero(reading.pick >= 0)
    order = rows[np.lexsort((reading.source[rows], -reading.score[reading.source[rows]], reading.pick[rows]))]
    pick = reading.pick[order]
    start = np.searchsorted(pick, pick)
    keep = np.zeros(len(hypotheses), bool)
    keep[reading.source[order[np.arange(len(order)) - start < LEADERS]]] = True
    return hypotheses.take(keep), _subset(reading, keep)


def _subset(reading: Reading, keep: Bools) -> Reading:
    number = np.cumsum(keep) - 1
    rows = keep[reading.source]
    return Reading(
        number[reading.source[rows]],
        reading.channel[rows],
        reading.pick[rows],
        reading.gain[rows],
        reading.term[rows],
        reading.reach_m[keep],
        reading.score[keep],
        reading.loudness[keep],
        reading.predicted.rows(rows),
    )


def _winners(reading: Reading, worth: Floats, keep: Bools, picks: int) -> Bools:
    """Hypotheses that are the best for every pick they claim (the first of equals)."""
    rows = np.flatnonzero((reading.pick >= 0) & keep[reading.source])
    rank = np.empty(len(worth), np.int64)
    rank[np.argsort(-worth, kind="stable")] = np.arange(len(worth))
    best = np.full(picks, len(worth), np.int64)
    np.minimum.at(best, reading.pick[rows], rank[reading.source[rows]])
    loses = np.zeros(len(worth), bool)
    loses[reading.source[rows[best[reading.pick[rows]] != rank[reading.source[rows]]]]] = True
    claims = np.zeros(len(worth), bool)
    claims[reading.source[rows]] = True
    return keep & claims & ~loses


def _reread(
    scene: Scene, hypotheses: Sources, reading: Reading, worth: Floats, rest: Bools, taken: Bools, free: Bools
) -> tuple[Sources, Reading, Floats]:
    """The remaining hypotheses with the free picks; only those that lost a pick need be settled anew."""
    lost = np.zeros(len(hypotheses), bool)
    rows = reading.pick >= 0
    lost[reading.source[rows][taken[reading.pick[rows]]]] = True
    same, changed = rest & ~lost, rest & lost
    kept, kept_reading, kept_worth = hypotheses.take(same), _subset(reading, same), worth[same]
    if not changed.any():
        return kept, kept_reading, kept_worth
    moved = hypotheses.take(changed)
    again = read_again(scene, moved, _subset(reading, changed), free)
    moved, again = _thin(moved, again, 10.0)
    rows = again.pick >= 0
    moved, covariance = refine(scene, moved, again.source[rows], again.pick[rows], steps=2)
    again = read(scene, moved, free)
    return _merged(kept, kept_reading, kept_worth, moved, again, worth_of(scene, moved, again, covariance))


def _merged(
    a: Sources, reading_a: Reading, worth_a: Floats, b: Sources, reading_b: Reading, worth_b: Floats
) -> tuple[Sources, Reading, Floats]:
    return a.joined(b), _readings([(len(a), reading_a), (len(b), reading_b)]), np.r_[worth_a, worth_b]


def _readings(parts: Sequence[tuple[int, Reading]]) -> Reading:
    """Readings of so many sources each as one."""
    first = np.cumsum([0, *(count for count, _ in parts)])
    columns = {
        name: np.concatenate([getattr(one, name) for _, one in parts])
        for name in ("channel", "pick", "gain", "term", "reach_m", "score", "loudness")
    }
    kind = type(parts[0][1].predicted)
    predicted = kind(
        *(np.concatenate([getattr(one.predicted, name) for _, one in parts]) for name in kind.__dataclass_fields__)
    )
    source = np.concatenate([one.source + at for at, (_, one) in zip(first, parts, strict=False)])
    return Reading(source=source, predicted=predicted, **columns)
