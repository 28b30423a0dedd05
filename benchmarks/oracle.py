"""Brier of responsibility beside an oracle's: how much of the error is the engine's, and how much nobody could avoid.

    python benchmarks/oracle.py /tmp/cal --keep /tmp/cal-out

Worlds and results are those of benchmarks/laboratory.py; nothing is run again. For each finding on fire that truly
happened the oracle knows what the engine must infer: which sounds belong together, which impacts follow which launches,
the place and time of every launch that an honest sensor caught, and the air. It does not know who fired. Its posterior
of the place is the truth within what the sensors' own stated errors leave; who holds that ground it reads off the same
maps, with the same doubts about them; and of who fires from ground that somebody holds, and at whose, it assumes the
same. Of impacts whose salvo was heard by nobody at launch, and that nothing points back from, it knows who is hit, as
everybody does; what parties claim and silence it leaves out. So the difference is what locating, associating, linking
and classifying cost, and lies, false clocks and wrong weather; not whether the assumptions about firers are right.
"""

import argparse
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.special import ndtri

from truceline.attribution.actor import HIT_OF_ANOTHER
from truceline.attribution.arrivals import by_who_is_hit
from truceline.attribution.control import Ground, Held, held_at, learnt_doubts
from truceline.attribution.line import agreed_line
from truceline.attribution.origin import Fired, firers, light, several_tubes, strangers
from truceline.edges.cli.sim import trial_of
from truceline.edges.intake import understand
from truceline.edges.mission_folder import read_folder
from truceline.edges.wiring import kinds
from truceline.geo.frame import Frame, distance_azimuth, frame_for
from truceline.geo.held import prepare_maps
from truceline.incidents.link import SLOW_MPS
from truceline.model.case import Case
from truceline.model.finding import OTHER_ACTOR
from truceline.model.instant import parse_utc
from truceline.model.observation import BURST, IMPACT, OUTGOING, Arrival, Bearing, Observation
from truceline.sensors.contract import Floats
from truceline.sim.results import FindingFields, Trial, TrueEvent, seconds_of
from truceline.sim.score import Judged

SOUND_MPS, GROUND_MPS = 340.0, 3_000.0
LOOSE_M, LOOSE_S = 5_000.0, 60.0  # what is known of a launch before any sensor is asked
POINTS = 64
RATIO = (1.0 + 5.0**0.5) / 2.0


@dataclass(frozen=True)
class Squares:
    """Squared errors of probabilities, the engine's and the oracle's, of the same findings; and whether the oracle had
    a launch to look at."""

    ours: tuple[float, ...]
    oracle: tuple[float, ...]
    traced: bool


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR_OF_WORLDS")
    parser.add_argument("--keep", type=Path, required=True, metavar="DIR", help="where the results are")
    args = parser.parse_args()
    worlds = sorted(path for path in args.folder.iterdir() if (args.keep / path.name / "findings.geojsonl").is_file())
    by_kind: defaultdict[str, list[Squares]] = defaultdict(list)
    for world in worlds:
        by_kind[re.sub(r"-\d+$", "", world.name)] += compared(world, args.keep / world.name)
    print(f"{len(worlds)} worlds.\n\n| worlds | findings' events | Brier | of the oracle | difference |")
    print("|---|---|---|---|---|")
    for kind in sorted(by_kind):
        print(row(kind, by_kind[kind]))
    every = [one for some in by_kind.values() for one in some]
    print(row("launch heard", [one for one in every if one.traced]))
    print(row("no launch heard", [one for one in every if not one.traced]))
    print(row("**all**", every))
    return 0


def row(name: str, some: Sequence[Squares]) -> str:
    """Brier scores (mean over findings' events and actors) of some events, ours beside the oracle's."""
    if not some:
        return f"| {name} | 0 | – | – | – |"
    ours = float(np.mean([square for one in some for square in one.ours]))
    oracle = float(np.mean([square for one in some for square in one.oracle]))
    return f"| {name} | {len(some)} | {ours:.4f} | {oracle:.4f} | {ours - oracle:+.4f} |"


def compared(world: Path, out: Path) -> list[Squares]:
    """Every matched breach of a world that a finding was made on."""
    trial = trial_of(world, out)
    case = understand(read_folder(world), kinds()).case
    asked = [(true, finding) for true, _, finding in Judged(trial).matched if finding is not None and true.breach]
    oracle = Oracle(case, trial)
    return [squares(true, finding, *oracle.who(true)) for true, finding in asked]


def squares(true: TrueEvent, finding: FindingFields, who: dict[str, float], traced: bool) -> Squares:
    """Over the actors that the finding speaks of."""
    names = finding.responsibility
    return Squares(
        tuple((names[name] - (name == true.party)) ** 2 for name in names),
        tuple((who.get(name, 0.0) - (name == true.party)) ** 2 for name in names),
        traced,
    )


