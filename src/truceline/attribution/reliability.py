"""How far each provider is to be believed, by what others bear out of it over an hour.

Two shares, each beside the other providers' median: of what its sensors should have heard of events that happened, how
much it told; and of what it told, how much belongs to events that others report too. Honest sensors that stand badly
lose little by either; who keeps silent loses by the first, who tells a story of his own by the second. It is said of
every provider and weighs in the evidence; it clears nobody of a single lie: for that each is left out in turn.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from truceline.model.case import Case
from truceline.model.event import Event, Reliability, SensorHealth
from truceline.model.instant import Instant
from truceline.model.observation import Arrival, Bearing

PRIOR = 10.0  # arrivals' weight of "as reliable as the others"
MOST = 0.99
REAL = 0.5
DOUBTED = 0.5  # a provider less reliable than this is no witness


def reliabilities(
    case: Case, events: Sequence[Event], health: Sequence[SensorHealth], epoch_us: int
) -> tuple[Reliability, ...]:
    """One record a provider and epoch, in order of epoch, then provider."""
    provider = {sensor.id: sensor.provider for sensor in case.network.sensors}
    expected, shared = _told(health)
    sent, borne_out = _sent(case, events, provider, epoch_us)
    found = []
    for epoch in sorted({epoch for epoch, _ in sent} | {epoch for epoch, _ in expected}):
        names = case.network.providers
        told = _beside_others([shared[epoch, name] for name in names], [expected[epoch, name] for name in names])
        borne = _beside_others([borne_out[epoch, name] for name in names], [sent[epoch, name] for name in names])
        found += [
            Reliability(
                provider=name,
                from_us=epoch,
                until_us=epoch + epoch_us,
                reliability=round(min(MOST, told[place], borne[place]), 4),
                told=round(min(1.0, told[place]), 4),
                borne_out=round(min(1.0, borne[place]), 4),
                arrivals=int(sent[epoch, name]),
            )
            for place, name in enumerate(names)
        ]
    return tuple(found)


Counts = defaultdict[tuple[Instant, str], float]  # by epoch and provider


def _told(health: Sequence[SensorHealth]) -> tuple[Counts, Counts]:
    """Arrivals of sure events that were expected of each provider's sensors, and that they shared."""
    expected, shared = Counts(float), Counts(float)
    for one in health:
        expected[one.from_us, one.provider] += one.arrivals_expected
        shared[one.from_us, one.provider] += one.arrivals_shared
    return expected, shared


def _sent(case: Case, events: Sequence[Event], provider: Mapping[str, str], epoch_us: int) -> tuple[Counts, Counts]:
    """Arrivals and bearings that each provider sent, and those of them that belong to events others report too."""
    joint = {id_ for one in events if one.existence >= REAL and len(one.providers) > 1 for id_ in one.observations}
    sent, borne_out = Counts(float), Counts(float)
    for seen in case.observations:
        if isinstance(seen, Arrival | Bearing):
            key = seen.time_us // epoch_us * epoch_us, provider[seen.sensor]
            sent[key] += 1.0
            borne_out[key] += seen.id in joint
    return sent, borne_out


def _beside_others(part: Sequence[float], whole: Sequence[float]) -> list[float]:
    """Each provider's share over the median of all, drawn to one where little is known."""
    parts, wholes = np.array(part), np.array(whole)
    known = wholes > 0
    if not known.any():
        return [1.0] * len(parts)
    usual = max(float(np.median(parts[known] / wholes[known])), 1e-6)
    return [float(value) for value in (parts + PRIOR * usual) / ((wholes + PRIOR) * usual)]


def doubted(found: Sequence[Reliability], providers: Sequence[str], when: Instant) -> tuple[str, ...]:
    """Those of some providers who are no witnesses at an instant."""
    low = {one.provider for one in found if one.from_us <= when < one.until_us and one.reliability < DOUBTED}
    return tuple(name for name in providers if name in low)
