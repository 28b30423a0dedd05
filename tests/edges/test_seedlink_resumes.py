"""SeedLink after cuts and restarts: no record lost, none taken twice; what the server holds no more is named."""

import asyncio
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from edges.feeding import PATIENCE_S, Memory, Relay
from truceline.edges.cli.main import main
from truceline.edges.clock import now_us
from truceline.edges.feeds.array_reader import ArrayPlan, BlockReader
from truceline.edges.feeds.door import Health, Message, Outcome
from truceline.edges.feeds.emit_seedlink import RING, Packet, SeedLinkServer
from truceline.edges.feeds.exercise import Exercise, arrays_of, plan_of, waveforms_of
from truceline.edges.feeds.seedlink import SeedLinkFeed
from truceline.edges.feeds.seedlink_blocks import NUMBERS, Block, Blocks, Mark, station_of
from truceline.edges.feeds.seedlink_mark import KeptMark
from truceline.edges.feeds.supervise import Supervisor
from truceline.formats.miniseed_header import RecordHeader, read_record_header
from truceline.model.feed import Sender
from truceline.model.instant import US_PER_S
from truceline.model.network import Network, Sensor
from truceline.model.observation import Arrival
from truceline.model.problem import Place, Problem, Unusable
from truceline.model.waveform import Waveform

SECOND = US_PER_S
START = 1_772_448_600 * US_PER_S  # on a full minute
MARGIN_US = 15 * SECOND
CHANNELS = ("XX.A0.00.HDF", "XX.A0.01.HDF", "XX.A1.00.HDF")  # of two stations
MINUTES = 12
SENDER = Sender(sensor="AA-1", time_sigma_s=0.01)

# -- blocks: pure --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """A packet: its number, the header of its record, its bytes."""

    number: int
    header: RecordHeader
    record: bytes


def stream(first_number: int = 0, lag_s: float = 0.0) -> list[Sent]:
    """Twelve minutes of all channels in the order in which they come; the second station's lag behind."""
    made = []
    for at_s in np.arange(0.0, MINUTES * 60.0, 5.0):
        for channel in CHANNELS:
            start = START + round(at_s * SECOND)
            header = RecordHeader(channel, start, start + 5 * SECOND, 100.0, 500, 4, True, 64, 512)
            late_s = lag_s if channel == CHANNELS[2] else 0.0
            made.append((at_s + late_s, channel, header))
    counted = {"XX.A0": first_number, "XX.A1": first_number + 7}
    sent = []
    for _, channel, header in sorted(made, key=lambda one: (one[0], one[1])):
        number = counted[station_of(channel)]
        counted[station_of(channel)] = (number + 1) % NUMBERS
        sent.append(Sent(number, header, f"{channel}@{(header.start_us - START) // SECOND}|".encode()))
    return sent


def cut_into(blocks: Blocks, sent: Iterable[Sent]) -> list[Block]:
    return [block for one in sent for block in blocks.add(one.header, one.record, one.number)]


def asked_for(mark: Mark, sent: Sequence[Sent]) -> list[Sent]:
    """What a server that holds everything tells to whom asks by the mark."""
    begins = {}
    for station, number in mark.numbers.items():
        numbers = [one.number for one in sent if station_of(one.header.channel) == station]
        begins[station] = numbers.index(number)
    told, seen = [], dict.fromkeys(begins, 0)
    for one in sent:
        station = station_of(one.header.channel)
        if seen[station] >= begins[station]:
            told.append(one)
        seen[station] += 1
    return told


@pytest.mark.parametrize("first_number", [0, NUMBERS - 100])
@pytest.mark.parametrize("lag_s", [0.0, 40.0, 110.0])
def test_wherever_a_feed_ends_the_next_makes_the_blocks_that_follow(first_number: int, lag_s: float) -> None:
    sent = stream(first_number, lag_s)
    whole = cut_into(Blocks(frozenset(CHANNELS), MARGIN_US), sent)
    assert len(whole) >= MINUTES - 3
    for ends in range(0, len(sent), 7):
        blocks = Blocks(frozenset(CHANNELS), MARGIN_US)
        before = cut_into(blocks, sent[:ends])
        if not before:
            continue
        after = Blocks(frozenset(CHANNELS), MARGIN_US)
        after.go_on(before[-1].mark)
        told = asked_for(before[-1].mark, sent)
        rest = cut_into(after, told)
        assert [one.data for one in (*before, *rest)] == [one.data for one in whole]
        assert after.gaps == [] and len(told) < len(sent)


