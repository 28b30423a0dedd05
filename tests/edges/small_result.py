"""A small mission and its result: first-light, cut to the minutes around one exchange, concluded once a process."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from truceline.edges.conclude import conclude
from truceline.edges.inputs import Inputs, Line, WholeFile
from truceline.edges.mission_folder import read_folder
from truceline.edges.wiring import plugins

MISSION = Path(__file__).parents[2] / "missions" / "first-light"
FROM, UNTIL = "2026-03-02T07:55:40", "2026-03-02T07:57:40"


def small_inputs(releasable_to: str = "") -> Inputs:
    """The mission's inputs, observations of two minutes only. releasable_to: an audience that may see all sensors."""
    whole = read_folder(MISSION)
    code = WholeFile("code", "code", b"# truceline test\n")
    files = tuple(code if one.kind == "code" else one for one in whole.files)
    if releasable_to:
        files = tuple(_releasable(one, releasable_to) if one.kind == "network" else one for one in files)
    return Inputs(files, tuple(one for one in whole.lines if one.kind != "observation" or _is_then(one)))


def _is_then(line: Line) -> bool:
    try:
        return FROM <= str(json.loads(line.data)["time"]) < UNTIL
    except (ValueError, KeyError, TypeError):
        return False


def _releasable(network: WholeFile, to: str) -> WholeFile:
    table = json.loads(network.data)
    for feature in table["features"]:
        feature["properties"]["releasable_to"] = [to]
    return WholeFile(network.kind, network.path, json.dumps(table).encode())


@cache
def small_result(releasable_to: str = "") -> Mapping[str, bytes]:
    """Every file of the result folder, by path."""
    return conclude(small_inputs(releasable_to), plugins(), map, lambda what: None).files


def attributed() -> str:
    """The id of a finding that names a party."""
    lines = small_result()["findings.geojsonl"].splitlines()
    found = [json.loads(line)["properties"] for line in lines]
    return next(str(one["id"]) for one in found if one["outcome"] == "attributed")
