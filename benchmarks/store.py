"""How fast the store appends and seals, and how soon it answers a proof. One process, one core.

python benchmarks/store.py [--inputs 400000] [--batch 500] [--folder DIR]
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from truceline.custody.tile_tree import TileTree
from truceline.edges.store.door import Received
from truceline.edges.store.fsck import faults_of
from truceline.edges.store.sealer import Sealer
from truceline.edges.store.sqlite import SqliteStore

LINE = (
    '{{"id":"A1-{n:07d}","sensor":"A1","kind":"arrival","wave":"acoustic","time":"2026-03-01T10:00:00.000000Z",'
    '"time_sigma_s":0.02,"received":"2026-03-01T10:00:02.000000Z","azimuth_deg":312.4,"azimuth_sigma_deg":1.5,'
    '"labels":{{"outgoing":0.7,"impact":0.2,"other":0.1}},"snr_db":14.2,"seq":{n}}}'
)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--inputs", type=int, default=400_000)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--folder", default=None)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        path = Path(folder) / "bench.store"
        inputs = [Received("observation", f"A1-{n:07d}", LINE.format(n=n).encode()) for n in range(args.inputs)]
        store = SqliteStore.create(path, "bench.example/log", "test")
        sealer = Sealer(store, 1.0)
        began, used, waits, seals = time.perf_counter(), time.process_time(), [], []
        for first in range(0, args.inputs, args.batch):
            here = time.perf_counter()
            store.append(inputs[first : first + args.batch])
            waits.append(time.perf_counter() - here)
            here = time.perf_counter()
            if sealer.step():
                seals.append(time.perf_counter() - here)
        checkpoint = store.seal()
        took, worked = time.perf_counter() - began, time.process_time() - used
        rate, per_cpu = args.inputs / took, args.inputs / worked
        print(f"append and seal each second: {rate:,.0f} inputs/s, {per_cpu:,.0f} per CPU second")
        for what, times in ((f"a batch of {args.batch}", waits), ("a seal", seals)):
            middle = statistics.median(times) * 1e3
            print(f"  {what}: median {middle:.1f} ms, longest {max(times) * 1e3:.0f} ms, of {len(times)}")
        proofs = []
        for n in range(200):
            tree = TileTree(store.tile)
            here = time.perf_counter()
            tree.inclusion(n * (args.inputs // 200), checkpoint.size)
            proofs.append(time.perf_counter() - here)
        print(
            f"proof from a cold tree of {checkpoint.size:,}: median {statistics.median(proofs) * 1e3:.2f} ms, "
            f"longest {max(proofs) * 1e3:.2f} ms"
        )
        tree, here = TileTree(store.tile), time.perf_counter()
        for n in range(2000):
            tree.inclusion(n * (args.inputs // 2000), checkpoint.size)
        print(f"proof, each from another tile: {(time.perf_counter() - here) / 2000 * 1e3:.3f} ms")
        store.close()
        here = time.perf_counter()
        store = SqliteStore(path)
        print(f"opening again: {time.perf_counter() - here:.2f} s")
        here = time.perf_counter()
        assert faults_of(store) == ()
        print(f"fsck: {time.perf_counter() - here:.1f} s")
        print(f"bytes an input: {path.stat().st_size / args.inputs:.0f} in the file, "
              f"{path.with_name('bench.store.journal').stat().st_size / args.inputs:.0f} in the journal")  # fmt: skip


if __name__ == "__main__":
    main()
