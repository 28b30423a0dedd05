"""SAPIENT (BSI Flex 335 v2.0) messages that we write: answers of a fusion node, and a sensor node's own, for
exercises.

Every message is one protobuf `SapientMessage` without its length. Times are kept to the microsecond.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from truceline.model.instant import US_PER_S, Instant

Classes = Sequence[tuple[str, float]]  # (word of the node's own, probability)

STANDARD = "BSI Flex 335 v2.0"
MOST_PACKET = 64 * 1024  # of a faulty message, what is sent back with the error
LAT_LNG_DEGREES, WGS84_ELLIPSOID, TRUE_NORTH, DEGREES_M, SECONDS = 1, 1, 1, 1, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who writes to whom, and when. Node ids are version 4 UUIDs in lower case; destination "" for everybody."""

    node: str
    destination: str
    time_us: Instant

    def message(self) -> Any:
        message = SapientMessage(node_id=self.node)
        if self.destination:
            message.destination_id = self.destination
        seconds, micros = divmod(self.time_us, US_PER_S)
        message.timestamp.seconds, message.timestamp.nanos = seconds, micros * 1_000
        return message


def registration_ack(envelope: Envelope, accepted: bool, reasons: Sequence[str] = ()) -> bytes:
    """Whether a registration is accepted, and why not."""
    message = envelope.message()
    message.registration_ack.acceptance = accepted
    message.registration_ack.ack_response_reason.extend(reasons)
    return bytes(message.SerializeToString(deterministic=True))


def alert_ack(envelope: Envelope, alert_id: str) -> bytes:
    """That an alert was taken."""
    message = envelope.message()
    message.alert_ack.alert_id = alert_id
    message.alert_ack.alert_ack_status = 1  # ALERT_ACK_STATUS_ACCEPTED
    return bytes(message.SerializeToString(deterministic=True))


def task_rejected(envelope: Envelope, task_id: str, reasons: Sequence[str]) -> bytes:
    """That a task is not taken, and why."""
    message = envelope.message()
    message.task_ack.task_id = task_id
    message.task_ack.task_status = 2  # TASK_STATUS_REJECTED
    message.task_ack.reason.extend(reasons)
    return bytes(message.SerializeToString(deterministic=True))


def error(envelope: Envelope, packet: bytes, messages: Sequence[str]) -> bytes:
    """What is wrong with a message, with its bytes (their beginning, if it is large)."""
    message = envelope.message()
    message.error.packet = packet[:MOST_PACKET] or b"\0"
    message.error.error_message.extend(messages)
    return bytes(message.SerializeToString(deterministic=True))


def request(envelope: Envelope, task_id: str, what: str) -> bytes:
    """A request to a node: Registration or Status."""
    message = envelope.message()
    message.task.task_id = task_id
    message.task.control = 1  # CONTROL_START
    message.task.command.request = what
    return bytes(message.SerializeToString(deterministic=True))


def sensor_registration(envelope: Envelope, node_type: str, name: str, status_interval_s: float) -> bytes:
    """A sensor node's registration, as an exercise needs it. node_type: camera, acoustic, radar …"""
    message = envelope.message()
    said = message.registration
    said.icd_version, said.name = STANDARD, name
    node = said.node_definition.add()
    numbers = node.DESCRIPTOR.fields_by_name["node_type"].enum_type.values_by_name
    node.node_type = numbers[f"NODE_TYPE_{node_type.upper()}"].number
    capability = said.capabilities.add()
    capability.category, capability.type = "exercise", "detection"
    status = said.status_definition
    status.status_interval.units, status.status_interval.value = SECONDS, status_interval_s
    _location_type(status.location_definition)
    mode = said.mode_definition.add()
    mode.mode_name, mode.mode_type = "Default", 1
    mode.settle_time.units, mode.settle_time.value = SECONDS, 1.0
    _location_type(mode.detection_definition.add().location_type)
    mode.task.concurrent_tasks = 0
    mode.task.region_definition.region_type.append(1)
    _location_type(mode.task.region_definition.region_area.add())
    maker = said.config_data.add()
    maker.manufacturer, maker.model = "exercise", "simulated sensor"
    return bytes(message.SerializeToString(deterministic=True))


def sensor_status(envelope: Envelope, report_id: str, lon: float, lat: float, *, system: str = "ok") -> bytes:
    """A sensor node's state: ok, warning, error or goodbye; and its place."""
    message = envelope.message()
    said = message.status_report
    said.report_id, said.info, said.mode = report_id, 1, "Default"
    said.system = {"ok": 1, "warning": 2, "error": 3, "goodbye": 5}[system]
    _location(said.node_location, lon, lat, None)
    return bytes(message.SerializeToString(deterministic=True))


def detection_place(
    envelope: Envelope, report_id: str, object_id: str, place: tuple[float, float, float], classes: Classes
) -> bytes:
    """A detection at a place: lon, lat in degrees, and sigma in degrees on each axis."""
    message = _detection(envelope, report_id, object_id, classes)
    _location(message.detection_report.location, place[0], place[1], place[2])
    return bytes(message.SerializeToString(deterministic=True))


def detection_ray(
    envelope: Envelope, report_id: str, object_id: str, azimuth: tuple[float, float], classes: Classes
) -> bytes:
    """A detection in a direction: azimuth from true north and its sigma, degrees."""
    message = _detection(envelope, report_id, object_id, classes)
    ray = message.detection_report.range_bearing
    ray.azimuth, ray.azimuth_error = azimuth
    ray.coordinate_system, ray.datum = DEGREES_M, TRUE_NORTH
    return bytes(message.SerializeToString(deterministic=True))


def _detection(envelope: Envelope, report_id: str, object_id: str, classes: Classes) -> Any:
    message = envelope.message()
    said = message.detection_report
    said.report_id, said.object_id = report_id, object_id
    for name, share in classes:
        item = said.classification.add()
        item.type, item.confidence = name, share
    return message


def _location(location: Any, lon: float, lat: float, sigma_deg: float | None) -> None:
    location.x, location.y = lon, lat
    location.coordinate_system, location.datum = LAT_LNG_DEGREES, WGS84_ELLIPSOID
    if sigma_deg is not None:
        location.x_error = location.y_error = sigma_deg


def _location_type(kind: Any) -> None:
    kind.location_units, kind.location_datum = LAT_LNG_DEGREES, WGS84_ELLIPSOID
