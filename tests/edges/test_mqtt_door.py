"""Sensors that publish straight to a feed: acknowledged once durable, cut off for what is no MQTT, given nothing."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable

import pytest

from edges.feeding import PATIENCE_S, Memory
from truceline.edges.feeds import emit_mqtt
from truceline.edges.feeds.door import Health
from truceline.edges.feeds.lines import NdjsonReader
from truceline.edges.feeds.mqtt_door import MqttDoor
from truceline.edges.feeds.supervise import Supervisor
from truceline.edges.feeds.trial import Trial
from truceline.model.instant import parse_utc
from truceline.model.observation import Status

CONNECT = b"\x10\x11\x00\x04MQTT\x04\x02\x00\x3c\x00\x05mic-1"
WITH_WILL = b"\x10\x1f\x00\x04MQTT\x04\x06\x00\x3c\x00\x05mic-1\x00\x06site/m\x00\x04gone"
Scene = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def line(number: int) -> bytes:
    said = {"id": f"o{number}", "sensor": "mic-1", "kind": "arrival", "time": "2026-03-02T10:51:38Z"}
    return json.dumps(said | {"time_sigma_s": 0.02, "wave": "acoustic"}).encode()


def publish(number: int, payload: bytes, quality: int = 1, topic: bytes = b"site/m") -> bytes:
    body = len(topic).to_bytes(2) + topic + (number.to_bytes(2) if quality else b"") + payload
    low, high = len(body) & 127, len(body) >> 7
    return bytes([0x30 | quality << 1, *([low | 128, high] if high else [low])]) + body


def played(scene: Scene, sink: Memory) -> Health:
    """A scene between one publisher and the door; how the feed did."""
    door = MqttDoor("site", "127.0.0.1", 0, "site/#", NdjsonReader())
    supervisor = Supervisor(sink, random.Random(1))

    async def go() -> None:
        running = asyncio.create_task(supervisor.run([door]))
        await asyncio.wait_for(door.listening.wait(), PATIENCE_S)
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        async with asyncio.timeout(PATIENCE_S):
            await scene(reader, writer)
            writer.close()
            await asyncio.gather(writer.wait_closed(), return_exceptions=True)
            while not supervisor.health["site"].cuts:
                await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(go())
    return supervisor.health["site"]


def test_every_quality_is_acknowledged_as_the_standard_has_it_and_only_when_it_is_kept() -> None:
    sink = Memory()

    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CONNECT + publish(7, line(1)) + publish(8, line(2), 2))
        assert await reader.readexactly(4) == b"\x20\x02\x00\x00"
        assert await reader.readexactly(4) == b"\x40\x02\x00\x07"
        assert [seen.id for seen in sink.observations][:1] == ["o1"]
        assert await reader.readexactly(4) == b"\x50\x02\x00\x08"
        writer.write(b"\x62\x02\x00\x08" + publish(0, line(3), 0) + b"\xc0\x00")
        assert await reader.readexactly(4) == b"\x70\x02\x00\x08" and await reader.readexactly(2) == b"\xd0\x00"
        writer.write(publish(9, line(1)))
        assert await reader.readexactly(4) == b"\x40\x02\x00\x09"
        writer.write(b"\xe0\x00")

    health = played(scene, sink)
    assert [seen.id for seen in sink.observations] == ["o1", "o2", "o3"]
    assert (health.received, health.repeated, health.errors) == (4, 1, {})


def test_nothing_is_given_out() -> None:
    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CONNECT + b"\x82\x06\x00\x01\x00\x01#\x01" + b"\xa2\x05\x00\x02\x00\x01#")
        assert (
            await reader.readexactly(4 + 5 + 4) == b"\x20\x02\x00\x00" + b"\x90\x03\x00\x01\x80" + b"\xb0\x02\x00\x02"
        )
        writer.write(publish(1, line(1)))
        assert await reader.readexactly(4) == b"\x40\x02\x00\x01"
        writer.write(b"\xe0\x00")
        assert await reader.read() == b""

    played(scene, Memory())


def test_a_topic_of_another_feed_is_quarantined() -> None:
    sink = Memory()

    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CONNECT + publish(1, line(1), topic=b"else/m"))
        assert len(await reader.readexactly(8)) == 8

    played(scene, sink)
    assert sink.observations == [] and "none of 'site/#'" in sink.reasons[0]


def test_the_will_of_one_who_is_cut_off_is_heard_and_of_one_who_leaves_is_not() -> None:
    for goodbye, count in ((b"", 1), (b"\xe0\x00", 0)):
        sink = Memory()

        async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, last: bytes = goodbye) -> None:
            writer.write(WITH_WILL + last)
            await reader.readexactly(4)

        played(scene, sink)
        assert len(sink.refused) == count


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"GET / HTTP/1.1\r\n\r\n" + bytes(200), "no CONNECT"), (publish(1, b"x"), "no CONNECT"),
        (b"\x10\x11\x00\x04MQTT\x05\x02\x00\x3c\x00\x05mic-1", "let it speak 3.1.1"),
        (CONNECT + b"\x40\x02\x00\x01", "comes from no publisher"),
        (CONNECT + b"\x30\xff\xff\xff\xff\x01", "four bytes"),
        (CONNECT + b"\x30\xff\xff\xff\x7f", "more than 1,048,576"),
        (CONNECT + b"\x36\x04\x00\x00\x00\x01", "quality 3"),
    ],
)  # fmt: skip
def test_what_is_no_mqtt_is_cut_off_and_told(sent: bytes, said: str) -> None:
    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        await reader.read()

    assert any(said in words for words in played(scene, Memory()).errors)


def test_a_publisher_on_trial_is_answered_too_and_no_more_is_heard_than_wanted() -> None:
    said: list[str] = []
    door = MqttDoor("trial", "127.0.0.1", 0, "#", NdjsonReader())
    trial = Trial(door, said.append, most=2)

    async def go() -> None:
        running = asyncio.create_task(trial.run(20.0))
        await asyncio.wait_for(door.listening.wait(), PATIENCE_S)
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(CONNECT + b"".join(publish(n, line(n)) for n in range(1, 6)))
        assert (
            await asyncio.wait_for(reader.readexactly(12), PATIENCE_S)
            == b"\x20\x02\x00\x00\x40\x02\x00\x01\x40\x02\x00\x02"
        )
        await asyncio.wait_for(running, PATIENCE_S)
        writer.close()

    asyncio.run(go())
    assert trial.verdict().startswith("2 messages: 2 arrival.\n")


@pytest.mark.parametrize("stays", [True, False])
def test_an_exercise_that_nobody_confirms_ends_in_words(stays: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emit_mqtt, "CONFIRM_S", 0.5)
    now = parse_utc("2026-03-02T10:51:38Z")
    status = Status(
        id="1", sensor="m", time_us=now, time_sigma_s=1.0, received_us=now, digest="", state="detecting"
    )  # fmt: skip

    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"\x20\x02\x00\x00")
        if stays:
            await reader.read()
        writer.close()

    async def go() -> None:
        server = await asyncio.start_server(deaf, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ConnectionError, match=r"confirmed|gone"):
            await asyncio.wait_for(emit_mqtt.emit_mqtt("127.0.0.1", port, "site", [status], 1e9), PATIENCE_S)
        server.close()

    asyncio.run(go())
