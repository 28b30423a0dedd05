"""SAPIENT (BSI Flex 335 v2.0): the checks of its interface control document, on a parsed message.

Which fields are mandatory, which are UUIDs and which ULIDs is written in the schema itself (`field_options`). The
rest stands here: choices of which one must be made, identifiers whose form the schema leaves out, values with a
range, the version of the standard, and enumerations with a number that the standard
does not know.
"""

import math
import re
from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from sapient_msg import proto_options_pb2

from truceline.model.problem import Place, Problem

STANDARD = "BSI Flex 335 v2.0"
MOST_DEPTH = 32
UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")

CHOICES = {  # message: choices of which one must be made
    "SapientMessage": ("content",),
    "DetectionReport": ("location_oneof",),
    "PredictedLocation": ("predicted_location_oneof",),
    "LocationOrRangeBearing": ("fov_oneof",),
    "LocationType": ("coordinates_oneof", "datum_oneof"),
    "VelocityType": ("velocity_units_oneof", "datum_oneof"),
    "Command": ("command",),  # of a task; a registration's Command has no such choice
}
MANDATORY_TOO = {("TaskDefinition", "concurrent_tasks"), ("DerivedDetection", "timestamp")}
UUIDS_TOO = {("Registration", "dependent_nodes")}
ULIDS_TOO = {("FollowObject", "follow_object_id")}
SHARES = {"confidence", "detection_confidence"}
Fault = tuple[str, str, str]  # field, what, remedy


def check(file: str, message: Message) -> tuple[Problem, ...]:
    """Every fault of a message, each at its field, in the order of the schema."""
    return tuple(
        Problem(Place(file, field=field or "content"), what, remedy) for field, what, remedy in _faults(message, "", 0)
    )


def _faults(message: Message, path: str, depth: int) -> Iterator[Fault]:
    kind = message.DESCRIPTOR.name
    if depth > MOST_DEPTH:
        yield path, f"messages are nested more than {MOST_DEPTH} deep", "nest fewer"
        return
    for choice in CHOICES.get(kind, ()):
        if choice in message.DESCRIPTOR.oneofs_by_name and message.WhichOneof(choice) is None:
            names = [field.name for field in message.DESCRIPTOR.oneofs_by_name[choice].fields]
            yield _join(path, choice), f"none of {', '.join(names)} is given", "give one of them"
    yield from _special(message, path)
    for field in message.DESCRIPTOR.fields:
        value: Any = getattr(message, field.name)
        here = _join(path, field.name)
        if not _given(message, field, value):
            if _mandatory(field, kind):
                yield here, f"{field.name} is missing", "it is mandatory"
            continue
        for index, item in enumerate(value if field.is_repeated else (value,)):
            at = f"{here}[{index}]" if field.is_repeated else here
            if field.type == FieldDescriptor.TYPE_MESSAGE:
                yield from _faults(item, at, depth + 1)
            else:
                yield from _value_faults(field, kind, item, at)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _given(message: Message, field: FieldDescriptor, value: Any) -> bool:
    """Whether a field says something: an empty text and an unspecified choice say nothing where they are mandatory."""
    if field.is_repeated:
        return len(value) > 0
    if field.has_presence and not message.HasField(field.name):
        return False
    if field.type in (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES, FieldDescriptor.TYPE_ENUM):
        return bool(value)
    return True


def _options(field: FieldDescriptor) -> Any:
    return field.GetOptions().Extensions[proto_options_pb2.field_options]


def _mandatory(field: FieldDescriptor, kind: str) -> bool:
    return bool(_options(field).is_mandatory) or (kind, field.name) in MANDATORY_TOO


def _value_faults(field: FieldDescriptor, kind: str, value: Any, at: str) -> Iterator[Fault]:
    if field.type == FieldDescriptor.TYPE_STRING:
        if (_options(field).is_uuid or (kind, field.name) in UUIDS_TOO) and not UUID4.fullmatch(value):
            yield at, f"{_shown(value)} is no UUID", "write a version 4 UUID in lower case"
        if (_options(field).is_ulid or (kind, field.name) in ULIDS_TOO) and not ULID.fullmatch(value):
            yield at, f"{_shown(value)} is no ULID", "write a ULID: 26 digits and capitals"
    elif field.type == FieldDescriptor.TYPE_ENUM:
        if value not in field.enum_type.values_by_number:
            yield at, f"{value} is no {field.enum_type.name}", "use a number of the standard"
    elif field.type in (FieldDescriptor.TYPE_DOUBLE, FieldDescriptor.TYPE_FLOAT):
        if not math.isfinite(value):
            yield at, f"{value} is not finite", "give a finite number"
        elif field.name in SHARES and not 0.0 <= value <= 1.0 + 1e-6:
            yield at, f"{value:g} is no probability", "give a number from 0 to 1"


def _special(message: Any, path: str) -> Iterator[Fault]:
    """What no option of the schema says."""
    kind = message.DESCRIPTOR.name
    if kind == "Registration" and message.icd_version and message.icd_version != STANDARD:
        yield _join(path, "icd_version"), f"{_shown(message.icd_version)} is not {STANDARD!r}", f"speak {STANDARD}"
    elif kind == "LocationType":
        units, datum = message.WhichOneof("coordinates_oneof"), message.WhichOneof("datum_oneof")
        if units and datum and units.startswith("location") != datum.startswith("location"):
            yield _join(path, "datum_oneof"), f"{units} with {datum}", "use units and datum of one kind"


def _shown(text: str, most: int = 40) -> str:
    return repr(text if len(text) <= most else text[: most - 1] + "…")
