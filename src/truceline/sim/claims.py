"""What parties allege against one another: true of some of the other's fire, and false."""

from dataclasses import dataclass

import numpy as np

from truceline.model.observation import BURST, IMPACT, OUTGOING
from truceline.sim.ground import Ground
from truceline.sim.sources import CODE, KINDS, Sources
from truceline.sim.world import ClaimKeys

NOTHING = -1  # source of a false allegation


@dataclass(frozen=True)
class Allegation:
    """A claim as its party makes it; `source`: the row of the happening it is about, or NOTHING."""

    party: int
    accuses: int
    time_s: float
    along_m: float
    across_m: float
    radius_m: float
    kind: str
    source: int


def allege(
    keys: ClaimKeys, ground: Ground, sources: Sources, length_s: float, chance: np.random.Generator
) -> list[Allegation]:
    """All claims, by alleged time. Each party alleges the fire of the parties on the other side of the line."""
    share, twice = keys.true_share.draw(chance), keys.twice_share.draw(chance)
    off_m, off_s, radius_m = keys.off_m.draw(chance), keys.off_s.draw(chance), keys.radius_m.draw(chance)
    fired = np.isin(sources.kind, [CODE[kind] for kind in (OUTGOING, IMPACT, BURST)]) & ~sources.exempt
    found: list[Allegation] = []
    draws = chance.random((2, len(sources)))
    for row in np.flatnonzero(fired & (draws[0] < share)).tolist():
        accused = int(sources.party[row])
        victim = int(ground.party_of(1 - accused % 2, sources.along_m[row]))
        for _ in range(1 + bool(draws[1, row] < twice)):
            slip = chance.standard_normal(3)
            found.append(
                Allegation(
                    victim, accused, float(sources.time_s[row] + off_s * slip[0]),
                    float(sources.along_m[row] + off_m * slip[1]), float(sources.across_m[row] + off_m * slip[2]),
                    radius_m, KINDS[int(sources.kind[row])], row,
                )
            )  # fmt: skip
    for party in range(len(ground.parties)):
        for _ in range(keys.false.whole(chance)):
            along = ground.half_m * (2 * chance.random() - 1)
            own = 1.0 if party % 2 == 0 else -1.0
            across = float(ground.line_m(along, 0.0)) + own * (500.0 + 4000.0 * chance.random())
            accused = int(ground.party_of(1 - party % 2, along))
            found.append(
                Allegation(
                    party, accused, length_s * chance.random(), along, across, radius_m, IMPACT, NOTHING
                )
            )  # fmt: skip
    return sorted(found, key=lambda claim: (claim.time_s, claim.along_m))
