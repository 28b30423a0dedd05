"""`truceline sim`: a seeded world as a mission folder. `truceline score`: how well a run did on it."""

import argparse
import json
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from truceline.edges.given_file import read_given
from truceline.edges.out_folder import write_folder
from truceline.model.problem import Place, Problem, Unusable
from truceline.sim.build import build
from truceline.sim.read_world import read_world
from truceline.sim.reference import reference
from truceline.sim.results import Trial, read_trial
from truceline.sim.score import Judged, score
from truceline.sim.strata import further

SIM_EXAMPLE = """example:
  truceline sim worlds/salvos.toml --seed 7 --out /tmp/salvos-7
  truceline run /tmp/salvos-7 --out /tmp/salvos-7-out
  truceline score /tmp/salvos-7 /tmp/salvos-7-out
"""
SCORE_EXAMPLE = """example:
  truceline score /tmp/salvos-7 /tmp/salvos-7-out
  truceline score M1 OUT1 M2 OUT2 M3 OUT3      all worlds taken together
"""
MISSION_FILES = ("truth.ndjson", "truth_world.json", "network.geojson", "observations.ndjson")
OUT_FILES = ("events.geojsonl", "incidents.geojsonl", "findings.geojsonl", "sensors.geojsonl")
MOST_SEED = 2**63 - 1


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands `sim` and `score`; each sets `run` to a function of the parsed arguments."""
    sim = commands.add_parser(
        "sim", help="make a mission folder with ground truth from WORLD.toml and a seed", epilog=SIM_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Make a mission folder with ground truth. The same file and seed give the same bytes.",
    )  # fmt: skip
    sim.add_argument("world", metavar="WORLD.toml", nargs="?", help="the world's description")
    sim.add_argument("--seed", type=_seed, default=1, metavar="N", help="which world of its kind (default 1)")
    sim.add_argument("--out", metavar="DIR", help="the folder to make; it must not exist yet")
    sim.add_argument("--keys", action="store_true", help="print every key of WORLD.toml with unit and default")
    sim.set_defaults(run=run_sim)
    scorer = commands.add_parser(
        "score", help="score results against the truth of their missions", epilog=SCORE_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Score results against the truth of their missions. Prints one JSON object.",
    )  # fmt: skip
    scorer.add_argument("folders", metavar="MISSION OUT", nargs="+", help="a mission folder and its result folder")
    scorer.set_defaults(run=run_score)


def run_sim(args: argparse.Namespace) -> int:
    """Make one mission folder."""
    if args.keys:
        print(reference(), end="")
        return 0
    if not args.world or not args.out:
        print("truceline sim: WORLD.toml and --out DIR are needed. See truceline sim --help.", file=sys.stderr)
        return 2
    try:
        make_mission(Path(args.world), args.seed, Path(args.out))
    except Unusable as unusable:
        print(unusable, file=sys.stderr)
        return 1
    return 0


def make_mission(world_file: Path, seed: int, folder: Path) -> None:
    """Write the mission folder of a world and a seed. Raises Unusable.

    The family enters the chance beside the seed: worlds of one family and seed share ground, air and fire, so a
    lie can be compared with its honest twin; worlds of two families share nothing.
    """
    world = read_world(str(world_file), read_given(world_file))
    chance = np.random.default_rng([seed, zlib.crc32(world.family.encode())])
    write_folder(folder, build(world, chance))


def run_score(args: argparse.Namespace) -> int:
    """Score one or more results."""
    if len(args.folders) % 2:
        print("truceline score: give pairs of a mission folder and a result folder.", file=sys.stderr)
        return 2
    try:
        pairs = zip(args.folders[::2], args.folders[1::2], strict=True)
        judged = [Judged(trial_of(Path(mission), Path(out))) for mission, out in pairs]
    except Unusable as unusable:
        print(unusable, file=sys.stderr)
        return 1
    print(json.dumps({**score(judged), "further": further(judged)}, indent=1))
    return 0


def _seed(text: str) -> int:
    number = int(text)
    if not 0 <= number <= MOST_SEED:
        raise argparse.ArgumentTypeError(f"{text} is no seed; give a whole number from 0 to 2^63 - 1")
    return number


def trial_of(mission: Path, out: Path) -> Trial:
    """A trial from a mission folder and its result folder. Raises Unusable."""
    try:
        return read_trial(_files(mission, MISSION_FILES), _files(out, OUT_FILES))
    except Unusable as unusable:
        where = {name: mission / name for name in MISSION_FILES} | {name: out / name for name in OUT_FILES}
        raise Unusable(
            Problem(
                Place(str(where.get(p.place.file, p.place.file)), line=p.place.line, field=p.place.field),
                p.what, p.remedy,
            )
            for p in unusable.problems
        ) from None  # fmt: skip


def _files(folder: Path, names: tuple[str, ...]) -> Mapping[str, bytes]:
    return {name: read_given(folder / name) for name in names if (folder / name).exists()}
