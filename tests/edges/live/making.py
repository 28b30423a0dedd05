"""Small missions and services for the tests."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from truceline.model.instant import format_utc, parse_utc

START_US = parse_utc("2026-03-02T10:00:00Z")
PLACES = {"A1": (30.00, 50.00), "A2": (30.06, 50.00), "B1": (30.00, 50.04), "B2": (30.06, 50.04)}
SPEED_MPS = 340.0
TERMS = """
[agreement]
id = "test"
title = "A test"
parties = ["north", "south"]
in_force_from = 2026-01-01T00:00:00Z

[[provision]]
id = "p1"
article = "1"
text = "No fire."
kind = "no_fire"
binds = ["north", "south"]
"""


def mission_folder(folder: Path, status: str = "exercise") -> Path:
    """A mission of four sensors of two providers, without any line."""
    folder.mkdir(parents=True)
    (folder / "mission.toml").write_text(
        f'contract = 1\nname = "small"\nstatus = "{status}"\nagreement = "terms.toml"\n'
        'network = "network.geojson"\nobservations = ["observations.ndjson"]\n'
    )
    (folder / "terms.toml").write_text(TERMS)
    sensors = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": list(at)},
            "properties": {
                "id": id_, "kind": "acoustic_array", "provider": f"nation-{id_[0]}", "time_sigma_s": 0.02,
                "azimuth_sigma_deg": 2.0,
            },
        }
        for id_, at in PLACES.items()
    ]  # fmt: skip
    (folder / "network.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": sensors}))
    (folder / "observations.ndjson").write_bytes(b"")
    return folder


def bang(number: int, after_s: float, lon: float = 30.02, lat: float = 50.015) -> list[bytes]:
    """What all four sensors say of a blast at a place, so long after the start."""
    from truceline.geo.frame import distance_azimuth

    lines = []
    for id_, (at_lon, at_lat) in PLACES.items():
        distance, azimuth = distance_azimuth(at_lon, at_lat, lon, lat)
        at_us = START_US + round((after_s + float(distance) / SPEED_MPS) * 1e6)
        lines.append(
            line(
                f"O{number}-{id_}", id_, at_us, kind="arrival", wave="acoustic", azimuth_sigma_deg=2.0,
                azimuth_deg=round(float(azimuth) % 360.0, 2), labels={"outgoing": 0.9, "thunder": 0.1}, snr_db=20.0,
            )
        )  # fmt: skip
    return lines


def line(id_: str, sensor: str, at_us: int, **fields: Any) -> bytes:
    """A line of observations.ndjson, received half a second later."""
    of = {"id": id_, "sensor": sensor, "time": format_utc(at_us, digits=6), "time_sigma_s": 0.02}
    of["received"] = format_utc(at_us + 500_000, digits=6)
    return json.dumps({**of, **fields}).encode()


def fire_at_monitors() -> list[bytes]:
    """Impacts within a kilometre of a sensor, and the hours after, so that what is found is settled."""
    impacts = [line for number in range(4) for line in bang(number, 60.0 + 20.0 * number, lon=30.006, lat=50.004)]
    later = [sign_of_life(number, 3 * 3_600.0 + 10.0 * number) for number in range(8)]
    return [line.replace(b'"outgoing"', b'"impact"') for line in impacts] + later


def sign_of_life(number: int, after_s: float) -> bytes:
    """A status line."""
    sensor = list(PLACES)[number % len(PLACES)]
    return line(f"S{number}", sensor, START_US + round(after_s * 1e6), kind="status", state="detecting")


def body(lines: Sequence[bytes]) -> bytes:
    """Lines as a batch."""
    return b"\n".join(lines)