class Oracle:
    """Who fired, for one who knows what belongs together and where it came from, but not who stood there."""

    def __init__(self, case: Case, trial: Trial) -> None:
        self.trial, self.parties = trial, case.agreement.parties
        sensors = case.network.sensors
        self.frame: Frame = frame_for([one.lon for one in sensors], [one.lat for one in sensors])
        self.sent: dict[str, Observation] = {one.id: one for one in case.observations}
        maps = prepare_maps(case.maps, self.frame)
        line = agreed_line(case.agreement, maps, self.parties, self.frame)
        self.ground = Ground(maps, self.parties, self.frame, 0, line)
        self.acts: defaultdict[str, list[TrueEvent]] = defaultdict(list)
        for true in trial.truth:
            if true.breach:
                self.acts[true.group or true.id].append(true)
        self.origins = {name: self._origin(members) for name, members in self.acts.items()}
        wrong = [held.wrong.mean(axis=0) for held in self._held()]
        self.ground = replace(self.ground, doubts=learnt_doubts(maps, wrong))

    def who(self, true: TrueEvent) -> tuple[dict[str, float], bool]:
        """(probability of each actor, whether a launch was there to look at) of a happening."""
        name = true.group or true.id
        origin = self.origins[name]
        if origin is None:
            x, y = self.frame.to_xy([true.lon], [true.lat])
            share = by_who_is_hit(self._at(true, x, y).share.mean(axis=0))
        else:
            held = self._at(true, *origin)
            share = firers(held.share.mean(axis=0), strangers(self._fired(name), float(held.depth_m.mean())))
            share = share * self._hit(name)
            share = share / share.sum()
        return dict(zip((*self.parties, OTHER_ACTOR), share.tolist(), strict=True)), origin is not None

    def _hit(self, name: str) -> Floats:
        """(parties + 1,) how much likelier each actor is by whose ground the act's impacts struck."""
        fell = [true for true in self.acts[name] if true.cls == IMPACT and true.seen.arrival + true.seen.bearing > 0]
        if not fell:
            return np.ones(len(self.parties) + 1)
        x, y = self.frame.to_xy([true.lon for true in fell], [true.lat for true in fell])
        struck = self._at(fell[0], x, y).share.mean(axis=0)[:-1]
        return np.asarray(np.r_[1.0 + (HIT_OF_ANOTHER - 1.0) * (1.0 - struck), 1.0])

    def _held(self) -> Iterator[Held]:
        for name, origin in self.origins.items():
            if origin is not None:
                yield self._at(self.acts[name][0], *origin)

    def _at(self, true: TrueEvent, x: Floats, y: Floats) -> Held:
        return held_at(replace(self.ground, when=parse_utc(true.time)), x, y)

    def _origin(self, members: Sequence[TrueEvent]) -> tuple[Floats, Floats] | None:
        """Points x, y of the posterior of the place that an act was fired from; None where nobody could know."""
        fired = [true for true in members if true.cls != IMPACT]
        caught = [true for true in fired if true.seen.arrival + true.seen.bearing > 0]
        pointed = not caught and (members[0].group or members[0].id) in self.trial.pointed
        known = caught or (fired if pointed else [])
        if not known:
            return None
        information = sum((self._information(true) for true in known), np.zeros((2, 2)))
        root = np.linalg.cholesky(np.linalg.inv(information))
        x, y = self.frame.to_xy([true.lon for true in known], [true.lat for true in known])
        number = np.arange(1, POINTS + 1)
        even = np.stack([(number - 0.5) / POINTS, (0.5 + number * RATIO) % 1.0])
        off = root @ ndtri(even)
        return float(np.mean(x)) + off[0], float(np.mean(y)) + off[1]

    def _information(self, true: TrueEvent) -> Floats:
        """(2, 2) what honest sensors' lines tell of a true place, per m², the moment being unknown: by the sensors' own
        stated errors, the air being known."""
        liars = {name for lie in self.trial.world.get("lies", []) for name in lie.get("providers", [])}
        rows, weights = [], []
        for seen in (self.sent[line] for line in true.obs if line in self.sent):
            if not isinstance(seen, Arrival | Bearing) or self.trial.providers.get(seen.sensor, "") in liars:
                continue
            lon, lat = self.trial.sensors[seen.sensor]
            away, azimuth = distance_azimuth(lon, lat, true.lon, true.lat)
            east, north = float(np.sin(np.radians(azimuth))), float(np.cos(np.radians(azimuth)))
            if isinstance(seen, Arrival):
                speed = GROUND_MPS if seen.wave == "seismic" else SOUND_MPS
                rows.append((east / speed, north / speed, 1.0))
                weights.append(seen.time_sigma_s**-2)
            if seen.azimuth_deg is not None and seen.azimuth_sigma_deg is not None:
                across = max(float(away), 1.0)
                rows.append((north / across, -east / across, 0.0))
                weights.append(float(np.radians(seen.azimuth_sigma_deg)) ** -2)
        design = np.array(rows).reshape(-1, 3)
        told = (design * np.array(weights).reshape(-1, 1)).T @ design
        told += np.diag([LOOSE_M**-2, LOOSE_M**-2, LOOSE_S**-2])
        return np.asarray(np.linalg.inv(np.linalg.inv(told)[:2, :2]))

    def _fired(self, name: str) -> Fired:
        """What was fired, by all of an act that an honest sensor caught."""
        caught = [true for true in self.acts[name] if true.seen.arrival + true.seen.bearing > 0]
        fired = [true for true in caught if true.cls != IMPACT]
        fell = [true for true in caught if true.cls == IMPACT]
        rounds, small = max(len(fired), len(fell)), any(true.cls == BURST for true in fired)
        launches = [(self.trial.by_id[true.pair], true) for true in fell if true.pair]
        speeds = [self._speed(launch, impact) for launch, impact in launches]
        slow = float(np.median(speeds) < SLOW_MPS) if speeds else None
        several = any(several_tubes(sorted(seconds_of(true.time) for true in some)) for some in (fired, fell))
        return Fired(rounds, light(rounds, slow, small_arms=small), several and not small)

    def _speed(self, launch: TrueEvent, impact: TrueEvent) -> float:
        assert launch.cls == OUTGOING, launch.id
        away, _ = distance_azimuth(launch.lon, launch.lat, impact.lon, impact.lat)
        return float(away) / max(seconds_of(impact.time) - seconds_of(launch.time), 0.1)


if __name__ == "__main__":
    raise SystemExit(main())
