"""MQTT with and without a broker, and SensorThings from a service on loopback."""

import asyncio
import json
import random
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from edges.feeding import PATIENCE_S, Memory, free_port
from truceline.edges.feeds.door import Message
from truceline.edges.feeds.emit_mqtt import emit_mqtt
from truceline.edges.feeds.exercise import read_exercise
from truceline.edges.feeds.lines import NdjsonReader
from truceline.edges.feeds.mqtt import MqttFeed
from truceline.edges.feeds.mqtt_door import MqttDoor
from truceline.edges.feeds.sensorthings import SensorThingsFeed
from truceline.edges.feeds.supervise import Supervisor
from truceline.formats.sensorthings import read_page
from truceline.model.feed import Sender
from truceline.model.instant import parse_utc
from truceline.model.observation import Arrival, Fix
from truceline.model.problem import Unusable

MISSION = Path(__file__).parents[2] / "missions" / "first-light"
SENDER = Sender(sensor="thing-1", time_sigma_s=0.5, position_sigma_m=25.0)


def test_an_exercise_over_mqtt_without_a_broker() -> None:
    sent = read_exercise(MISSION, 1).observations[:250]
    feed, sink = MqttDoor("site", "127.0.0.1", 0, "site/#", NdjsonReader()), Memory()

    async def go() -> None:
        running = asyncio.create_task(Supervisor(sink, random.Random(1)).run([feed]))
        await asyncio.wait_for(feed.listening.wait(), PATIENCE_S)
        done = await emit_mqtt("127.0.0.1", feed.port, "site", sent, 1e9)
        assert done.sent == len(sent)
        async with asyncio.timeout(PATIENCE_S):
            while len(sink.observations) < len(sent):
                await asyncio.sleep(0.02)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(go())
    assert [seen.id for seen in sink.observations] == [seen.id for seen in sent]
    assert {one.message.peer for one in sink.taken} == {f"site/{seen.sensor}" for seen in sent}
    assert sink.refused == []


def test_a_broker_that_is_not_there_is_told() -> None:
    feed, supervisor = MqttFeed("site", "127.0.0.1", free_port(), "#", NdjsonReader(), "t"), Supervisor(Memory())

    async def go() -> None:
        running = asyncio.create_task(supervisor.run([feed]))
        async with asyncio.timeout(PATIENCE_S):
            while not supervisor.health or not supervisor.health["site"].cuts:
                await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(go())
    assert "refused" in supervisor.health["site"].last_error


# -- SensorThings ---------------------------------------------------------------------------------------------


def entity(number: int, result: object, time: str = "2026-03-02T10:51:38.000Z") -> dict[str, object]:
    point = {"type": "Point", "coordinates": [37.5, 48.25]}
    return {"@iot.id": number, "phenomenonTime": time, "result": result, "FeatureOfInterest": {"feature": point}}


def test_results_become_observations() -> None:
    heard = {"kind": "arrival", "wave": "acoustic", "time_sigma_s": 0.02}
    spanned = entity(2, "explosion", "2026-03-02T10:00:00Z/2026-03-02T10:00:30Z")
    page = read_page("url", json.dumps({"value": [entity(1, heard), spanned, entity(3, 71.5)]}).encode(), 5, SENDER)
    arrival, fix = page.observations
    assert isinstance(arrival, Arrival) and arrival.id == "thing-1/1" and arrival.time_sigma_s == 0.02
    assert isinstance(fix, Fix) and fix.window_us == (0, 30_000_000) and fix.labels == (("explosion", 1.0),)
    assert (fix.lon, fix.lat, fix.sigma_m, fix.received_us) == (37.5, 48.25, 25.0, 5)
    assert "map the datastream" in str(page.problems[0]) or page.problems[0].remedy == "map the datastream"
    assert page.latest_us == parse_utc("2026-03-02T10:51:38Z")


@pytest.mark.parametrize("data", [b"", b"[]", b'{"value": 1}', b'{"value": [], "@iot.nextLink": 5}', b"\xff"])
def test_what_is_no_answer_is_refused(data: bytes) -> None:
    with pytest.raises(Unusable, match="no SensorThings answer"):
        read_page("url", data, 0, SENDER)


BROKEN = [7, {"result": "explosion"}, entity(1, "explosion", "yesterday"), entity(1, {"kind": "x"})]


