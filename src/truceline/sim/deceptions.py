"""What parties do on the ground to be taken for others, or for nothing at all.

Each kind says who really did it: the truth's party is the deceiver, whoever holds the ground. What is no fire
(a loudspeaker, a decoy) is marked exempt: nobody may be named for it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from truceline.model.observation import EXPLOSION, IMPACT, OTHER, OUTGOING
from truceline.sim.fire import WEAPON, salvo
from truceline.sim.ground import Ground
from truceline.sim.nature import Filing, announced, blasts_of
from truceline.sim.sources import Sources, happenings, joined
from truceline.sim.world import Deception, NoticeKeys

MAP_SIGMA_M = 300.0  # what mappers usually state
LOUDSPEAKER_SOUND = 0.35  # its range over a gun's
HIDDEN_YIELD = 2.2  # range of a blast far above its stated yield
RANGE_M = (2000.0, 5500.0)  # of the mortars that hide


@dataclass(frozen=True)
class Stage:
    """One deception about to be played: who, where, when."""

    ground: Ground
    notices: NoticeKeys
    chance: np.random.Generator
    side: int  # the deceiver's own
    along_m: float
    time_s: float
    length_s: float  # of the world
    group: str
    kind: str

    @property
    def own(self) -> float:
        """+1 if the deceiver's ground lies to the right of the line, else −1."""
        return 1.0 if self.side == 0 else -1.0

    @property
    def party(self) -> int:
        """The deceiver, by its place in order."""
        return int(self.ground.party_of(self.side, self.along_m))

    def place(self, off_m: float, aside_m: float = 0.0) -> tuple[float, float]:
        """(along, across) so far behind the line on the deceiver's ground (negative: on the other's)."""
        along = self.along_m + aside_m
        return along, float(self.ground.line_m(along, self.time_s)) + self.own * off_m

    def between(self, low: float, high: float) -> float:
        """A number drawn evenly between two bounds."""
        return low + (high - low) * float(self.chance.random())

    def mortar(self, gun_m: tuple[float, float], aim_m: tuple[float, float], rounds: int, start_s: float) -> Sources:
        """A single mortar's rounds and their impacts."""
        return salvo(
            WEAPON["mortar_120mm"], gun_m, aim_m, start_s, 1, rounds, self.chance, party=self.party, group=self.group,
            deception=self.kind,
        )  # fmt: skip


def play(
    deceptions: tuple[Deception, ...],
    notices: NoticeKeys,
    ground: Ground,
    length_s: float,
    chance: np.random.Generator,
) -> tuple[Sources, list[Filing]]:
    """All deceptions of a world: what happens, and the notices that hide some of it."""
    parts: list[Sources] = []
    filings: list[Filing] = []
    for number, deception in enumerate(deceptions):
        for turn in range(deception.count):
            stream = chance.spawn(1)[0]
            side, spot = int(stream.integers(2)), 2 * float(stream.random()) - 1
            moment = 0.08 + 0.8 * float(stream.random())
            if deception.party >= 0:
                side, spot = _where_held(ground, deception.party, spot)
            stage = Stage(
                ground, notices, stream, side, ground.half_m * 0.8 * spot, length_s * moment, length_s,
                f"Z{number}-{turn}", deception.kind,
            )  # fmt: skip
            happens, filed = KINDS[deception.kind](stage)
            parts.append(happens)
            filings += filed
    return joined(parts), filings


def _where_held(ground: Ground, party: int, spot: float) -> tuple[int, float]:
    """The side of a party, and a spot in [−1, 1] along the line moved into its own stretch."""
    side = party % 2
    for held, low, high in ground.stretches(side):
        if held == party:
            low, high = max(low, -ground.half_m), min(high, ground.half_m)
            return side, (low + (high - low) * (spot + 1) / 2) / ground.half_m
    return side, spot


def infiltration(stage: Stage) -> tuple[Sources, list[Filing]]:
    """A team on the other's ground fires at its own side, to be taken for the other."""
    depth, reach = stage.between(500.0, 3000.0), stage.between(*RANGE_M)
    gun = stage.place(-depth)
    aim = stage.place(max(300.0, reach - depth), stage.between(-800.0, 800.0))
    return stage.mortar(gun, aim, int(stage.chance.integers(2, 7)), stage.time_s), []


def staged(stage: Stage) -> tuple[Sources, list[Filing]]:
    """Charges set off on one's own ground, to be taken for the other's impacts. No fire: nobody shot."""
    count = int(stage.chance.integers(1, 5))
    time = stage.time_s + np.cumsum(4.0 + 8.0 * stage.chance.random(count))
    at = stage.place(stage.between(700.0, 4000.0))
    spread = 90.0 * stage.chance.standard_normal((2, count))
    return happenings(
        EXPLOSION, time, at[0] + spread[0], at[1] + spread[1], party=stage.party, heard_as=IMPACT, shake=1.2,
        group=stage.group, deception=stage.kind,
    ), []  # fmt: skip


