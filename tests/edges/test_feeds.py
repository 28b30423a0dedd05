"""Feeds kept running: back pressure, reconnection, repetition, clocks, gaps, signatures, TLS, and a spool that loses
nothing.
"""

import asyncio
import json
import random
import ssl
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edges.certificates import make_certificates
from edges.feeding import NODE, PATIENCE_S, REGISTRATION, SENDER, TIME_US, Memory, Node, detection, gateway
from formats.test_remote_id import location
from truceline.edges.feeds.door import Health, Item, Message, Outcome, Put, Refused, Taken
from truceline.edges.feeds.lines import LineFeed, NdjsonReader, RemoteIdReader, ais_reader
from truceline.edges.feeds.sapient_gateway import KnownNode
from truceline.edges.feeds.signatures import sign
from truceline.edges.feeds.spool import Spool, quarantined
from truceline.edges.feeds.supervise import MOST_BATCH_BYTES, MOST_WAITING_BYTES, Supervisor, Waiting
from truceline.edges.feeds.tls import TlsFiles, client_side, server_side
from truceline.edges.feeds.watch import MOST_REMEMBERED, Watch
from truceline.formats.observations_ndjson import read_observation
from truceline.model.observation import Arrival, Fix

FIX = Fix(
    id="a",
    sensor="s",
    time_us=TIME_US,
    time_sigma_s=0.1,
    received_us=TIME_US + 5,
    digest="",
    lon=37.0,
    lat=48.0,
    sigma_m=5.0,
)
LINE = {
    "id": "o1", "sensor": "mic-1", "kind": "arrival", "time": "2026-03-02T10:51:38.479Z", "time_sigma_s": 0.02,
    "wave": "acoustic",
}  # fmt: skip


def run(
    feed: object, sink: Memory, until: Callable[[], bool], during: Callable[[], Awaitable[None]] | None = None
) -> Supervisor:
    """Run one feed until something holds, or patience ends."""
    supervisor = Supervisor(sink, random.Random(1), first_pause_s=0.01)

    async def go() -> None:
        running = asyncio.create_task(supervisor.run([feed]))  # type: ignore[list-item]
        try:
            async with asyncio.timeout(PATIENCE_S):
                if during is not None:
                    await during()
                while not until():
                    await asyncio.sleep(0.01)
        finally:
            await Node.leave_all()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    asyncio.run(go())
    return supervisor


# -- watch ---------------------------------------------------------------------------------------------------------


def test_a_repetition_is_dropped_and_another_content_under_the_same_id_refused() -> None:
    watch = Watch()
    assert watch.see(FIX).kept
    assert watch.see(replace(FIX, received_us=FIX.received_us + 9, digest="later")).repeated
    other = watch.see(replace(FIX, lon=37.5))
    assert not other.kept and "came before with other content" in other.refused


def test_what_lies_in_the_future_is_refused_and_what_is_late_is_kept() -> None:
    watch = Watch()
    assert "set the sensor's clock" in watch.see(replace(FIX, time_us=FIX.received_us + 90_000_000)).refused
    ahead = watch.see(replace(FIX, id="b", time_us=FIX.received_us + 5_000_000))
    assert ahead.kept and "5.0 s ahead" in ahead.clock_off
    assert watch.see(replace(FIX, id="c", time_us=0)).kept


def test_gaps_in_a_sensors_counter_are_counted_once() -> None:
    watch = Watch()
    counted = [watch.see(replace(FIX, id=str(n), seq=n)).missing for n in (7, 8, 12, 10, 13, 0, 1)]
    assert counted == [0, 0, 3, 0, 0, 0, 0]


def test_the_memory_of_a_watch_is_bounded() -> None:
    watch = Watch()
    for number in range(MOST_REMEMBERED + 100):
        watch.see(replace(FIX, id=str(number)))
    assert len(watch._content) == MOST_REMEMBERED


# -- lines ---------------------------------------------------------------------------------------------------------


def ndjson(**changes: object) -> bytes:
    return json.dumps(LINE | changes).encode() + b"\n"


async def write_to(feed: LineFeed, data: bytes) -> None:
    await feed.listening.wait()
    host, port = feed.address.split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(data)
    await writer.drain()
    writer.close()
    await writer.wait_closed()


def test_lines_of_contract_1_are_kept_with_our_time_of_receipt() -> None:
    feed, sink = LineFeed("lines", "listen", "127.0.0.1:0", NdjsonReader(frozenset({"mic-1"}))), Memory()
    sent = (
        ndjson()
        + b"{broken\n"
        + ndjson(id="o2", sensor="mic-9")
        + b"x" * 70_000
        + b"\n"
        + ndjson(id="o3", received="1999-01-01T00:00:00Z")
    )
    supervisor = run(feed, sink, lambda: len(sink.observations) == 2, lambda: write_to(feed, sent))
    assert [seen.id for seen in sink.observations] == ["o1", "o3"]
    assert all(isinstance(seen, Arrival) and seen.received_us > TIME_US for seen in sink.observations)
    assert any("not JSON" in reason for reason in sink.reasons) or any("malformed" in reason for reason in sink.reasons)
    assert any("may not speak on this feed" in reason for reason in sink.reasons)
    assert any("longer than" in words for words in supervisor.health["lines"].errors)


