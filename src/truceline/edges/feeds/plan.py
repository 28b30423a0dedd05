"""feeds.toml: which feeds a site runs → Feeds.

[[feed]]
name = "north"
kind = "sapient"                       # sapient, ais, adsb, ndjson, remote_id, mqtt, sensorthings, seedlink
how = "listen"                         # listen, connect, datagrams, file; mqtt: listen (no broker) or connect
address = "0.0.0.0:5020"               # host:port, or a path; for sensorthings the service's root URL
node = "6acd78c1-…"                    # sapient: our own node id
topic = "site/+/observations"          # mqtt: the topics to read
[feed.tls]                             # optional: certificates, PEM, relative to this file
certificate = "gateway.pem"
key = "gateway.key"
authorities = "authorities.pem"
[[feed.sensor]]                        # who may speak
id = "cam-1"                           # as in network.geojson
node = "a8654cdf-…"                    # sapient: the node's id
certificate = "…"                      # sapient: SHA-256 of its certificate, hex
public_key = "…"                       # ndjson, mqtt: Ed25519, base64: its lines must be signed
thing = "…"                            # sensorthings: the Datastream's @iot.id
time_sigma_s = 0.05
position_sigma_m = 10.0
azimuth_sigma_deg = 1.0
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from ssl import SSLContext

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from truceline.edges.feeds.array_reader import LEAST_ELEMENTS, ArrayPlan, BlockReader
from truceline.edges.feeds.door import Feed
from truceline.edges.feeds.lines import LineFeed, NdjsonReader, Reader, RemoteIdReader, adsb_reader, ais_reader
from truceline.edges.feeds.mqtt_door import MqttDoor
from truceline.edges.feeds.seedlink import SeedLinkFeed
from truceline.edges.feeds.seedlink_mark import KeptMark
from truceline.edges.feeds.sensorthings import SensorThingsFeed
from truceline.edges.feeds.signatures import public_key
from truceline.edges.feeds.tls import TlsFiles, client_side, server_side
from truceline.formats.fields import Fields
from truceline.formats.toml_document import TomlDocument, read_toml
from truceline.model.feed import Sender
from truceline.model.observation import WAVES
from truceline.model.problem import Place, Problem, Unusable

KINDS = ("sapient", "ais", "adsb", "ndjson", "remote_id", "mqtt", "sensorthings", "seedlink")
HOWS = ("listen", "connect", "datagrams", "file")
ONE_WAY = {
    "sapient": ("listen",),
    "mqtt": ("listen", "connect"),
    "sensorthings": ("connect",),
    "seedlink": ("connect",),
}
ONE_SENSOR = ("ais", "adsb", "remote_id", "seedlink")
MOST_PORT = 65_535
FEED_KEYS = ("name", "kind", "how", "address", "node", "topic", "tls", "sensor", "period_s", "array")
ARRAY_KEYS = ("band_hz", "window_s", "slowest_mps", "delay_sigma_s", "wave", "element")
SENSOR_KEYS = (
    "id", "node", "certificate", "public_key", "thing", "time_sigma_s", "position_sigma_m", "azimuth_sigma_deg",
    "lon", "lat",
)  # fmt: skip
UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
ADDRESS = re.compile(r"\[?[\w.:-]*\]?:\d{1,5}")


@dataclass(frozen=True, slots=True)
class PlannedSensor:
    """A sensor that may speak on a feed."""

    sender: Sender
    node: str = ""
    certificate: str = ""
    key: Ed25519PublicKey | None = None
    thing: str = ""


@dataclass(frozen=True, slots=True)
class PlannedFeed:
    """A feed as the file states it."""

    name: str
    kind: str
    how: str
    address: str
    node: str
    topic: str
    period_s: float
    tls: TlsFiles | None
    sensors: tuple[PlannedSensor, ...]
    array: ArrayPlan | None = None


def read_plan(file: str, data: bytes, folder: Path) -> tuple[PlannedFeed, ...]:
    """The feeds of a file; paths in it are relative to `folder`. Raises Unusable with every fault."""
    document = read_toml(file, data)
    tables = document.table.get("feed")
    if not isinstance(tables, list) or not tables:
        raise Unusable([Problem(Place(file, line=1, field="feed"), "no [[feed]] stands here", "write one at least")])
    problems: list[Problem] = []
    feeds = [_feed(document, index, table, folder, problems) for index, table in enumerate(tables)]
    names = [feed.name for feed in feeds]
    for index, name in enumerate(names):
        if name in names[:index]:
            place = document.place("feed", index, "name")
            problems.append(Problem(place, f"two feeds are called {name!r}", "give each its own name"))
    if problems:
        raise Unusable(problems)
    return tuple(feeds)


def _feed(
    document: TomlDocument, index: int, table: Mapping[str, object], folder: Path, problems: list[Problem]
) -> PlannedFeed:
    fields = Fields(table, lambda field: document.place("feed", index, field))
    kind = fields.choice("kind", KINDS)
    own_way = kind in ("mqtt", "sensorthings", "seedlink")
    how = fields.choice("how", ONE_WAY.get(kind, HOWS), default="connect" if own_way else "listen")
    address = fields.text("address")
    _check_address(fields, kind, how, address)
    node = (fields.text("node") if kind == "sapient" else fields.text_or_none("node")) or ""
    if node and not UUID4.fullmatch(node):
        fields.fault("node", f"'node' is {node!r}", "write a version 4 UUID in lower case")
    topic = (fields.text("topic") if kind == "mqtt" else fields.text_or_none("topic")) or ""
    sensors = _sensors(document, index, fields, kind)
    if not sensors and kind != "ndjson":
        fields.fault("sensor", "no [[feed.sensor]] stands here", "say which sensor of the network this feed is")
    if len(sensors) > 1 and kind in ONE_SENSOR:
        fields.fault(
            "sensor", f"{len(sensors)} sensors stand here", f"give each its own feed: {kind} does not tell which"
        )
    planned = PlannedFeed(
        name=fields.text("name"),
        kind=kind,
        how=how,
        address=address,
        node=node,
        topic=topic,
        period_s=fields.number_or_none("period_s", above=0.0) or 30.0,
        tls=_tls(document, index, fields, folder),
        sensors=sensors,
        array=_array(document, index, fields) if kind == "seedlink" else None,
    )
    fields.note_unknown(FEED_KEYS)
    problems += [problem for problem in fields.problems if problem.fatal]
    return planned


def _check_address(fields: Fields, kind: str, how: str, address: str) -> None:
    """That the address is one, and that nothing goes in the clear where TLS is asked for."""
    if kind == "sensorthings":
        wanted = "https://" if "tls" in fields.table else ("http://", "https://")
        if address and not address.startswith(wanted):
            asked = "https://, as TLS is asked for" if "tls" in fields.table else "http:// or https://"
            fields.fault(
                "address", f"'address' is {address!r}", f"write the service's root URL, beginning with {asked}"
            )
        return
    if "tls" in fields.table and how in ("datagrams", "file"):
        fields.fault("tls", f"there is no TLS for {how}", "listen or connect, or leave the table out")
    known = how == "file" or (ADDRESS.fullmatch(address) and int(address.rpartition(":")[2]) <= MOST_PORT)
    if address and not known:
        fields.fault("address", f"'address' is {address!r}", "write host:port, like 0.0.0.0:5020")


def host_port(address: str) -> tuple[str, int]:
    """Host, without the brackets of IPv6, and port of an address that was checked."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def _within(document: TomlDocument, *path: str | int) -> Callable[[str], Place]:
    """Where a field of the table at a path stands."""
    return lambda field: document.place(*path, field)


