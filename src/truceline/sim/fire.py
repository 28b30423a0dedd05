"""Who shoots what: batteries and their impacts, impacts of launches out of earshot, small arms, scattered rounds.

Launches and impacts are tied by the weapon's mean speed over the ground, with its own scatter from round to
round; guns of a battery fire side by side, each in its own rhythm.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from truceline.model.observation import BURST, IMPACT, OUTGOING
from truceline.sim.ground import Ground
from truceline.sim.sources import Sources, happenings, joined
from truceline.sim.world import FireKeys

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MIDDLE_SHARE = 0.8  # share of the watched stretch in which batteries stand
GUN_ALONG_M, GUN_ACROSS_M = 65.0, 35.0  # spread of a battery's guns
SIDEWAYS_SHARE = 0.55  # sideways distance of a target over its range
SPEED_SHARE = 0.005  # spread of the mean speed from battery to battery
ROUND_SHARE = 0.008  # and of the flight time from round to round
MARK = "#"  # between the name of a scattered group and its number


@dataclass(frozen=True)
class Weapon:
    """What a weapon does, as far as it can be heard."""

    name: str
    speed_mps: float  # range over time of flight
    range_km: tuple[float, float]
    gap_s: float  # between a gun's rounds
    gap_log_sigma: float
    start_s: float  # guns begin within so long of one another


WEAPON = {
    weapon.name: weapon
    for weapon in (
        Weapon("mortar_82mm", 205.0, (0.4, 4.5), 4.0, 0.35, 6.0),
        Weapon("mortar_120mm", 240.0, (0.8, 13.0), 6.0, 0.35, 7.0),
        Weapon("howitzer_122mm", 365.0, (3.0, 15.5), 14.0, 0.4, 7.0),
        Weapon("howitzer_152mm", 380.0, (3.0, 17.5), 17.0, 0.4, 7.0),
        Weapon("mlrs_122mm", 420.0, (1.5, 20.0), 0.9, 0.45, 4.0),
        Weapon("mlrs_220mm", 480.0, (5.0, 35.0), 1.0, 0.4, 4.0),
    )
}


def fire(keys: FireKeys, ground: Ground, length_s: float, chance: np.random.Generator) -> list[Sources]:
    """All fire of a world of the plan `batteries`, before any deception."""
    batteries, unseen = keys.batteries.whole(chance), keys.unseen_impacts.whole(chance)
    bursts = keys.small_arms.whole(chance)
    parts = []
    for number in range(batteries):
        weapon = WEAPON[keys.weapons[int(chance.integers(len(keys.weapons)))]]
        side = int(chance.integers(2))
        along = ground.half_m * MIDDLE_SHARE * (2 * chance.random() - 1)
        start_s = length_s * (0.05 + 0.85 * chance.random())
        gun_m, aim_m = battery_place(keys, ground, weapon, side, along, start_s, chance)
        guns, rounds = keys.guns.whole(chance), keys.rounds.whole(chance)
        parts.append(
            salvo(
                weapon, gun_m, aim_m, start_s, guns, rounds, chance,
                party=int(ground.party_of(side, gun_m[0])), group=f"B{number}",
                impact_sigma_m=keys.impact_sigma_m.draw(chance),
            )
        )  # fmt: skip
    parts.append(_unseen(keys, ground, unseen, length_s, chance))
    parts.append(_small_arms(keys, ground, bursts, length_s, chance))
    return parts


def battery_place(
    keys: FireKeys,
    ground: Ground,
    weapon: Weapon,
    side: int,
    along_m: float,
    time_s: float,
    chance: np.random.Generator,
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where a battery of a side stands and where it aims, both as (along, across), within the weapon's range."""
    sign = 1.0 if side == 0 else -1.0
    for _ in range(50):
        depth_m, beyond_m = keys.depth_km.draw(chance) * 1000.0, keys.beyond_km.draw(chance) * 1000.0
        reach = depth_m + beyond_m
        aim_along = along_m + SIDEWAYS_SHARE * reach * chance.standard_normal()
        gun = (along_m, float(ground.line_m(along_m, time_s)) + sign * depth_m)
        aim = (aim_along, float(ground.line_m(aim_along, time_s)) - sign * beyond_m)
        range_km = np.hypot(aim[0] - gun[0], aim[1] - gun[1]) / 1000.0
        if weapon.range_km[0] <= range_km <= weapon.range_km[1] and abs(aim_along) < ground.half_m:
            return gun, aim
    nearest_m = 500.0 * sum(weapon.range_km) / 2  # no draw fits: half way behind, half way beyond
    stands = float(ground.line_m(along_m, time_s))
    return (along_m, stands + sign * nearest_m), (along_m, stands - sign * nearest_m)


