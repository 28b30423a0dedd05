"""Tracking beside Stone Soup: so many targets among so many false sightings a scan, one run, one core.

    scripts/peers/fusion.sh
    python benchmarks/tracking.py [--peer]

Scans a second, and from the tenth scan on: OSPA (order 2, cut off at 50 m; Schuhmacher, Vo & Vo 2008), the share of
targets that have a track within 50 m, and the share of tracks that are near no target. Stone Soup (global nearest
neighbour with a k-d tree, its fastest) is given the targets' true start; ours must find them.
"""

import argparse
import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

from truceline.fusion.follow import BELIEVED, DOUBTED, LOST
from truceline.fusion.tracks import Scan, born, matched, no_tracks, predicted
from truceline.sensors.contract import Floats

ROOT = Path(__file__).parents[1]
SCENES = ((10, 20, 4_000.0), (50, 100, 8_000.0), (100, 200, 10_000.0))  # targets, false sightings a scan, side (m)
SCANS, SIGMA_M, SEEN = 60, 5.0, 0.9
CUT_M, FROM = 50.0, 10


@dataclass(frozen=True)
class Scene:
    """Truth (scans, targets, 4) and what was seen of it, scan by scan."""

    truth: Floats
    seen: list[Floats]
    density: float


def scene(targets: int, false: int, side_m: float, seed: int = 0) -> Scene:
    chance = np.random.default_rng(seed)
    state = np.c_[
        chance.uniform(0, side_m, targets), chance.normal(0, 20, targets),
        chance.uniform(0, side_m, targets), chance.normal(0, 20, targets),
    ]  # fmt: skip
    truth, seen = [], []
    for second in range(SCANS):
        if second:
            state[:, [0, 2]] += state[:, [1, 3]]
            state[:, [1, 3]] += chance.normal(0, 1, (targets, 2))
        truth.append(state.copy())
        caught = state[chance.uniform(size=targets) < SEEN][:, [0, 2]]
        places = caught + SIGMA_M * chance.standard_normal(caught.shape)
        seen.append(np.r_[places, chance.uniform(0, side_m, (chance.poisson(false), 2))])
    return Scene(np.stack(truth), seen, false / side_m**2)


def ours(given: Scene) -> tuple[list[Floats], float]:
    """Places of the tracks that are believed, by scan, and CPU seconds."""
    tracks, number = no_tracks(1), 0
    held = []
    began = time.process_time()
    for second, places in enumerate(given.seen):
        count = len(places)
        scan = Scan(
            float(second), 0, places[:, 0], places[:, 1], np.full(count, SIGMA_M), np.full((count, 2), np.nan),
            np.full(count, -1),
        )  # fmt: skip
        tracks, who = matched(tracks, scan, given.density)
        new = born(scan, np.flatnonzero(who < 0), number, 1, given.density)
        number += len(new)
        fall = tracks.best - tracks.score
        tracks = tracks.take(fall <= np.where(tracks.best >= BELIEVED, LOST, DOUBTED)).joined(new)
        mean, _ = predicted(tracks, float(second))
        held.append(mean[tracks.best >= BELIEVED][:, [0, 2]])
    return held, time.process_time() - began


def soup(given: Scene) -> tuple[list[Floats], float]:
    """The same of Stone Soup; its first scan is the truth it is started with."""
    asked = {"scans": [one.tolist() for one in given.seen], "start": given.truth[0].tolist(), "sigma_m": SIGMA_M}
    ran = subprocess.run(
        [str(ROOT / ".peers" / "stonesoup" / "bin" / "python"), str(ROOT / "benchmarks" / "peers" / "soup.py")],
        input=json.dumps(asked), text=True, capture_output=True, check=True,
    )  # fmt: skip
    answer = json.loads(ran.stdout)
    return [given.truth[0][:, [0, 2]], *(np.array(one) for one in answer["tracks"])], answer["cpu_s"]


def judged(given: Scene, held: list[Floats]) -> tuple[float, float, float]:
    """Mean OSPA, completeness and spuriousness from scan FROM on."""
    ospa, complete, spurious = [], [], []
    for truth, places in zip(given.truth[FROM:, :, [0, 2]], held[FROM:], strict=True):
        apart = (
            np.hypot(*(truth[:, None] - places[None]).transpose(2, 0, 1)) if len(places) else np.zeros((len(truth), 0))
        )
        cut = np.minimum(apart, CUT_M)
        rows, columns = linear_sum_assignment(cut)
        most = max(apart.shape)
        square = (cut[rows, columns] ** 2).sum() + CUT_M**2 * (most - min(apart.shape))
        ospa.append(np.sqrt(square / most))
        near = apart[rows, columns] < CUT_M
        complete.append(near.sum() / len(truth))
        spurious.append(1 - near.sum() / max(len(places), 1))
    return float(np.mean(ospa)), float(np.mean(complete)), float(np.mean(spurious))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", action="store_true", help="Stone Soup beside it (scripts/peers/fusion.sh)")
    args = parser.parse_args()
    print("| targets, false a scan | | scans/s | OSPA, m | complete | spurious |\n|---|---|---|---|---|---|")
    for targets, false, side_m in SCENES:
        given = scene(targets, false, side_m)
        for name, run in (("Truceline", ours), *((("Stone Soup", soup),) if args.peer else ())):
            held, spent = run(given)
            ospa, complete, spurious = judged(given, held)
            print(
                f"| {targets}, {false} | {name} | {SCANS / spent:.1f} | {ospa:.1f} | {complete:.3f} | {spurious:.3f} |",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
