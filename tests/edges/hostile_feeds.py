"""The decoders of what sensors send, and of what is imported, as functions that take any bytes.

`FEEDS`: name → (function, seeds), as in hostile.py.
"""

import lzma
import struct
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

from google.protobuf import json_format
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from truceline.edges.feeds.any_node import AnyNode
from truceline.edges.feeds.door import Message
from truceline.edges.feeds.plan import read_plan
from truceline.edges.feeds.sapient_gateway import SapientGateway
from truceline.edges.feeds.seedlink import PACKET_BYTES, number_of
from truceline.edges.feeds.seedlink_blocks import Blocks
from truceline.formats import mqtt
from truceline.formats.adsb import PARITY_BITS, AdsbLines, remainder
from truceline.formats.ais import AisLines
from truceline.formats.firms_csv import read_firms
from truceline.formats.form_rows import READERS, read_rows, zone_of
from truceline.formats.miniseed import read_miniseed, write_records
from truceline.formats.miniseed_header import read_record_header
from truceline.formats.mqtt import Publication
from truceline.formats.observations_ndjson import read_observation
from truceline.formats.openrosa import field_report, read_instance
from truceline.formats.remote_id import read_remote_id, without_operator
from truceline.formats.sac import read_sac
from truceline.formats.sapient import read_json
from truceline.formats.sensorthings import read_page
from truceline.formats.sheet import read_sheet
from truceline.formats.table_mapping import read_mapping, read_table
from truceline.formats.wav import read_wav, write_wav
from truceline.model.feed import Receipt, Sender
from truceline.model.waveform import Waveform

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
SENDER = Sender(sensor="s", time_sigma_s=1.0, lon=37.0, lat=48.0)
NOW = 1_750_000_000_000_000
RECEIPT = Receipt(received_us=NOW, digest="ab" * 32)
MAPPING = read_mapping("m", (ROOT / "mappings" / "ucdp-ged.toml").read_bytes())
CHANNELS = ("XX.A.00.HDF", "XX.A.01.HDF")
EVERY = 30  # of the 231 samples of SAPIENT messages one in so many


def _sapient(data: bytes) -> None:
    node = "6acd78c1-fcc2-4368-b7ae-ff1aa318911c"
    gateway = SapientGateway("g", "", 0, node, AnyNode(), registered_before=True)
    gateway.read(Message(feed="g", data=data, digest=RECEIPT.digest, received_us=NOW, media_type=""))


def _ais(data: bytes) -> None:
    reader = AisLines("f", SENDER)
    for number, line in enumerate(data.splitlines()):
        reader.take(number, line, NOW)


def _adsb(data: bytes) -> None:
    """Messages of 14 bytes, each made whole, so that more than the parity is reached."""
    reader = AdsbLines("f", SENDER)
    for number in range(0, len(data) - 13, 14):
        value = int.from_bytes(data[number : number + 14]) >> PARITY_BITS << PARITY_BITS
        reader.take(number, f"*{value | remainder(value):028X};".encode(), NOW + 100_000 * number)
    reader.take(0, data, NOW)


def _sheet(data: bytes) -> None:
    rows = read_sheet("f", data)
    for kind in READERS:
        read_rows(kind, rows, NOW, zone_of("+02:00"), "p")


def _mqtt(data: bytes) -> None:
    def published(body: bytes) -> Publication:
        return mqtt.read_publish(body[0] & 15 if body else 0, body[1:])

    readers: tuple[Callable[[bytes], object], ...] = (mqtt.read_connect, mqtt.number_of, mqtt.topics_of, published)
    for read in readers:
        try:
            read(data)
        except ValueError:
            continue
    mqtt.matches(data.decode("latin-1"), "site/+/#")


def _seedlink(data: bytes) -> None:
    """Packets of 520 bytes, as they come from a server, into the blocks of one array."""
    blocks = Blocks(frozenset(CHANNELS), 15_000_000)
    for at in range(0, len(data), PACKET_BYTES):
        packet = data[at : at + PACKET_BYTES]
        try:
            blocks.add(read_record_header(packet[8:]), packet[8:], number_of(packet))
        except ValueError:
            continue


def _packets() -> bytes:
    """Twelve records of two channels, of ten seconds each."""
    samples = struct.pack("<100d", *(float(n % 7) for n in range(100)))
    told = b""
    for number in range(12):
        start = NOW + number // 2 * 10_000_000
        waveform = Waveform(channel=CHANNELS[number % 2], start_us=start, rate_hz=10.0, samples=samples)
        told += b"SL%06X" % number + b"".join(write_records(waveform))
    return told


