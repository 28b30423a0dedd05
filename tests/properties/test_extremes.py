"""What is allowed but strange runs to its end too: poles, nowhere, no time at all, everything at once, nothing."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from missions.folder import Files, Row, conclusion_of, joined, rows
from missions.mutated import AREAS, CLAIMS, CONTROL, MISSION, NETWORK, NOTICES, OBSERVATIONS, TERMS, WEATHER, slim
from truceline.model.problem import Unusable

FIRST, LAST = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"
WORLD = [[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]]
BOW = [[[30, 48], [32, 50], [32, 48], [30, 50], [30, 48]]]
FAR = [[[-149, -49], [-148, -49], [-148, -48], [-149, -49]]]


def observed(**changes: object) -> Files:
    """Every arrival with these fields changed."""
    some = rows(slim()[OBSERVATIONS])
    return {OBSERVATIONS: joined([row | changes if row["kind"] == "arrival" else row for row in some])}


def besides(*lines: Row) -> Files:
    """Further observations, each made from one of its kind."""
    some = rows(slim()[OBSERVATIONS])
    first = {row["kind"]: row for row in reversed(some)}
    return {OBSERVATIONS: joined(some + [first[x["kind"]] | {"id": f"x{n}"} | x for n, x in enumerate(lines)])}


def features(file: str, change: Callable[[int, dict[str, Any]], None]) -> Files:
    """Every feature of a file changed."""
    table = json.loads(slim()[file])
    for number, feature in enumerate(table["features"]):
        change(number, feature)
    return {file: json.dumps(table).encode()}


def moved(at: Callable[[int], list[float]]) -> Files:
    """Every sensor at another place."""
    return features(NETWORK, lambda number, feature: feature["geometry"].update(coordinates=at(number)))


def shaped(file: str, coordinates: object) -> Files:
    return features(file, lambda _, feature: feature.update(geometry={"type": "Polygon", "coordinates": coordinates}))


def said(file: str, **changes: object) -> Files:
    """Every property, or every line, with these fields changed."""
    if file.endswith(".geojson"):
        return features(file, lambda _, feature: feature["properties"].update(changes))
    return {file: joined([row | changes for row in rows(slim()[file])])}


def air(*cells: tuple[object, ...]) -> Files:
    head, first, *_ = slim()[WEATHER].decode().splitlines()
    lines = [",".join(map(str, (first.split(",")[0] if row[0] is None else row[0], *row[1:]))) for row in cells]
    return {WEATHER: "\n".join([head, *lines, ""]).encode()}


def written(file: str, before: str, after: str) -> Files:
    assert before.encode() in slim()[file]
    return {file: slim()[file].replace(before.encode(), after.encode())}


STRANGE_LINES: tuple[Row, ...] = (
    {"kind": "arrival", "time_sigma_s": 0},
    {"kind": "arrival", "time_sigma_s": 1e7},
    {"kind": "arrival", "azimuth_deg": 360, "azimuth_sigma_deg": 5e-324},
    {"kind": "arrival", "azimuth_deg": 0, "azimuth_sigma_deg": 360, "snr_db": -1e308, "seq": 2**63},
    {"kind": "arrival", "time": "1900-01-01T00:00:00Z"},
    {"kind": "arrival", "time": "2199-12-31T23:59:59.999999Z", "received": "1900-01-01T00:00:00Z"},
    {"kind": "arrival", "labels": {"impact": 0.0, "outgoing": 0.0}},
    {"kind": "arrival", "labels": {"<b>&\"'": 1.0, "x" * 256: 1.0}},
    {"kind": "arrival", "wave": "infrasound"},
    {"kind": "arrival", "at": [0, 90], "at_sigma_m": 1e7},
    {"kind": "fix", "lon": 0, "lat": 90, "labels": {"fire": 1.0}},
    {"kind": "fix", "lon": 180, "lat": -90, "sigma_m": 5e-324, "labels": {"impact": 1.0}},
    {"kind": "fix", "sigma_m": 1e7, "labels": {"fire": 1.0}, "window_s": [-1e8, 1e8]},
    {"kind": "fix", "time": "1900-01-01T00:00:00Z", "labels": {"fire": 1.0}, "window_s": [-1e8, -1e8]},
    {"kind": "report", "at": [-149, -49], "azimuth_deg": 1, "azimuth_sigma_deg": 5e-324},
    {"kind": "report", "range_m": [0, 0], "duration_s": 1e308, "count": [0, 10**15]},
    {"kind": "report", "count": "uncountable", "text": "<script>alert(1)</script>"},
    {"kind": "track", "lon": 0, "lat": 90, "sigma_m": 1e7, "speed_mps": 1e308},
    {"kind": "status", "state": "tampered"},
    {"kind": "restriction", "until": FIRST, "who": "nobody"},
)
EXTREMES: Mapping[str, Callable[[], Files]] = {
    "every strange line at once": lambda: besides(*STRANGE_LINES),
    "all at one moment": lambda: observed(time=rows(slim()[OBSERVATIONS])[0]["time"]),
    "all from the north": lambda: observed(azimuth_deg=360, azimuth_sigma_deg=1),
    "nothing labelled": lambda: observed(labels={}),
    "nothing heard": lambda: {OBSERVATIONS: b"", CLAIMS: b"", NOTICES: b""},
    "no map, no weather": lambda: written(MISSION, 'control = "control.geojson"\nweather = "weather.csv"\n', ""),
    "all sensors in one place": lambda: moved(lambda _: [31.0, 49.0]),
    "all sensors in a row": lambda: moved(lambda n: [31 + 0.01 * n, 49.0]),
    "sensors around the pole": lambda: moved(lambda n: [10 * n - 180, 90]),
    "sensors across the day line": lambda: moved(lambda n: [179.99 if n % 2 else -179.99, 10 + 0.01 * n]),
    "sensors all over the world": lambda: moved(lambda n: [-180 + 13 * n, -75 + 6 * n]),
    "sensors of no known kind": lambda: said(NETWORK, kind="nose"),
    "sensors not yet in service": lambda: said(NETWORK, **{"from": LAST}),
    "sensors that claim everything": lambda: said(NETWORK, time_sigma_s=0, azimuth_sigma_deg=5e-324),
    "ground crossed": lambda: {**shaped(CONTROL, BOW), **shaped(AREAS, BOW)},
    "ground elsewhere": lambda: {**shaped(CONTROL, FAR), **shaped(AREAS, FAR)},
    "ground of the whole world": lambda: shaped(CONTROL, WORLD),
    "ground known to nothing": lambda: said(CONTROL, sigma_m=1e6),
    "ground known exactly": lambda: said(CONTROL, sigma_m=0),
    "ground of tomorrow": lambda: said(CONTROL, **{"from": LAST}),
    "air at its coldest, in a storm": lambda: air((None, 31, 49, -100, 150, 150, 0, 0)),
    "air known to nothing": lambda: air((None, 31, 49, 100, -150, -150, 100, 150)),
    "air at the poles, long ago": lambda: air((FIRST, 0, 90, 1, 0, 0, 1, 1), (LAST, 0, -90, 20, 0, 0, 1, 1)),
    "notices of everything, for ever": lambda: said(
        NOTICES, radius_m=2e7, count=0, yield_kg=1e308, lodged=FIRST, received=FIRST, **{"from": FIRST, "until": LAST}
    ),
    "claims at the pole, long ago": lambda: said(CLAIMS, lon=0, lat=90, radius_m=0, time=FIRST, text="<script>"),
    "an agreement of tomorrow": lambda: written(TERMS, "in_force_from = 2026", "in_force_from = 9026"),
    "a name of another script": lambda: written(MISSION, '"small"', '"<script> ../../ 日本 \\n\\t ж"'),
    "parties of strange names": lambda: written(TERMS, '["arvia", "bardo"]', '["<b>x", "y&\\"z"]'),
}
FEW = (
    "every strange line at once", "all from the north", "nothing heard", "no map, no weather",
    "sensors around the pole", "all sensors in one place", "sensors across the day line", "ground crossed",
    "air at its coldest, in a storm",
)  # fmt: skip


def runs(name: str) -> None:
    concluded = conclusion_of({**slim(), **EXTREMES[name]()})
    assert concluded.files["manifest.json"], name
    page = concluded.files["report.html"].decode() + concluded.files["public.html"].decode()
    assert "<script>alert" not in page and "NaN" not in page and "nan " not in page
    for path in ("events.geojsonl", "findings.geojsonl", "incidents.geojsonl", "sensors.geojsonl"):
        assert b"NaN" not in concluded.files[path] and b"Infinity" not in concluded.files[path]


@pytest.mark.parametrize("name", FEW)
def test_strange_missions_run_to_their_end(name: str) -> None:
    runs(name)


@pytest.mark.soak
@pytest.mark.parametrize("name", [name for name in EXTREMES if name not in FEW])
def test_stranger_missions_run_to_their_end(name: str) -> None:
    runs(name)


@pytest.mark.parametrize("word", ["other", "not_determinable"])
def test_a_party_cannot_be_called_what_stands_for_no_party(word: str) -> None:
    with pytest.raises(Unusable) as caught:
        conclusion_of({**slim(), **written(TERMS, '["arvia", "bardo"]', f'["arvia", "{word}"]')})
    assert any(one.place.line and word in one.what for one in caught.value.problems)
