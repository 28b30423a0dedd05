"""Rates, not counts: what happened for each 100 km² and day of ground that was seen, with an interval.

Raw counts follow coverage: more sensors, more violations. Each event counts for one over the probability that one
like it would have been known (Horvitz & Thompson 1952, JASA 47, 663), over ground where that is not too small; ground
where it is counts as unseen and is told apart. Rounds of a salvo come together, so intervals are of sums of clusters
(Fay & Feuer 1997, Stat. Med. 16, 791), widened by what is not known of detection.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import gamma

from truceline.coverage.exposure import LEAST_KNOWN, Counted, Exposure, by_cluster
from truceline.coverage.stations import Bools
from truceline.sensors.contract import Floats

LEVEL = 0.95
DETECTION_SIGMA = 0.05  # of the logarithm of the probability to be known, shared by all events of a stratum
PER_KM2H = 2_400.0  # of 100 km² for a day


@dataclass(frozen=True, slots=True)
class Rate:
    """Of events for each 100 km² and day of seen ground, low–high with probability LEVEL.

    counted: events counted, as known; happened: as many as stand for them; seen_share: of the ground and time asked
    for that was seen at all.
    """

    class_: str
    party: str
    area: str
    span: tuple[int, int]  # places of the first span, and after the last
    counted: float
    happened: float
    rate: float
    low: float
    high: float
    seen_share: float

    @property
    def told(self) -> bool:
        """Whether anything of it was seen."""
        return self.seen_share > 0


def rate(
    exposure: Exposure,
    some: Sequence[Counted],
    class_: str,
    *,
    party: str = "",
    area: str = "",
    span: tuple[int, int] | None = None,
    cells: Bools | None = None,
) -> Rate:
    """The rate of a class by a party (all, if none), in an area (its cells) and a run of spans."""
    first, last = span or (0, len(exposure.spans))
    inside = np.ones(len(exposure.cells), bool) if cells is None else cells
    mine = [one for one in some if one.class_ == class_ and first <= one.span < last and inside[one.cell]]
    weight = np.array([one.weight * (dict(one.shares).get(party, 0.0) if party else 1.0) for one in mine])
    known = np.array([one.known for one in mine])
    spans = np.zeros(len(exposure.spans), bool)
    spans[first:last] = True
    seen = exposure.seen_km2h(class_, spans, inside)
    total = exposure.all_km2h(spans, inside)
    counts = weight / known
    clusters = by_cluster(mine, counts)
    unsure = float((counts * (1.0 - weight) / np.maximum(known, LEAST_KNOWN)).sum())
    low, high = interval(clusters, unsure, _largest(exposure, class_, spans, inside))
    scale = PER_KM2H / seen if seen else 0.0
    return Rate(
        class_=class_,
        party=party,
        area=area,
        span=(first, last),
        counted=float(weight.sum()),
        happened=float(counts.sum()),
        rate=float(counts.sum()) * scale,
        low=low * scale,
        high=high * scale,
        seen_share=seen / total if total else 0.0,
    )


def _largest(exposure: Exposure, class_: str, spans: Bools, cells: Bools) -> float:
    """What one unseen event would have counted for, on average over the ground that was seen."""
    known = exposure.of(class_)[spans][:, cells]
    seen = known[known >= LEAST_KNOWN]
    return float(np.mean(1.0 / seen)) if len(seen) else 1.0


def interval(clusters: Floats, unsure: float, one_more: float, level: float = LEVEL) -> tuple[float, float]:
    """Bounds of the sum that clusters (n,) are a sample of; unsure: variance of what they are; one_more: weight of a
    cluster that was not met (at least the mean of those that were)."""
    total = float(clusters.sum())
    variance = float((clusters**2).sum()) + unsure + (DETECTION_SIGMA * total) ** 2
    tail = (1.0 - level) / 2
    size = max(one_more, float(clusters.mean()) if len(clusters) else 0.0)
    low = float(gamma.ppf(tail, total**2 / variance, scale=variance / total)) if total > 0 else 0.0
    above, spread = total + size, variance + size**2
    high = float(gamma.ppf(1.0 - tail, above**2 / spread, scale=spread / above))
    return low, high


def rates(
    exposure: Exposure,
    some: Sequence[Counted],
    *,
    parties: Sequence[str] = ("",),
    areas: Sequence[tuple[str, Bools]] = (),
    runs: Sequence[tuple[int, int]] = (),
    keep: Callable[[Rate], bool] = lambda _: True,
) -> tuple[Rate, ...]:
    """Rates of every class by party, area and run of spans; all of them, where none are named."""
    everywhere = [("", np.ones(len(exposure.cells), bool))]
    found = [
        rate(exposure, some, class_, party=party, area=area, span=run, cells=cells)
        for class_ in exposure.classes
        for party in parties
        for area, cells in areas or everywhere
        for run in runs or [(0, len(exposure.spans))]
    ]
    return tuple(one for one in found if keep(one))