def test_signed_lines_are_believed_and_altered_ones_refused() -> None:
    key = Ed25519PrivateKey.generate()
    reader = NdjsonReader(keys={"mic-1": key.public_key()})
    feed, sink = LineFeed("signed", "listen", "127.0.0.1:0", reader), Memory()
    signed = LINE | {"sig": sign(LINE, key)}
    lines = [signed, signed | {"id": "o2"}, LINE | {"id": "o3"}, LINE | {"id": "o4", "sig": "AAAA"}]
    sent = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    run(feed, sink, lambda: len(sink.refused) == 3, lambda: write_to(feed, sent))
    assert [seen.id for seen in sink.observations] == ["o1"]
    assert ["altered" in reason or "not signed" in reason for reason in sink.reasons] == [True] * 3


def test_ais_by_datagrams_and_from_a_file(tmp_path: Path) -> None:
    data = (Path(__file__).parents[1] / "data" / "ais" / "ais_test_messages").read_bytes()
    (tmp_path / "log.nmea").write_bytes(data)
    sender = replace(SENDER, sensor="ais-1")
    read = Memory()
    run(
        LineFeed("file", "file", str(tmp_path / "log.nmea"), ais_reader("f", sender)),
        read,
        lambda: len(read.observations) == 6,
    )
    feed, sink = LineFeed("udp", "datagrams", "127.0.0.1:0", ais_reader("f", sender)), Memory()

    async def send() -> None:
        await feed.listening.wait()
        host, port = feed.address.split(":")
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            asyncio.DatagramProtocol, remote_addr=(host, int(port))
        )
        transport.sendto(data)
        transport.close()

    run(feed, sink, lambda: len(sink.observations) == 6, send)
    assert [o.sensor for o in sink.observations] == ["ais-1"] * 6


def test_remote_identification_by_lines() -> None:
    feed, sink = LineFeed("rid", "listen", "127.0.0.1:0", RemoteIdReader(replace(SENDER, sensor="rid-1"))), Memory()
    sent = b"60:60:1f:00 " + location(tenths=65_535).hex().encode() + b"\nnonsense\n"
    run(feed, sink, lambda: len(sink.refused) == 1 and len(sink.observations) == 1, lambda: write_to(feed, sent))


# -- supervision ---------------------------------------------------------------------------------------------------


def test_a_full_queue_stops_the_reading_and_loses_nothing() -> None:
    sink = Memory(slow_s=0.02)
    at = gateway()

    async def flood() -> None:
        node = await Node.connect(at)
        await node.ask(REGISTRATION)
        for number in range(3_000):
            node.send(detection(number))
        await node.writer.drain()

    supervisor = Supervisor(sink, queue=10)

    async def go() -> None:
        running = asyncio.create_task(supervisor.run([at]))
        async with asyncio.timeout(PATIENCE_S):
            await flood()
            while len(sink.observations) < 3_000:
                await asyncio.sleep(0.02)
        await Node.leave_all()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(go())
    assert len({seen.id for seen in sink.observations}) == 3_000


def test_where_a_feed_stands_is_written_down_once_its_messages_are_kept_and_before_they_are_answered() -> None:
    told: list[str] = []

    class Telling(Memory):
        def take(self, taken: Sequence[Taken], refused: Sequence[Refused]) -> None:
            super().take(taken, refused)
            told.append("taken")

    class Once(LineFeed):
        async def receive(self, put: Put, health: Health) -> None:
            message = Message(feed="f", data=b"{}", digest="d", received_us=0, media_type="m")
            await put(Item(message, kept=lambda: told.append("kept"), done=lambda: told.append("done")))

    feed = Once("f", "listen", "127.0.0.1:0", NdjsonReader())
    asyncio.run(Supervisor(Telling()).run([feed]))
    assert told == ["taken", "kept", "done"]


def test_of_large_messages_fewer_wait() -> None:
    """A thousand messages of a megabyte would be a gigabyte."""

    async def go() -> tuple[int, int]:
        waiting, size, most = Waiting(1_000), 1_000_000, 0

        async def bring() -> None:
            for number in range(100):
                data = number.to_bytes(1, "big") * size
                await waiting.put(Item(Message(feed="f", data=data, digest="d", received_us=0, media_type="m")))
            await waiting.end()

        bringing, taken, last = asyncio.create_task(bring()), [], False
        while not last:
            await asyncio.sleep(0.001)
            most = max(most, waiting.bytes)
            batch, last = await waiting.batch()
            assert sum(len(item.message.data) for item in batch) <= MOST_BATCH_BYTES + size
            taken += [item.message.data[0] for item in batch]
        await bringing
        assert taken == list(range(100)), "none is lost, and in order"
        return most, waiting.bytes

    most, left = asyncio.run(go())
    assert 0 < most <= MOST_WAITING_BYTES and left == 0


