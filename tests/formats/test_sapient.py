"""SAPIENT: every message of the standard's own test harness, and what becomes of good ones."""

import csv
import io
import json
import tarfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from hypothesis import given, settings
from hypothesis import strategies as st
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from truceline.formats import sapient_write as write
from truceline.formats.sapient import Said, read_json, read_message
from truceline.model.feed import Receipt, Sender
from truceline.model.node import Ground, Sector
from truceline.model.observation import Arrival, Bearing, Fix, Status, Track

DATA = Path(__file__).parents[1] / "data" / "sapient"
SENDER = Sender(sensor="cam-1", time_sigma_s=0.02, position_sigma_m=12.0, azimuth_sigma_deg=0.5, lon=37.0, lat=48.0)
RECEIPT = Receipt(received_us=1_700_000_000_000_000, digest="ab" * 32)
NODE, US = "a8654cdf-4328-47de-81fa-c495589e30c9", "6f582b41-6c88-481c-bb0f-6021a1739f57"
REPORT, OBJECT = "01GGYFBAXGDG7AGAHRZ6XSNY12", "01GGYFBAXH4VYRQYEX7S3XGK3H"
TIME_US = 1_750_000_000_123_456


@cache
def messages() -> dict[tuple[str, str], bytes]:
    """(True or False, file name) → bytes."""
    found = {}
    with tarfile.open(DATA / "messages.tar.xz") as archive:
        for member in archive.getmembers():
            if member.isfile():
                folder, name = member.name.split("/")[-2:]
                extracted = archive.extractfile(member)
                assert extracted is not None
                found[folder, name] = extracted.read()
    return found


VALID = sorted(name for folder, name in messages() if folder == "True")
FAULTS = {row["file"]: row["field"] for row in csv.DictReader(io.StringIO((DATA / "faults.csv").read_text()))}


def envelope(time_us: int = TIME_US) -> write.Envelope:
    return write.Envelope(node=NODE, destination=US, time_us=time_us)


def read(data: bytes, *types: str) -> Said:
    return read_message("message", data, RECEIPT, SENDER, types)


def changed(name: str, change: Any) -> bytes:
    """A valid message with a change, as protobuf."""
    table = json.loads(messages()["True", name].decode("utf-8-sig"))
    change(table)
    return bytes(json_format.ParseDict(table, SapientMessage()).SerializeToString())


def test_the_harness_is_complete() -> None:
    assert len(VALID) == 38
    assert len(FAULTS) == 193
    assert set(FAULTS) == {name for folder, name in messages() if folder == "False"}


@pytest.mark.parametrize("name", VALID)
def test_valid_messages_are_accepted(name: str) -> None:
    said = read_json(name, messages()["True", name], RECEIPT, SENDER)
    assert not said.faulty, said.problems
    assert said.kind.replace("_", "") == name.split(".", maxsplit=1)[0].lower()
    again = json_format.Parse(messages()["True", name].decode("utf-8-sig"), SapientMessage()).SerializeToString()
    wire = read_message(name, again, RECEIPT, SENDER)
    assert wire == said


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_invalid_messages_are_refused_for_the_fault_their_name_says(name: str) -> None:
    said = read_json(name, messages()["False", name], RECEIPT, SENDER)
    assert said.faulty
    assert not said.observations
    faults = {problem.place.field for problem in said.problems if problem.fatal}
    assert FAULTS[name] in faults
    own = {"detection_report.detectionLocation"} if '"detectionLocation"' in str(messages()["False", name]) else set()
    if name.startswith("0160"):
        own |= {"alert.location.y"}  # the file lacks both coordinates
    if name.startswith("0038"):
        own |= {"registration.status_definition.field_of_view_definition.datum_oneof"}  # it lacks both
    assert faults <= {FAULTS[name]} | own


@pytest.mark.parametrize("kind", ["KINETIC", "JAMMER", "CYBER", "LDEW", "RFDEW"])
def test_effectors_are_declined_with_a_reason(kind: str) -> None:
    def arm(table: Any) -> None:
        table["registration"]["nodeDefinition"][0]["nodeType"] = f"NODE_TYPE_{kind}"

    said = read(changed("Registration.FullMesssage.json", arm))
    assert not said.faulty
    assert "effectors are not taken" in said.declined and kind in said.declined


def test_follow_and_every_other_task_is_declined() -> None:
    follow = read_json("f", messages()["True", "Task.FullMessage.Follow.json"], RECEIPT, SENDER)
    assert "FOLLOW is refused" in follow.declined
    patrol = read_json("p", messages()["True", "Task.FullMessage.Patrol.json"], RECEIPT, SENDER)
    assert "tasks are not taken" in patrol.declined
    assert patrol.message_id


