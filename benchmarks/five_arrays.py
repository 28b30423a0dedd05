"""Scenes of five arrays: how far off; what the 95 % region and the one that bears a liar hold, and how large they are.

    python benchmarks/worlds.py --out /tmp/arrays --seeds 4 worlds/few-arrays.toml worlds/few-arrays-phantom.toml \\
        worlds/arrays-around.toml worlds/arrays-around-phantom.toml
    python benchmarks/five_arrays.py /tmp/arrays

Fusion alone. A true event is found if an event holds at least three of its lines; places are too vague for a gate of
metres. Areas of several ellipses are those of their union.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from truceline.edges.intake import understand
from truceline.edges.mission_folder import read_folder
from truceline.edges.wiring import plugins
from truceline.fusion.fuse import fuse
from truceline.geo.frame import distance_azimuth
from truceline.model.event import Ellipse, Event, Region

LEAST_SHARED = 3
DRAWS = 4_000
M_PER_DEG = 111_195.0


def inside(region: Region, lon: float, lat: float) -> bool:
    """Whether a region holds a place."""
    distance, azimuth = distance_azimuth(region.lon, region.lat, lon, lat)
    turn = np.radians(float(azimuth) - region.ellipse.azimuth_deg)
    along, across = float(distance) * np.cos(turn), float(distance) * np.sin(turn)
    one = region.ellipse
    return bool((along / one.semi_major_m) ** 2 + (across / one.semi_minor_m) ** 2 <= 1.0)


def area_km2(one: Ellipse) -> float:
    """Square kilometres of an ellipse."""
    return float(np.pi * one.semi_major_m * one.semi_minor_m / 1e6)


def union_km2(regions: Sequence[Region]) -> float:
    """Square kilometres of several ellipses together, by points drawn in the box around them."""
    reach = max(one.ellipse.semi_major_m for one in regions) / M_PER_DEG
    squeeze = np.cos(np.radians(regions[0].lat))
    lon = [one.lon for one in regions]
    lat = [one.lat for one in regions]
    west, east = min(lon) - reach / squeeze, max(lon) + reach / squeeze
    south, north = min(lat) - reach, max(lat) + reach
    chance = np.random.default_rng(1)
    x, y = chance.uniform(west, east, DRAWS), chance.uniform(south, north, DRAWS)
    held = sum(any(inside(one, px, py) for one in regions) for px, py in zip(x, y, strict=True)) / DRAWS
    return float(held * (east - west) * squeeze * (north - south) * M_PER_DEG**2 / 1e6)


def found(event: Event, lon: float, lat: float) -> dict[str, float]:
    """The figures of one event beside the truth."""
    origin = event.origin
    off, _ = distance_azimuth(origin.lon, origin.lat, lon, lat)
    figures = {
        "off_km": float(off) / 1000,
        "held95": float(inside(Region(origin.lon, origin.lat, origin.ellipse95), lon, lat)),
        "area95_km2": area_km2(origin.ellipse95),
        "robust": float(bool(event.robust90)),
    }
    if event.robust90:
        figures["robust_held"] = float(any(inside(one, lon, lat) for one in event.robust90))
        figures["robust_km2"] = union_km2(event.robust90)
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="made by benchmarks/worlds.py")
    args = parser.parse_args()
    rows: dict[str, list[dict[str, float]]] = defaultdict(list)
    asked: dict[str, int] = defaultdict(int)
    spent: dict[str, float] = defaultdict(float)
    plugged = plugins()
    for folder in sorted(path for path in args.folder.iterdir() if (path / "truth.ndjson").exists()):
        name = folder.name.rpartition("-")[0]
        case = understand(read_folder(folder), plugged.kinds).case
        began = time.process_time()
        events = [one.event for one in fuse(case, plugged.sensings, plugged.infrasound).events]
        spent[name] += time.process_time() - began
        for line in (folder / "truth.ndjson").read_text("utf-8").splitlines():
            true = json.loads(line)
            best = max(events, key=lambda one: len({*one.observations} & {*true["obs"]}), default=None)
            asked[name] += 1
            if best is not None and len({*best.observations} & {*true["obs"]}) >= LEAST_SHARED:
                rows[name].append(found(best, true["lon"], true["lat"]))
    print("| world | scenes | found | off, km (median) | 95 % region holds | its area, km² (median) "
          "| region for a liar stated | holds | its area, km² (median) | ms an event |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, some in rows.items():
        bearing = [one for one in some if one["robust"]]
        print(
            f"| {name} | {asked[name]} | {len(some)} | {np.median([one['off_km'] for one in some]):.2f} "
            f"| {np.mean([one['held95'] for one in some]):.3f} | {np.median([one['area95_km2'] for one in some]):.1f} "
            f"| {len(bearing)} | {np.mean([one['robust_held'] for one in bearing] or [np.nan]):.3f} "
            f"| {np.median([one['robust_km2'] for one in bearing] or [np.nan]):.1f} "
            f"| {1000 * spent[name] / asked[name]:.0f} |"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
