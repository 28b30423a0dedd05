"""Horizon: what is far away in place or time, and bears on nothing, changes nothing of what is found."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from missions.folder import Files, Row, conclusion_of, joined, rows, slight, slightly_concluded
from missions.swapped import features
from truceline.edges.conclude import RECORDS

OBSERVATIONS, NOTICES, CLAIMS, CONTACTS = "observations.ndjson", "notices.ndjson", "claims.ndjson", "contacts.ndjson"
NETWORK, CONTROL, WEATHER = "network.geojson", "control.geojson", "weather.csv"
TERMS, AREAS = "agreement/terms.toml", "agreement/areas.geojson"
FAR_LON = 6.0  # degrees: some 440 km
FINDINGS = ("events.geojsonl", "incidents.geojsonl", "findings.geojsonl")


def later(text: str, hours: float) -> str:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00")) + timedelta(hours=hours)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shifted(hours: float, pick: Callable[[Row], bool] = lambda _: True) -> list[Row]:
    """The mission's own observations some hours later, under other ids."""
    times = ("time", "received")
    return [
        row | {"id": f"h-{row['id']}"} | {name: later(row[name], hours) for name in times}
        for row in rows(slight()[OBSERVATIONS])
        if pick(row)
    ]


def more(file: str, *further: Row) -> Files:
    return {**slight(), file: slight()[file] + joined(list(further))}


def collection(file: str, *further: dict[str, Any]) -> Files:
    table = json.loads(slight()[file])
    table["features"] += further
    return {**slight(), file: json.dumps(table).encode()}


def unchanged(files: Files, paths: tuple[str, ...] = RECORDS) -> None:
    """The records of these files are those of the mission; what is new stands outside its hours or its ground."""
    again = conclusion_of(files)
    assert not again.understood.set_aside
    for path in paths:
        before = features(slightly_concluded().files[path])
        after = {one["properties"]["id"]: one for one in features(again.files[path])}
        assert [after.get(one["properties"]["id"]) for one in before] == before, path


def test_what_comes_days_later_changes_nothing_before_it() -> None:
    """A whole second day of fire, at the same places."""
    files = more(OBSERVATIONS, *shifted(26.0))
    again = conclusion_of(files)
    assert len(again.result.events) > 1.8 * len(slightly_concluded().result.events)
    unchanged(files)


def test_sounds_that_belong_to_nothing_days_before_change_nothing() -> None:
    quiet = [row for n, row in enumerate(shifted(-26.0, lambda row: row["kind"] == "arrival")) if n % 40 == 0]
    unchanged(more(OBSERVATIONS, *quiet, *shifted(-26.0, lambda row: row["kind"] == "status")))


