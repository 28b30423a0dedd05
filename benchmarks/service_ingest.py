"""How many observations a second the service takes in over HTTP, each on disk when it is acknowledged.

    python benchmarks/service_ingest.py missions/first-light --seconds 20 --senders 2
    python benchmarks/service_ingest.py missions/first-light --seconds 600 --rate 2000

Starts a service of its own on this machine, with its looker and judge at work, and sends it signs of life in batches of
100 from `senders` processes, as fast as they are taken or at a rate. Prints one JSON object: observations a second
(total and in the last half), resident memory of the server at a quarter of the time and at the end, and what share of
a processor the server, the workers and the senders used.
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
    told.put((sent, half, resource.getrusage(resource.RUSAGE_SELF).ru_utime))


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


def children(pid: int) -> list[int]:
    """Processes that this one began."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(one) for one in (task / "children").read_text("ascii").split()]
    return found


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
    used = processor_s(server.pid)
    for one in senders:
        one.start()
    time.sleep(args.seconds / 4)
    quarter = memory_mb(server.pid)
    time.sleep(args.seconds * 0.74)
    end, used = memory_mb(server.pid), processor_s(server.pid) - used
    workers = sum(processor_s(one) for one in children(server.pid))
    counts = [told.get(timeout=60) for _ in senders]
    for one in senders:
        one.join()
    total, half = sum(one[0] for one in counts), sum(one[1] for one in counts)
    return {
        "observations_per_s": round(total / args.seconds),
        "observations_per_s_last_half": round(half / args.seconds * 2),
        "server_memory_mb_at_a_quarter": round(quarter, 1),
        "server_memory_mb_at_the_end": round(end, 1),
        "processor_share_server": round(used / args.seconds, 2),
        "processor_share_workers": round(workers / args.seconds, 2),
        "processor_share_senders": round(sum(one[2] for one in counts) / args.seconds, 2),
        "processors": os.cpu_count(),
        "load_before": os.getloadavg()[0],
    }


if __name__ == "__main__":
    raise SystemExit(main())
