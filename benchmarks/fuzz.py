"""Coverage-guided fuzzing of every parser that reads bytes of strangers (needs the package atheris).

    python benchmarks/fuzz.py NAME… [--minutes 20] [--corpus FOLDER]

NAME: as in tests/edges/hostile.py; `all` for each of them, `feeds` for the decoders of what sensors send. A crash's
input is left beside as crash-….
"""

import argparse
import importlib
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Fuzz one target in this process, or each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", metavar="NAME")
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--corpus", default=None)
    args = parser.parse_args()
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["truceline"]):
        sys.path.insert(0, str(ROOT / "tests"))
        from edges import hostile, hostile_feeds
        from edges.test_hostile_bytes import seeds
    groups = {"all": hostile.TARGETS, "feeds": hostile_feeds.FEEDS}
    names = [name for given in args.names for name in groups.get(given, [given])]
    if len(names) > 1:
        return max([each(name, args.minutes) for name in names])
    (name,) = names
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(args.corpus or folder)
        corpus.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(seeds(name)):
            (corpus / f"seed-{number}").write_bytes(seed)
        options = [f"-max_total_time={args.minutes * 60:.0f}", "-max_len=6000", "-timeout=20", "-rss_limit_mb=2048"]
        atheris.Setup([sys.argv[0], *options, str(corpus)], lambda data: hostile.take(name, data))
        atheris.Fuzz()
    return 0


def each(name: str, minutes: float) -> int:
    """One target in a process of its own: how long it ran, and whether it crashed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, __file__, name, "--minutes", str(minutes)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    last = [line for line in run.stderr.split("\n") if line[:1] == "#" and line[1:2].isdigit()][
        -1:
    ] or run.stderr.split("\n")[-3:]
    print(f"{name}: {'CRASH' if run.returncode else 'no crash'}, {seconds:.0f} s of CPU: {last}", flush=True)
    return 1 if run.returncode else 0


if __name__ == "__main__":
    raise SystemExit(main())
