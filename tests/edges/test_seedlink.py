"""SeedLink: blocks whatever the order, arrivals as the exercise had them, cuts, dead elements, damage; obspy's own
client is the referee of the server.
"""

import asyncio
import json
import random
import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from edges.feeding import PATIENCE_S, Memory, Relay, free_port
from truceline.edges.cli.main import main
from truceline.edges.clock import now_us
from truceline.edges.feeds.array_reader import core_of, peer_of
from truceline.edges.feeds.door import Health, Message
from truceline.edges.feeds.emit_seedlink import SeedLinkServer
from truceline.edges.feeds.exercise import Exercise, arrays_of, plan_of, waveforms_of
from truceline.edges.feeds.plan import build_feed, read_plan
from truceline.edges.feeds.seedlink import SeedLinkFeed
from truceline.edges.feeds.seedlink_blocks import BLOCK_US, MOST_LAG_US, Blocks, Numbers
from truceline.edges.feeds.spool import Spool, quarantined
from truceline.edges.feeds.supervise import Supervisor
from truceline.formats.miniseed import read_miniseed, write_records
from truceline.formats.miniseed_header import RecordHeader, read_record_header
from truceline.formats.observations_ndjson import write_observation
from truceline.model.instant import US_PER_S
from truceline.model.network import Network, Sensor
from truceline.model.observation import Arrival
from truceline.model.problem import Unusable
from truceline.model.waveform import Waveform

ROOT = Path(__file__).parents[2]
START = 1_772_448_600 * US_PER_S  # on a full minute
SECOND = US_PER_S
SENT = [(62.0, 40.0), (64.5, 40.0), (95.0, 222.0)]  # seconds after the beginning, azimuth


def exercise() -> Exercise:
    """One array that hears three arrivals in two minutes."""
    sensor = Sensor(id="AA-1", kind="acoustic_array", provider="n", lon=37.0, lat=48.0, time_sigma_s=0.01)
    arrivals = tuple(
        Arrival(
            id=f"a{at_s}", sensor="AA-1", time_us=START + round(at_s * SECOND), time_sigma_s=0.02, digest="",
            received_us=START, wave="acoustic", azimuth_deg=azimuth, azimuth_sigma_deg=1.0, snr_db=20.0,
        )
        for at_s, azimuth in SENT
    )  # fmt: skip
    quiet = (replace(arrivals[0], id="first", azimuth_deg=None, time_us=START + 30 * SECOND),)
    return Exercise(Network((sensor,)), (*quiet, *arrivals))


def recorded(seed: int = 1) -> tuple[Waveform, ...]:
    return waveforms_of(exercise(), arrays_of(exercise()), seed)


def planned(address: str = "127.0.0.1:1") -> str:
    return plan_of(exercise(), "seedlink", address, "", arrays_of(exercise()))


def feed_at(port: int) -> SeedLinkFeed:
    (plan,) = read_plan("plan", planned(f"127.0.0.1:{port}").encode(), ROOT)
    feed = build_feed(plan)
    assert isinstance(feed, SeedLinkFeed)
    return feed


def heard(
    server: SeedLinkServer,
    until: Callable[[Memory, Health], bool],
    relay: Relay | None = None,
    lag_us: int = MOST_LAG_US,
) -> tuple[Memory, Health]:
    """Run a feed against a server, through a relay perhaps, until something holds, or patience ends."""
    sink = Memory()
    supervisor = Supervisor(sink, random.Random(1), first_pause_s=0.01)

    async def go() -> None:
        async with AsyncExitStack() as ending:
            serving = asyncio.create_task(server.serve())
            await asyncio.wait_for(server.listening.wait(), PATIENCE_S)
            feed = feed_at(server.port)
            feed.blocks.most_lag_us = lag_us
            if relay is not None:
                relay.to = server.port
                await ending.enter_async_context(relay.between())
                feed.port = relay.port
            running = asyncio.create_task(supervisor.run([feed]))
            try:
                async with asyncio.timeout(PATIENCE_S):
                    while feed.name not in supervisor.health or not until(sink, supervisor.health[feed.name]):
                        await asyncio.sleep(0.02)
            finally:
                for task in (running, serving):
                    task.cancel()
                await asyncio.gather(running, serving, return_exceptions=True)

    asyncio.run(go())
    (health,) = supervisor.health.values()
    return sink, health


