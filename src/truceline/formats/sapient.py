"""SAPIENT (BSI Flex 335 v2.0) messages → Observations and what nodes say of themselves.

    on TCP      32-bit little-endian length, then one protobuf message `sapient_msg.bsi_flex_335_v2_0.SapientMessage`
    as text     the same message in protobuf's JSON (`read_json`), as integrators keep their examples

    registration        → NodeRegistration; effectors (kinetic, jammer, cyber, laser, radio-frequency) are refused
    status_report       → NodeStatus and a Status observation
    detection_report    → Track (a moving object), Fix (a place), Bearing or Arrival (a direction alone)
    alert               → NodeAlert
    task                → refused: nobody tasks us, and FOLLOW is never obeyed
    task_ack, alert_ack, registration_ack, error: what was said, as `text`

x is longitude or easting, y latitude or northing. Azimuths count only from true north. Timestamps have nanoseconds;
whole microseconds are kept.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from truceline.formats.sapient_detection import detection
from truceline.formats.sapient_facts import alert, registration, status
from truceline.formats.sapient_icd import check
from truceline.model.feed import Receipt, Sender
from truceline.model.instant import Instant
from truceline.model.node import NodeAlert, NodeRegistration, NodeStatus
from truceline.model.observation import Observation
from truceline.model.problem import Place, Problem

MOST_BYTES = 1024 * 1024  # "1,024 kB at most"
EFFECTORS = range(13, 18)  # NODE_TYPE_KINETIC … NODE_TYPE_RFDEW
NS_PER_US = 1_000
LEAST_YEAR_S, MOST_YEAR_S = 0, 4_102_444_800  # 1970 to 2100


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one message says. `kind` is the name of its content.

    problems: a fatal one is a fault by the standard (answer with an error); others say why a part of a good message
    is of no use. declined: why a message that is good by the standard is refused all the same; "" if it is not.
    """

    kind: str
    node: str
    destination: str
    time_us: Instant
    message_id: str = ""
    registration: NodeRegistration | None = None
    status: NodeStatus | None = None
    alert: NodeAlert | None = None
    observations: tuple[Observation, ...] = ()
    text: str = ""
    declined: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def faulty(self) -> bool:
        return any(problem.fatal for problem in self.problems)


def read_message(file: str, data: bytes, receipt: Receipt, sender: Sender, types: tuple[str, ...] = ()) -> Said:
    """One message of the wire, without its length. `types`: the node types it registered with."""
    if len(data) > MOST_BYTES:
        return _nothing(Problem(Place(file), f"the message has {len(data):,} bytes", f"keep it to {MOST_BYTES:,}"))
    message = SapientMessage()
    try:
        message.ParseFromString(data)
    except (DecodeError, RecursionError) as error:
        return _nothing(Problem(Place(file), "not a SAPIENT message", f"send protobuf of BSI Flex 335 v2.0 ({error})"))
    return _said(file, message, (), receipt, sender, types)


def read_json(file: str, data: bytes, receipt: Receipt, sender: Sender, types: tuple[str, ...] = ()) -> Said:
    """One message as JSON. Fields that the standard does not have are faults."""
    if len(data) > MOST_BYTES:
        return _nothing(Problem(Place(file), f"the message has {len(data):,} bytes", f"keep it to {MOST_BYTES:,}"))
    try:
        table = msgspec.json.decode(data.removeprefix(BOM_UTF8))
        message = json_format.ParseDict(table, SapientMessage(), ignore_unknown_fields=True)
    except (
        msgspec.DecodeError, ValueError, ArithmeticError, RecursionError, json_format.Error, AttributeError, TypeError,
    ) as error:  # fmt: skip
        at = re.search(r"\bat \"?SapientMessage\.([\w.\[\]]+)", str(error))
        place = Place(file, field=at[1].rstrip(".") if at else "")
        return _nothing(Problem(place, f"not a SAPIENT message in JSON ({error})", "mend this field"))
    unknown = tuple(
        Problem(Place(file, field=field), f"{field} is no field of the standard", "leave it out, or mend its name")
        for field in _unknown(table, SapientMessage.DESCRIPTOR, "")
    )
    return _said(file, message, unknown, receipt, sender, types)


