"""A small mission folder with something of everything, what follows from it, and the like for changed folders.

The world is `small.toml` with one seed; to its lines are added those that the laboratory does not write (tracks,
inspections, restrictions, damage, contacts) and groups of interest. Seed 5 names both parties, leaves some findings
undetermined, and has an exempt one.
"""

import json
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from truceline.edges.conclude import Concluded, conclude
from truceline.edges.inputs import Inputs
from truceline.edges.intake import Understood, understand
from truceline.edges.mission_folder import read_folder
from truceline.edges.wiring import kinds, plugins
from truceline.model.finding import Finding
from truceline.model.instant import US_PER_S, format_utc, parse_utc
from truceline.sim.build import build
from truceline.sim.read_world import read_world

Files = Mapping[str, bytes]
Row = dict[str, Any]

SEED = 5
PARTIES = ("arvia", "bardo")
PROVIDERS = ("aland", "borea", "cordia")
LINES = ("observations.ndjson", "notices.ndjson", "claims.ndjson", "contacts.ndjson")
TRUTH = ("truth.ndjson", "truth_world.json")


@cache
def small() -> Files:
    """The small mission's files, by path within its folder."""
    world = read_world("small.toml", (Path(__file__).parent / "small.toml").read_bytes())
    files = {path: data for path, data in build(world, np.random.default_rng(SEED)).items() if path not in TRUTH}
    start_us = min(parse_utc(row["time"]) for row in rows(files["observations.ndjson"]))
    lines, contacts = _further(start_us)
    files["observations.ndjson"] += lines
    files["contacts.ndjson"] = contacts
    files["mission.toml"] += (
        b'contacts = "contacts.ndjson"\n\n[interests]\nguarantors = ["aland", "borea"]\nneighbours = ["cordia"]\n'
    )
    return files


def _further(start_us: int) -> tuple[bytes, bytes]:
    """Observations of the kinds that the laboratory does not write, and contacts."""
    patrol = {"sensor": "PA-000", "time_sigma_s": 5.0}
    told: list[Row] = [
        {"kind": "track", "track": "T-1", "lon": 31.01, "lat": 49.01, "sigma_m": 40.0, "labels": {"vehicle": 1.0}},
        {"kind": "inspection", "site": "depot", "items": [{"kind": "tank", "expected": 4, "found": 4}], "access": "ok"},
        {"kind": "restriction", "what": "denied passage", "who": "arvia"},
        {"kind": "damage", "object": "school", "persons": 0},
    ]  # fmt: skip
    lines = []
    for number, row in enumerate(told):
        at = format_utc(start_us + (60 + number) * US_PER_S)
        lines.append({"id": f"further-{number}", **patrol, "time": at, "received": at, **row})
    called = {"id": "k-1", "from": "arvia", "to": "mission", "kind": "coordination_request"}
    return joined(lines), joined([{**called, "time": format_utc(start_us)}])


def rows(data: bytes) -> list[Row]:
    """The objects of an NDJSON file."""
    return [msgspec.json.decode(line) for line in data.splitlines() if line.strip()]


def joined(some: list[Row]) -> bytes:
    """Objects as an NDJSON file."""
    return b"".join(json.dumps(row).encode() + b"\n" for row in some)


def write(files: Files, folder: Path) -> Path:
    """Put a mission's files into a folder."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def inputs_of(files: Files) -> Inputs:
    """What a run is given of these files."""
    with tempfile.TemporaryDirectory() as name:
        return read_folder(write(files, Path(name)))


def understood(files: Files) -> Understood:
    """A mission folder understood."""
    return understand(inputs_of(files), kinds())


def conclusion_of(files: Files) -> Concluded:
    """What follows from a mission folder."""
    return conclude(inputs_of(files), plugins(), map, lambda _: None)


@cache
def concluded() -> Concluded:
    """What follows from the small mission; worked out once."""
    return conclusion_of(small())


@cache
def slight() -> Files:
    """The small mission where nobody can be named, so that nothing is recomputed without a provider: seven times as
    fast."""
    terms = small()["agreement/terms.toml"].replace(b"attribution_threshold = 0.95", b"attribution_threshold = 1.0")
    return {**small(), "agreement/terms.toml": terms}


@cache
def slightly_concluded() -> Concluded:
    """What follows from the slight mission; worked out once."""
    return conclusion_of(slight())


def outcomes(findings: tuple[Finding, ...]) -> set[str]:
    """The outcomes among some findings."""
    return {finding.outcome for finding in findings}