def test_a_source_that_goes_away_is_sought_again() -> None:
    times: list[int] = []

    class Flaky:
        name = "flaky"

        async def receive(self, put: Callable[[Item], Awaitable[None]], health: Health) -> None:
            times.append(1)
            if len(times) < 4:
                raise ConnectionResetError("the other side went away")

        def read(self, message: object) -> Outcome:
            return Outcome()

    supervisor = run(Flaky(), Memory(), lambda: len(times) == 4)
    assert supervisor.health["flaky"].cuts == 3
    assert supervisor.health["flaky"].errors == {"connection: the other side went away": 3}


def test_only_clients_with_a_certificate_come_in_and_each_node_with_its_own(tmp_path: Path) -> None:
    made = make_certificates(tmp_path)
    server = server_side(TlsFiles(made["server.pem"], made["server.key"], made["authority.pem"]))
    client = client_side(TlsFiles(made["node.pem"], made["node.key"], made["authority.pem"]))
    stranger = ssl.create_default_context(cafile=str(made["authority.pem"]))
    sink, at = Memory(), gateway(tls=server, nodes={NODE: KnownNode(SENDER, made.fingerprint("node.pem"))})

    async def scene() -> None:
        node = await Node.connect(at, ssl=client, server_hostname="localhost")
        assert (await node.ask(REGISTRATION)).text == "accepted"
        node.send(detection(1))
        with pytest.raises((ssl.SSLError, OSError, EOFError)):
            other = await Node.connect(at, ssl=stranger, server_hostname="localhost")
            await other.ask(REGISTRATION)

    run(at, sink, lambda: len(sink.observations) == 1, scene)


def test_why_tls_was_refused_is_said_in_words(tmp_path: Path) -> None:
    made, others = make_certificates(tmp_path), tmp_path / "others"
    others.mkdir()
    foreign = make_certificates(others)
    server = server_side(TlsFiles(made["server.pem"], made["server.key"], made["authority.pem"]))
    at, sink = gateway(tls=server), Memory()
    nobody = ssl.create_default_context(cafile=str(made["authority.pem"]))
    stranger = client_side(TlsFiles(foreign["node.pem"], foreign["node.key"], made["authority.pem"]))

    async def scene() -> None:
        for how in ({"ssl": nobody}, {"ssl": stranger}):
            with suppress(OSError, EOFError):
                node = await Node.connect(at, server_hostname="localhost", **how)
                await node.ask(REGISTRATION)
        with suppress(OSError, EOFError):
            await (await Node.connect(at)).ask(REGISTRATION)

    supervisor = run(at, sink, lambda: True, scene)
    said = " ".join(supervisor.health["north"].errors)
    assert "shows no certificate" in said and "is not believed" in said and "speaks no TLS" in said


# -- the spool -----------------------------------------------------------------------------------------------------


def test_a_spool_holds_lines_of_contract_1_and_the_bytes_as_received(tmp_path: Path) -> None:
    at = gateway()
    with Spool(tmp_path / "spool") as spool:
        supervisor = Supervisor(spool)

        async def go() -> None:
            running = asyncio.create_task(supervisor.run([at]))
            node = await Node.connect(at)
            await node.ask(REGISTRATION)
            node.send(detection(1))
            await node.ask(b"\xff\xff")
            await Node.leave_all()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

        asyncio.run(go())
    (line,) = (tmp_path / "spool" / "observations.ndjson").read_bytes().splitlines()
    seen = read_observation(line)
    messages = [json.loads(text) for text in (tmp_path / "spool" / "messages.ndjson").read_text().splitlines()]
    assert seen.exhibits[0].sha256 in {message["sha256"] for message in messages}
    (fact,) = [json.loads(text) for text in (tmp_path / "spool" / "facts.ndjson").read_text().splitlines()]
    assert fact["fact"] == "NodeRegistration" and fact["types"] == ["camera"]
    ((message, reasons),) = quarantined(tmp_path / "spool")
    assert message.data == b"\xff\xff" and "not a SAPIENT message" in reasons[0]


def test_a_line_cut_by_a_power_failure_is_cut_off(tmp_path: Path) -> None:
    (tmp_path / "observations.ndjson").write_bytes(b'{"id":"whole"}\n{"id":"ha')
    (tmp_path / "facts.ndjson").write_bytes(b"x" * 200_000)
    with Spool(tmp_path):
        pass
    assert (tmp_path / "observations.ndjson").read_bytes() == b'{"id":"whole"}\n'
    assert (tmp_path / "facts.ndjson").read_bytes() == b""