def salvo(
    weapon: Weapon,
    gun_m: tuple[float, float],
    aim_m: tuple[float, float],
    start_s: float,
    guns: int,
    rounds: int,
    chance: np.random.Generator,
    *,
    party: int,
    group: str,
    impact_sigma_m: float = 150.0,
    deception: str = "",
) -> Sources:
    """A battery's rounds: launches first, then their impacts, paired."""
    count = guns * rounds
    places = chance.standard_normal((2, guns)) * np.array([[GUN_ALONG_M], [GUN_ACROSS_M]])
    gaps = weapon.gap_s * np.exp(weapon.gap_log_sigma * chance.standard_normal((guns, rounds)))
    gaps[:, 0] = weapon.start_s * chance.random(guns)
    gaps[0, 0] = 0.0
    launch_s = (start_s + np.cumsum(gaps, axis=1)).ravel()
    along = np.repeat(gun_m[0] + places[0], rounds)
    across = np.repeat(gun_m[1] + places[1], rounds)
    falls = impact_sigma_m * chance.standard_normal((2, count))
    end_along, end_across = aim_m[0] + falls[0], aim_m[1] + falls[1]
    speed = weapon.speed_mps * (1.0 + SPEED_SHARE * chance.standard_normal())
    flight_s = np.hypot(end_along - along, end_across - across) / speed
    flight_s = flight_s * (1.0 + ROUND_SHARE * chance.standard_normal(count))
    launches = happenings(
        OUTGOING, launch_s, along, across, party=party, weapon=weapon.name, group=group, deception=deception
    )
    impacts = happenings(
        IMPACT, launch_s + flight_s, end_along, end_across, party=party, weapon=weapon.name, group=group,
        deception=deception,
    )  # fmt: skip
    both = joined([launches, impacts])
    both.pair[count:] = np.arange(count)
    return both


def _spread(ground: Ground, count: int, chance: np.random.Generator) -> Floats:
    return ground.half_m * MIDDLE_SHARE * (2 * chance.random(count) - 1)


def _unseen(keys: FireKeys, ground: Ground, count: int, length_s: float, chance: np.random.Generator) -> Sources:
    side = chance.integers(2, size=count)
    along, time = _spread(ground, count, chance), length_s * chance.random(count)
    beyond = keys.beyond_km.many(chance, count) * 1000.0
    across = ground.line_m(along, time) + np.where(side == 0, -beyond, beyond)
    return happenings(
        IMPACT, time, along, across, party=ground.party_of(side, along), weapon="rocket_unseen",
        group=[f"I{number}" for number in range(count)],
    )  # fmt: skip


def _small_arms(keys: FireKeys, ground: Ground, count: int, length_s: float, chance: np.random.Generator) -> Sources:
    side = chance.integers(2, size=count)
    along, time = _spread(ground, count, chance), length_s * chance.random(count)
    off = keys.small_arms_km.many(chance, count) * 1000.0
    stray = np.where(chance.random(count) < keys.stray_share.draw(chance), -0.15, 1.0)
    across = ground.line_m(along, time) + np.where(side == 0, 1.0, -1.0) * stray * off
    return happenings(
        BURST, time, along, across, party=ground.party_of(side, along), weapon="small_arms",
        group=[f"S{number}" for number in range(count)], flash=0.0, shake=0.0,
    )  # fmt: skip


def scattered(keys: FireKeys, ground: Ground, length_s: float, spare: float, chance: np.random.Generator) -> Sources:
    """Single rounds and salvos all along the line, `spare` times what will be kept: not all are heard well enough."""
    rounds, share = keys.salvo_rounds, keys.salvo_share.draw(chance)
    wanted = int(spare * keys.events) + 4 * rounds
    salvo_chance = share / rounds / (share / rounds + 1.0 - share)
    is_salvo = chance.random(wanted) < salvo_chance
    sizes = np.where(is_salvo, rounds, 1)
    groups = int(np.searchsorted(np.cumsum(sizes), wanted)) + 1
    sizes, is_salvo = sizes[:groups], is_salvo[:groups]
    along = (ground.half_m - 10_000.0 * min(1.0, ground.half_m / 50_000.0)) * (2 * chance.random(groups) - 1)
    start = length_s * chance.random(groups)
    across = ground.line_m(along, start) + keys.off_km.draw(chance) * 1000.0 * chance.standard_normal(groups)
    owner = np.repeat(np.arange(groups), sizes)
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    gaps = keys.salvo_gap_s.many(chance, owner.size)
    passed = np.cumsum(gaps) - gaps
    scatter = keys.salvo_sigma_m.draw(chance) * chance.standard_normal((2, owner.size)) * is_salvo[owner]
    at_along, at_across, time = (
        along[owner] + scatter[0],
        across[owner] + scatter[1],
        start[owner] + passed - passed[first],
    )
    side = ground.side(along, across, start)[owner]
    names = [f"{'salvo' if many else 'single'}{MARK}{number}" for number, many in enumerate(is_salvo.tolist())]
    return happenings(
        OUTGOING, time, at_along, at_across, party=ground.party_of(side, at_along), group=np.array(names)[owner]
    )


def draw_number(sources: Sources) -> Ints:
    """The place in the order of draws of each scattered happening; −1 for all others."""
    parts = [name.rpartition(MARK) for name in sources.group.tolist()]
    return np.array([int(number) if mark else -1 for _, mark, number in parts], int)


def scenes(keys: FireKeys, ground: Ground, length_s: float, chance: np.random.Generator) -> Sources:
    """One round a scene, each in a slot of time of its own."""
    count = keys.events
    time = (np.arange(count) + 0.4 + 0.2 * chance.random(count)) * length_s / count
    along = ground.half_m * (2 * chance.random(count) - 1)
    across = ground.line_m(along, time) + keys.off_km.draw(chance) * 1000.0 * chance.standard_normal(count)
    party = ground.party_of(ground.side(along, across, time), along)
    names = [f"scene{MARK}{number}" for number in range(count)]
    return happenings(OUTGOING, time, along, across, party=party, group=names)
