"""What is no fire of any party: thunder, quarry blasts, demining that was announced; and fires seen from space."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from truceline.model.observation import DEMOLITION, QUARRY_BLAST, THUNDER
from truceline.sim.ground import Ground
from truceline.sim.sources import Sources, happenings, joined
from truceline.sim.world import NatureKeys, NoticeKeys

Floats = npt.NDArray[np.float64]

MIDDLE_SHARE = 0.85


@dataclass(frozen=True)
class Filing:
    """A notice that a party lodges."""

    party: int
    from_s: float
    until_s: float
    lodged_s: float
    along_m: float
    across_m: float
    radius_m: float
    count: int
    yield_kg: float  # 0: none stated


def thunder_and_quarries(keys: NatureKeys, ground: Ground, length_s: float, chance: np.random.Generator) -> Sources:
    """One thunderstorm and a few quarry blasts."""
    strokes, lasts_s = keys.thunder.whole(chance), keys.thunder_min.draw(chance) * 60.0
    begins = max(0.0, length_s - lasts_s) * chance.random()
    centre = ground.half_m * MIDDLE_SHARE * (2 * chance.random() - 1)
    spread_m = keys.thunder_km.draw(chance) * 1000.0
    offsets = spread_m * chance.standard_normal((2, strokes))
    when = begins + min(lasts_s, length_s) * chance.random(strokes)
    storm = happenings(THUNDER, when, centre + offsets[0], offsets[1], exempt=True, group="TH", flash=0.0, shake=0.0)
    count = keys.quarries.whole(chance)
    along = ground.half_m * MIDDLE_SHARE * (2 * chance.random(count) - 1)
    off = keys.quarry_km.many(chance, count) * 1000.0 * np.where(chance.random(count) < 0.5, 1.0, -1.0)
    time = length_s * chance.random(count)
    blasts = happenings(
        QUARRY_BLAST, time, along, ground.line_m(along, time) + off, exempt=True, flash=0.0, shake=1.4,
        group=[f"Q{number}" for number in range(count)],
    )  # fmt: skip
    return joined([storm, blasts])


def demining(
    keys: NoticeKeys, ground: Ground, length_s: float, chance: np.random.Generator
) -> tuple[Sources, list[Filing]]:
    """Announced works: their blasts lie inside time, place and number of their notices."""
    parts, filings = [], []
    for number in range(keys.demining.whole(chance)):
        side, when = int(chance.integers(2)), length_s * (0.02 + 0.96 * chance.random())
        along = ground.half_m * MIDDLE_SHARE * (2 * chance.random() - 1)
        across = float(ground.line_m(along, when)) + (1 - 2 * side) * keys.off_km.draw(chance) * 1000.0
        party = int(ground.party_of(side, along))
        filing = announced(keys, party, when, along, across, chance)
        filings.append(filing)
        blasts = min(keys.blasts.whole(chance), filing.count)
        parts.append(blasts_of(filing, blasts, when, chance, group=f"D{number}"))
    return joined(parts), filings


def announced(
    keys: NoticeKeys, party: int, when_s: float, along_m: float, across_m: float, chance: np.random.Generator
) -> Filing:
    """A notice around a moment, its centre a little off the place of work."""
    window_s, radius_m = keys.window_min.draw(chance) * 60.0, keys.radius_m.draw(chance)
    slip = 0.2 * radius_m * chance.standard_normal(2)
    start = when_s - window_s / 2
    return Filing(
        party=party,
        from_s=start,
        until_s=start + window_s,
        lodged_s=start - keys.lead_h.draw(chance) * 3600.0,
        along_m=along_m + float(np.clip(slip[0], -0.5 * radius_m, 0.5 * radius_m)),
        across_m=across_m + float(np.clip(slip[1], -0.5 * radius_m, 0.5 * radius_m)),
        radius_m=radius_m,
        count=keys.count,
        yield_kg=keys.yield_kg.draw(chance),
    )


def blasts_of(
    filing: Filing, count: int, first_s: float, chance: np.random.Generator, *, group: str, sound: float = 1.0,
    exempt: bool = True, deception: str = "",
) -> Sources:  # fmt: skip
    """Blasts within a notice: near its centre, from a moment on, well before its end."""
    place = np.clip(chance.standard_normal((2, count)), -2.0, 2.0) * 0.12 * filing.radius_m
    room_s = max(0.0, filing.until_s - first_s)
    time = first_s + np.arange(count) * 0.8 * room_s / max(1, count)
    return happenings(
        DEMOLITION, time, filing.along_m + place[0], filing.across_m + place[1], party=filing.party, exempt=exempt,
        group=group, sound=sound, shake=sound, deception=deception,
    )  # fmt: skip


@dataclass(frozen=True)
class Blazes:
    """Farm fires as a satellite reports them."""

    time_s: Floats
    along_m: Floats
    across_m: Floats


def farm_fires(keys: NatureKeys, ground: Ground, length_s: float, chance: np.random.Generator) -> Blazes:
    """Fires anywhere within the watched stretch."""
    count = keys.fires.whole(chance)
    return Blazes(
        time_s=length_s * chance.random(count),
        along_m=ground.half_m * (2 * chance.random(count) - 1),
        across_m=12_000.0 * chance.standard_normal(count),
    )
