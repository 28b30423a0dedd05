"""One good record of every kind that a mission holds, with every field that contract 1 knows."""

from typing import Any

INSTANT = "2026-03-02T10:51:38.479Z"
LATER = "2026-03-02T11:51:38.479Z"

_SAID = {
    "id": "O1", "sensor": "S1", "time": INSTANT, "time_sigma_s": 0.02, "received": INSTANT,
    "labels": {"outgoing": 0.7, "impact": 0.2}, "snr_db": 12.5, "seq": 7, "sig": "…", "at": [10.0, 50.0],
    "at_sigma_m": 30.0, "exhibits": [{"sha256": "ab" * 32, "media_type": "image/jpeg", "uri": "exhibits/1.jpg"}],
}  # fmt: skip

OBSERVATIONS: dict[str, dict[str, Any]] = {
    "arrival": {"wave": "acoustic", "azimuth_deg": 12.0, "azimuth_sigma_deg": 1.5, "trace_velocity_mps": 341.0},
    "bearing": {"azimuth_deg": 359.9, "azimuth_sigma_deg": 0.3},
    "fix": {"lon": 10.0, "lat": 50.0, "sigma_m": 190.0, "window_s": [-10800.0, 0.0], "weapon": "tank", "count": [1, 2],
            "whose": "Aurel"},
    "track": {
        "track": "T9", "lon": 10.0, "lat": 50.0, "sigma_m": 25.0, "alt_m": 300.0, "speed_mps": 31.0, "course_deg": 90.0,
        "self_reported": True,
    },
    "report": {
        "heard": True, "seen": False, "count": [2, 5], "azimuth_deg": 67.5, "azimuth_sigma_deg": 12.0,
        "range_m": [2000.0, 5000.0], "duration_s": 40.0, "weapon": "assessed as 120 mm mortar", "text": "two series",
        "whose": "Aurel",
        "fire_azimuth_deg": 181.0, "fire_azimuth_sigma_deg": 8.0,
    },
    "inspection": {
        "site": "depot 3", "access": "granted",
        "items": [{"kind": "howitzer_152mm", "expected": 6, "found": 5, "serials": ["a", "b"]}],
    },
    "restriction": {"what": "denied passage", "who": "Aurel", "until": LATER},
    "damage": {"object": "school", "persons": 0, "cause_stated": "shelling"},
    "status": {"state": "detecting"},
}  # fmt: skip


def _collection(geometry: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "geometry": geometry, "properties": properties}],
    }


RING = [[10.0, 50.0], [11.0, 50.0], [11.0, 51.0], [10.0, 50.0]]

RECORDS: dict[str, list[dict[str, Any]]] = {
    "mission": [
        {
            "contract": 1, "name": "m", "status": "exercise", "agreement": "agreement/terms.toml",
            "network": "network.geojson", "control": ["a.geojson", "b.geojson"], "weather": "weather.csv",
            "observations": ["observations.ndjson"], "notices": "notices.ndjson", "claims": "claims.ndjson",
            "contacts": "contacts.ndjson", "known": "known.ndjson", "places": "places.geojson",
            "interests": {"guarantors": ["aland", "borea"]},
        }
    ],
    "network": [
        _collection(
            {"type": "Point", "coordinates": [10.0, 50.0, 120.0]},
            {
                "id": "S1", "kind": "acoustic_array", "provider": "aland", "time_sigma_s": 0.02,
                "azimuth_sigma_deg": 1.5, "position_sigma_m": 20.0, "from": INSTANT, "until": LATER, "vendor": "v",
                "path": "p", "time_source": "gnss", "host": "Aurel", "supplied_by": "Brenn", "accepted_at": INSTANT,
            },
        )
    ],
    "control": [
        _collection(
            {"type": "Polygon", "coordinates": [RING]},
            {"party": "Aurel", "from": INSTANT, "until": LATER, "sigma_m": 300.0, "source": "a"},
        )
    ],
    "areas": [
        _collection(
            {"type": "Point", "coordinates": [10.0, 50.0]},
            {
                "id": "a", "kind": "school", "sigma_m": 10.0, "radius_m": 200.0, "names": {"en": "the school"},
                "party": "Aurel",
            },
        ),
        _collection({"type": "LineString", "coordinates": RING[:2]}, {"id": "line"}),
        _collection({"type": "MultiPolygon", "coordinates": [[RING]]}, {"id": "zone"}),
    ],
    "places": [
        _collection(
            {"type": "Point", "coordinates": [10.0, 50.0]},
            {"id": "p", "kind": "village", "names": {"en": "Hamlet"}, "region": {"en": "The north"}},
        )
    ],
    "weather": [
        {
            "time": INSTANT, "lon": 10.0, "lat": 50.0, "temperature_c": -3.0, "wind_east_mps": 2.0,
            "wind_north_mps": -1.0, "temperature_sigma_c": 1.5, "wind_sigma_mps": 1.5,
        }
    ],
    "observation": [{**_SAID, "kind": kind, **said} for kind, said in OBSERVATIONS.items()],
    "notice": [
        {
            "id": "N1", "party": "Aurel", "activity": "demolition", "lodged": INSTANT, "received": INSTANT,
            "from": INSTANT, "until": LATER, "lon": 10.0, "lat": 50.0, "radius_m": 500.0, "count": 2, "yield_kg": 40.0,
        }
    ],
    "claim": [
        {
            "id": "C1", "party": "Aurel", "accuses": "Brenn", "time": INSTANT, "lon": 10.0, "lat": 50.0,
            "radius_m": 1500.0, "class": "impact", "count": 3, "text": "three rounds",
        }
    ],
    "known": [
        {
            "id": "B1", "time": INSTANT, "lon": 10.0, "lat": 50.0, "class": "demolition", "party": "mission",
            "sigma_m": 2.0, "sigma_s": 0.01,
        }
    ],
    "contact": [{"id": "K1", "from": "Aurel", "to": "Brenn", "kind": "answer", "time": INSTANT, "about": "yesterday"}],
}  # fmt: skip