def test_what_never_came_is_counted_by_channel_and_what_came_before_is_not_taken_again() -> None:
    sent = stream()
    blocks = Blocks(frozenset(CHANNELS), MARGIN_US)
    mark = cut_into(blocks, sent[: 3 * 40])[-1].mark
    assert blocks.gaps == [] and blocks.repeated == 0
    again = Blocks(frozenset(CHANNELS), MARGIN_US)
    again.go_on(mark)
    cut_into(again, sent[:9])  # a server that begins with the oldest it has, not with what was asked for
    assert again.repeated == 9
    lost = [one for one in sent[3 * 41 :] if one.header.start_us < START + 400 * SECOND]
    for one in sent[3 * 41 + len(lost) :]:
        try:
            again.add(one.header, one.record, one.number)
        except ValueError as error:
            assert "leaps in time" in str(error)  # the first of each; the next bears it out
    assert {gap.channel for gap in again.gaps} == set(CHANNELS)
    assert all(gap.end_us == START + 400 * SECOND and gap.begin_us < gap.end_us for gap in again.gaps)
    assert all(gap.records == (gap.end_us - gap.begin_us) // (5 * SECOND) for gap in again.gaps)


# -- the feed against the server -----------------------------------------------------------------------------------


class Unread(BlockReader):
    """Every block is set aside as it came."""

    def read(self, message: Message) -> Outcome:
        return Outcome(problems=(Problem(Place("block"), "set aside", "look at it", fatal=False),))


def recorded() -> tuple[Waveform, ...]:
    chance = np.random.default_rng(3)
    count = MINUTES * 60 * 20
    return tuple(
        Waveform(
            channel=channel, start_us=START, rate_hz=20.0, samples=chance.normal(size=count).astype("<f8").tobytes()
        )
        for channel in CHANNELS
    )


def server(speed: float = 240.0, first_number: int = 0, ring: int = RING) -> SeedLinkServer:
    """The story in three seconds."""
    return SeedLinkServer("127.0.0.1", 0, recorded(), speed, START, first_number, ring)


def feed_at(port: int, begins: Mark | None, keep: Callable[[Mark], None] | None) -> SeedLinkFeed:
    places = {channel: (37.0 + 0.001 * number, 48.0) for number, channel in enumerate(CHANNELS)}
    plan = ArrayPlan(places=places, band_hz=(1.0, 8.0), window_s=2.0)
    return SeedLinkFeed("array", "127.0.0.1", port, Unread(plan, SENDER), begins=begins, keep=keep)


@dataclass
class Site:
    """A feed that is started again and again. kept: the blocks' bytes in order; mark: as on disk; marks: of a run."""

    at: SeedLinkServer
    relay: Relay | None = None
    mark: Mark | None = None
    marks: list[Mark] = field(default_factory=list)
    kept: list[bytes] = field(default_factory=list)
    health: Health = field(default_factory=Health)
    forgets: bool = False  # the last mark, as a crash does that comes between block and mark

    async def run(self, until: Callable[[], bool]) -> None:
        """Run the feed until something holds; what was received is made durable."""
        sink = Memory()
        supervisor = Supervisor(sink, random.Random(1), first_pause_s=0.01)
        self.marks = []
        feed = feed_at(self.at.port, self.mark, self.marks.append)
        if self.relay is not None:
            feed.port = self.relay.port
        self.health = supervisor.health.setdefault("array", Health())
        before = list(self.kept)
        running = asyncio.create_task(supervisor.run([feed]))
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    self.kept = before + [one.message.data for one in sink.refused]
                    if until():
                        break
                    await asyncio.sleep(0.01)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        self.kept = before + [one.message.data for one in sink.refused]
        assert len(self.marks) == len(sink.refused)
        self.mark = ([self.mark, *self.marks])[-2 if self.forgets and self.marks else -1]


def played(site: Site, scene: Callable[[Site], Awaitable[None]]) -> None:
    async def go() -> None:
        serving = asyncio.create_task(site.at.serve())
        try:
            await asyncio.wait_for(site.at.listening.wait(), PATIENCE_S)
            async with AsyncExitStack() as ending:
                if site.relay is not None:
                    site.relay.to = site.at.port
                    await ending.enter_async_context(site.relay.between())
                await scene(site)
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    asyncio.run(go())


def in_one_run(at: SeedLinkServer) -> list[bytes]:
    """The blocks of a feed that nothing befalls."""
    packets: list[Packet] = sorted(
        (packet for station in at._told().values() for packet in station), key=lambda one: (one.due_s, one.station)
    )
    blocks = Blocks(frozenset(CHANNELS), MARGIN_US)
    return [
        block.data for one in packets for block in blocks.add(read_record_header(one.record), one.record, one.place)
    ]


def test_cut_and_started_again_a_feed_keeps_every_block_once() -> None:
    whole = in_one_run(server())
    assert len(whole) >= MINUTES - 2

    async def scene(site: Site) -> None:
        for blocks in (2, 5, 6, len(whole)):
            await site.run(lambda blocks=blocks: len(site.kept) >= blocks)  # type: ignore[misc]
            assert site.health.missing == 0, site.health.errors
        assert site.kept == whole

    site = Site(server(), Relay(cuts=8, after=30_000))
    played(site, scene)
    assert site.relay is not None and site.relay.cuts == 0, "the connection was cut as often as was meant"


def test_a_crash_between_block_and_mark_makes_the_same_block_again() -> None:
    whole = in_one_run(server())

    async def scene(site: Site) -> None:
        await site.run(lambda: len(site.kept) >= 3)
        done = len(site.kept)
        site.forgets = False
        await site.run(lambda: len(site.kept) >= len(whole) + 1)
        assert site.kept == [*whole[:done], *whole[done - 1 :]]

    played(Site(server(), forgets=True), scene)


def test_what_the_ring_holds_no_more_is_counted_and_named() -> None:
    whole = in_one_run(server())

    async def first(site: Site) -> None:
        await site.run(lambda: len(site.kept) >= 2)

    async def then(site: Site) -> None:
        await site.run(lambda: site.kept[-1] == whole[-1])
        assert site.kept[:2] == whole[:2] and len(site.kept) < len(whole)
        named = [words for words in site.health.errors if "did not hold them so long" in words]
        assert len(named) == len(CHANNELS) and all(any(words.startswith(c) for words in named) for c in CHANNELS)
        assert site.at.done.gone > 0
        assert abs(site.health.missing - site.at.done.gone) <= len(CHANNELS)

    site = Site(server(1e6))
    played(site, first)
    site.kept, site.mark = site.kept[:2], site.marks[1]  # as a kill leaves it
    site.at = server(1e6, ring=60)
    played(site, then)


def test_a_server_whose_numbers_begin_anew_is_heard_from_its_oldest_record() -> None:
    whole = in_one_run(server())

    async def first(site: Site) -> None:
        await site.run(lambda: len(site.kept) >= 3)

    async def then(site: Site) -> None:
        await site.run(lambda: len(site.kept) >= len(whole))
        assert site.kept == whole and site.health.missing == 0
        assert site.health.repeated > 0

    site = Site(server(first_number=0xFFFFF0))
    played(site, first)
    site.at = server(1e6, first_number=0x123456)
    played(site, then)


def test_a_server_that_refuses_a_number_is_asked_for_what_comes_next() -> None:
    asked: list[str] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            words = line.decode().strip()
            asked.append(words)
            if words == "END":
                break
            said = b"a\r\nb\r\n" if words == "HELLO" else b"ERROR\r\n" if words.startswith("DATA ") else b"OK\r\n"
            writer.write(said)
            await writer.drain()
        writer.close()

    async def go() -> Health:
        async with await asyncio.start_server(refuse, "127.0.0.1", 0) as serving:
            port = serving.sockets[0].getsockname()[1]
            health = Health()

            async def put(_item: object) -> None:
                raise AssertionError("no packet was sent")

            with pytest.raises(EOFError):
                await feed_at(port, Mark(START, {}, {"XX.A0": 5}), None).receive(put, health)
            return health

    health = asyncio.run(go())
    assert [words for words in asked if words.startswith("DATA")] == ["DATA 000005", "DATA", "DATA"]
    assert any("refuses to go back to where XX.A0 stood" in words for words in health.errors)


def test_obspys_own_client_goes_on_with_a_number() -> None:
    connections = pytest.importorskip("obspy.clients.seedlink.client.seedlinkconnection")

    def ask(port: int) -> list[int]:
        client = connections.SeedLinkConnection(timeout=30)
        client.set_sl_address(f"127.0.0.1:{port}")
        client.add_stream("XX", "A0", "00HDF 01HDF", 0x9F, None)
        try:
            return [client.collect().get_sequence_number() for _ in range(3)]
        finally:
            client.disconnect()

    async def scene(site: Site) -> None:
        assert await asyncio.wait_for(asyncio.to_thread(ask, site.at.port), PATIENCE_S) == [0xA0, 0xA1, 0xA2]

    played(Site(server(1e6)), scene)


# -- the mark on disk ----------------------------------------------------------------------------------------------

MARK = Mark(START, {CHANNELS[0]: START - 5 * SECOND, CHANNELS[2]: START + 1}, {"XX.A0": 11, "XX.A1": NUMBERS - 1})


def test_a_mark_is_read_as_it_was_written(tmp_path: Path) -> None:
    kept = KeptMark(tmp_path / "places", "north/1", "h:18000")
    assert kept.read() is None
    kept.write(replace(MARK, numbers={}))
    kept.write(MARK)
    assert kept.read() == MARK
    assert [path.name for path in (tmp_path / "places").iterdir()] == ["north%2F1.json"]
    elsewhere = KeptMark(tmp_path / "places", "north/1", "other:18000")
    assert elsewhere.read() == replace(MARK, numbers={}), "another server's numbers are not ours"


@pytest.mark.parametrize(
    "damage",
    [b"", b"{}", b"[1]", b'{"server":"h:18000","begins":"now","channels":{},"stations":{}}',
     b'{"server":"h:18000","begins":"2026-03-02T10:51:00Z","channels":{},"stations":{"XX.A0":"0000G1"}}'],
)  # fmt: skip
def test_a_damaged_mark_is_said_before_the_feed_starts(
    damage: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "feeds.toml").write_text(planned("127.0.0.1:1"))
    (tmp_path / "spool" / "places").mkdir(parents=True)
    (tmp_path / "spool" / "places" / "AA-1.json").write_bytes(damage)
    assert main(["feed", "run", str(tmp_path / "feeds.toml"), "--out", str(tmp_path / "spool"), "--seconds", "1"]) == 1
    said = capsys.readouterr().err
    assert "AA-1.json" in said and "it is damaged" in said and "remove it" in said


def test_a_mark_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "places").write_text("a file where the folder should be")
    with pytest.raises(Unusable, match="cannot be used"):
        KeptMark(tmp_path / "places", "a", "h:1").write(MARK)