def as_sent(sink: Memory) -> list[tuple[float, float]]:
    """Arrivals as seconds after the first, and azimuth."""
    found = sorted((seen.time_us, seen.azimuth_deg) for seen in sink.observations if isinstance(seen, Arrival))
    return [((time - found[0][0]) / SECOND, azimuth or 0.0) for time, azimuth in found]


def all_heard(sink: Memory) -> None:
    told = as_sent(sink)
    assert len(told) == len(SENT), told
    for (at_s, azimuth), (sent_s, sent_azimuth) in zip(told, SENT, strict=True):
        assert at_s == pytest.approx(sent_s - SENT[0][0], abs=0.03)
        assert azimuth == pytest.approx(sent_azimuth, abs=3.0)


# -- blocks --------------------------------------------------------------------------------------------------------


def header(channel: str, begin_s: float, seconds: float = 10.0) -> RecordHeader:
    start = START + round(begin_s * SECOND)
    return RecordHeader(channel, start, start + round(seconds * SECOND), 100.0, 1, 4, True, 64, 512)


def fed(blocks: Blocks, headers: list[RecordHeader]) -> list[tuple[float, float, list[bytes]]]:
    """The blocks that come out, in seconds, with the records in each."""
    done = []
    for one in headers:
        name = f"{one.channel}@{(one.start_us - START) / SECOND:g}|".encode()
        done += blocks.add(one, name)
    return [
        ((one.first_us - START) / SECOND, (one.last_us - START) / SECOND, one.data.split(b"|")[:-1]) for one in done
    ]


def test_every_block_has_its_margins_though_a_channel_is_late() -> None:
    headers = [header(channel, 10.0 * n) for n in range(40) for channel in ("A", "B")]
    plain = fed(Blocks(frozenset("AB"), 15 * SECOND), headers)
    assert [(a, b) for a, b, _ in plain] == [(60.0 * n, 60.0 * n + 60.0) for n in range(6)]
    for first, last, names in plain:
        times = {float(name.split(b"@")[1]) for name in names if name.startswith(b"A")}
        wanted = {10.0 * n for n in range(40) if first - 15 < 10.0 * n + 10 and 10.0 * n < last + 15}
        assert times == wanted
    late = sorted(headers, key=lambda one: one.start_us + 100 * SECOND * (one.channel == "B"))
    assert fed(Blocks(frozenset("AB"), 15 * SECOND), late) == plain


def test_an_array_goes_on_without_a_dead_element() -> None:
    both = [header(channel, 10.0 * n) for n in range(8) for channel in ("A", "B")]
    alone = [header("A", 10.0 * n) for n in range(8, 40)]
    done = fed(Blocks(frozenset("AB"), 15 * SECOND), both + alone)
    assert [a for a, _, _ in done] == [0.0, 60.0, 120.0, 180.0]
    assert not any(name.startswith(b"B") for name in done[-1][2])


def test_a_clock_gone_wrong_neither_stops_nor_floods_the_blocks() -> None:
    blocks = Blocks(frozenset("AB"), 15 * SECOND)
    assert fed(blocks, [header("A", -2e9)]) == []  # 1962
    done = fed(blocks, [header(channel, 10.0 * n) for n in range(12) for channel in ("A", "B")])
    for leap_s in (1e6, -1e6):  # the first is damaged, the second goes on where the channel stood
        with pytest.raises(ValueError, match="leaps in time"):
            blocks.add(header("A", leap_s), b"")
    done += fed(blocks, [header(channel, 10.0 * n) for n in range(12, 20) for channel in ("A", "B")])
    assert [(a, len(names)) for a, _, names in done] == [(0.0, 16), (60.0, 20), (120.0, 20)]
    with pytest.raises(ValueError, match="leaps in time"):
        blocks.add(header("A", -1e6), b"")
    with pytest.raises(ValueError, match="too late"):
        blocks.add(header("A", -1e6 + 10.0), b"")
    with pytest.raises(ValueError, match="none of the array's elements"):
        blocks.add(header("C", 200.0), b"")


