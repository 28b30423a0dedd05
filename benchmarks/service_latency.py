"""From the last observation that an event needs to the event at a watcher: how many seconds.

    python benchmarks/service_latency.py missions/first-light --events 30 --rate 50

Starts a service of its own on this machine and sends it, at so many observations a second, signs of life and now and
then what four sensors say of a blast. Prints one JSON object: seconds from the acknowledgement of the last of the four
to the change that holds the event, median and 95th percentile.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from truceline.client import Client
from truceline.geo.frame import distance_azimuth

COMMAND = "import sys; from truceline.edges.cli.main import main; sys.exit(main())"
START = datetime(2026, 3, 2, 10, tzinfo=UTC)
SPEED_MPS = 340.0
STEP_S = 0.1
EVERY_S = 8.0  # a blast
WARM_S = 12.0
HEARD_BY = 5


def stamp(after_s: float) -> str:
    """An instant of the mission, so long after its start."""
    return (START + timedelta(seconds=after_s)).isoformat(timespec="microseconds").replace("+00:00", "Z")


def blast(number: int, after_s: float, sensors: list[dict[str, Any]]) -> tuple[float, list[bytes]]:
    """When a blast was, in mission seconds, and what sensors say of it that had all heard it at this time."""
    lon = sum(one["lon"] for one in sensors) / len(sensors) + 0.002 * (number % 7)
    lat = sum(one["lat"] for one in sensors) / len(sensors) + 0.001 * (number % 5)
    legs = [distance_azimuth(one["lon"], one["lat"], lon, lat) for one in sensors]
    began_s = after_s - max(float(distance) for distance, _ in legs) / SPEED_MPS
    return began_s, [
        json.dumps(
            {
                "id": f"L{number}-{one['id']}", "sensor": one["id"], "kind": "arrival", "wave": "acoustic",
                "time": stamp(began_s + float(distance) / SPEED_MPS), "time_sigma_s": 0.02, "received": stamp(after_s),
                "azimuth_deg": round(float(azimuth) % 360, 2), "azimuth_sigma_deg": 2.0,
                "labels": {"outgoing": 0.9, "thunder": 0.1},
            }
        ).encode()
        for one, (distance, azimuth) in zip(sensors, legs, strict=True)
    ]  # fmt: skip


def sign_of_life(number: int, after_s: float, sensors: list[dict[str, Any]]) -> bytes:
    """A status line."""
    of = {
        "id": f"S{number}", "sensor": sensors[number % len(sensors)]["id"], "kind": "status", "time": stamp(after_s),
        "time_sigma_s": 0.02, "received": stamp(after_s), "state": "detecting",
    }  # fmt: skip
    return json.dumps(of).encode()


class Watching(threading.Thread):
    """Notes when each observation is first part of an event on the floor."""

    def __init__(self, url: str, link: str) -> None:
        super().__init__(daemon=True)
        self.client = Client(url, status="exercise")
        self.client.sign_in(link)
        self.places: list[tuple[float, str]] = []

    def run(self) -> None:
        for change in self.client.changes():
            now = time.monotonic()
            for one in change.put.get("events", {}).values():
                self.places.append((now, str(one.feature["properties"]["time"])))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mission")
    parser.add_argument("--events", type=int, default=30)
    parser.add_argument("--rate", type=float, default=500.0, help="observations a second")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        server = subprocess.Popen(
            [sys.executable, "-c", COMMAND, "serve", str(data), "--mission", args.mission, "--port", "0"],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            print(json.dumps(measure(args, data, server), indent=1))
        finally:
            server.kill()
            server.wait()
    return 0


def arrays(mission: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """All sensors, and a few acoustic arrays near one another of more than one provider."""
    network = json.loads((mission / "network.geojson").read_text("utf-8"))
    every: list[dict[str, Any]] = [
        {**one["properties"], "lon": one["geometry"]["coordinates"][0], "lat": one["geometry"]["coordinates"][1]}
        for one in network["features"]
    ]
    acoustic = [one for one in every if one["kind"] == "acoustic_array"]
    first = acoustic[0]
    near = sorted(
        acoustic, key=lambda one: float(distance_azimuth(first["lon"], first["lat"], one["lon"], one["lat"])[0])
    )
    return every, near[:HEARD_BY]


def measure(args: argparse.Namespace, data: Path, server: "subprocess.Popen[str]") -> dict[str, object]:
    """Offer, watch, and take the times apart."""
    assert server.stdout is not None
    url, link = re.findall(r"http\S+", server.stdout.readline() + server.stdout.readline())
    key = (data / "feed.key").read_text("ascii").strip()
    every, near = arrays(Path(args.mission))
    watching = Watching(url, link)
    watching.start()
    client = Client(url, status="exercise", feed_key=key)
    acknowledged: list[tuple[float, float]] = []  # (mission seconds of the blast, when acknowledged)
    began, number, lives = time.monotonic(), 0, 0
    next_blast = WARM_S
    while number < args.events:
        now = time.monotonic() - began
        due = int(now * args.rate) - lives
        lines = [sign_of_life(lives + i, now, every) for i in range(min(due, 400))]
        lives += len(lines)
        if now >= next_blast:
            began_s, heard = blast(number, now, near)
            lines += heard
            number, next_blast = number + 1, next_blast + EVERY_S
            client.send("observations", lines)
            acknowledged.append((began_s, time.monotonic()))
        elif lines:
            client.send("observations", lines)
        time.sleep(max(0.0, STEP_S - (time.monotonic() - began - now)))
    time.sleep(6)
    waits, missed = [], 0
    for mission_s, at in acknowledged:
        found = [when - at for when, time_ in watching.places if when > at - 1 and _near(time_, mission_s)]
        if found:
            waits.append(max(0.0, min(found)))
        else:
            missed += 1
    return {
        "offered_per_s": round(lives / (time.monotonic() - began - 6)),
        "events": len(waits),
        "not_seen_within_6_s": missed,
        "median_s": round(median(waits), 2) if waits else None,
        "p95_s": round(quantiles(waits, n=20)[-1], 2) if len(waits) > 2 else None,
        "processors": os.cpu_count(),
        "load_before": os.getloadavg()[0],
    }


def _near(time_: str, mission_s: float) -> bool:
    """Whether an event's time is that of the blast."""
    return abs((datetime.fromisoformat(time_) - START).total_seconds() - mission_s) < 1.0


if __name__ == "__main__":
    raise SystemExit(main())
