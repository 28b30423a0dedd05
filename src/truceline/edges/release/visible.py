"""What an audience may see of the inputs, and what follows from that alone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from truceline.attribution.standing import Over
from truceline.custody.entry import entry_of
from truceline.custody.log_folder import Logged
from truceline.custody.release import Audience, sees_sensor
from truceline.edges.dossier.lines import record_lines
from truceline.edges.dossier.recompute import recomputed
from truceline.model.problem import Unusable
from truceline.pipeline import Plugins, Tell


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


@dataclass(frozen=True, slots=True)
class Act:
    """As much of a finding as says whether another is the same: what was broken, how it ends, what it rests on."""

    outcome: str
    party: str | None
    provisions: frozenset[str]
    observations: frozenset[str]

    def is_named_by(self, other: "Act") -> bool:
        """Whether another finding, from fewer observations, is of the same act, and says the same of it."""
        same = (self.outcome, self.party, self.provisions) == (other.outcome, other.party, other.provisions)
        return same and bool(self.observations & other.observations)


def act_of(finding: Mapping[str, Any], events: Mapping[str, Mapping[str, Any]]) -> Act:
    """The act of a finding. events: properties by id."""
    seen = {str(id_) for event in finding["events"] for id_ in events[event]["observations"]}
    return Act(str(finding["outcome"]), finding.get("party"), frozenset(finding["provisions"]), frozenset(seen))


def nameable(
    logged: Sequence[Logged], acts: Mapping[str, Act], plugins: Plugins, over: Over, tell: Tell
) -> frozenset[str]:
    """The ids of findings in which the party named would be named too from what that party itself may see: of the same
    act (it rests on one of the same observations), for the same provisions."""
    accused: dict[str, list[str]] = {}
    for id_, act in acts.items():
        if act.outcome == "attributed" and act.party is not None:
            accused.setdefault(act.party, []).append(id_)
    carried: set[str] = set()
    for party, ids in sorted(accused.items()):
        tell(f"recomputing from what {party} may see")
        made = _made(visible(logged, Audience("party", party)), plugins, over, tell)
        carried |= {id_ for id_ in ids if any(acts[id_].is_named_by(other) for other in made)}
    return frozenset(carried)


def _made(logged: Sequence[Logged], plugins: Plugins, over: Over, tell: Tell) -> list[Act]:
    """The acts of the findings that follow from these inputs; none if nothing can be understood from them."""
    if not any(entry.kind == "observation" for entry, _ in logged):
        return []
    try:
        files = recomputed(logged, plugins, over, tell)
    except Unusable:
        return []
    events = {id_: one.properties for id_, one in record_lines(files, "events.geojsonl").items()}
    return [act_of(one.properties, events) for one in record_lines(files, "findings.geojsonl").values()]
