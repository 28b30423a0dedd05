"""The example mission first-light: a simulated world without its truth, and a few lines a world does not have.

    python scripts/first_light.py missions/first-light

Writes every file of the mission but its README. The same code writes the same bytes.
"""

import argparse
import tempfile
from pathlib import Path

from truceline.edges.cli.sim import make_mission

WORLD = Path(__file__).parents[1] / "worlds" / "first-light.toml"
SEED = 2
TRUTH = ("truth.ndjson", "truth_world.json")

RECEIVED = b"2026-03-02T07:21:30"
RESTRICTION = (
    b'{"id":"H0000001","sensor":"PA-001","kind":"restriction","time":"2026-03-02T07:20:00Z","time_sigma_s":60.0,'
    b'"received":"2026-03-02T07:21:30Z","what":"denied passage at a checkpoint","who":"Aurel",'
    b'"until":"2026-03-02T07:55:00Z"}'
)
CONTACTS = (
    b'{"id":"K1","from":"Brenn","to":"Aurel","kind":"coordination_request","time":"2026-03-02T08:01:10Z",'
    b'"about":"fire reported about 07:58"}\n'
    b'{"id":"K2","from":"Aurel","to":"Brenn","kind":"answer","time":"2026-03-02T08:14:40Z",'
    b'"about":"fire reported about 07:58"}\n'
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
    found["observations.ndjson"] = _with_restriction(found["observations.ndjson"])
    found["contacts.ndjson"] = CONTACTS
    named = b'claims = "claims.ndjson"\n'
    assert named in found["mission.toml"]
    found["mission.toml"] = found["mission.toml"].replace(named, named + b'contacts = "contacts.ndjson"\n')
    return found


def _with_restriction(data: bytes) -> bytes:
    """The lines with the patrol's own among them, where it was received."""
    lines = data.splitlines()
    place = next(n for n, line in enumerate(lines) if line.partition(b'"received":"')[2] >= RECEIVED)
    return b"\n".join([*lines[:place], RESTRICTION, *lines[place:]]) + b"\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the mission goes")
    folder = parser.parse_args().folder
    for path, data in files().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


if __name__ == "__main__":
    main()
