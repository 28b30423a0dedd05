"""A built world → the files of its mission folder (contract 1), as bytes."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from truceline.sim import network, truth
from truceline.sim.air import WeatherTable
from truceline.sim.claims import Allegation
from truceline.sim.invented import Invented
from truceline.sim.maps import View, line_points
from truceline.sim.nature import Filing
from truceline.sim.network import Sensors
from truceline.sim.pen import Pen
from truceline.sim.world import World

AREA_DEPTH_M = 90_000.0
AREA_SHARE = 2.0  # the ceasefire area is so much longer than half the watched stretch
IN_FORCE_DAYS = 20
FAR_POINTS_M = 100_000.0


def folder(made: Invented) -> dict[str, bytes]:
    """File name → bytes of the whole mission folder, the truth beside it."""
    pen, world = made.pen, made.world
    control = control_files(pen, made.views)
    files = {
        "agreement/terms.toml": terms_toml(pen),
        "agreement/areas.geojson": areas_geojson(pen),
        "network.geojson": network_geojson(pen, made.scene.sensors, world),
        **control,
        "observations.ndjson": made.lines.data,
    }
    if made.weather is not None:
        files["weather.csv"] = weather_csv(pen, made.weather)
    if made.filings:
        files["notices.ndjson"] = notices_ndjson(pen, made.filings)
    if made.claims:
        files["claims.ndjson"] = claims_ndjson(pen, made.claims)
    files["mission.toml"] = mission_toml(world, list(control), files)
    files["truth.ndjson"] = ndjson(truth.truth_rows(made))
    files["truth_world.json"] = pretty_json(truth.hidden_truth(made))
    return files


def mission_toml(world: World, maps: Sequence[str], files: Collection[str]) -> bytes:
    """mission.toml, naming the maps and whichever of the other files there are."""
    control = f'"{maps[0]}"' if len(maps) == 1 else "[" + ", ".join(f'"{name}"' for name in maps) + "]"
    lines = [
        "contract = 1", f"name = {json.dumps(world.name)}", f'status = "{world.status}"',
        'agreement = "agreement/terms.toml"', 'network = "network.geojson"', f"control = {control}",
    ]  # fmt: skip
    if "weather.csv" in files:
        lines.append('weather = "weather.csv"')
    lines.append('observations = ["observations.ndjson"]')
    lines += [f'{name} = "{name}.ndjson"' for name in ("notices", "claims") if f"{name}.ndjson" in files]
    if world.network.grouped:
        names = world.network.providers
        lines.append("[interests]")
        lines += [
            f"group_{number // 2 + 1} = {json.dumps(list(names[number : number + 2]))}"
            for number in range(0, len(names), 2)
        ]
    return _text(lines)


def terms_toml(pen: Pen) -> bytes:
    """The agreement: no fire, and demining if it was notified."""
    parties = json.dumps(list(pen.ground.parties), ensure_ascii=False)
    lines = [
        "[agreement]", 'id = "example-line"', 'title = "Example ceasefire along a line of contact"',
        f"parties = {parties}", f"in_force_from = {pen.utc(-IN_FORCE_DAYS * 86400)}", 'areas = "areas.geojson"', "",
        "[[provision]]", 'id = "A1"', 'article = "Article 1"', 'kind = "no_fire"',
        'text = "The parties shall not open fire with any weapon."', f"binds = {parties}", 'area = "ceasefire-area"',
        "attribution_threshold = 0.95", "",
        "[[provision]]", 'id = "A2"', 'article = "Article 2"', 'kind = "notify"',
        'text = "Demining blasts are permitted when notified at least 24 hours before."', f"binds = {parties}",
        'activity = "demolition"', "notice_hours = 24",
    ]  # fmt: skip
    return _text(lines)


def areas_geojson(pen: Pen) -> bytes:
    """The line of contact as it stood when the agreement was signed, and the area the agreement covers."""
    ground = pen.ground
    along = line_points(ground)
    line = _feature("LineString", pen.ring(along, ground.line_m(along, -1.0)), {"id": "contact-line"})
    half = AREA_SHARE * ground.half_m
    steps = max(2, int(2 * half / FAR_POINTS_M) + 2)
    out = np.linspace(-half, half, steps)
    ring_along = np.concatenate([out, out[::-1], out[:1]])
    depth = np.full(steps, AREA_DEPTH_M)
    ring_across = np.concatenate([-depth, depth, -depth[:1]])
    area = _feature("Polygon", [pen.ring(ring_along, ring_across)], {"id": "ceasefire-area"})
    return _collection([line, area])


def network_geojson(pen: Pen, sensors: Sensors, world: World) -> bytes:
    """One Point feature a sensor, with what its maker states."""
    features = []
    lat = -sensors.lat_deg if pen.reflected else sensors.lat_deg
    side = pen.ground.side(sensors.along_m, sensors.across_m, 0.0)
    hosts = pen.ground.party_of(side, sensors.along_m)
    for row in range(len(sensors)):
        kind = int(sensors.kind[row])
        properties: dict[str, Any] = {
            "id": str(sensors.id[row]),
            "kind": network.KIND_NAMES[kind],
            "provider": world.network.providers[int(sensors.provider[row])],
            "time_sigma_s": float(sensors.time_sigma_s[row]),
        }
        if not np.isnan(sensors.azimuth_sigma_deg[row]):
            properties["azimuth_sigma_deg"] = float(sensors.azimuth_sigma_deg[row])
        if kind == network.SATELLITE:
            properties["position_sigma_m"] = network.SATELLITE_M
        if np.isfinite(sensors.from_s[row]):
            properties |= {"from": pen.utc(float(sensors.from_s[row])), "until": pen.utc(float(sensors.until_s[row]))}
        if world.network.described or world.spoofs:
            properties |= {
                "vendor": network.VENDORS[int(sensors.vendor[row])],
                "path": network.PATHS[int(sensors.path[row])],
                "time_source": ("gnss", "holdover", "network")[int(sensors.time_source[row])],
                "host": pen.ground.parties[int(hosts[row])],
            }
        features.append(_feature("Point", [float(sensors.lon_deg[row]), float(lat[row])], properties))
    return _collection(features)


def control_files(pen: Pen, views: Sequence[View]) -> dict[str, bytes]:
    """One file a mapper."""
    files = {}
    for number, view in enumerate(views):
        features = []
        for area in view.areas:
            properties: dict[str, Any] = {"party": pen.ground.parties[area.party], "from": pen.utc(area.from_s)}
            if area.until_s is not None:
                properties["until"] = pen.utc(area.until_s)
            properties["sigma_m"] = view.sigma_m
            if view.source:
                properties["source"] = view.source
            features.append(_feature("Polygon", [pen.ring(area.along_m, area.across_m)], properties))
        name = "control.geojson" if len(views) == 1 else f"control-{number + 1}.geojson"
        files[name] = _collection(features)
    return files


def weather_csv(pen: Pen, table: WeatherTable) -> bytes:
    """The air as the weather service says it is."""
    lines = ["time,lon,lat,temperature_c,wind_east_mps,wind_north_mps,temperature_sigma_c,wind_sigma_mps"]
    lon, lat = pen.lonlat(table.along_m, table.across_m)
    north = -table.north_mps if pen.reflected else table.north_mps
    for row in range(table.time_s.size):
        lines.append(
            f"{pen.utc(float(table.time_s[row]))},{lon[row]:.5f},{lat[row]:.5f},{table.temperature_c[row]:.2f},"
            f"{table.east_mps[row]:.2f},{north[row]:.2f},{table.temperature_sigma_c:g},{table.wind_sigma_mps:g}"
        )
    return _text(lines)


def notices_ndjson(pen: Pen, filings: Sequence[Filing]) -> bytes:
    """What parties announced, in the order in which it was lodged."""
    ordered = sorted(filings, key=lambda filing: (filing.lodged_s, filing.along_m))
    lon, lat = pen.lonlat(np.array([f.along_m for f in ordered]), np.array([f.across_m for f in ordered]))
    rows = []
    for number, filing in enumerate(ordered):
        row: dict[str, Any] = {
            "id": f"N{number}", "party": pen.ground.parties[filing.party], "activity": "demolition",
            "lodged": pen.utc(filing.lodged_s), "from": pen.utc(filing.from_s), "until": pen.utc(filing.until_s),
            "lon": float(lon[number]), "lat": float(lat[number]), "radius_m": filing.radius_m, "count": filing.count,
        }  # fmt: skip
        if filing.yield_kg > 0:
            row["yield_kg"] = filing.yield_kg
        rows.append(row)
    return ndjson(rows)


def claims_ndjson(pen: Pen, claims: Sequence[Allegation]) -> bytes:
    """What parties allege, numbered in the order of the list."""
    lon, lat = pen.lonlat(np.array([c.along_m for c in claims]), np.array([c.across_m for c in claims]))
    return ndjson(
        [
            {
                "id": f"C{number}", "party": pen.ground.parties[claim.party],
                "accuses": pen.ground.parties[claim.accuses], "time": pen.utc(claim.time_s),
                "lon": float(lon[number]), "lat": float(lat[number]), "radius_m": claim.radius_m, "class": claim.kind,
            }
            for number, claim in enumerate(claims)
        ]
    )  # fmt: skip


def ndjson(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """One JSON object a line."""
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)


def pretty_json(table: Mapping[str, Any]) -> bytes:
    """A JSON object for people to read too."""
    return msgspec.json.format(msgspec.json.encode(table), indent=1) + b"\n"


def _feature(geometry: str, coordinates: Any, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature", "geometry": {"type": geometry, "coordinates": coordinates}, "properties": dict(properties),
    }  # fmt: skip


def _collection(features: Sequence[Mapping[str, Any]]) -> bytes:
    return msgspec.json.encode({"type": "FeatureCollection", "features": list(features)}) + b"\n"


def _text(lines: Sequence[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()