@pytest.mark.parametrize("broken", BROKEN)
def test_an_entity_that_cannot_be_used_is_set_aside(broken: object) -> None:
    page = read_page("url", json.dumps({"value": [broken, entity(9, "fire")]}).encode(), 0, SENDER)
    assert len(page.observations) == 1 and len(page.problems) == 1


class Service(BaseHTTPRequestHandler):
    """Pages of two; what the clock of the test has let happen so far."""

    entities: ClassVar[list[dict[str, object]]] = []
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        Service.asked.append(self.path)
        query = parse_qs(url.query)
        skip = int(query.get("$skip", ["0"])[0])
        since = query.get("$filter", ["phenomenonTime ge 1970-01-01T00:00:00.000Z"])[0].rsplit(" ", 1)[1]
        held = [one for one in Service.entities if str(one["phenomenonTime"]) >= since]
        answer: dict[str, object] = {"value": held[skip : skip + 2]}
        if skip + 2 < len(held):
            answer["@iot.nextLink"] = f"{url.path}?$skip={skip + 2}"
        data = json.dumps(answer).encode()
        self.send_response(200 if "Datastreams(7)" in self.path else 404)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Service.entities, Service.asked = [], []
    yield f"http://127.0.0.1:{server.server_address[1]}/v1.1"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_service_is_asked_page_by_page_and_only_for_what_is_new(service: str) -> None:
    Service.entities = [entity(n, "explosion", f"2026-03-02T10:{n:02}:00.000Z") for n in range(5)]
    feed, sink = SensorThingsFeed("st", service, {"7": SENDER}, 0.01, rounds=1), Memory()
    asyncio.run(Supervisor(sink).run([feed]))
    assert [seen.id for seen in sink.observations] == [f"thing-1/{n}" for n in range(5)]
    Service.entities.append(entity(5, "fire", "2026-03-02T10:05:00.000Z"))
    asyncio.run(Supervisor(sink).run([feed]))
    assert sink.observations[-1].id == "thing-1/5"
    assert sum("phenomenonTime+ge+2026-03-02T10%3A03%3A00.000Z" in path for path in Service.asked) == 1


@pytest.mark.parametrize(("datastream", "data"), [("9", b'{"value":[]}'), ("7", b"no page")])
def test_a_page_of_a_quarantine_that_no_sensor_is_planned_for_or_that_is_none_is_told(
    datastream: str, data: bytes
) -> None:
    feed = SensorThingsFeed("st", "http://h/v1.1", {"7": SENDER}, 1.0)
    kept = Message(feed="st", data=data, digest="d", received_us=5, media_type="application/json", peer=datastream)
    counts = Supervisor(Memory()).replay({"st": feed}, [(kept, ())])
    assert (counts.received, counts.quarantined, counts.observations) == (1, 1, 0)


def test_a_service_that_answers_otherwise_is_told(service: str) -> None:
    feed, supervisor = SensorThingsFeed("st", service, {"8": SENDER}, 0.01), Supervisor(Memory(), first_pause_s=0.01)

    async def go() -> None:
        running = asyncio.create_task(supervisor.run([feed]))
        async with asyncio.timeout(PATIENCE_S):
            while not supervisor.health or not supervisor.health["st"].cuts:
                await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(go())
    assert "answers 404" in supervisor.health["st"].last_error


@pytest.mark.parametrize(
    "answer",
    [
        b"HTP/x nonsense\r\n\r\n", b"HTTP/1.1 2x0 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n",
        b"",
    ],
)  # fmt: skip
def test_a_damaged_answer_is_a_cut_and_no_more(answer: bytes) -> None:
    supervisor = Supervisor(Memory(), first_pause_s=0.01)

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async def go() -> None:
        server = await asyncio.start_server(answered, "127.0.0.1", 0)
        root = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.1"
        running = asyncio.create_task(supervisor.run([SensorThingsFeed("st", root, {"7": SENDER}, 0.01)]))
        async with asyncio.timeout(PATIENCE_S):
            while not supervisor.health or supervisor.health["st"].cuts < 2:
                await asyncio.sleep(0.01)
        assert not running.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        server.close()

    asyncio.run(go())
    assert supervisor.health["st"].last_error.startswith("connection: ")
