"""Lines of contract 1 as the contract spells them, one of each kind, and their faults in few words."""

import json
from typing import Any

Line = dict[str, Any]

EVERY: Line = {
    "id": "o-1",
    "sensor": "aland-a01",
    "time": "2026-03-02T10:51:38.479Z",
    "time_sigma_s": 0.02,
    "received": "2026-03-02T10:51:40Z",
}
LEAST: dict[str, Line] = {
    "arrival": {"wave": "acoustic"},
    "bearing": {"azimuth_deg": 231.5, "azimuth_sigma_deg": 0.4},
    "fix": {"lon": 31.25, "lat": 49.5, "sigma_m": 400.0},
    "track": {"track": "T-7", "lon": 31.25, "lat": 49.5, "sigma_m": 30.0},
    "report": {"heard": True, "count": 3},
    "inspection": {
        "site": "depot-4",
        "items": [{"kind": "howitzer_152mm", "expected": 12, "found": 11}],
        "access": "granted",
    },
    "restriction": {"what": "denied passage"},
    "damage": {"object": "school"},
    "status": {"state": "detecting"},
}
KINDS = tuple(sorted(LEAST))


def line(kind: str = "arrival", without: str = "", /, **changes: object) -> bytes:
    """A line of a kind with these fields changed and one, perhaps, left out."""
    table = EVERY | {"kind": kind} | LEAST[kind] | changes
    return json.dumps({key: value for key, value in table.items() if key != without}).encode()


def raw(data: bytes, field: str, text: str) -> bytes:
    """The line with a field's value replaced by this text, as it stands: for what no JSON writer would write."""
    table = json.loads(data)
    assert field in table, field
    return json.dumps(table | {field: "@@"}).replace('"@@"', text).encode()
