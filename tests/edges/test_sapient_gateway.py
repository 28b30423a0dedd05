"""The SAPIENT gateway on loopback: who may come in, what is answered, what is kept."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from edges.feeding import (
    NODE,
    OTHER,
    PATIENCE_S,
    REGISTRATION,
    SENDER,
    TIME_US,
    Memory,
    Node,
    detection,
    envelope,
    gateway,
    report_id,
)  # fmt: skip
from truceline.edges.feeds.door import Message
from truceline.edges.feeds.sapient_gateway import KnownNode, SapientGateway
from truceline.edges.feeds.supervise import Supervisor
from truceline.formats import sapient_write as write
from truceline.model.node import NodeAlert, NodeRegistration, NodeStatus
from truceline.model.observation import Fix, Status

Scene = Callable[[SapientGateway, Memory], Awaitable[None]]


def play(scene: Scene, to: SapientGateway | None = None, sink: Memory | None = None) -> tuple[Memory, Supervisor]:
    """Run a scene against a gateway; what was kept."""
    at, kept = to or gateway(), sink or Memory()
    supervisor = Supervisor(kept)

    async def run() -> None:
        running = asyncio.create_task(supervisor.run([at]))
        try:
            await asyncio.wait_for(scene(at, kept), PATIENCE_S)
        finally:
            await Node.leave_all()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    asyncio.run(run())
    return kept, supervisor


def test_a_node_registers_and_its_reports_are_kept() -> None:
    async def scene(at: SapientGateway, kept: Memory) -> None:
        node = await Node.connect(at)
        answer = await node.ask(REGISTRATION)
        assert (answer.kind, answer.text, answer.destination) == ("registration_ack", "accepted", NODE)
        node.send(write.sensor_status(envelope(), report_id(1), 37.25, 48.5))
        for number in range(2, 12):
            node.send(detection(number))
        await node.leave()
        while len(kept.observations) < 11:
            await asyncio.sleep(0.01)

    kept, supervisor = play(scene)
    assert [type(fact) for fact in kept.facts] == [NodeRegistration, NodeStatus]
    status, *fixes = kept.observations
    assert isinstance(status, Status) and status.at == (37.25, 48.5)
    assert [fix.id for fix in fixes] == [f"{NODE}/{report_id(number)}" for number in range(2, 12)]
    assert all(isinstance(fix, Fix) and fix.sensor == "cam-1" for fix in fixes)
    assert kept.refused == [] and supervisor.health["north"].errors == {}
    assert {one.message.digest for one in kept.taken} == {o.digest for o in kept.observations} | {kept.facts[0].digest}


def test_late_messages_are_kept_whatever_their_age() -> None:
    async def scene(at: SapientGateway, kept: Memory) -> None:
        node = await Node.connect(at)
        await node.ask(REGISTRATION)
        node.send(detection(1, TIME_US - 86_400_000_000 * 40))
        while not kept.observations:
            await asyncio.sleep(0.01)

    kept, _ = play(scene)
    assert kept.observations[0].time_us < TIME_US - 86_400_000_000 * 39


def test_who_has_not_registered_is_told_so() -> None:
    async def scene(at: SapientGateway, kept: Memory) -> None:
        node = await Node.connect(at)
        answer = await node.ask(detection(1))
        assert answer.kind == "error" and "register first" in answer.text
        await node.ask(REGISTRATION)
        second = await Node.connect(at)
        answer = await second.ask(detection(2))
        assert "has not registered on this connection" in answer.text

    kept, _ = play(scene)
    assert kept.observations == [] and len(kept.refused) == 2


@pytest.mark.parametrize(
    ("registration", "said"),
    [
        (write.sensor_registration(envelope(node=OTHER), "camera", "x", 5.0), "is not known to this mission"),
        (write.sensor_registration(envelope(), "kinetic", "x", 5.0), "effectors are not taken"),
        (write.sensor_registration(envelope(), "jammer", "x", 5.0), "effectors are not taken"),
    ],
)
def test_a_registration_that_is_not_accepted_says_why(registration: bytes, said: str) -> None:
    async def scene(at: SapientGateway, kept: Memory) -> None:
        node = await Node.connect(at)
        answer = await node.ask(registration)
        assert answer.kind == "registration_ack" and answer.text.startswith("rejected") and said in answer.text
        assert (await node.ask(detection(1))).kind == "error"

    kept, _ = play(scene)
    assert kept.observations == [] and said in kept.reasons[0]


def test_a_node_with_another_certificate_is_not_accepted() -> None:
    async def scene(at: SapientGateway, kept: Memory) -> None:
        node = await Node.connect(at)
        assert "another certificate" in (await node.ask(REGISTRATION)).text

    play(scene, gateway(nodes={NODE: KnownNode(SENDER, certificate="ab" * 32)}))


def test_tasks_are_rejected_and_faults_are_answered_with_their_field() -> None:
    async def scene(at: SapientGateway, kept: Memory) -> None:
        node = await Node.connect(at)
        await node.ask(REGISTRATION)
        rejected = await node.ask(write.request(envelope(), report_id(1), "Reset"))
        assert rejected.kind == "task_ack" and "REJECTED" in rejected.text and "tasks are not taken" in rejected.text
        faulty = await node.ask(detection(2).replace(report_id(2).encode(), b"not a ulid".ljust(26)))
        assert faulty.kind == "error" and "detection_report.report_id" in faulty.text
        assert (await node.ask(b"\xff\xff\xff")).kind == "error"
        node.send(detection(3))
        while not kept.observations:
            await asyncio.sleep(0.01)

    kept, _ = play(scene)
    assert len(kept.observations) == 1 and len(kept.refused) == 3


def test_an_alert_is_acknowledged_once_it_is_kept() -> None:
    from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

    message = SapientMessage.FromString(write.alert_ack(envelope(), report_id(1)))
    message.ClearField("alert_ack")
    message.alert.alert_id, message.alert.alert_type, message.alert.description = report_id(9), 2, "smoke"

    async def scene(at: SapientGateway, kept: Memory) -> None:
        node = await Node.connect(at)
        await node.ask(REGISTRATION)
        answer = await node.ask(message.SerializeToString())
        assert answer.kind == "alert_ack" and answer.message_id == report_id(9)
        (alert,) = [fact for fact in kept.facts if isinstance(fact, NodeAlert)]
        assert (alert.kind, alert.text) == ("warning", "smoke")

    play(scene)


def test_a_frame_of_impossible_length_ends_the_connection_with_a_word() -> None:
    async def scene(at: SapientGateway, kept: Memory) -> None:
        for length in (b"\xff\xff\xff\xff", b"\0\0\0\0"):
            node = await Node.connect(at)
            node.writer.write(length)
            answer = await node.hear()
            assert answer.kind == "error" and "connection closed" in answer.text
            assert await node.reader.read() == b""

    _, supervisor = play(scene)
    assert any("are possible" in words for words in supervisor.health["north"].errors)


def test_a_silent_connection_is_closed() -> None:
    async def scene(at: SapientGateway, kept: Memory) -> None:
        node = await Node.connect(at)
        assert await node.reader.read() == b""

    _, supervisor = play(scene, gateway(idle_s=0.1))
    assert supervisor.health["north"].cuts == 1


def test_range_and_bearing_count_from_where_the_node_says_it_stands() -> None:
    from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

    message = SapientMessage.FromString(
        write.detection_ray(envelope(), report_id(2), report_id(3), (90.0, 1.0), [("Explosion", 1.0)])
    )
    message.detection_report.range_bearing.range = 1_000.0

    async def scene(at: SapientGateway, kept: Memory) -> None:
        node = await Node.connect(at)
        await node.ask(REGISTRATION)
        node.send(message.SerializeToString())
        node.send(write.sensor_status(envelope(), report_id(1), 37.0, 48.0))
        message.detection_report.report_id = report_id(4)
        node.send(message.SerializeToString())
        while len(kept.observations) < 2:
            await asyncio.sleep(0.01)

    kept, _ = play(scene)
    assert "own place is not known" in kept.reasons[0]
    fix = kept.observations[1]
    assert (
        isinstance(fix, Fix)
        and fix.lon == pytest.approx(37.0134, abs=1e-4)
        and fix.lat == pytest.approx(48.0, abs=1e-4)
    )


def test_a_node_that_reads_no_answer_keeps_nobody_else_waiting() -> None:
    async def scene(at: SapientGateway, kept: Memory) -> None:
        deaf = await Node.connect(at)
        flood = asyncio.create_task(_flood(deaf))
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not kept.refused:
                    await asyncio.sleep(0.01)
                other = await Node.connect(at)
                assert (await other.ask(REGISTRATION)).text == "accepted"
                await asyncio.wait({flood})
                assert isinstance(flood.exception(), OSError), "it was cut off"
        finally:
            flood.cancel()
            deaf.writer.transport.abort()
            await asyncio.gather(flood, return_exceptions=True)

    play(scene, gateway(idle_s=3.0))


def test_nobody_is_answered_who_is_gone(caplog: pytest.LogCaptureFixture) -> None:
    async def scene(at: SapientGateway, kept: Memory) -> None:
        node = await Node.connect(at)
        assert (await node.ask(REGISTRATION)).text == "accepted"
        for _ in range(50):
            node.send(b"\xff")
        await node.writer.drain()
        node.writer.transport.abort()
        while len(kept.refused) < 50:
            await asyncio.sleep(0.01)

    kept, _ = play(scene, sink=Memory(slow_s=0.2))
    assert len(kept.refused) == 50
    assert not [record for record in caplog.records if record.name == "asyncio"], "what asyncio says of writes in vain"


async def _flood(node: Node) -> None:
    """Faulty messages, each of which is answered with an error as long as itself; no answer is read."""
    for _ in range(100):
        node.send(b"\xff" * 500_000)
        await node.writer.drain()


def test_what_is_tried_again_is_believed_from_the_nodes_own_certificate_alone() -> None:
    nodes = {NODE: KnownNode(SENDER, certificate="ab" * 32)}
    again = gateway(nodes=nodes, registered_before=True)

    def message(data: bytes, peer: str) -> Message:
        return Message(feed="north", data=data, digest="d", received_us=TIME_US, media_type="m", peer=peer)

    stranger = again.read(message(detection(1), f"10.0.0.9:1 {'cd' * 32}"))
    assert stranger.observations == () and "another certificate" in str(stranger.problems[0])
    first, then = f"10.0.0.1:1 {'ab' * 32}", f"10.0.0.1:2 {'ab' * 32}"
    assert again.read(message(REGISTRATION, first)).problems == ()
    for number, peer in enumerate((first, then)):
        told = again.read(message(detection(number), peer))
        assert len(told.observations) == 1, told.problems