def test_registration_keeps_the_identity_of_the_node() -> None:
    said = read_json("r", messages()["True", "Registration.FullMesssage.json"], RECEIPT, SENDER)
    node = said.registration
    assert node is not None and not said.declined
    assert (node.node, node.types, node.name) == (NODE, ("camera",), "Car Park Camera at Entrance")
    assert node.makers == (("ACME", "Vision123", "V000123"),)
    assert node.status_interval_s == 5.0
    assert len(node.dependent_nodes) == 3


def test_status_keeps_coverage_and_obscuration() -> None:
    def place(table: Any) -> None:
        report = table["statusReport"]
        corner = {"coordinateSystem": "LOCATION_COORDINATE_SYSTEM_LAT_LNG_DEG_M", "datum": "LOCATION_DATUM_WGS84_E"}
        report["nodeLocation"] = {"x": 37.25, "y": 48.5, "xError": 1e-5, "yError": 1e-5, **corner}
        ring = [{"x": 37.2 + dx, "y": 48.4 + dy, **corner} for dx, dy in ((0, 0), (0.1, 0), (0.1, 0.1))]
        report["coverage"] = [{"locationList": {"locations": ring}}]
        cone = {"azimuth": 350.0, "range": 2.5, "horizontalExtent": 40.0, "datum": "RANGE_BEARING_DATUM_TRUE"}
        cone["coordinateSystem"] = "RANGE_BEARING_COORDINATE_SYSTEM_DEGREES_KM"
        report["obscuration"] = [{"rangeBearing": cone}]
        report["fieldOfView"] = {"rangeBearing": {**cone, "datum": "RANGE_BEARING_DATUM_PLATFORM"}}

    said = read(changed("StatusReport.FullMessage.json", place))
    told = said.status
    assert told is not None and not said.faulty
    assert told.at == (37.25, 48.5)
    assert told.at_sigma_m == pytest.approx(1.112, abs=1e-3)
    assert told.coverage == (Ground(((37.2, 48.4), (37.300000000000004, 48.4), (37.300000000000004, 48.5))),)
    assert told.obscured == (Sector(azimuth_deg=350.0, width_deg=40.0, range_m=2500.0),)
    assert told.field_of_view is None
    assert [problem.place.field for problem in said.problems] == ["status_report.field_of_view[0]"]
    (seen,) = said.observations
    assert isinstance(seen, Status) and seen.state == "detecting" and seen.at == (37.25, 48.5)


@pytest.mark.parametrize(
    ("system", "state"), [("ok", "detecting"), ("warning", "degraded"), ("error", "blind"), ("goodbye", "blind")]
)
def test_a_node_in_error_or_gone_is_blind(system: str, state: str) -> None:
    (seen,) = read(write.sensor_status(envelope(), REPORT, 37.0, 48.0, system=system)).observations
    assert isinstance(seen, Status) and seen.state == state


def test_a_place_is_a_fix_and_a_moving_thing_a_track() -> None:
    place = (37.5, 48.25, 0.0001)
    (fix,) = read(write.detection_place(envelope(), REPORT, OBJECT, place, [("Explosion", 0.75)])).observations
    assert isinstance(fix, Fix)
    assert (fix.id, fix.sensor, fix.time_us) == (f"{NODE}/{REPORT}", "cam-1", TIME_US)
    assert (fix.lon, fix.lat) == (37.5, 48.25)
    assert fix.sigma_m == pytest.approx(11.12, abs=0.01)
    assert fix.labels == (("explosion", 0.75), ("other", 0.25))
    drone = [("Air Vehicle.UAV Fixed Wing", 0.9)]
    (track,) = read(write.detection_place(envelope(), REPORT, OBJECT, place, drone)).observations
    assert isinstance(track, Track) and track.track == OBJECT and track.labels[1] == ("uav", 0.9)


def test_velocity_becomes_speed_and_course() -> None:
    def fly(table: Any) -> None:
        table["detectionReport"]["location"].update(x=400_000.0, y=5_300_000.0, utmZone="37U")
        table["detectionReport"]["enu_velocity"] = {"eastRate": 3.0, "northRate": -4.0}

    (track,) = read(changed("DetectionReport.FullMessage.json", fly)).observations
    assert isinstance(track, Track)
    assert (track.lon, track.lat) == pytest.approx((39.0 - 100_040 / 74_850, 47.8456), abs=5e-4)
    assert track.speed_mps == pytest.approx(5.0)
    assert track.course_deg == pytest.approx(143.13, abs=0.01)
    assert track.alt_m == 788.0