def _samples() -> list[bytes]:
    with tarfile.open(DATA / "sapient" / "messages.tar.xz") as archive:
        files = [archive.extractfile(member) for member in archive.getmembers() if member.isfile()]
        return [file.read() for file in files[::EVERY] if file is not None]


def _binary(text: bytes) -> bytes:
    try:
        message = json_format.Parse(text.decode("utf-8-sig"), SapientMessage(), ignore_unknown_fields=True)
    except json_format.Error:
        return b""
    return bytes(message.SerializeToString())


def _record() -> bytes:
    samples = struct.pack("<40d", *(float(n % 7) for n in range(40)))
    return b"".join(write_records(Waveform(channel="XX.A.00.HDF", start_us=NOW, rate_hz=50.0, samples=samples)))


def _trace() -> bytes:
    """A SAC file cut to its header and 40 samples."""
    data = bytearray(lzma.decompress(min((DATA / "array_record").glob("*.xz")).read_bytes())[: 632 + 160])
    data[4 * 79 : 4 * 80] = (40).to_bytes(4, "little")
    return bytes(data)


FEEDS: Mapping[str, tuple[Callable[[bytes], object], tuple[bytes, ...]]] = {
    "sapient": (_sapient, tuple(_binary(text) for text in _samples())),
    "sapient_json": (lambda data: read_json("f", data, RECEIPT, SENDER), tuple(_samples())),
    "ais": (_ais, tuple(path.read_bytes()[:600] for path in sorted((DATA / "ais").glob("*.*")))),
    "adsb": (
        _adsb,
        (
            bytes.fromhex(
                "8D40621D58C382D690C8AC2863A7" + "8D40621D58C386435CC412692AD6" + "8D485020994409940838175B284F"
            ),
        ),
    ),
    "firms": (
        lambda data: read_firms("f", data, 0, SENDER),
        (b"latitude,longitude,scan,track,acq_date,acq_time,satellite,confidence\n47,35,.5,.5,2023-02-24,1106,N,n\n",),
    ),
    "table": (
        lambda data: read_table("f", data, MAPPING, 0, SENDER),
        (b"id,longitude,latitude,where_prec,date_prec,date_start,date_end\n7,37,48,1,1,2014-07-03,2014-07-03\n",),
    ),
    "mapping": (
        lambda data: read_mapping("f", data),
        tuple(path.read_bytes() for path in sorted((ROOT / "mappings").glob("*.toml"))),
    ),
    "feeds_toml": (
        lambda data: read_plan("f", data, Path()),
        (b'[[feed]]\nname = "a"\nkind = "ais"\naddress = "0.0.0.0:1"\n[[feed.sensor]]\nid = "s"\n',),
    ),
    "remote_id": (
        lambda data: (read_remote_id("f", data, RECEIPT, SENDER, "t"), without_operator(data)),
        (bytes([0x12]) + bytes(24), bytes([0xF2, 25, 1, 0x02]) + bytes(24)),
    ),
    "sensorthings": (
        lambda data: read_page("f", data, 0, SENDER),
        (
            b'{"value":[{"@iot.id":1,"phenomenonTime":"2026-03-02T10:51:38Z","result":"fire",'
            b'"FeatureOfInterest":{"feature":{"type":"Point","coordinates":[37,48]}}}]}',
        ),
    ),
    "sac": (lambda data: read_sac("f", data), (_trace(),)),
    "wav": (lambda data: read_wav("f", data, NOW), (write_wav([0.0, 0.5, -0.5], 8_000),)),
    "miniseed": (lambda data: read_miniseed("f", data), (_record(),)),
    "seedlink": (_seedlink, (_packets(),)),
    "sheet": (_sheet, (b"id;time;kind;heard;lon;lat\n1;2026-03-02 12:51;report;yes;37,5;48\n",)),
    "openrosa": (
        lambda data: field_report(read_instance(data)),
        (
            b'<data id="r"><meta><instanceID>uuid:1</instanceID></meta><sensor>p</sensor><kind>heard</kind>'
            b"<time>2026-03-02T10:51:38.000+02:00</time><count>3</count><at>48 37.5 100 5</at></data>",
        ),
    ),
    "mqtt": (_mqtt, (b"\x00\x04MQTT\x04\x02\x00\x3c\x00\x05mic-1", b"\x02\x00\x03a/b\x00\x07x")),
    "line": (
        read_observation,
        tuple((ROOT / "missions" / "first-light" / "observations.ndjson").read_bytes().splitlines()[:4]),
    ),
}
