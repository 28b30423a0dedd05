"""What an audience may see of the inputs, and what follows from that alone."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from truceline.attribution.standing import Over
from truceline.custody.entry import entry_of
from truceline.custody.log_folder import Logged
from truceline.custody.release import Audience, sees_sensor
from truceline.edges.dossier.recompute import recomputed
from truceline.model.instant import US_PER_S, parse_utc
from truceline.model.problem import Unusable
from truceline.pipeline import Plugins, Tell

NEAR_US = 60 * US_PER_S  # findings of one act, from fewer observations, are at most so far apart


def sensors_of(logged: Sequence[Logged]) -> dict[str, dict[str, Any]]:
    """The properties of every sensor of the network, by id."""
    data = next(data for entry, data in logged if entry.kind == "network")
    return {str(one["properties"]["id"]): one["properties"] for one in json.loads(data)["features"]}


def sensor_of(observation: bytes) -> str:
    """The id of the sensor that made an observation."""
    return str(msgspec.json.decode(observation, type=dict[str, Any])["sensor"])


def visible(logged: Sequence[Logged], audience: Audience) -> tuple[Logged, ...]:
    """The inputs that an audience may see: the network without other sensors, their observations, all else."""
    known = {id_ for id_, sensor in sensors_of(logged).items() if sees_sensor(audience, sensor)}
    found: list[Logged] = []
    for entry, data in logged:
        if entry.kind == "network":
            network = json.loads(data)
            network["features"] = [one for one in network["features"] if one["properties"]["id"] in known]
            data = json.dumps(network).encode()
            found.append((entry_of(entry.kind, entry.id, data), data))
        elif entry.kind not in ("observation", "set_aside") or (
            entry.kind == "observation" and sensor_of(data) in known
        ):
            found.append((entry, data))
    return tuple(found)


def nameable(
    logged: Sequence[Logged], findings: Mapping[str, Mapping[str, Any]], plugins: Plugins, over: Over, tell: Tell
) -> frozenset[str]:
    """The ids of findings in which the party named would be named too from what that party itself may see."""
    accused: dict[str, list[str]] = {}
    for id_, finding in findings.items():
        if finding["outcome"] == "attributed":
            accused.setdefault(str(finding["party"]), []).append(id_)
    carried: set[str] = set()
    for party, ids in sorted(accused.items()):
        tell(f"recomputing from what {party} may see")
        made = _named(visible(logged, Audience("party", party)), party, plugins, over, tell)
        for id_ in ids:
            at = parse_utc(str(findings[id_]["time"]))
            if any(abs(at - other) <= NEAR_US for other in made):
                carried.add(id_)
    return frozenset(carried)


def _named(logged: Sequence[Logged], party: str, plugins: Plugins, over: Over, tell: Tell) -> list[int]:
    """When the findings are that name a party, from these inputs; none if nothing can be understood from them."""
    if not any(entry.kind == "observation" for entry, _ in logged):
        return []
    try:
        lines = recomputed(logged, plugins, over, tell)["findings.geojsonl"].split(b"\n")
    except Unusable:
        return []
    found = [msgspec.json.decode(line)["properties"] for line in lines if line]
    return [parse_utc(str(one["time"])) for one in found if (one["outcome"], one.get("party")) == ("attributed", party)]
