"""How many observations a second the service takes in over HTTP, each on disk when it is acknowledged.

    python benchmarks/service_ingest.py missions/first-light --seconds 20 --senders 2
    python benchmarks/service_ingest.py missions/first-light --seconds 600 --rate 2000

Starts a service of its own on this machine, with its looker and judge at work, and sends it signs of life in batches of
100 from `senders` processes, as fast as they are taken or at a rate. Prints one JSON object: observations a second
(total and in the last half), resident memory of server, looker and judge at a quarter of the time and at the end, what
share of a processor each of them and the senders used, and microseconds of processor an observation.
"""

import argparse
import json
import multiprocessing
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from truceline.client import Client

COMMAND = "import sys; from truceline.edges.cli.main import main; sys.exit(main())"
BATCH = 100
START_S = 1_772_445_600  # 2026-03-02T10:00:00Z


def line(number: int, sensor: str, per_s: float) -> bytes:
    """A sign of life, as long as a usual line."""
    when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(START_S + number / per_s))
    micro = int(number / per_s * 1e6) % 1_000_000
    stamp = f"{when}.{micro:06d}Z"
    return (
        b'{"id":"B%d","sensor":"%s","kind":"status","time":"%s","time_sigma_s":0.02,"received":"%s","state":"detecting"}'
        % (number, sensor.encode(), stamp.encode(), stamp.encode())
    )


def send(
    number: int, of: int, url: str, key: str, sensor: str, seconds: float, rate: float,
    told: "multiprocessing.Queue[tuple[int, int, float]]",
) -> None:  # fmt: skip
    """Send from one process; tells how many were acknowledged in all, and in the last half of the time."""
    client = Client(url, status="exercise", feed_key=key)
    begin, sent, half = time.monotonic(), 0, 0
    per_s = rate or 20_000.0
    while (now := time.monotonic() - begin) < seconds:
        if rate:
            time.sleep(max(0.0, sent * of / rate - now))
        lines = [line((sent + i) * of + number, sensor, per_s) for i in range(BATCH)]
        (answer,) = client.send("observations", lines, batch=BATCH)
        assert answer.new == BATCH, answer
        sent += BATCH
        if now > seconds / 2:
            half += BATCH
    used = resource.getrusage(resource.RUSAGE_SELF)
    told.put((sent, half, used.ru_utime + used.ru_stime))


def memory_mb(pid: int) -> float:
    """Resident memory of a process, megabytes."""
    text = Path(f"/proc/{pid}/status").read_text("ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", text)
    assert found
    return int(found.group(1)) / 1024


def processor_s(pid: int) -> float:
    """Processor seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def workers(pid: int) -> dict[str, int]:
    """The processes of a service by name. Of those that the server began, it is the judge who yields."""
    found = {"server": pid}
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text("ascii").split():
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                found["judge" if os.getpriority(os.PRIO_PROCESS, int(child)) else "looker"] = int(child)
    return found


def all_at_work(url: str, pid: int) -> dict[str, int]:
    """The processes of a service, once its workers have read what there is."""
    while True:
        with suppress(OSError), urllib.request.urlopen(f"{url}/readyz", timeout=30):
            if len(found := workers(pid)) == 3 and all(processor_s(one) > 1.0 for one in found.values()):
                return found
        time.sleep(0.5)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mission", help="an exercise, for its network and terms")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--senders", type=int, default=2)
    parser.add_argument("--rate", type=float, default=0.0, help="observations a second in all; 0: as fast as possible")
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


def measure(args: argparse.Namespace, data: Path, server: "subprocess.Popen[str]") -> dict[str, object]:
    """Send for so long, and look at the server meanwhile."""
    assert server.stdout is not None
    url, _ = re.findall(r"http\S+", server.stdout.readline() + server.stdout.readline())
    key = (data / "feed.key").read_text("ascii").strip()
    network = json.loads((Path(args.mission) / "network.geojson").read_text("utf-8"))
    sensor = network["features"][0]["properties"]["id"]
    told: multiprocessing.Queue[tuple[int, int, float]] = multiprocessing.Queue()
    senders = [
        multiprocessing.Process(
            target=send, args=(i, args.senders, url, key, sensor, args.seconds, args.rate, told)
        )
        for i in range(args.senders)
    ]  # fmt: skip
    there = all_at_work(url, server.pid)
    load = os.getloadavg()[0]
    used = {name: -processor_s(pid) for name, pid in there.items()}
    for one in senders:
        one.start()
    time.sleep(args.seconds / 4)
    quarter = {name: memory_mb(pid) for name, pid in there.items()}
    time.sleep(args.seconds * 0.74)
    end = {name: memory_mb(pid) for name, pid in there.items()}
    counts = [told.get(timeout=60) for _ in senders]
    used = {name: used[name] + processor_s(pid) for name, pid in there.items()}
    for one in senders:
        one.join()
    total, half = sum(one[0] for one in counts), sum(one[1] for one in counts)
    used["senders"] = sum(one[2] for one in counts)
    return {
        "observations_per_s": round(total / args.seconds),
        "observations_per_s_last_half": round(half / args.seconds * 2),
        "memory_mb": {name: [round(quarter[name], 1), round(end[name], 1)] for name in there},
        "processor_share": {name: round(one / args.seconds, 2) for name, one in used.items()},
        "processor_us_an_observation": {name: round(1e6 * one / total, 1) for name, one in used.items()},
        "processors": os.cpu_count(),
        "load": [round(load, 1), round(os.getloadavg()[0], 1)],
    }


if __name__ == "__main__":
    raise SystemExit(main())