def square(lon: float, lat: float) -> dict[str, Any]:
    ring = [[lon, lat], [lon + 0.1, lat], [lon + 0.1, lat + 0.1], [lon, lat + 0.1], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def held(party: str, lon: float, lat: float, **span: str) -> dict[str, Any]:
    table = json.loads(slight()[CONTROL])
    properties = {**table["features"][0]["properties"], "party": party, **span}
    return {"type": "Feature", "geometry": square(lon, lat), "properties": properties}


FAR_NOTICE = {**rows(slight()[NOTICES])[0], "id": "far", "lon": 31.0 + FAR_LON}
OLD_NOTICE = {**rows(slight()[NOTICES])[0], "id": "old"} | {
    name: later(rows(slight()[NOTICES])[0][name], -72) for name in ("lodged", "received", "from", "until")
    if name in rows(slight()[NOTICES])[0]
}  # fmt: skip
FAR_CLAIM = {**rows(slight()[CLAIMS])[0], "id": "far", "lon": 31.0 + FAR_LON}
OLD_CLAIM = {**rows(slight()[CLAIMS])[0], "id": "old", "time": later(rows(slight()[CLAIMS])[0]["time"], -72)}


def weather_elsewhere() -> Files:
    head, *some = slight()[WEATHER].decode().splitlines()
    far = [line.split(",") for line in some]
    for cells in far:
        cells[1], cells[3] = str(31.0 + FAR_LON), "-40"
    return {**slight(), WEATHER: "\n".join([head, *some, *map(",".join, far), ""]).encode()}


def weather_later() -> Files:
    """A storm a week later: the hours between the rows that were given stay what they were."""
    head, *some = slight()[WEATHER].decode().splitlines()
    cells = some[-1].split(",")
    last = [later(cells[0], 1.0), *cells[1:]]
    storm = [later(cells[0], 168.0), *cells[1:4], "40", "40", *cells[6:]]
    held_till = "\n".join([head, *some, ",".join(last), ",".join(storm), ""])
    return {**slight(), WEATHER: held_till.encode()}


def provision_elsewhere() -> Files:
    far = {"type": "Feature", "geometry": square(31.0 + FAR_LON, 49.0), "properties": {"id": "far"}}
    terms = slight()[TERMS].decode()
    block = terms[terms.index("[[provision]]") : terms.index("[[provision]]", terms.index("[[provision]]") + 1)]
    extra = block.replace('id = "A1"', 'id = "A9"').replace('"ceasefire-area"', '"far"')
    return {**collection(AREAS, far), TERMS: f"{terms}\n{extra}".encode()}


IRRELEVANT: dict[str, Callable[[], Files]] = {
    "ground far away": lambda: collection(CONTROL, held("bardo", 31.0 + FAR_LON, 49.0)),
    "ground held long ago": lambda: collection(
        CONTROL, held("bardo", 31.0, 49.0, **{"from": "1999-01-01T00:00:00Z", "until": "1999-02-01T00:00:00Z"})
    ),
    "ground held one day": lambda: collection(CONTROL, held("bardo", 31.0, 49.0, **{"from": "2099-01-01T00:00:00Z"})),
    "an area that no provision names": lambda: collection(
        AREAS, {"type": "Feature", "geometry": square(31.0, 49.0), "properties": {"id": "unnamed"}}
    ),
    "a provision that holds elsewhere": provision_elsewhere,
    "a notice of works far away": lambda: more(NOTICES, FAR_NOTICE),
    "a notice of works days ago": lambda: more(NOTICES, OLD_NOTICE),
    "a claim about a place far away": lambda: more(CLAIMS, FAR_CLAIM),
    "a claim about last week": lambda: more(CLAIMS, OLD_CLAIM),
    "a contact last week": lambda: more(
        CONTACTS, {**rows(slight()[CONTACTS])[0], "id": "old", "time": later(rows(slight()[CONTACTS])[0]["time"], -168)}
    ),
    "weather far away": weather_elsewhere,
    "weather a week later": weather_later,
}


@pytest.mark.parametrize("what", IRRELEVANT)
def test_what_is_given_of_elsewhere_and_other_days_changes_nothing(what: str) -> None:
    unchanged(IRRELEVANT[what]())


def outpost(number: int) -> dict[str, Any]:
    """A sensor of a far post, as the mission's own but for its place."""
    feature: dict[str, Any] = json.loads(slight()[NETWORK])["features"][0]
    feature["geometry"]["coordinates"] = [31.0 + FAR_LON + 0.02 * number, 49.0 + 0.01 * (number % 3)]
    feature["properties"] |= {"id": f"FAR-{number}", "kind": "acoustic_array", "provider": "borea"}
    return feature


def test_sounds_at_a_post_far_away_change_nothing_here() -> None:
    posts = {**collection(NETWORK, *map(outpost, range(4)))}
    before = conclusion_of(posts)
    some = [row for row in rows(slight()[OBSERVATIONS]) if row["kind"] in ("arrival", "status")][::9]
    heard = [row | {"id": f"f{n}", "sensor": f"FAR-{n % 4}"} for n, row in enumerate(some)]
    fix = next(row for row in rows(slight()[OBSERVATIONS]) if row["kind"] == "fix")
    fire = fix | {"id": "f-fire", "lon": 31.0 + FAR_LON, "lat": 49.0, "labels": {"fire": 1.0}}
    after = conclusion_of({**posts, OBSERVATIONS: posts[OBSERVATIONS] + joined([*heard, fire])})
    assert len(after.result.events) > len(before.result.events), "the far fire is an event"
    for path in FINDINGS:
        there = {one["properties"]["id"]: one for one in features(after.files[path])}
        here = features(before.files[path])
        assert [there.get(one["properties"]["id"]) for one in here] == here, path
