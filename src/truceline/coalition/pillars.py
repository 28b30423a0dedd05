"""What each of the five pillars has, and lacks, on a date."""

from collections.abc import Mapping
from dataclasses import dataclass

from truceline.coalition.deployable import Standing, unmet
from truceline.coalition.ledger import PILLARS, Commitment, Ledger, Pillar
from truceline.model.finding import Reason
from truceline.model.instant import Instant


@dataclass(frozen=True, slots=True)
class Need:
    """A commitment against what is deployable for it. least, most: of the asset, as ranges add up.

    owed: whether its time has come and its conditions are met; lacks: at least so much is missing (0: none).
    """

    commitment: Commitment
    owed: bool
    unmet: tuple[Reason, ...]
    least: float
    most: float
    contributions: tuple[str, ...]

    @property
    def lacks(self) -> float:
        return max(0.0, self.commitment.amount - self.least) if self.owed else 0.0


@dataclass(frozen=True, slots=True)
class PillarState:
    """One pillar on a date: its needs, what is deployable for it, and what is promised but is not."""

    pillar: Pillar
    needs: tuple[Need, ...]
    deployable: tuple[str, ...]
    not_deployable: tuple[str, ...]

    @property
    def lacking(self) -> tuple[Need, ...]:
        return tuple(need for need in self.needs if need.lacks > 0)


def pillars(ledger: Ledger, standings: Mapping[str, Standing], when: Instant) -> tuple[PillarState, ...]:
    """The five pillars in their order."""
    return tuple(_pillar(ledger, standings, when, pillar) for pillar in PILLARS)


def _pillar(ledger: Ledger, standings: Mapping[str, Standing], when: Instant, pillar: Pillar) -> PillarState:
    mine = [one for one in ledger.contributions if one.pillar == pillar and standings[one.id].status is not None]
    able = [one for one in mine if standings[one.id].deployable]
    needs = []
    for commitment in ledger.commitments:
        if commitment.pillar != pillar:
            continue
        some = [one for one in able if one.asset == commitment.asset]
        because = unmet(ledger, commitment.conditions, when)
        started = commitment.from_us is None or when >= commitment.from_us
        ended = commitment.until_us is not None and when >= commitment.until_us
        needs.append(
            Need(
                commitment,
                started and not ended and not because,
                tuple(because),
                sum(one.least for one in some),
                sum(one.most for one in some),
                tuple(one.id for one in some),
            )
        )
    return PillarState(
        pillar,
        tuple(needs),
        tuple(one.id for one in able),
        tuple(one.id for one in mine if not standings[one.id].deployable),
    )
