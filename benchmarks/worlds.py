"""Make a set of held-out worlds: so many seeds of each world file, two at a time.

    python benchmarks/worlds.py --out /tmp/held-out --seeds 20 --first 1000
    python benchmarks/worlds.py --out /tmp/lies --seeds 20 worlds/lie-*.toml
    python benchmarks/worlds.py --out /tmp/many --seeds 2 --with benchmarks/many_acts.toml worlds/lie-*.toml

Writes OUT/NAME-SEED/ for every world file and seed; a folder that is there already is kept. What is given by --with is
added to every world file.
"""

import argparse
import tempfile
from functools import partial
from multiprocessing import Pool
from pathlib import Path

from truceline.edges.cli.sim import make_mission
from truceline.model.problem import Unusable

WORLDS = Path(__file__).parents[1] / "worlds"
PROCESSES = 2
CORE = ("quiet", "salvos", "liar", "thin", "one-sided", "line-1200")


def make(job: tuple[Path, int], out: Path) -> str | None:
    """One world of one seed; what went wrong, if anything did."""
    path, seed = job
    folder = out / f"{path.stem}-{seed}"
    try:
        if not folder.exists():
            make_mission(path, seed, folder)
    except Unusable as unusable:
        return str(unusable)
    return None


def added(path: Path, more: Path, folder: Path) -> Path:
    """A world file with further tables after its own."""
    both = folder / path.name
    both.write_text(f"{path.read_text()}\n{more.read_text()}")
    return both


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("worlds", nargs="*", type=Path, help="world files (default: the six core families)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--seeds", type=int, default=20, metavar="N", help="seeds of each (default 20)")
    parser.add_argument("--first", type=int, default=1000, metavar="N", help="the first seed (default 1000)")
    parser.add_argument("--with", dest="added", type=Path, metavar="FILE", help="tables added to each world file")
    parser.add_argument("--jobs", type=int, default=PROCESSES, metavar="N", help="processes (default 2)")
    args = parser.parse_args()
    paths = args.worlds or [WORLDS / f"{name}.toml" for name in CORE]
    with tempfile.TemporaryDirectory() as folder:
        paths = [added(path, args.added, Path(folder)) for path in paths] if args.added else paths
        jobs = [(path, args.first + number) for path in paths for number in range(args.seeds)]
        with Pool(args.jobs) as pool:
            faults = [said for said in pool.imap_unordered(partial(make, out=args.out), jobs) if said]
    print(f"{len(jobs) - len(faults)} worlds in {args.out}")
    for said in sorted(set(faults)):
        print(said)
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
