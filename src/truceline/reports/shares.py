"""How much of each party's fire could be named, and whether the naming is even between parties.

A mission hears one side better than the other, and then it names that side more often for the same conduct. Each
finding counts for every party by occurrence × responsibility, so that undetermined ones count too. The ratio compares
like with like: findings are sorted by how many sensors heard them and whether a launch was heard (the measure of
coverage that a result holds), and each party's share is taken over the same mixture.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, sqrt

from truceline.model.event import Event
from truceline.model.finding import Finding
from truceline.model.observation import BURST, MISSILE, OUTGOING, SHOT
from truceline.model.result import Result
from truceline.reports.numbering import OPEN

FROM_LAUNCH = frozenset({OUTGOING, BURST, SHOT, MISSILE})
FEW, MANY = 3, 12  # sensors: strata are up to a few, up to many, more
LEAST_WEIGHT = 2.0  # of each party in a stratum that is compared
LEAST_COMPARED = 10.0  # in all; less is no comparison
NORMAL_90 = 1.6449
EVEN_LEAST = 0.8  # the lower share over the higher: 0.8 to 1.25, whichever way it is put


@dataclass(frozen=True)
class Share:
    """One party's part: findings that name it; acts expected to be its own among those named and left open."""

    party: str
    named: int
    expected: float
    expected_named: float

    @property
    def share(self) -> float | None:
        return self.expected_named / self.expected if self.expected > 0 else None


@dataclass(frozen=True)
class Evenness:
    """The party whose fire is named least often for what was heard alike, the one named most, and the ratio."""

    lower: str
    higher: str
    ratio: float
    chance: tuple[float, float]  # where 90 of 100 such ratios would lie by chance, were parties named alike

    @property
    def even(self) -> bool:
        return round(self.ratio, 2) >= EVEN_LEAST


def shares(result: Result, parties: Sequence[str]) -> tuple[Share, ...]:
    """The part of each party, in the order of the agreement."""
    findings = [finding for finding in result.findings if finding.outcome in OPEN]
    return tuple(
        Share(
            party,
            sum(finding.party == party for finding in findings),
            sum(_weight(finding, party) for finding in findings),
            sum(_weight(finding, party) for finding in findings if finding.party == party),
        )
        for party in parties
    )


def evenness(result: Result, parties: Sequence[str]) -> Evenness | None:
    """How evenly parties are named, matched on coverage; None where too little is comparable."""
    events = {event.id: event for event in result.events}
    strata: defaultdict[tuple[int, bool], list[Finding]] = defaultdict(list)
    for finding in result.findings:
        if finding.outcome in OPEN:
            strata[_stratum(finding, events)].append(finding)
    matched = dict.fromkeys(parties, 0.0)
    compared = 0.0
    for _, findings in sorted(strata.items()):
        weights = {party: sum(_weight(finding, party) for finding in findings) for party in parties}
        if len(parties) < 2 or min(weights.values()) < LEAST_WEIGHT:
            continue
        size = float(len(findings))
        compared += size
        for party in parties:
            named = sum(_weight(finding, party) for finding in findings if finding.party == party)
            matched[party] += size * named / weights[party]
    if compared < LEAST_COMPARED or max(matched.values()) <= 0:
        return None
    lower = min(parties, key=lambda party: matched[party])
    higher = max(parties, key=lambda party: matched[party])
    counts = [sum(_weight(one, party) for one in result.findings if one.party == party) for party in (lower, higher)]
    return Evenness(lower, higher, matched[lower] / matched[higher], _by_chance(counts[0], counts[1]))


def _by_chance(named: float, other: float) -> tuple[float, float]:
    """Where the ratio of two counts with the same expectation lies 90 times in 100 (log-normal, Poisson counts)."""
    expected = max((named + other) / 2, 0.5)
    spread = exp(NORMAL_90 * sqrt(2 / expected))
    return 1 / spread, spread


def _weight(finding: Finding, party: str) -> float:
    return finding.occurrence * dict(finding.responsibility).get(party, 0.0)


def _stratum(finding: Finding, events: Mapping[str, Event]) -> tuple[int, bool]:
    heard = [events[id_] for id_ in finding.events]
    sensors = max((event.sensors for event in heard), default=0)
    launch = any(event.class_ in FROM_LAUNCH for event in heard)
    return (0 if sensors <= FEW else 1 if sensors <= MANY else 2), launch