def _sensors(document: TomlDocument, index: int, fields: Fields, kind: str) -> tuple[PlannedSensor, ...]:
    tables = fields.table.get("sensor", [])
    found = []
    for number, table in enumerate(tables if isinstance(tables, list) else []):
        said = Fields(table, _within(document, "feed", index, "sensor", number))
        node = (said.text("node") if kind == "sapient" else said.text_or_none("node")) or ""
        if node and not UUID4.fullmatch(node):
            said.fault("node", f"'node' is {node!r}", "write a version 4 UUID in lower case")
        key = None
        if (text := said.text_or_none("public_key")) is not None:
            try:
                key = public_key(text)
            except ValueError as error:
                said.fault("public_key", str(error), "write the key as the sensor's maker gives it")
        sender = Sender(
            sensor=said.text("id"),
            time_sigma_s=said.number_or_none("time_sigma_s", least=0.0) or 1.0,
            position_sigma_m=said.number_or_none("position_sigma_m", above=0.0) or 50.0,
            azimuth_sigma_deg=said.number_or_none("azimuth_sigma_deg", above=0.0) or 5.0,
            lon=said.number_or_none("lon", least=-180.0, most=180.0),
            lat=said.number_or_none("lat", least=-90.0, most=90.0),
        )
        certificate = (said.text_or_none("certificate") or "").lower().replace(":", "")
        thing = (said.text("thing") if kind == "sensorthings" else said.text_or_none("thing")) or ""
        found.append(PlannedSensor(sender, node, certificate, key, thing))
        said.note_unknown(SENSOR_KEYS)
        fields.problems += said.problems
    return tuple(found)