def test_an_array_that_was_away_goes_on_with_the_second_record() -> None:
    blocks = Blocks(frozenset("A"), 15 * SECOND)
    fed(blocks, [header("A", 10.0 * n) for n in range(9)])
    with pytest.raises(ValueError, match="leaps in time"):
        blocks.add(header("A", 6_000.0), b"")
    done = fed(blocks, [header("A", 6_000.0 + 10.0 * n) for n in range(1, 20)])
    assert [a for a, _, _ in done][-3:] == [6_000.0, 6_060.0, 6_120.0]


def test_what_is_held_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("truceline.edges.feeds.seedlink_blocks.MOST_HELD", 30)
    blocks = Blocks(frozenset("AB"), 15 * SECOND)
    with pytest.raises(ValueError, match="more than 30 records wait"):
        fed(blocks, [header("A", 0.001 * n, 0.001) for n in range(40)])


def test_a_number_that_leaps_is_believed_when_the_next_bears_it_out() -> None:
    numbers = Numbers()
    assert numbers.command() == "DATA"
    for number in (7, 8, 9, 0xABCDEF, 10):
        numbers.take(number)
    assert numbers.command() == "DATA 00000B"
    for number in (0x100000, 0x100001):
        numbers.take(number)
    assert numbers.command() == "DATA 100002"


def test_a_block_says_its_core() -> None:
    assert core_of(peer_of("h:1", START, START + BLOCK_US)) == (START, START + BLOCK_US)
    first, last = core_of("somebody")
    assert first < 0 < START < last


# -- the feed ------------------------------------------------------------------------------------------------------


def test_arrivals_come_as_the_exercise_had_them() -> None:
    server = SeedLinkServer("127.0.0.1", 0, recorded(), 1e5, START)
    sink, health = heard(server, lambda sink, _: len(sink.observations) == len(SENT))
    all_heard(sink)
    assert (health.quarantined, health.repeated, health.cuts, health.errors) == (0, 0, 0, {})
    assert all(len(one.message.data) > 10_000 for one in sink.taken)  # the block itself is the evidence


def test_a_cut_loses_nothing() -> None:
    server = SeedLinkServer("127.0.0.1", 0, recorded(), 1e5, START)
    sink, health = heard(server, lambda sink, _: len(sink.observations) == len(SENT), Relay(cuts=3, after=100_000))
    all_heard(sink)
    assert health.cuts == 3 and health.quarantined == 0


def test_a_dead_element_and_one_with_a_gap_are_left_out_and_told() -> None:
    waveforms = list(recorded())
    dead, gap = waveforms[0], waveforms[1]
    waveforms[0] = replace(dead, samples=dead.samples[: 8 * 4_000])
    waveforms[1] = replace(gap, samples=gap.samples[: 8 * 9_000])
    waveforms.append(replace(gap, samples=gap.samples[8 * 9_200 :], start_us=gap.start_us + 92 * SECOND))
    server = SeedLinkServer("127.0.0.1", 0, waveforms, 1e5, START)
    sink, _ = heard(server, lambda sink, _: len(sink.observations) == len(SENT), lag_us=5 * SECOND)
    all_heard(sink)
    assert any("XX.A0000.00.HDF" in reason and "missing or with a gap" in reason for reason in sink.reasons)


def test_a_server_that_knows_no_such_station_is_told() -> None:
    others = [replace(one, channel=one.channel.replace("A0000", "B9")) for one in recorded()]
    _, health = heard(SeedLinkServer("127.0.0.1", 0, others, 1e5), lambda _, health: health.cuts > 1)
    assert "refuses 'STATION A0000 XX'" in next(iter(health.errors))


def test_damaged_packets_are_told_and_the_feed_goes_on() -> None:
    server = SeedLinkServer("127.0.0.1", 0, recorded(), 1e5, START)
    sink, health = heard(server, lambda _, health: health.received >= 3, Relay(flips=0.01))
    assert any("damaged on the way" in words for words in health.errors)
    assert sink.refused and all(one.reasons for one in sink.refused)


# -- what is kept --------------------------------------------------------------------------------------------------


def block(rate_hz: float, waveforms: tuple[Waveform, ...]) -> Message:
    """The first two minutes as one block; the rate is only said to be another."""
    parts = [replace(one, rate_hz=rate_hz, samples=one.samples[: 8 * 12_000]) for one in waveforms]
    data = b"".join(record for part in parts for record in write_records(part))
    last = parts[0].start_us + round(12_000 / rate_hz * SECOND)
    return Message(
        feed="AA-1",
        data=data,
        digest="d",
        received_us=last,
        media_type="m",
        peer=peer_of("h:1", parts[0].start_us, last),
    )