def _nothing(problem: Problem) -> Said:
    return Said(kind="", node="", destination="", time_us=0, problems=(problem,))


def _said(
    file: str, message: Any, problems: tuple[Problem, ...], receipt: Receipt, sender: Sender, types: tuple[str, ...]
) -> Said:
    problems += check(file, message)
    kind = message.WhichOneof("content") or ""
    stamp = message.timestamp
    moment = stamp.seconds * 1_000_000 + stamp.nanos // NS_PER_US
    if message.HasField("timestamp") and not (
        LEAST_YEAR_S <= stamp.seconds <= MOST_YEAR_S and 0 <= stamp.nanos < 1_000_000_000
    ):
        problems += (Problem(Place(file, field="timestamp"), "the time lies outside 1970–2100", "mend the clock"),)
        moment = 0
    said = Said(
        kind=kind, node=message.node_id, destination=message.destination_id, time_us=moment, problems=problems
    )  # fmt: skip
    if said.faulty:
        return replace(said, message_id=_message_id(message, kind))
    return _content(file, said, message, receipt, sender, types)


def _message_id(message: Any, kind: str) -> str:
    content = getattr(message, kind) if kind else None
    return str(next((getattr(content, n) for n in ("report_id", "alert_id", "task_id") if hasattr(content, n)), ""))


def _content(file: str, said: Said, message: Any, receipt: Receipt, sender: Sender, types: tuple[str, ...]) -> Said:
    content = getattr(message, said.kind)
    said = replace(said, message_id=_message_id(message, said.kind))
    match said.kind:
        case "registration":
            return replace(
                said,
                registration=registration(said.node, said.time_us, receipt.digest, content),
                declined=_effectors(content),
            )
        case "status_report":
            told, seen, faults = status(file, said.node, said.time_us, receipt, sender, content)
            return replace(said, status=told, observations=(seen,), problems=said.problems + faults)
        case "detection_report":
            told_of = detection(file, said.node, said.time_us, receipt, sender, types, content)
            return replace(
                said, observations=told_of.observations, problems=said.problems + told_of.problems
            )  # fmt: skip
        case "alert":
            called, faults = alert(file, said.node, said.time_us, receipt.digest, content)
            return replace(said, alert=called, problems=said.problems + faults)
        case "task":
            return replace(said, declined=_no_task(content))
        case "task_ack":
            return replace(said, text="; ".join((_word(content, "task_status"), *content.reason)))
        case "alert_ack":
            return replace(said, text="; ".join((_word(content, "alert_ack_status"), *content.reason)))
        case "registration_ack":
            accepted = "accepted" if content.acceptance else "rejected"
            return replace(said, text="; ".join((accepted, *content.ack_response_reason)))
        case _:
            return replace(said, text="; ".join(content.error_message))


def _effectors(content: Any) -> str:
    named = [_word(node, "node_type") for node in content.node_definition if node.node_type in EFFECTORS]
    return f"effectors are not taken ({', '.join(named)}): register sensors only" if named else ""


def _no_task(content: Any) -> str:
    if content.HasField("command") and content.command.WhichOneof("command") == "follow":
        return "FOLLOW is refused: nothing is ever followed here"
    return "tasks are not taken here: send detections and states only"


def _word(message: Any, field: str) -> str:
    """The name of an enumeration's value."""
    value = getattr(message, field)
    known = message.DESCRIPTOR.fields_by_name[field].enum_type.values_by_number
    return str(known[value].name) if value in known else str(value)


def _unknown(table: object, descriptor: Descriptor, path: str) -> Iterator[str]:
    """Fields of a JSON object that the schema lacks."""
    if not isinstance(table, Mapping) or descriptor.full_name.startswith("google."):
        return
    known = {name: field for field in descriptor.fields for name in (field.name, field.json_name)}
    for name, value in table.items():
        field = known.get(name)
        if field is None:
            yield f"{path}.{name}" if path else str(name)
        elif field.type == FieldDescriptor.TYPE_MESSAGE:
            here = f"{path}.{field.name}" if path else field.name
            for index, item in enumerate(value if field.is_repeated and isinstance(value, list) else [value]):
                yield from _unknown(item, field.message_type, f"{here}[{index}]" if field.is_repeated else here)
