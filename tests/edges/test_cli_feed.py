"""The commands feed and emit: an exercise from a mission through the real protocol into a spool, and a sensor on
trial.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from edges.feeding import NODE, PATIENCE_S, US, Memory, free_port
from truceline.edges.cli.main import main
from truceline.edges.feeds.door import Message, Outcome
from truceline.edges.feeds.emit import ais_lines, emit_lines, mmsi_of, ndjson_lines, node_id, remote_id_lines
from truceline.edges.feeds.emit_sapient import emit_sapient
from truceline.edges.feeds.exercise import plan_of, read_exercise, tracks_of
from truceline.edges.feeds.lines import LineFeed, NdjsonReader, RemoteIdReader, ais_reader
from truceline.edges.feeds.plan import build_feed, read_plan
from truceline.edges.feeds.sapient_gateway import SapientGateway
from truceline.edges.feeds.spool import Spool
from truceline.edges.feeds.supervise import Supervisor
from truceline.edges.feeds.trial import Trial
from truceline.formats.ais import AisLines
from truceline.formats.ais_write import write_position
from truceline.geo.frame import distance_azimuth
from truceline.model.feed import Sender
from truceline.model.node import Ground, NodeAlert, NodeStatus
from truceline.model.observation import Arrival, Bearing, Fix, Track
from truceline.model.problem import Unusable

ROOT = Path(__file__).parents[2]
MISSION = ROOT / "missions" / "first-light"
LINE = b'{"id":"o1","sensor":"mic-1","kind":"status","time":"2026-03-02T10:51:38Z","time_sigma_s":1,"state":"blind"}'
TRACK = Track(
    id="t1", sensor="ais-1", time_us=1_772_448_698_000_000, time_sigma_s=1.0, received_us=1_772_448_699_000_000,
    digest="", track="mmsi:273456789", lon=36.7654321, lat=-45.1234567, sigma_m=40.0, speed_mps=5.144444,
    course_deg=271.3,
)  # fmt: skip


def test_a_mission_spoken_by_sapient_nodes_arrives_as_it_was() -> None:
    exercise = read_exercise(MISSION, 1)
    network, observations = exercise.network, exercise.observations
    directed = [seen for seen in observations if getattr(seen, "azimuth_deg", None) is not None or hasattr(seen, "lon")]
    spoken = [seen for seen in directed if isinstance(seen, Fix | Track | Bearing | Arrival)][:150]
    (planned,) = read_plan("plan", plan_of(exercise, "sapient", "127.0.0.1:0", "", ()).encode(), ROOT)
    feed, sink = build_feed(planned), Memory()
    assert isinstance(feed, SapientGateway)

    async def go() -> None:
        running = asyncio.create_task(Supervisor(sink).run([feed]))
        await asyncio.wait_for(feed.listening.wait(), PATIENCE_S)
        done = await asyncio.wait_for(
            emit_sapient("127.0.0.1", feed.port, network, spoken, 1e7, random.Random(1)), PATIENCE_S
        )
        assert (done.sent, done.rejected) == (len(spoken), {})
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(go())
    heard = [seen for seen in sink.observations if seen.kind != "status"]
    assert sink.refused == [] and len(heard) == len(spoken)
    by_sensor = {sensor: [seen for seen in spoken if seen.sensor == sensor] for sensor in {s.sensor for s in spoken}}
    for sensor, sent in by_sensor.items():
        got = [seen for seen in heard if seen.sensor == sensor]
        for one, other in zip(sent, got, strict=True):
            if isinstance(one, Arrival | Bearing) and isinstance(other, Arrival | Bearing):
                assert other.azimuth_deg == pytest.approx(one.azimuth_deg)
            if isinstance(one, Fix | Track) and isinstance(other, Fix | Track):
                assert (other.lon, other.lat) == pytest.approx((one.lon, one.lat))
                assert other.sigma_m == pytest.approx(one.sigma_m, rel=1e-6)


def test_a_track_spoken_as_ais_reads_back() -> None:
    line = write_position(TRACK, 273456789)
    reader = AisLines("f", Sender(sensor="ais-1", time_sigma_s=1.0, position_sigma_m=40.0))
    (again,) = reader.take(1, line, TRACK.received_us).observations
    assert isinstance(again, Track)
    assert (again.lon, again.lat) == pytest.approx((TRACK.lon, TRACK.lat), abs=1e-6)
    assert (again.track, again.time_us) == (TRACK.track, TRACK.time_us)
    assert (again.speed_mps, again.course_deg) == pytest.approx((TRACK.speed_mps, TRACK.course_deg), rel=1e-3)
    assert mmsi_of("boat") == mmsi_of("boat") != mmsi_of("ship") and 999_000_000 <= mmsi_of("boat") < 10**9


def test_ais_over_tcp() -> None:
    tracks = [
        replace(TRACK, id=str(n), track=f"mmsi:{273456000 + n}", time_us=TRACK.time_us + n * 1_000_000)
        for n in range(20)
    ]
    feed = LineFeed("ais", "listen", "127.0.0.1:0", ais_reader("f", Sender(sensor="ais-1", time_sigma_s=1.0)))
    sink = Memory()

    async def go() -> None:
        running = asyncio.create_task(Supervisor(sink).run([feed]))
        await asyncio.wait_for(feed.listening.wait(), PATIENCE_S)
        await emit_lines("127.0.0.1", int(feed.address.split(":")[1]), ais_lines(tracks, 1e6))
        async with asyncio.timeout(PATIENCE_S):
            while len(sink.observations) < 20:
                await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(go())
    assert sink.refused == []


def taken_in(feed: LineFeed, lines: Callable[[], AsyncIterator[bytes]], least: int) -> Memory:
    """What a listening feed keeps of lines that are emitted to it."""
    sink = Memory()

    async def go() -> None:
        running = asyncio.create_task(Supervisor(sink).run([feed]))
        await asyncio.wait_for(feed.listening.wait(), PATIENCE_S)
        await emit_lines("127.0.0.1", int(feed.address.split(":")[1]), lines())
        async with asyncio.timeout(PATIENCE_S):
            while len(sink.observations) < least:
                await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(go())
    assert sink.refused == []
    return sink


def test_drones_that_no_world_has_are_invented_and_read_back() -> None:
    exercise = read_exercise(MISSION, 1)
    drones, invented = tracks_of(replace(exercise, observations=exercise.observations[:200]), "remote_id", 3, 1)
    assert invented and {track.track for track in drones} == {"uav-0", "uav-1", "uav-2"}
    again, _ = tracks_of(replace(exercise, observations=exercise.observations[:200]), "remote_id", 3, 1)
    assert again == drones
    feed = LineFeed("rid", "listen", "127.0.0.1:0", RemoteIdReader(Sender(sensor="rid-1", time_sigma_s=1.0)))
    sent = drones[:60]
    sink = taken_in(feed, lambda: remote_id_lines(sent, 1e9), 60)
    for one, other in zip(sent, sink.observations, strict=True):
        assert isinstance(other, Track) and other.self_reported and other.track == f"remote-id:{one.track}"
        assert (other.lon, other.lat) == pytest.approx((one.lon, one.lat), abs=1e-6)
        assert (other.alt_m, other.speed_mps) == pytest.approx((one.alt_m, one.speed_mps), abs=0.26)
        assert other.course_deg == pytest.approx(one.course_deg, abs=0.51) and other.sigma_m >= one.sigma_m


def test_invented_traffic_moves_as_it_says() -> None:
    exercise = read_exercise(MISSION, 1)
    vessels, _ = tracks_of(exercise, "ais", 2, 5)
    for name in ("vessel-0", "vessel-1"):
        own = [track for track in vessels if track.track == name]
        assert len(own) > 300
        for one, other in pairwise(own):
            gone, towards = distance_azimuth(one.lon, one.lat, other.lon, other.lat)
            assert gone == pytest.approx((one.speed_mps or 0.0) * (other.time_us - one.time_us) / 1e6, rel=1e-3)
            assert (
                abs((float(towards) - (other.course_deg or 0.0) + 180.0) % 360.0 - 180.0) < 0.1
                or one.course_deg != other.course_deg
            )


def test_lines_of_contract_1_over_tcp() -> None:
    sent = read_exercise(MISSION, 1).observations[:50]

    async def lines() -> AsyncIterator[bytes]:
        async for _, line in ndjson_lines(sent, 1e9):
            yield line + b"\n"

    sink = taken_in(LineFeed("lines", "listen", "127.0.0.1:0", NdjsonReader()), lines, 50)
    assert [seen.id for seen in sink.observations] == [seen.id for seen in sent]


@pytest.mark.parametrize("protocol", ["sapient", "ais", "adsb", "mqtt", "ndjson", "remote_id"])
def test_that_nobody_listens_is_said(protocol: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emit", protocol, str(MISSION), f"127.0.0.1:{free_port()}"]) == 1
    assert "check the address" in capsys.readouterr().err
    assert main(["emit", protocol, str(MISSION), "nowhere"]) == 1
    assert "give host:port" in capsys.readouterr().err
    assert main(["emit", protocol, str(MISSION), "127.0.0.1:1", "--speed", "0"]) == 1
    assert "above zero" in capsys.readouterr().err


@pytest.mark.parametrize("protocol", ["sapient", "ais", "adsb", "mqtt", "ndjson", "remote_id", "seedlink"])
def test_every_protocols_plan_is_one(protocol: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emit", protocol, str(MISSION), "127.0.0.1:5020", "--plan"]) == 0
    plans = read_plan("plan", capsys.readouterr().out.encode(), ROOT)
    assert {one.kind for one in plans} == {protocol} and [build_feed(one).name for one in plans] == [
        one.name for one in plans
    ]


def test_a_feed_is_tried_as_it_is_planned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in.ndjson").write_bytes(LINE + b"\n")
    plan = '[[feed]]\nname = "{}"\nkind = "ndjson"\nhow = "file"\naddress = "{}"\n[[feed.sensor]]\nid = "{}"\n'
    both = [plan.format(name, tmp_path / "in.ndjson", sensor) for name, sensor in (("a", "mic-1"), ("b", "mic-2"))]
    (tmp_path / "feeds.toml").write_text("".join(both))
    command = ["feed", "test", "plan", str(tmp_path / "feeds.toml")]
    main([*command, "--feed", "a"])
    assert "1 messages: 1 status." in capsys.readouterr().out
    assert main([*command, "--feed", "b"]) == 1
    assert "may not speak on this feed" in capsys.readouterr().out
    assert main(command) == 1
    assert "its feeds are a, b" in capsys.readouterr().err


def test_a_captured_file_is_judged_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = json.loads(LINE) | {"kind": "arrival", "wave": "acoustic"}
    bad = good | {"id": "o2", "wave": "sonic"}
    (tmp_path / "good.ndjson").write_text(json.dumps(good) + "\n")
    (tmp_path / "bad.ndjson").write_text("\n".join(json.dumps(line) for line in (good, bad, bad, good)) + "\n")
    main(["feed", "test", "ndjson", str(tmp_path / "good.ndjson")])
    said = capsys.readouterr().out
    assert "understood: arrival at 2026-03-02T10:51:38.000Z by mic-1" in said and "1 messages: 1 arrival." in said
    assert main(["feed", "test", "ndjson", str(tmp_path / "bad.ndjson")]) == 1
    said = capsys.readouterr().out
    assert "2 × wave: Invalid enum value 'sonic'" in said and "the same came before" in said


def test_what_a_node_says_of_itself_is_told_in_words() -> None:
    who: dict[str, Any] = {"node": "n", "time_us": 0, "digest": ""}
    status = NodeStatus(
        **who, report="r", system="degraded", unchanged=False, mode="night", at=(37.5, 48.0), at_sigma_m=12.0,
        obscured=(Ground(((37.5, 48.0),)),), notes=(("warning", "internal fault", "lens"),),
    )  # fmt: skip
    alert = NodeAlert(**who, alert="a", kind="warning", status="active", text="smoke")
    said: list[str] = []

    class Node(LineFeed):
        def read(self, message: Message) -> Outcome:
            return Outcome(facts=(status, alert))

    Trial(Node("n", "file", "", NdjsonReader()), said.append).hear(
        Message(feed="n", data=b"", digest="", received_us=0, media_type="", peer="")
    )
    assert said[1:] == [
        "  says it is degraded, in mode 'night', at longitude 37.50000, latitude 48.00000, good to 12 m; covers 0 "
        "regions, 1 obscured; warning internal fault: lens",
        "  calls for attention (warning, active): 'smoke'",
    ]


def test_silence_is_judged_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feed", "test", "sapient", "127.0.0.1:0", "--seconds", "0.2"]) == 1
    assert "Nothing came" in capsys.readouterr().out
    assert main(["feed", "test", "sapient", "nowhere"]) == 1
    assert "give host:port" in capsys.readouterr().err


def test_the_quarantine_is_tried_again_once_the_cause_is_mended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.ndjson").write_bytes(LINE + b"\n")
    plan = '[[feed]]\nname = "a"\nkind = "ndjson"\nhow = "file"\naddress = "{}"\n[[feed.sensor]]\nid = "{}"\n'
    (tmp_path / "feeds.toml").write_text(plan.format(tmp_path / "in.ndjson", "mic-2"))
    assert main(["feed", "run", str(tmp_path / "feeds.toml"), "--out", str(tmp_path / "spool")]) == 0
    assert (tmp_path / "spool" / "observations.ndjson").read_bytes() == b""
    (tmp_path / "feeds.toml").write_text(plan.format(tmp_path / "in.ndjson", "mic-1"))
    again = ["feed", "replay", str(tmp_path / "spool"), str(tmp_path / "feeds.toml"), "--out", str(tmp_path / "again")]
    assert main(again) == 0
    assert "1 messages tried again: 1 observations, 0 still refused" in capsys.readouterr().out
    assert b'"mic-1"' in (tmp_path / "again" / "observations.ndjson").read_bytes()
    assert main([*again[:-1], str(tmp_path / "spool")]) == 1


def test_only_exercises_are_emitted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("network.geojson", "observations.ndjson"):
        (tmp_path / name).write_bytes((MISSION / name).read_bytes())
    text = (MISSION / "mission.toml").read_text().replace('status = "exercise"', 'status = "actual"')
    (tmp_path / "mission.toml").write_text(text)
    assert main(["emit", "sapient", str(tmp_path), "127.0.0.1:1"]) == 1
    assert "only exercises and tests" in capsys.readouterr().err


def test_a_plan_for_an_exercise_knows_its_nodes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emit", "sapient", str(MISSION), "127.0.0.1:5020", "--plan"]) == 0
    (planned,) = read_plan("plan", capsys.readouterr().out.encode(), ROOT)
    assert planned.kind == "sapient" and planned.address == "127.0.0.1:5020"
    assert {one.node for one in planned.sensors} == {node_id(one.sender.sensor) for one in planned.sensors}


PLAN = f"""
[[feed]]
name = "north"
kind = "sapient"
address = "127.0.0.1:5020"
node = "{US}"
[[feed.sensor]]
id = "cam-1"
node = "{NODE}"
time_sigma_s = 0.05
"""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('kind = "sapient"', 'kind = "sapiet"'), "did you mean 'sapient'"),
        (("127.0.0.1:5020", "localhost"), "write host:port"),
        (("127.0.0.1:5020", "127.0.0.1:65536"), "write host:port"),
        (('name = "north"', 'name = "north"\nhow = "datagrams"'), "'how' is 'datagrams'"),
        ((NODE, NODE.upper()), "version 4 UUID in lower case"),
        (("time_sigma_s = 0.05", 'time_sigma_s = "fast"'), "time_sigma_s"),
        (('id = "cam-1"\n', ""), "'id' is missing"),
        (("[[feed.sensor]]", "[[feed.sensors]]"), "no [[feed.sensor]] stands here"),
        (('name = "north"', 'name = "north"\ntpic = "x"'), "did you mean 'topic'"),
    ],
)
def test_a_slip_in_the_plan_is_found_at_its_line(change: tuple[str, str], said: str) -> None:
    text = PLAN.replace(*change)
    assert text != PLAN
    with pytest.raises(Unusable) as caught:
        read_plan("feeds.toml", text.encode(), ROOT)
    told = [problem for problem in caught.value.problems if said in str(problem)]
    assert told and told[0].place.line > 1, caught.value.problems


TLS = '[feed.tls]\ncertificate = "a"\nkey = "b"\nauthorities = "c"\n'


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('kind = "ais"\nhow = "datagrams"\naddress = "0.0.0.0:1"\n' + TLS, "there is no TLS for datagrams"),
        ('kind = "sensorthings"\naddress = "http://h/v1.1"\n' + TLS, "https://, as TLS is asked for"),
        ('kind = "sensorthings"\naddress = "h:80"\n', "beginning with http"),
        ('kind = "sensorthings"\naddress = "http://h/v1.1"\n', "'thing' is missing"),
        ('kind = "ais"\naddress = "0.0.0.0:1"\n[[feed.sensor]]\nid = "b"\n', "give each its own feed"),
    ],
)
def test_a_plan_that_would_do_less_than_it_says_is_refused(lines: str, said: str) -> None:
    text = f'[[feed]]\nname = "x"\n{lines}[[feed.sensor]]\nid = "a"\n'
    with pytest.raises(Unusable) as caught:
        read_plan("feeds.toml", text.encode(), ROOT)
    assert any(said in str(problem) for problem in caught.value.problems), caught.value.problems


def test_an_address_of_version_6_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feed", "test", "sapient", "[::1]:0", "--seconds", "0.2"]) == 1
    assert "Nothing came" in capsys.readouterr().out


@pytest.mark.parametrize("given", [["--speed", "nan"], ["--seed", "-1"], ["--count", "0"]])
def test_a_number_that_cannot_be_is_refused(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emit", "ais", str(MISSION), "127.0.0.1:1", *given]) == 1
    assert capsys.readouterr().err.startswith(given[0])


def test_observations_of_feeds_can_go_into_a_store(tmp_path: Path) -> None:
    (tmp_path / "in.ndjson").write_bytes(LINE + b"\n")
    (tmp_path / "empty.ndjson").write_bytes(b"")
    plan = f'[[feed]]\nname = "a"\nkind = "ndjson"\nhow = "file"\naddress = "{tmp_path / "in.ndjson"}"\n'
    (tmp_path / "feeds.toml").write_text(plan)
    store = str(tmp_path / "m.store")
    assert (
        main(
            [
                "keep",
                store,
                "observation",
                str(tmp_path / "empty.ndjson"),
                "--origin",
                "example.org/m",
                "--status",
                "test",
            ]
        )
        == 0
    )
    run = ["feed", "run", str(tmp_path / "feeds.toml"), "--out", str(tmp_path / "spool"), "--store", store]
    assert main(run) == 0
    from truceline.edges.store.sqlite import SqliteStore

    kept = SqliteStore(Path(store))
    try:
        found = kept.find("observation", "o1")
        assert found is not None and b'"mic-1"' in found.data
    finally:
        kept.close()
    with Spool(tmp_path / "spool"):
        assert (tmp_path / "spool" / "messages.ndjson").read_bytes().count(b"\n") == 1
