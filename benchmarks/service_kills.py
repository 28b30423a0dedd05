"""The service killed (SIGKILL) at random while it takes in, again and again: what was kept, and how soon it is back.

    python benchmarks/service_kills.py missions/first-light --kills 50

Starts a service on this machine, sends it signs of life in batches of 50, kills it after 0.2 to 1.5 s of sending, looks
into the store, and begins it again. Prints one JSON object: kills, lines acknowledged, lines lost and kept twice, and
seconds from the start of the process to its first answer, median and worst. How far it is goes to standard error.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from service_ingest import line
from truceline.edges.store.sqlite import SqliteStore

COMMAND = "import sys; from truceline.edges.cli.main import main; sys.exit(main())"
BATCH, PER_S = 50, 1_000.0


class Trial:
    """A service that is begun again where it was, and what it has acknowledged."""

    def __init__(self, mission: Path, folder: Path, seed: int) -> None:
        self.mission, self.data = mission, folder / "data"
        self.chance = random.Random(seed)
        network = json.loads((mission / "network.geojson").read_text("utf-8"))["features"]
        self.sensor = str(network[0]["properties"]["id"])
        self.acknowledged, self.lost, self.twice = 0, 0, 0
        self.back_s: list[float] = []

    def once(self) -> None:
        """Begin, send for a while, kill, look."""
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, "serve", str(self.data), "--mission", str(self.mission), "--port", "0"],
            stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        assert process.stdout is not None
        try:
            url, _ = re.findall(r"http\S+", process.stdout.readline() + process.stdout.readline())
            urllib.request.urlopen(f"{url}/healthz", timeout=30).close()
            self.back_s.append(time.monotonic() - began)
            self.send(url, self.chance.uniform(0.2, 1.5), process)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
        self.look()

    def send(self, url: str, for_s: float, process: "subprocess.Popen[str]") -> None:
        """Send until the kill, which falls where it falls: often into a batch that is on its way."""
        connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
        headers = {
            "Authorization": f"Bearer {(self.data / 'feed.key').read_text('ascii').strip()}",
            "Truceline-Status": "exercise", "Content-Type": "application/x-ndjson",
        }  # fmt: skip
        threading.Timer(for_s, process.kill).start()
        with suppress(OSError, HTTPException):
            while True:
                lines = [line(self.acknowledged + n, self.sensor, PER_S) for n in range(BATCH)]
                connection.request("POST", "/api/v1/observations", b"\n".join(lines), headers)
                answer = json.loads(connection.getresponse().read())
                assert answer["new"] + answer["known"] == BATCH, answer
                self.acknowledged += BATCH
        connection.close()

    def look(self) -> None:
        """Hold the store against what was acknowledged."""
        store = SqliteStore(self.data / "store.sqlite", read_only=True)
        kept = [one.entry.id for one in store.inputs() if one.entry.kind == "observation"]
        store.close()
        self.lost += len({f"B{n}" for n in range(self.acknowledged)} - set(kept))
        self.twice += len(kept) - len(set(kept))


def main() -> None:
    """Kill it so often, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mission", type=Path)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(args.mission, Path(folder), args.seed)
        for number in range(1, args.kills + 1):
            trial.once()
            told = f"{number} killed: {trial.acknowledged} acknowledged, {trial.lost} lost, {trial.twice} kept twice"
            print(told, file=sys.stderr, flush=True)
    print(json.dumps({
        "kills": args.kills, "acknowledged": trial.acknowledged, "lost": trial.lost, "kept_twice": trial.twice,
        "back_s": {"median": round(median(trial.back_s), 2), "worst": round(max(trial.back_s), 2)},
        "load": os.getloadavg()[0],
    }))  # fmt: skip


if __name__ == "__main__":
    main()