def test_a_direction_alone_is_heard_by_ears_and_seen_by_eyes() -> None:
    ray = write.detection_ray(envelope(), REPORT, OBJECT, (271.5, 1.5), [("Muzzle flash", 1.0)])
    (seen,) = read(ray, "camera").observations
    assert isinstance(seen, Bearing) and (seen.azimuth_deg, seen.azimuth_sigma_deg) == (271.5, 1.5)
    assert seen.labels == (("outgoing", 1.0),)
    (heard,) = read(ray, "acoustic").observations
    assert isinstance(heard, Arrival) and heard.wave == "acoustic"


def test_range_and_bearing_start_at_the_node_and_need_true_north() -> None:
    def aim(datum: str) -> bytes:
        def change(table: Any) -> None:
            table["detectionReport"]["rangeBearing"] = {
                "azimuth": 90.0, "range": 1.0, "azimuthError": 1.0, "datum": f"RANGE_BEARING_DATUM_{datum}",
                "coordinateSystem": "RANGE_BEARING_COORDINATE_SYSTEM_DEGREES_KM",
            }  # fmt: skip
            table["detectionReport"].pop("trackInfo", None)
            table["detectionReport"].pop("enu_velocity", None)

        return changed("DetectionReport.RangeBearing.FullMessage.json", change)

    (fix,) = read(aim("TRUE")).observations
    assert isinstance(fix, Fix)
    assert (fix.lon, fix.lat) == pytest.approx((37.0 + 1000 / 74_625, 48.0), abs=2e-5)
    assert fix.sigma_m == pytest.approx((17.45**2 + 12.0**2) ** 0.5, abs=0.1)
    magnetic = read(aim("MAGNETIC"))
    assert not magnetic.faulty and not magnetic.observations
    assert "not from true north" in str(magnetic.problems[0])


def test_sub_classes_take_their_share_of_the_class() -> None:
    def name(table: Any) -> None:
        report = table["detectionReport"]
        report["location"].update(x=400_000.0, y=5_300_000.0, utmZone="37U")
        sub = [{"type": "UAV Rotary Wing", "confidence": 0.5, "level": 1}]
        report["classification"] = [
            {"type": "Air Vehicle", "confidence": 0.7, "subClass": sub}, {"type": "Animal", "confidence": 0.2},
        ]  # fmt: skip

    (track,) = read(changed("DetectionReport.FullMessage.json", name)).observations
    assert dict(track.labels) == pytest.approx({"uav": 0.5, "aircraft": 0.2, "other": 0.3})


def test_what_we_write_passes_our_own_checks() -> None:
    written = {
        "registration_ack": write.registration_ack(envelope(), False, ["effectors are not taken"]),
        "alert_ack": write.alert_ack(envelope(), REPORT),
        "task_ack": write.task_rejected(envelope(), REPORT, ["no tasks"]),
        "error": write.error(envelope(), b"\x01\x02", ["node_id is missing"]),
        "task": write.request(envelope(), REPORT, "Registration"),
        "registration": write.sensor_registration(envelope(), "acoustic", "array 1", 5.0),
        "status_report": write.sensor_status(envelope(), REPORT, 37.0, 48.0),
        "detection_report": write.detection_ray(envelope(), REPORT, OBJECT, (1.0, 2.0), []),
    }
    for kind, data in written.items():
        said = read(data)
        assert said.kind == kind and not said.faulty, said.problems
        assert (said.node, said.destination, said.time_us) == (NODE, US, TIME_US)


def test_numbers_that_the_standard_does_not_know_are_faults() -> None:
    message = SapientMessage.FromString(write.sensor_status(envelope(), REPORT, 37.0, 48.0))
    message.status_report.system = 99
    said = read(message.SerializeToString())
    assert [problem.place.field for problem in said.problems] == ["status_report.system"]


def test_too_large_and_too_deep_messages_are_refused() -> None:
    assert "bytes" in str(read(bytes(1024 * 1024 + 1)).problems[0])
    message = SapientMessage.FromString(write.detection_ray(envelope(), REPORT, OBJECT, (1.0, 2.0), [("x", 0.5)]))
    inner = message.detection_report.classification[0].sub_class.add()
    for _ in range(60):
        inner.type, inner.level = "y", 1
        inner = inner.sub_class.add()
    inner.type, inner.level = "y", 1
    assert any("nested" in problem.what for problem in read(message.SerializeToString()).problems)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(VALID), st.data())
def test_damaged_messages_never_raise(noise: bytes, name: str, data: st.DataObject) -> None:
    assert read(noise).faulty or read(noise).kind
    whole = bytearray(
        json_format.Parse(messages()["True", name].decode("utf-8-sig"), SapientMessage()).SerializeToString()
    )
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    said = read(bytes(whole))
    assert said.faulty or said.kind
