"""The example mission first-light: a simulated world without its truth, and a few lines a world does not have.

    python scripts/first_light.py missions/first-light

Writes every file of the mission but its README. The same code writes the same bytes.
"""

import argparse
import json
import tempfile
from pathlib import Path

from truceline.edges.cli.sim import make_mission

WORLD = Path(__file__).parents[1] / "worlds" / "first-light.toml"
SEED = 2
TRUTH = ("truth.ndjson", "truth_world.json")

ADDED = (
    b'{"id":"H0000001","sensor":"PA-001","kind":"restriction","time":"2026-03-02T07:20:00Z","time_sigma_s":60.0,'
    b'"received":"2026-03-02T07:21:30Z","what":"denied passage at a checkpoint","who":"Aurel",'
    b'"until":"2026-03-02T07:55:00Z"}',
    b'{"id":"H0000002","sensor":"PA-002","kind":"damage","time":"2026-03-02T08:12:00Z","time_sigma_s":60.0,'
    b'"received":"2026-03-02T08:20:10Z","at":[-38.009,47.0185],"at_sigma_m":50.0,'
    b'"object":"a barn, its roof holed in two places","persons":0,"cause_stated":"shelling, by a man who works there"}',
)
CONTACTS = (
    b'{"id":"K1","from":"Brenn","to":"Aurel","kind":"coordination_request","time":"2026-03-02T08:01:10Z",'
    b'"about":"fire reported about 07:58"}\n'
    b'{"id":"K2","from":"Aurel","to":"Brenn","kind":"answer","time":"2026-03-02T08:14:40Z",'
    b'"about":"fire reported about 07:58"}\n'
)
# Invented, like all else: names in English and Ukrainian, and the region by which violations are counted.
EAST, WEST = ("East bank", "Східний берег"), ("West bank", "Західний берег")
PLACES = (
    ("marrowgate", "city", ("Marrowgate", "Марровґейт"), WEST, (-38.31, 46.98)),
    ("saltholm", "city", ("Saltholm", "Солтгольм"), EAST, (-37.72, 47.01)),
    ("oakhithe", "town", ("Oakhithe", "Оукгайт"), WEST, (-38.02, 47.06)),
    ("low-quay", "village", ("Low Quay", "Нижня Пристань"), WEST, (-38.015, 47.015)),
    ("ferrin", "village", ("Ferrin", "Феррін"), EAST, (-37.955, 46.98)),
    ("nettle-reach", "village", ("Nettle Reach", "Кропивне"), EAST, (-37.93, 47.01)),
    ("stonewell", "village", ("Stonewell", "Кам'яна Криниця"), EAST, (-37.98, 46.92)),
)


def files() -> dict[str, bytes]:
    """The mission's files by path."""
    with tempfile.TemporaryDirectory() as folder:
        world = Path(folder) / "world"
        make_mission(WORLD, SEED, world)
        found = {
            path.relative_to(world).as_posix(): path.read_bytes()
            for path in sorted(world.rglob("*"))
            if path.is_file() and path.name not in TRUTH
        }
    for line in ADDED:
        found["observations.ndjson"] = _with_line(found["observations.ndjson"], line)
    found["contacts.ndjson"], found["places.geojson"] = CONTACTS, places()
    named = b'claims = "claims.ndjson"\n'
    assert named in found["mission.toml"]
    found["mission.toml"] = found["mission.toml"].replace(
        named, named + b'contacts = "contacts.ndjson"\nplaces = "places.geojson"\n'
    )
    return found


def places() -> bytes:
    """places.geojson: one place a line."""
    lines = []
    for id_, kind, names, region, (lon, lat) in PLACES:
        told = {"id": id_, "kind": kind, "names": _named(names), "region": _named(region)}
        point = {"type": "Point", "coordinates": [lon, lat]}
        lines.append(json.dumps({"type": "Feature", "geometry": point, "properties": told}, ensure_ascii=False))
    return ('{"type": "FeatureCollection", "features": [\n' + ",\n".join(lines) + "\n]}\n").encode()


def _named(names: tuple[str, str]) -> dict[str, str]:
    return dict(zip(("en", "uk"), names, strict=True))


def _with_line(data: bytes, added: bytes) -> bytes:
    """The lines with a patrol's own among them, where it was received."""
    lines, received = data.splitlines(), _received(added)
    place = next((n for n, line in enumerate(lines) if _received(line) >= received), len(lines))
    return b"\n".join([*lines[:place], added, *lines[place:]]) + b"\n"


def _received(line: bytes) -> bytes:
    return line.partition(b'"received":"')[2][:19]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the mission goes")
    folder = parser.parse_args().folder
    for path, data in files().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


if __name__ == "__main__":
    main()
