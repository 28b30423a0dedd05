"""SAPIENT (BSI Flex 335 v2.0): what nodes say of themselves, registration, state and alerts, as records."""

from typing import Any

from truceline.formats.sapient_place import region, spot
from truceline.model.feed import Receipt, Sender
from truceline.model.instant import Instant
from truceline.model.node import NodeAlert, NodeRegistration, NodeStatus, Region
from truceline.model.observation import Status
from truceline.model.problem import Place, Problem

SECONDS = {1: 1e-9, 2: 1e-6, 3: 1e-3, 4: 1.0, 5: 60.0, 6: 3_600.0, 7: 86_400.0}  # TimeUnits
OK, WARNING, ERROR, GOODBYE = 1, 2, 3, 5  # StatusReport.System
UNCHANGED = 2  # StatusReport.Info
NOT_DETECTING = 11  # StatusReport.StatusType


def registration(node: str, time_us: Instant, digest: str, content: Any) -> NodeRegistration:
    """A checked registration as a record."""
    interval = content.status_definition.status_interval
    return NodeRegistration(
        node=node,
        time_us=time_us,
        digest=digest,
        types=tuple(_name(item, "node_type", "NODE_TYPE_") for item in content.node_definition),
        name=content.name or content.short_name,
        standard=content.icd_version,
        makers=tuple((item.manufacturer, item.model, item.serial_number) for item in content.config_data),
        modes=tuple(item.mode_name for item in content.mode_definition),
        status_interval_s=interval.value * SECONDS[interval.units],
        dependent_nodes=tuple(content.dependent_nodes),
    )


def status(
    file: str, node: str, time_us: Instant, receipt: Receipt, sender: Sender, content: Any
) -> tuple[NodeStatus, Status, tuple[Problem, ...]]:
    """A checked status report as a record and as an observation of the node's own state."""
    problems: list[Problem] = []
    at = at_sigma = None
    if content.HasField("node_location"):
        try:
            place = spot(content.node_location)
            at, at_sigma = (place.lon, place.lat), place.sigma_m
        except ValueError as error:
            problems.append(_set_aside(file, "status_report.node_location", str(error)))
    seen_now = [content.field_of_view] if content.HasField("field_of_view") else []
    view = _regions(file, "field_of_view", seen_now, problems)
    told = NodeStatus(
        node=node,
        report=content.report_id,
        time_us=time_us,
        digest=receipt.digest,
        system=_name(content, "system", "SYSTEM_"),
        unchanged=content.info == UNCHANGED,
        mode=content.mode,
        at=at,
        at_sigma_m=at_sigma,
        field_of_view=view[0] if view else None,
        coverage=_regions(file, "coverage", content.coverage, problems),
        obscured=_regions(file, "obscuration", content.obscuration, problems),
        notes=tuple(
            (_name(s, "status_level", "STATUS_LEVEL_"), _name(s, "status_type", "STATUS_TYPE_"), s.status_value)
            for s in content.status
        ),
    )
    seen = Status(
        id=f"{node}/{content.report_id}",
        sensor=sender.sensor,
        time_us=time_us,
        time_sigma_s=sender.time_sigma_s,
        received_us=receipt.received_us,
        digest=receipt.digest,
        at=at,
        at_sigma_m=at_sigma if at_sigma is not None else sender.position_sigma_m if at is not None else None,
        state=_state(content),
    )
    return told, seen, tuple(problems)


def _state(content: Any) -> Any:
    """Detecting, degraded or blind. A node in error, gone, or not detecting is blind: its silence says nothing."""
    if content.system in (ERROR, GOODBYE) or any(item.status_type == NOT_DETECTING for item in content.status):
        return "blind"
    return "degraded" if content.system == WARNING else "detecting"


def alert(file: str, node: str, time_us: Instant, digest: str, content: Any) -> tuple[NodeAlert, tuple[Problem, ...]]:
    """A checked alert as a record."""
    problems: list[Problem] = []
    at = None
    if content.WhichOneof("location_oneof") == "location":
        try:
            place = spot(content.location)
            at = (place.lon, place.lat)
        except ValueError as error:
            problems.append(_set_aside(file, "alert.location", str(error)))
    called = NodeAlert(
        node=node,
        alert=content.alert_id,
        time_us=time_us,
        digest=digest,
        kind=_name(content, "alert_type", "ALERT_TYPE_"),
        status=_name(content, "status", "ALERT_STATUS_"),
        text=content.description,
        at=at,
        about=tuple(item.object_id for item in content.associated_detection),
    )
    return called, tuple(problems)


def _regions(file: str, field: str, given: Any, problems: list[Problem]) -> tuple[Region, ...]:
    found = []
    for index, item in enumerate(given):
        try:
            found.append(region(item))
        except ValueError as error:
            problems.append(_set_aside(file, f"status_report.{field}[{index}]", str(error)))
    return tuple(found)


def _set_aside(file: str, field: str, said: str) -> Problem:
    what, _, remedy = said.partition(": ")
    return Problem(Place(file, field=field), what, remedy or "mend this field", fatal=False)


def _name(message: Any, field: str, prefix: str) -> str:
    """The name of an enumeration's value in lower case, without its prefix; empty if unspecified."""
    value = getattr(message, field)
    known = message.DESCRIPTOR.fields_by_name[field].enum_type.values_by_number
    return str(known[value].name).removeprefix(prefix).lower() if value and value in known else ""
