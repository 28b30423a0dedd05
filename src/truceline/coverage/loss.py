"""Why a sensor lost its sight, and who may have caused it, with probabilities.

Four causes: restriction (somebody hindered it), jamming, failure, withdrawal. What speaks for which: how many others
near it, of the same path or time source, were lost at the same moment; how many of the same provider; what was
reported by it and near it; what it said itself. Who restricted it is asked of the ground it stood on and of what
witnesses name; a party that nobody names and whose ground it was not cannot be told from any other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import TypeAlias

import numpy as np

from truceline.coverage.spells import ALWAYS, BLINDING, NEVER, Spell
from truceline.geo.frame import Frame
from truceline.geo.held import PreparedMap, holding
from truceline.model.finding import OTHER_ACTOR, Probabilities
from truceline.model.instant import US_PER_S, Instant
from truceline.model.network import Network, Sensor
from truceline.model.numbers import rounded_shares
from truceline.model.observation import Observation, Restriction
from truceline.sensors.contract import Floats

FAILURE, JAMMING, RESTRICTION, WITHDRAWAL = "failure", "jamming", "restriction", "withdrawal"
CAUSES = (FAILURE, JAMMING, RESTRICTION, WITHDRAWAL)
# Before anything is known of a case; and how probable each sign is under each cause, in the order of CAUSES.
PRIOR = (0.80, 0.08, 0.08, 0.04)
LOST_WITH_NEIGHBOUR = (0.01, 0.60, 0.10, 0.02)  # another sensor near by, for each one that could be
LOST_WITH_PROVIDER = (0.01, 0.05, 0.03, 0.90)  # another of the same provider, farther off
REPORTED_RESTRICTION = (0.01, 0.05, 0.60, 0.02)  # somebody near reports that he was hindered
REPORTED_JAMMING = (0.01, 0.40, 0.05, 0.01)  # somebody near reports interference
SAID_TAMPERED = (0.01, 0.02, 0.40, 0.01)
TAKEN_OUT = (1e-4, 1e-4, 1e-3, 0.95)  # the network's own file ends its service
JAMMED_WORDS = ("jam", "interference", "spoof", "gnss")
NEAR_M, TOGETHER_US = 30_000.0, 10 * 60 * US_PER_S
WITNESS_M, WITNESS_US = 10_000.0, 60 * 60 * US_PER_S
HOLDER_SHARE = 0.9  # a sensor on a party's ground is restricted by that party, unless evidence says otherwise
NAMED_TIMES = 5.0  # a witness's word for a party multiplies its odds by this, once for each provider
REAL_LOSS_US = 60 * US_PER_S

# Notes a sign: its probability under each cause, how often, and the words for it.
_Tell: TypeAlias = Callable[[Sequence[float], float, str], None]


@dataclass(frozen=True, slots=True)
class Loss:
    """A sensor could not see for a while: why, and who did it if it was hindered."""

    sensor: str
    provider: str
    from_us: Instant
    until_us: Instant | None
    causes: Probabilities
    responsibility: Probabilities  # given that it was restricted or jammed
    reasons: tuple[str, ...]

    @property
    def hindered(self) -> float:
        """Probability that somebody hindered it."""
        causes = dict(self.causes)
        return causes[RESTRICTION] + causes[JAMMING]


def losses(
    network: Network,
    observations: Sequence[Observation],
    spells: Sequence[Spell],
    frame: Frame,
    maps: Sequence[PreparedMap],
    parties: Sequence[str],
) -> tuple[Loss, ...]:
    """Every loss of sight, in order of time, then sensor."""
    lost = [one for one in spells if one.how in BLINDING and one.from_us > ALWAYS and _long_enough(one)]
    said = [one for one in observations if isinstance(one, Restriction)]
    x, y = frame.to_xy([one.lon for one in network.sensors], [one.lat for one in network.sensors])
    places = {sensor.id: (float(a), float(b)) for sensor, a, b in zip(network.sensors, x, y, strict=True)}
    scene = _Scene(network, places, lost, said, maps, parties)
    return tuple(sorted((_loss(scene, one) for one in lost), key=lambda one: (one.from_us, one.sensor)))


@dataclass(frozen=True)
class _Scene:
    network: Network
    places: Mapping[str, tuple[float, float]]
    lost: Sequence[Spell]
    said: Sequence[Restriction]
    maps: Sequence[PreparedMap]
    parties: Sequence[str]

    def away_m(self, one: str, other: str) -> float:
        (a, b), (c, d) = self.places[one], self.places[other]
        return float(np.hypot(a - c, b - d))

    def together(self, spell: Spell) -> frozenset[str]:
        """Sensors lost at the same moment."""
        return frozenset(
            one.sensor
            for one in self.lost
            if one.sensor != spell.sensor and abs(one.from_us - spell.from_us) <= TOGETHER_US
        )


def _long_enough(spell: Spell) -> bool:
    return spell.until_us == NEVER or spell.until_us - spell.from_us >= REAL_LOSS_US


def _loss(scene: _Scene, spell: Spell) -> Loss:
    sensor = scene.network.by_id[spell.sensor]
    odds = [log(one) for one in PRIOR]
    reasons: list[str] = []

    def tell(chances: Sequence[float], times: float, words: str) -> None:
        for number, chance in enumerate(chances):
            odds[number] += times * log(chance)
        if words:
            reasons.append(words)

    _company(scene, spell, sensor, tell)
    witnesses = _witnesses(scene, spell)
    if any(not _of_jamming(one) for one in witnesses):
        tell(REPORTED_RESTRICTION, 1.0, "somebody there reports having been hindered")
    if any(_of_jamming(one) for one in witnesses):
        tell(REPORTED_JAMMING, 1.0, "interference is reported there")
    if spell.how == "said_tampered":
        tell(SAID_TAMPERED, 1.0, "it says that it was tampered with")
    if spell.how == "out_of_service":
        tell(TAKEN_OUT, 1.0, "the network's own list ends its service then")
    weights = np.exp(np.array(odds) - max(odds))
    return Loss(
        sensor=sensor.id,
        provider=sensor.provider,
        from_us=spell.from_us,
        until_us=None if spell.until_us == NEVER else spell.until_us,
        causes=rounded_shares(zip(CAUSES, weights.tolist(), strict=True)),
        responsibility=_responsibility(scene, spell, witnesses),
        reasons=tuple(reasons),
    )


def _company(scene: _Scene, spell: Spell, sensor: Sensor, tell: _Tell) -> None:
    """What the fate of other sensors says."""
    together = scene.together(spell)
    others = [one for one in scene.network.sensors if one.id != sensor.id and one.serves_at(spell.from_us - 1)]
    near = [one.id for one in others if scene.away_m(sensor.id, one.id) <= NEAR_M]
    own = [one.id for one in others if one.provider == sensor.provider and one.id not in near]
    for some, chances, words in (
        (near, LOST_WITH_NEIGHBOUR, "of {n} sensors near it {k} were lost with it"),
        (own, LOST_WITH_PROVIDER, "of {n} others of its provider {k} were lost with it"),
    ):
        lost = len(together & frozenset(some))
        # Neighbours share more than the sign that is weighed here: a hundred of them do not speak a hundred times.
        scale = min(1.0, 5.0 / max(len(some), 1))
        tell(chances, scale * lost, words.format(n=len(some), k=lost) if some else "")
        tell([1.0 - chance for chance in chances], scale * (len(some) - lost), "")


def _witnesses(scene: _Scene, spell: Spell) -> list[Restriction]:
    """Restrictions reported by the sensor, or near it, at about the time."""
    return [
        one
        for one in scene.said
        if abs(one.time_us - spell.from_us) <= WITNESS_US and scene.away_m(one.sensor, spell.sensor) <= WITNESS_M
    ]


def _of_jamming(one: Restriction) -> bool:
    return any(word in one.what.lower() for word in JAMMED_WORDS)


def _responsibility(scene: _Scene, spell: Spell, witnesses: Sequence[Restriction]) -> Probabilities:
    """Who hindered it, if anybody did: whose ground it stands on, and whom witnesses name."""
    share = dict.fromkeys(scene.parties, 0.0)
    x, y = scene.places[spell.sensor]
    held = _held(scene, x, y, spell.from_us)
    spare = 1.0 - HOLDER_SHARE * float(held.sum())
    for party, chance in zip(scene.parties, held.tolist(), strict=True):
        share[party] = HOLDER_SHARE * chance + spare / (len(scene.parties) + 1)
    share[OTHER_ACTOR] = spare / (len(scene.parties) + 1)
    if any(_of_jamming(one) for one in witnesses) and not any(not _of_jamming(one) for one in witnesses):
        # Jamming reaches over a line: whose ground the sensor stands on says nothing of where it came from.
        share = dict.fromkeys(share, 1.0 / len(share))
    named = {
        (scene.network.by_id[one.sensor].provider, one.who)
        for one in witnesses
        if one.who is not None and one.who in scene.parties
    }
    for _, accused in sorted(named):
        share[accused] *= NAMED_TIMES
    return rounded_shares(share.items(), sink=OTHER_ACTOR)


def _held(scene: _Scene, x: float, y: float, when: Instant) -> Floats:
    """(parties,) mean over the maps of the probability that each party holds a place."""
    if not scene.maps:
        return np.zeros(len(scene.parties))
    at = np.array([x]), np.array([y])
    return np.asarray(np.mean([holding(one, scene.parties, *at, when)[0, :-1] for one in scene.maps], axis=0))


def blamed(loss: Loss, party: str) -> float:
    """Probability that somebody hindered the sensor, and that it was this party."""
    return round(loss.hindered * dict(loss.responsibility)[party], 4)
