"""The schemas and the readers of contract 1 say the same: what one refuses the other refuses."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from truceline.custody.checkpoint import read_checkpoint
from truceline.custody.tiles import read_log
from truceline.edges.conclude import Concluded, conclude
from truceline.edges.mission_folder import read_folder
from truceline.edges.wiring import plugins

from .examples import INSTANT, LATER, RECORDS, RING
from .reading import MISSING, closed, faults, paths, refused_by_reader, schemas, validators, with_field

MISSIONS = Path(__file__).parents[2] / "missions"
KNOWN = schemas()
VALIDATORS = validators(KNOWN)
CLOSED = validators({name: closed(schema) for name, schema in KNOWN.items()})
LINES = {"observations": "observation", "notices": "notice", "claims": "claim", "contacts": "contact", "known": "known"}
RESULTS = {"events": "event", "incidents": "incident", "findings": "finding", "sensors": "sensor"}

WRONG: tuple[object, ...] = (
    MISSING, {}, [], "", " ", "x", -1, -200, 10**12, True, 2.5, 0, "../x", "/x", "2026-03-02 10:51", [1, 2, 3],
)  # fmt: skip
EACH = [(name, number) for name, records in RECORDS.items() for number in range(len(records))]


def by_kind(case: tuple[str, int]) -> str:
    return f"{case[0]}-{RECORDS[case[0]][case[1]].get('kind', case[1])}"


@pytest.mark.parametrize("name", KNOWN)
def test_a_schema_is_one_and_says_what_each_field_is(name: str) -> None:
    Draft202012Validator.check_schema(KNOWN[name])
    assert KNOWN[name]["$id"] == f"{name}.schema.json"
    assert KNOWN[name]["title"]


@pytest.mark.parametrize("case", EACH, ids=by_kind)
def test_a_good_record_with_every_field_is_accepted_by_both(case: tuple[str, int]) -> None:
    record = RECORDS[case[0]][case[1]]
    assert faults(VALIDATORS[case[0]], record) == []
    assert not refused_by_reader(case[0], record)


@pytest.mark.parametrize("name", RECORDS)
def test_the_examples_hold_every_field_that_a_schema_describes(name: str) -> None:
    held = {step for record in RECORDS[name] for path in paths(record) for step in path}
    assert described(KNOWN[name]) - held == set()


def described(schema: Any) -> set[str]:
    """The names of all fields that a schema describes."""
    if isinstance(schema, list):
        return {name for one in schema for name in described(one)}
    if not isinstance(schema, dict):
        return set()
    inner = [value for key, value in schema.items() if key not in ("properties", "$defs")]
    inner += [one for key in ("properties", "$defs") for one in schema.get(key, {}).values()]
    return {*schema.get("properties", {})} | described(inner)


@pytest.mark.parametrize("case", EACH, ids=by_kind)
def test_schema_and_reader_refuse_the_same(case: tuple[str, int]) -> None:
    """Every field of a good record dropped or set to something else, one at a time."""
    name, record = case[0], RECORDS[case[0]][case[1]]
    refused = 0
    for path in paths(record):
        for wrong in WRONG:
            if (wrong is MISSING and isinstance(path[-1], int)) or beyond_a_schema(path, wrong):
                continue
            changed = with_field(record, path, wrong)
            by_schema = faults(VALIDATORS[name], changed)
            assert bool(by_schema) == refused_by_reader(name, changed), (path, wrong, by_schema)
            refused += bool(by_schema)
    assert refused > 10


def beyond_a_schema(path: tuple[str | int, ...], wrong: object) -> bool:
    """Whether a change leaves a ring open or turns a bracket about, which a schema cannot see."""
    ring = "coordinates" in path and len(path) > 5
    return ring or (path[-2:-1] in (("count",), ("range_m",), ("window_s",)) and not isinstance(wrong, str))


@pytest.mark.parametrize(
    ("name", "number", "path", "wrong"),
    [
        ("observation", 0, ("time",), "2026-02-30T00:00:00Z"),
        ("observation", 2, ("window_s",), [0.0, -1.0]),
        ("observation", 4, ("range_m",), [5000.0, 2000.0]),
        ("observation", 4, ("count",), [5, 2]),
        ("notice", 0, ("until",), INSTANT),
        ("network", 0, ("features", 0, "properties", "from"), LATER),
        ("control", 0, ("features", 0, "geometry", "coordinates"), [[*RING[:3], [10.0, 50.5]]]),
        ("mission", 0, ("weather",), "a/../../weather.csv"),
    ],
)
def test_what_a_schema_cannot_say_the_reader_still_refuses(
    name: str, number: int, path: tuple[str | int, ...], wrong: object
) -> None:
    changed = with_field(RECORDS[name][number], path, wrong)
    assert faults(VALIDATORS[name], changed) == []
    assert refused_by_reader(name, changed)


@pytest.mark.parametrize("folder", sorted(path.name for path in MISSIONS.iterdir()))
def test_the_missions_inputs_are_what_the_schemas_say(folder: str) -> None:
    mission = MISSIONS / folder
    table = tomllib.loads((mission / "mission.toml").read_text("utf-8"))
    assert faults(VALIDATORS["mission"], table) == []
    for name, record in inputs(mission, table):
        assert bool(faults(VALIDATORS[name], record)) == refused_by_reader(name, record), (name, record)


def inputs(mission: Path, table: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """(schema, record) of everything in a mission folder; lines that are no JSON are left to the reader."""
    yield "network", json.loads((mission / table["network"]).read_text("utf-8"))
    maps = table.get("control", [])
    for path in [maps] if isinstance(maps, str) else maps:
        yield "control", json.loads((mission / path).read_text("utf-8"))
    terms = mission / table["agreement"]
    areas = tomllib.loads(terms.read_text("utf-8"))["agreement"].get("areas")
    if areas:
        yield "areas", json.loads((terms.parent / areas).read_text("utf-8"))
    for key, name in LINES.items():
        files = table.get(key, [])
        for path in [files] if isinstance(files, str) else files:
            for line in (mission / path).read_text("utf-8").splitlines():
                try:
                    yield name, json.loads(line)
                except json.JSONDecodeError:
                    continue
    if "places" in table:
        yield "places", json.loads((mission / table["places"]).read_text("utf-8"))
    if "weather" in table:
        head, *rows = (mission / table["weather"]).read_text("utf-8").splitlines()
        for row in rows:
            cells = zip(head.split(","), row.split(","), strict=True)
            yield "weather", {key: cell if key == "time" else float(cell) for key, cell in cells}


@pytest.mark.parametrize("folder", ["uttr-2004", "first-light"])
def test_a_fresh_result_is_what_the_schemas_say_and_no_field_is_left_undescribed(folder: str) -> None:
    concluded = conclude(read_folder(MISSIONS / folder), plugins(), map, lambda _: None)
    files = concluded.files
    for kind, name in RESULTS.items():
        for line in files[f"{kind}.geojsonl"].splitlines():
            assert faults(CLOSED[name], json.loads(line)) == []
    for line in files["set_aside.ndjson"].splitlines():
        assert faults(CLOSED["set_aside"], json.loads(line)) == []
    assert faults(CLOSED["manifest"], json.loads(files["manifest.json"])) == []
    for entry in entries(files):
        assert faults(CLOSED["entry"], json.loads(entry)) == []
    if folder == "first-light":
        shows_what_its_page_says(concluded)


def entries(files: Mapping[str, bytes]) -> tuple[bytes, ...]:
    """The entries that a result's tiles hold."""
    held = {path.removeprefix("log/"): data for path, data in files.items() if path.startswith("log/tile/")}
    return read_log(held, read_checkpoint(files["log/checkpoint"].decode())).entries


def shows_what_its_page_says(first_light: Concluded) -> None:
    """missions/first-light/README.md promises a newcomer all this."""
    result, understood = first_light.result, first_light.understood
    assert {finding.party for finding in result.findings if finding.outcome == "attributed"} == {"Aurel", "Brenn"}
    assert {finding.outcome for finding in result.findings} == {"attributed", "undetermined", "exempt", "no_breach"}
    assert any("no launch" in finding.words for finding in result.findings)
    assert any("raiding party" in finding.words for finding in result.findings)
    assert {event.class_ for event in result.events} >= {"thunder", "quarry_blast", "fire", "demolition"}
    assert {"wrong_clock", "dead"} <= {health.state for health in result.health}
    assert 1 <= len(understood.set_aside) <= 10