def test_where_there_may_be_speech_only_sound_about_arrivals_is_kept() -> None:
    reader = feed_at(1).reader
    slow = reader.read(block(100.0, recorded()))
    assert slow.instead is None and len(slow.observations) == 2
    fast = replace(reader, plan=replace(reader.plan, slowest_mps=1_120.0, window_s=0.375, band_hz=(8.0, 80.0)))
    told = fast.read(block(400.0, recorded()))  # the same, four times as fast
    assert told.instead is not None and len(told.observations) == 2
    kept, _ = read_miniseed("kept", told.instead.data)
    assert [round(one.count / one.rate_hz, 1) for one in kept] == [10.6]  # ± 5 s about two, 0.6 s apart
    assert told.observations[0].digest == told.instead.digest
    spectrum = np.abs(np.fft.rfft(np.frombuffer(kept[0].samples, "<f8") * np.hanning(kept[0].count)))
    hz = np.fft.rfftfreq(kept[0].count, 1.0 / kept[0].rate_hz)
    assert spectrum[hz > 100.0].max() < 0.02 * spectrum.max()
    noise = tuple(replace(one, samples=np.random.default_rng(n).normal(size=24_000).tobytes())
                  for n, one in enumerate(recorded()))  # fmt: skip
    silent = fast.read(block(400.0, noise))
    assert silent.instead is not None and (silent.instead.data, silent.observations) == (b"", ())


def test_a_quarantined_block_is_tried_again_with_the_same_core(tmp_path: Path) -> None:
    message = block(100.0, recorded())
    feed = feed_at(1)
    wrong = replace(feed.reader, plan=replace(feed.reader.plan, band_hz=(2.0, 90.0)))
    broken = replace(feed, reader=wrong)
    with Spool(tmp_path / "spool") as spool:
        Supervisor(spool).replay({"AA-1": broken}, [(message, ())])
    ((kept, reasons),) = quarantined(tmp_path / "spool")
    assert core_of(kept.peer) == core_of(message.peer) and "does not fit" in reasons[0]
    with Spool(tmp_path / "again") as spool:
        counts = Supervisor(spool).replay({"AA-1": feed}, quarantined(tmp_path / "spool"))
    assert (counts.observations, counts.quarantined) == (2, 0)


# -- the server, and its commands ----------------------------------------------------------------------------------


def test_obspys_own_client_reads_what_the_server_tells() -> None:
    seedlink = pytest.importorskip("obspy.clients.seedlink")
    server = SeedLinkServer("127.0.0.1", 0, recorded(), 1e6)

    async def go() -> object:
        serving = asyncio.create_task(server.serve())
        await server.listening.wait()
        try:
            return await asyncio.wait_for(asyncio.to_thread(ask, server.port), PATIENCE_S)
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    def ask(port: int) -> object:
        from obspy import UTCDateTime

        client = seedlink.Client("127.0.0.1", port, timeout=10)
        begin = UTCDateTime() - (exercise().seconds + 150.0) + 20
        return client.get_waveforms("XX", "A0000", "0?", "HDF", begin, begin + 60)

    stream = asyncio.run(go())
    assert isinstance(stream, list) or stream
    traces = sorted(stream, key=lambda trace: trace.id)  # type: ignore[call-overload]
    assert [trace.id for trace in traces] == [f"XX.A0000.0{n}.HDF" for n in range(6)]
    sent = {one.channel: np.frombuffer(one.samples, "<f8").astype("<f4") for one in recorded()}
    for trace in traces:
        assert 5_900 <= trace.stats.npts <= 6_100
        whole = sent[trace.id]
        begin = next(n for n in range(len(whole)) if whole[n] == trace.data[0])
        assert np.array_equal(whole[begin : begin + trace.stats.npts], trace.data)


