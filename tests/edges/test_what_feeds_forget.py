"""What a feed must not keep, not even in its quarantine: where an operator or a receiver itself is, and speech."""

import asyncio
from dataclasses import replace
from pathlib import Path
from struct import pack

import pytest

from edges.feeding import SENDER
from edges.test_seedlink import START, feed_at, recorded
from formats.test_remote_id import basic, location, packed, system
from truceline.edges.feeds.array_reader import peer_of
from truceline.edges.feeds.door import Message
from truceline.edges.feeds.lines import LineFeed, Reader, RemoteIdReader, ais_reader
from truceline.edges.feeds.spool import Spool, quarantined
from truceline.edges.feeds.supervise import Supervisor
from truceline.formats.miniseed import read_miniseed, write_records
from truceline.model.instant import US_PER_S

OPERATOR = pack("<ii", 481_110_000, 371_110_000).hex().encode()  # as system() says it
OWN_AIS = b"!AIVDO,1,1,,,B3HOIj000H08MeW52k4F7wo5oP06,0*02"
VESSEL = b"!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A"


def kept_of(
    reader: Reader, folder: Path, lines: list[bytes]
) -> tuple[bytes, list[tuple[Message, tuple[str, ...]]], int]:
    """All bytes that stand on disk after these lines (base64 undone), the quarantine, and how many were observed."""
    (folder / "lines").write_bytes(b"\n".join(lines) + b"\n")
    with Spool(folder / "spool") as spool:
        supervisor = Supervisor(spool)
        asyncio.run(supervisor.run([LineFeed("f", "file", str(folder / "lines"), reader)]))
    (folder / "spool" / "messages.ndjson").rename(folder / "spool" / "kept.ndjson")
    refused = list(quarantined(folder / "spool"))
    text = (folder / "spool" / "kept.ndjson").read_text().replace('"data"', '"reasons":[],"data"')
    (folder / "spool" / "quarantine.ndjson").write_text(text)
    taken = list(quarantined(folder / "spool"))
    said = b"".join(m.data for m, _ in [*refused, *taken]) + "".join(str(why) for _, why in refused).encode()
    return said, refused, supervisor.health["f"].observations


def heard_as(data: bytes) -> bytes:
    return b"60:60:1f:00:00:01 " + data.hex().encode()


def test_where_a_drones_operator_stands_is_on_no_disk(tmp_path: Path) -> None:
    whole = packed(basic(), location(tenths=65_535), system(), b"\x52\0" + b"operator-id-7".ljust(23, b"\0"))
    nowhere = packed(location(lat=95.0), system())
    lines = [heard_as(data) for data in (whole, whole[:-1], nowhere, system(), system()[:24])]
    lines += [heard_as(whole)[:-1], heard_as(whole).replace(b" ", b""), heard_as(system()) + b"zz"]
    said, refused, observed = kept_of(RemoteIdReader(replace(SENDER, sensor="rid-1")), tmp_path, lines)
    assert observed == 1 and len(refused) == 6, "a system message alone says nothing that is kept"
    assert OPERATOR not in said.lower()
    assert b"operator-id-7".hex().encode() not in said.lower() and b"operator-id-7" not in said
    assert basic().hex().encode() in said, "what is no operator's stays as it was"


def test_where_a_receiver_itself_is_is_on_no_disk(tmp_path: Path) -> None:
    own = [
        OWN_AIS,
        OWN_AIS[:-1] + b"?",
        b"\\c:17,*00\\" + OWN_AIS,
        OWN_AIS[3:],
        b"$GPGGA,105138,4806.66,N,03706.66,E,1,8",
    ]
    lines = [*own, b"$GNRMC,105138,A,4806.66,N,03706.66,E,,,,,,*00", VESSEL[:-1] + b"0"]
    said, refused, _ = kept_of(ais_reader("f", SENDER), tmp_path, lines)
    assert b"B3HOIj000H08MeW52k4F7wo5oP06" not in said and b"4806.66" not in said
    assert [m.data for m, _ in refused if m.data] == [VESSEL[:-1] + b"0"], "another's line is kept with its reason"
    assert len(refused) == 6, "that something was wrong is told all the same"


@pytest.mark.parametrize("fast", [1, 3])
def test_an_array_of_which_one_element_hears_speech_keeps_no_speech(fast: int) -> None:
    """The rate that most elements have is not that of the others."""
    reader, slow = feed_at(1).reader, recorded()
    parts = [replace(one, samples=one.samples[: 8 * 12_000]) for one in slow]
    parts = [replace(one, rate_hz=400.0) if n < fast else one for n, one in enumerate(parts)]
    data = b"".join(record for one in parts for record in write_records(one))
    peer = peer_of("h:1", START - 60 * US_PER_S, START + 90 * US_PER_S)
    message = Message(feed="AA-1", data=data, digest="d", received_us=START, media_type="m", peer=peer)
    told = reader.read(message)
    assert told.instead is not None and told.problems
    kept, _ = read_miniseed("kept", told.instead.data) if told.instead.data else ((), ())
    assert sum(one.count / one.rate_hz for one in kept) < 40.0, "of minutes only what lies about the arrivals"