# -- a feed that is killed -----------------------------------------------------------------------------------------

COMMAND = "import sys; from truceline.edges.cli.main import main; sys.exit(main())"
SENT_S = [40.0 * number for number in range(12)]  # arrivals, after the first


def exercise() -> Exercise:
    sensor = Sensor(id="AA-1", kind="acoustic_array", provider="n", lon=37.0, lat=48.0, time_sigma_s=0.01)
    arrivals = tuple(
        Arrival(
            id=f"a{at_s}", sensor="AA-1", time_us=START + round((70.0 + at_s) * SECOND), time_sigma_s=0.02, digest="",
            received_us=START, wave="acoustic", azimuth_deg=37.0, azimuth_sigma_deg=1.0, snr_db=20.0,
        )
        for at_s in SENT_S
    )  # fmt: skip
    return Exercise(Network((sensor,)), arrivals)


def planned(address: str) -> str:
    return plan_of(exercise(), "seedlink", address, "", arrays_of(exercise()))


def times_in(spool: Path) -> list[str]:
    """The times of the spool's whole lines, in order of keeping."""
    path = spool / "observations.ndjson"
    whole = path.read_bytes().rpartition(b"\n")[0] if path.exists() else b""
    return [msgspec.json.decode(line)["time"] for line in whole.splitlines()]