def _array(document: TomlDocument, index: int, fields: Fields) -> ArrayPlan | None:
    given = fields.table.get("array")
    if not isinstance(given, Mapping):
        fields.fault("array", "table [feed.array] is missing", "say how the array is listened to")
        return None
    said = Fields(given, lambda field: document.place("feed", index, "array", field))
    places: dict[str, tuple[float, float]] = {}
    tables = given.get("element")
    for number, table in enumerate(tables if isinstance(tables, list) else []):
        one = Fields(table, _within(document, "feed", index, "array", "element", number))
        channel = one.text("channel")
        if channel.count(".") != 3:
            one.fault("channel", f"'channel' is {channel!r}", "write network.station.location.channel")
        places[channel] = (one.number("lon", least=-180.0, most=180.0), one.number("lat", least=-90.0, most=90.0))
        said.problems += one.problems
    if len(places) < LEAST_ELEMENTS:
        said.fault("element", f"{len(places)} elements", f"an array has {LEAST_ELEMENTS} or more")
    band = given.get("band_hz")
    if not (isinstance(band, list) and len(band) == 2 and all(type(hz) in (int, float) for hz in band)):
        said.fault("band_hz", "'band_hz' is no pair of numbers", "write band_hz = [LOW, HIGH]")
        band = [1.0, 2.0]
    wave = said.choice("wave", WAVES, default="acoustic")
    plan = ArrayPlan(
        places=places,
        band_hz=(float(band[0]), float(band[1])),
        window_s=said.number_or_none("window_s", above=0.0, most=600.0) or 10.0,
        slowest_mps=said.number_or_none("slowest_mps", above=0.0) or 280.0,
        delay_sigma_s=said.number_or_none("delay_sigma_s", above=0.0) or 0.003,
        wave=next((known for known in WAVES if known == wave), "acoustic"),
    )
    said.note_unknown(ARRAY_KEYS)
    fields.problems += said.problems
    return plan


def _tls(document: TomlDocument, index: int, fields: Fields, folder: Path) -> TlsFiles | None:
    given = fields.table.get("tls")
    if given is None:
        return None
    if not isinstance(given, Mapping):
        fields.fault("tls", "'tls' is no table", "write [feed.tls] with certificate, key, authorities")
        return None
    said = Fields(given, lambda field: document.place("feed", index, "tls", field))
    paths = [folder / said.text(name) for name in ("certificate", "key", "authorities")]
    fields.problems += said.problems
    return TlsFiles(*paths)


def build_feed(planned: PlannedFeed, *, again: bool = False, trial: bool = False, places: Path | None = None) -> Feed:
    """The feed that was planned. again: to read messages anew, not to listen. trial: nothing is taken from the other.

    places: the folder in which feeds keep where they stand. Raises Unusable if its TLS files or an optional package
    are missing, or where it stands cannot be read.
    """
    tls = None
    if planned.tls is not None:
        tls = server_side(planned.tls) if planned.how == "listen" else client_side(planned.tls)
    if planned.kind == "sapient":
        try:
            from truceline.edges.feeds.sapient_gateway import KnownNode, SapientGateway  # noqa: PLC0415 (optional)
        except ImportError as error:
            raise missing("sapient-proto", error) from None
        host, port = host_port(planned.address)
        nodes = {one.node: KnownNode(one.sender, one.certificate) for one in planned.sensors}
        return SapientGateway(planned.name, host, port, planned.node, nodes, tls, registered_before=again)
    if planned.kind == "mqtt":
        return _mqtt(planned, tls, trial)
    if planned.kind == "seedlink":
        return _seedlink(planned, tls, places)
    if planned.kind == "sensorthings":
        streams = {one.thing: one.sender for one in planned.sensors}
        return SensorThingsFeed(planned.name, planned.address, streams, planned.period_s, tls)
    return LineFeed(planned.name, planned.how, planned.address, _reader(planned), tls)


def _seedlink(planned: PlannedFeed, tls: SSLContext | None, places: Path | None) -> Feed:
    """An array's feed, from where it stood if that was written down. Raises Unusable."""
    assert planned.array is not None
    host, port = host_port(planned.address)
    feed = SeedLinkFeed(planned.name, host, port, BlockReader(planned.array, planned.sensors[0].sender), tls)
    if places is None:
        return feed
    kept = KeptMark(places, planned.name, planned.address)
    return replace(feed, begins=kept.read(), keep=kept.write)


def _mqtt(planned: PlannedFeed, tls: SSLContext | None, trial: bool) -> Feed:
    """A door for publishers, or a subscription at a broker; in a trial one beside the lasting one."""
    host, port = host_port(planned.address)
    if planned.how == "listen":
        return MqttDoor(planned.name, host, port, planned.topic, _reader(planned), tls)
    try:
        from truceline.edges.feeds.mqtt import MqttFeed  # noqa: PLC0415 (optional)
    except ImportError as error:
        raise missing("paho-mqtt", error) from None
    client_id = f"truceline-{planned.name}" + ("-trial" if trial else "")
    return MqttFeed(planned.name, host, port, planned.topic, _reader(planned), client_id, tls, lasting=not trial)


def _reader(planned: PlannedFeed) -> Reader:
    match planned.kind:
        case "ais":
            return ais_reader(planned.name, planned.sensors[0].sender)
        case "adsb":
            return adsb_reader(planned.name, planned.sensors[0].sender)
        case "remote_id":
            return RemoteIdReader(planned.sensors[0].sender)
        case _:
            keys = {one.sender.sensor: one.key for one in planned.sensors if one.key is not None}
            return NdjsonReader(frozenset(one.sender.sensor for one in planned.sensors), keys)


def missing(package: str, error: ImportError) -> Unusable:
    """What is said where an optional package is not there."""
    what = f"the package {package} is not installed ({error})"
    return Unusable(
        [Problem(Place("this installation"), what, "install truceline with its extras `feeds` and `waveforms`")]
    )