def loudspeaker(stage: Stage) -> tuple[Sources, list[Filing]]:
    """The sound of fire played from just over the line: no flash, nothing in the ground, no impact."""
    count = int(stage.chance.integers(3, 9))
    time = stage.time_s + np.cumsum(3.0 + 5.0 * stage.chance.random(count))
    at = stage.place(-stage.between(200.0, 800.0))
    return happenings(
        OTHER, time, at[0], at[1], party=stage.party, exempt=True, heard_as=OUTGOING, sound=LOUDSPEAKER_SOUND,
        flash=0.0, shake=0.0, group=stage.group, deception=stage.kind,
    ), []  # fmt: skip


def decoy(stage: Stage) -> tuple[Sources, list[Filing]]:
    """Fire from one's own ground, each round with a decoy flash on the other's."""
    gun = stage.place(stage.between(800.0, 3500.0))
    fired = stage.mortar(
        gun, stage.place(-stage.between(700.0, 2500.0)), int(stage.chance.integers(2, 7)), stage.time_s
    )
    launches = fired.take(np.flatnonzero(fired.pair < 0))
    at = stage.place(-stage.between(500.0, 2500.0), stage.between(-1500.0, 1500.0))
    flashes = happenings(
        OTHER, launches.time_s + 0.3 * stage.chance.standard_normal(len(launches)), at[0], at[1], party=stage.party,
        exempt=True, heard_as=OUTGOING, sound=0.0, shake=0.0, group=stage.group, deception=stage.kind,
    )  # fmt: skip
    return joined([fired, flashes]), []


def near_line(stage: Stage) -> tuple[Sources, list[Filing]]:
    """Fire from within a map's sigma of the line, on one's own ground."""
    gun = stage.place(stage.between(20.0, MAP_SIGMA_M))
    aim = stage.place(-stage.between(1500.0, 4000.0), stage.between(-500.0, 500.0))
    return stage.mortar(gun, aim, int(stage.chance.integers(2, 7)), stage.time_s), []


def under_notice(stage: Stage) -> tuple[Sources, list[Filing]]:
    """Fire hidden by an honest notice of demining: beyond its place, its time, its number or its yield."""
    at = stage.place(stage.between(600.0, 3500.0))
    filing = announced(stage.notices, stage.party, stage.time_s, at[0], at[1], stage.chance)
    done = 1 if stage.kind != "notice_count" else filing.count
    works = blasts_of(filing, done, stage.time_s, stage.chance, group=stage.group, deception=stage.kind)
    aim = stage.place(-stage.between(1500.0, 3500.0))
    start, gun = stage.time_s + stage.between(60.0, 600.0), at
    match stage.kind:
        case "notice_yield":
            filing = replace(filing, yield_kg=filing.yield_kg or 5.0)
            heavy = blasts_of(
                filing, 1, start, stage.chance, group=stage.group, sound=HIDDEN_YIELD, exempt=False,
                deception=stage.kind,
            )  # fmt: skip
            return joined([works, heavy]), [filing]
        case "notice_place":
            aside = filing.radius_m * stage.between(3.0, 6.0)
            gun = (at[0] + aside, at[1] + stage.own * stage.between(0.0, 500.0))
        case "notice_time":
            filing, start = _outside(stage, filing)
        case _:
            pass
    return joined([works, stage.mortar(gun, aim, int(stage.chance.integers(3, 8)), start)]), [filing]


def _outside(stage: Stage, filing: Filing) -> tuple[Filing, float]:
    """A moment well after the notice has ended, or well before it begins; the notice is cut short if it must be."""
    room_s = min(filing.until_s - filing.from_s, 0.3 * stage.length_s)
    filing = replace(filing, from_s=stage.time_s - room_s / 2, until_s=stage.time_s + room_s / 2)
    gap_s = stage.between(0.08, 0.2) * min(stage.length_s, 7200.0)
    after = filing.until_s + gap_s
    return filing, after if after < 0.95 * stage.length_s else filing.from_s - gap_s


KINDS: dict[str, Callable[[Stage], tuple[Sources, list[Filing]]]] = {
    "infiltration": infiltration,
    "staged": staged,
    "loudspeaker": loudspeaker,
    "decoy": decoy,
    "near_line": near_line,
    "notice_place": under_notice,
    "notice_time": under_notice,
    "notice_count": under_notice,
    "notice_yield": under_notice,
}