def test_a_feed_that_is_killed_goes_on_where_it_stood(tmp_path: Path) -> None:
    waveforms = waveforms_of(exercise(), arrays_of(exercise()), 1)
    # Always as far from a full minute: a block is cut there, and no arrival of these lies near it.
    begin_us = now_us() // (60 * SECOND) * 60 * SECOND - 3_600 * SECOND + 17 * SECOND
    telling = SeedLinkServer("127.0.0.1", 0, waveforms, 60.0, begin_us)
    up = threading.Event()

    async def serve() -> None:
        serving = asyncio.create_task(telling.serve())
        await telling.listening.wait()
        up.set()
        while up.is_set():
            await asyncio.sleep(0.1)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert up.wait(30)
    plan, spool = tmp_path / "feeds.toml", tmp_path / "spool"
    plan.write_text(planned(f"127.0.0.1:{telling.port}"))
    try:
        for least in (2, 5, len(SENT_S)):
            killed_after(spool, plan, least)
    finally:
        up.clear()
        thread.join(30)
    times = sorted(set(times_in(spool)))  # a kill may leave what it interrupted to be kept again, as it was
    assert len(times) == len(SENT_S), times


def killed_after(spool: Path, plan: Path, least: int) -> None:
    """Run the feed until so many arrivals are kept, then kill it."""
    command = [sys.executable, "-c", COMMAND, "feed", "run", str(plan), "--out", str(spool)]
    feed = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        for _ in range(4_800):
            if len(set(times_in(spool))) >= least:
                return
            assert feed.poll() is None, feed.communicate()[1]
            time.sleep(0.05)
        raise AssertionError(f"only {len(set(times_in(spool)))} arrivals came")
    finally:
        feed.send_signal(signal.SIGKILL)
        feed.communicate()