def test_commands_that_are_none_and_records_from_a_time_or_number() -> None:
    server = SeedLinkServer("127.0.0.1", 0, recorded()[:1], 1e9)

    async def go() -> list[bytes]:
        serving = asyncio.create_task(server.serve())
        await server.listening.wait()
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"HELLO\r\nSTATION NONE XX\rNONSENSE\nDATA 1\rSTATION A0000 XX\rDATA x\rFETCH A0\r\nEND\r")
        said = [await reader.readline() for _ in range(8)]
        rest = await reader.read()
        writer.close()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        return [*said, rest]

    said = asyncio.run(go())
    assert said[0].startswith(b"SeedLink v3.1") and [line.strip() for line in said[2:8]] == [
        b"ERROR", b"ERROR", b"ERROR", b"OK", b"ERROR", b"OK",
    ]  # fmt: skip
    packets = said[8].removesuffix(b"END")
    numbers = [packets[at + 2 : at + 8] for at in range(0, len(packets), 520)]
    assert numbers[0] == b"0000A0" and len(numbers) > 20
    ends = [read_record_header(packets[at + 8 : at + 520]).end_us for at in range(0, len(packets), 520)]
    assert all(one < other for one, other in pairwise(ends))


def test_no_record_lies_ahead_however_fast_the_story() -> None:
    for speed in (1.0, 7.0, 1e6):
        server = SeedLinkServer("127.0.0.1", 0, recorded()[:1], speed)
        begun = now_us()
        (packets,) = server._told().values()
        assert all(one.end_us <= begun + round(one.due_s * SECOND) + SECOND for one in packets)
        assert packets[-1].end_us == pytest.approx(begun + round(packets[-1].due_s * SECOND), abs=SECOND)


def mission(folder: Path) -> Path:
    """The exercise as a mission folder."""
    folder.mkdir()
    (folder / "mission.toml").write_text(
        'contract = 1\nname = "m"\nstatus = "exercise"\nagreement = "a.toml"\nnetwork = "network.geojson"\n'
        'observations = ["observations.ndjson"]\n'
    )
    at = {"type": "Point", "coordinates": [37.0, 48.0]}
    stated = {"id": "AA-1", "kind": "acoustic_array", "provider": "n", "time_sigma_s": 0.01}
    network = {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": at, "properties": stated}]}
    (folder / "network.geojson").write_text(json.dumps(network))
    lines = [write_observation(replace(seen, id=f"o{n}")) for n, seen in enumerate(exercise().observations)]
    (folder / "observations.ndjson").write_bytes(b"\n".join(lines) + b"\n")
    return folder


def until_it_listens(address: str) -> None:
    host, _, port = address.rpartition(":")
    for _ in range(600):
        try:
            socket.create_connection((host, int(port)), 1.0).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"nobody listens at {address}")


def test_an_exercise_by_command_is_taken_in_by_the_plan_it_prints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["emit", "seedlink", str(mission(tmp_path / "m")), f"127.0.0.1:{free_port()}"]
    assert main([*command, "--plan"]) == 0
    (tmp_path / "feeds.toml").write_text(capsys.readouterr().out)
    (plan,) = read_plan("feeds.toml", (tmp_path / "feeds.toml").read_bytes(), tmp_path)
    assert plan.array is not None and len(plan.array.places) == 6 and plan.name == "AA-1"
    telling = threading.Thread(target=main, args=([*command, "--speed", "1e6"],), daemon=True)
    telling.start()
    until_it_listens(command[-1])
    main(["feed", "test", "plan", str(tmp_path / "feeds.toml"), "--seconds", "50"])
    telling.join(60)
    said = capsys.readouterr().out
    assert not telling.is_alive()
    assert "understood: arrival at" in said and "3 arrival." in said and " sent, " in said
    assert main([*command, "--sensor", "mic-9"]) == 1
    assert "name one of AA-1" in capsys.readouterr().err
    assert main([*command, "--ring", "0"]) == 1
    assert "--ring" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("band_hz = [2.0, 20.0]", "band_hz = 2"), "no pair of numbers"),
        (("XX.A0000.05.HDF", "A0000"), "network.station.location.channel"),
        (("window_s = 1.5", "window_s = 0"), "window_s"),
        (("feed.array", "feed.arrays"), "[feed.array] is missing"),
        (("delay_sigma_s", "delay_sigma"), "did you mean"),
    ],
)
def test_a_slip_in_an_arrays_plan_is_found(change: tuple[str, str], said: str) -> None:
    text = planned().replace(*change)
    assert text != planned()
    with pytest.raises(Unusable, match=re.escape(said)):
        read_plan("feeds.toml", text.encode(), ROOT)
