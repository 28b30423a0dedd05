"""Coverage-guided fuzzing of every parser that reads bytes of strangers (needs the package atheris).

python benchmarks/fuzz.py NAME [--minutes 20] [--corpus FOLDER]     NAME: as in tests/edges/hostile.py; or all
"""

import argparse
import importlib
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Fuzz one target in this process, or each in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--corpus", default=None)
    args = parser.parse_args()
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["truceline"]):
        sys.path.insert(0, str(ROOT / "tests"))
        from edges import hostile
        from edges.test_hostile_bytes import seeds
    if args.name == "all":
        for name in sorted(hostile.TARGETS):
            run = subprocess.run(
                [sys.executable, __file__, name, "--minutes", str(args.minutes)],
                capture_output=True,
                text=True,
                check=False,
            )
            last = [line for line in run.stderr.split("\n") if line.startswith("#")][-1:] or run.stderr.split("\n")[-3:]
            print(f"{name}: {'no crash' if run.returncode == 0 else 'CRASH'}: {last}", flush=True)
        return
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(args.corpus or folder)
        corpus.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(seeds(args.name)):
            (corpus / f"seed-{number}").write_bytes(seed)
        options = [f"-max_total_time={args.minutes * 60:.0f}", "-max_len=6000", "-timeout=20", "-rss_limit_mb=2048"]
        atheris.Setup([sys.argv[0], *options, str(corpus)], lambda data: hostile.take(args.name, data))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
