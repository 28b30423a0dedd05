"""Observations of contract 1: one JSON object a line, UTF-8 → Observation.

    {"id", "sensor", "kind", "time", "time_sigma_s", "received", labels?, snr_db?, exhibits?, at?, at_sigma_m?,
     seq?, sig?, …}            and by kind:
    arrival      wave, azimuth_deg?, azimuth_sigma_deg?, trace_velocity_mps?
    bearing      azimuth_deg, azimuth_sigma_deg
    fix          lon, lat, sigma_m, window_s?, weapon?, count? (1), whose?
    track        track, lon, lat, sigma_m, alt_m?, speed_mps?, course_deg?, self_reported?
    report       heard or seen, count, azimuth_deg?, azimuth_sigma_deg?, range_m?, duration_s?, weapon?, text?,
                 whose?, fire_azimuth_deg?, fire_azimuth_sigma_deg?
    inspection   site, items, access
    restriction  what, who?, until?
    damage       object, persons?, cause_stated?
    status       state

Unknown fields are allowed and stay in the bytes as received, which the log keeps.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from truceline.formats.fields import not_json
from truceline.model.instant import format_utc, parse_utc, seconds, span_of
from truceline.model.observation import (
    Arrival,
    Bearing,
    Damage,
    Exhibit,
    Fix,
    InspectedItem,
    Inspection,
    Observation,
    Report,
    Restriction,
    Status,
    Track,
)  # fmt: skip

MOST_LINE_BYTES = 1024 * 1024
MOST_TIME_SIGMA_S = 1e7
FIRST_US, LAST_US = parse_utc("1900-01-01T00:00:00Z"), parse_utc("2200-01-01T00:00:00Z")

_N = TypeVar("_N", int, float)

Name = Annotated[str, Meta(min_length=1, max_length=256)]
Lon = Annotated[float, Meta(ge=-180.0, le=180.0)]
Lat = Annotated[float, Meta(ge=-90.0, le=90.0)]
Azimuth = Annotated[float, Meta(ge=0.0, le=360.0)]
AzimuthSigma = Annotated[float, Meta(gt=0.0, le=360.0)]
Sigma = Annotated[float, Meta(gt=0.0, le=1e7)]
NotNegative = Annotated[float, Meta(ge=0.0)]
Probability = Annotated[float, Meta(ge=0.0, le=1.0)]
Whole = Annotated[int, Meta(ge=0)]


class _Exhibit(Struct):
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$", max_length=64)]
    media_type: Name
    uri: str | None = None


class _Base(Struct, tag_field="kind", kw_only=True):
    id: Name
    sensor: Name
    time: str
    time_sigma_s: Annotated[float, Meta(ge=0.0, le=MOST_TIME_SIGMA_S)]
    received: str
    labels: dict[Name, Probability] = {}
    snr_db: float | None = None
    exhibits: list[_Exhibit] = []
    at: tuple[Lon, Lat] | None = None
    at_sigma_m: Sigma | None = None
    seq: Whole | None = None
    sig: str | None = None


class _Arrival(_Base, tag="arrival"):
    wave: Literal["acoustic", "infrasound", "seismic"]
    azimuth_deg: Azimuth | None = None
    azimuth_sigma_deg: AzimuthSigma | None = None
    trace_velocity_mps: Annotated[float, Meta(gt=0.0)] | None = None


class _Bearing(_Base, tag="bearing"):
    azimuth_deg: Azimuth
    azimuth_sigma_deg: AzimuthSigma


class _Fix(_Base, tag="fix"):
    lon: Lon
    lat: Lat
    sigma_m: Sigma
    window_s: tuple[float, float] | None = None
    weapon: str | None = None
    count: int | list[int] | str = 1  # see _Report
    whose: str | None = None


class _Track(_Base, tag="track"):
    track: Name
    lon: Lon
    lat: Lat
    sigma_m: Sigma
    alt_m: float | None = None
    speed_mps: NotNegative | None = None
    course_deg: Azimuth | None = None
    self_reported: bool = False


class _Report(_Base, tag="report"):
    # A union of a constrained int and a Literal corrupts memory in msgspec 0.19–0.22 (found by a crash in the
    # garbage collector), so the three forms of a count are told apart by hand.
    count: int | list[int] | str
    heard: bool = False
    seen: bool = False
    azimuth_deg: Azimuth | None = None
    azimuth_sigma_deg: AzimuthSigma | None = None
    range_m: tuple[NotNegative, NotNegative] | None = None
    duration_s: NotNegative | None = None
    weapon: str | None = None
    text: str | None = None
    whose: str | None = None
    fire_azimuth_deg: Azimuth | None = None
    fire_azimuth_sigma_deg: AzimuthSigma | None = None


class _Item(Struct):
    kind: Name
    expected: Whole
    found: Whole
    serials: list[str] = []


class _Inspection(_Base, tag="inspection"):
    site: Name
    items: list[_Item]
    access: Name


class _Restriction(_Base, tag="restriction"):
    what: Name
    who: str | None = None
    until: str | None = None


class _Damage(_Base, tag="damage"):
    object: Name
    persons: Whole | None = None
    cause_stated: str | None = None


class _Status(_Base, tag="status"):
    state: Literal["detecting", "degraded", "blind", "tampered"]


_Line = _Arrival | _Bearing | _Fix | _Track | _Report | _Inspection | _Restriction | _Damage | _Status
_WHOLE = _Bearing | _Track | _Inspection | _Damage | _Status  # what is right field by field is right
_decoder = msgspec.json.Decoder(_Line)


def read_observation(line: bytes) -> Observation:
    """One line as an observation. Raises ValueError, saying which field is wrong and why."""
    wire, time_us, received_us = _understood(line)
    common = {
        "id": wire.id,
        "sensor": wire.sensor,
        "time_us": time_us,
        "time_sigma_s": wire.time_sigma_s,
        "received_us": received_us,
        "digest": sha256(line).hexdigest(),
        "labels": tuple(sorted(wire.labels.items())) if wire.labels else (),
        "snr_db": wire.snr_db,
        "exhibits": tuple(Exhibit(e.sha256, e.media_type, e.uri) for e in wire.exhibits) if wire.exhibits else (),
        "at": wire.at,
        "at_sigma_m": wire.at_sigma_m,
        "seq": wire.seq,
        "sig": wire.sig,
    }
    return _BUILD[type(wire)](wire, common)


def named_in(line: bytes) -> tuple[str, str]:
    """The id and the sensor of a line that can be read as an observation, in half the time that reading it takes.

    Raises ValueError as `read_observation` does.
    """
    wire = _understood(line)[0]
    if isinstance(wire, _Arrival):
        _check_azimuth(wire)
    elif not isinstance(wire, _WHOLE):
        read_observation(line)
    return wire.id, wire.sensor


def _understood(line: bytes) -> tuple[_Line, int, int]:
    """The fields of a line, each for itself as it should be; its instants by the sensor's clock and of receipt."""
    if len(line) > MOST_LINE_BYTES:
        raise ValueError(f"the line has {len(line):,} bytes; keep it under {MOST_LINE_BYTES:,}")
    try:
        line.decode("utf-8")  # msgspec does not look into fields that nobody reads
        wire = _decoder.decode(line)
    except msgspec.ValidationError as error:
        raise ValueError(_plain(str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"the line is {not_json(line, error)}") from None
    return wire, _of_our_time("time", wire.time), _of_our_time("received", wire.received)


def _of_our_time(field: str, text: str) -> int:
    """An instant at which something may have been seen: a clock that was never set is no clock."""
    try:
        instant = parse_utc(text)
    except ValueError as error:
        raise ValueError(f"{field}: {error}") from None
    if not FIRST_US <= instant < LAST_US:
        raise ValueError(f"{field}: {text!r} is not between 1900 and 2200; was the clock never set?")
    return instant


def _azimuth(degrees: float | None) -> float | None:
    return None if degrees is None else degrees % 360.0


def _check_azimuth(wire: _Arrival | _Report) -> None:
    if (wire.azimuth_deg is None) != (wire.azimuth_sigma_deg is None):
        raise ValueError("azimuth_deg and azimuth_sigma_deg: give both or neither")


def _arrival(wire: _Arrival, common: dict[str, object]) -> Arrival:
    _check_azimuth(wire)
    return Arrival(
        **common,  # type: ignore[arg-type]
        wave=wire.wave,
        azimuth_deg=_azimuth(wire.azimuth_deg),
        azimuth_sigma_deg=wire.azimuth_sigma_deg,
        trace_velocity_mps=wire.trace_velocity_mps,
    )


def _bearing(wire: _Bearing, common: dict[str, object]) -> Bearing:
    return Bearing(
        **common,  # type: ignore[arg-type]
        azimuth_deg=wire.azimuth_deg % 360.0,
        azimuth_sigma_deg=wire.azimuth_sigma_deg,
    )


def _fix(wire: _Fix, common: dict[str, object]) -> Fix:
    window = None
    if wire.window_s is not None:
        earliest, latest = wire.window_s
        if not -1e8 <= earliest <= latest <= 1e8:
            raise ValueError("window_s: give [earliest, latest] in seconds relative to time, earliest first")
        window = (span_of(earliest), span_of(latest))
    return Fix(
        **common,  # type: ignore[arg-type]
        lon=wire.lon,
        lat=wire.lat,
        sigma_m=wire.sigma_m,
        window_us=window,
        weapon=wire.weapon,
        count=_bracket("count", _count(wire.count)),
        whose=wire.whose,
    )


def _track(wire: _Track, common: dict[str, object]) -> Track:
    return Track(
        **common,  # type: ignore[arg-type]
        track=wire.track,
        lon=wire.lon,
        lat=wire.lat,
        sigma_m=wire.sigma_m,
        alt_m=wire.alt_m,
        speed_mps=wire.speed_mps,
        course_deg=_azimuth(wire.course_deg),
        self_reported=wire.self_reported,
    )


def _report(wire: _Report, common: dict[str, object]) -> Report:
    if not (wire.heard or wire.seen):
        raise ValueError("heard, seen: a report says that something was heard or seen; set one to true")
    _check_azimuth(wire)
    if (wire.fire_azimuth_deg is None) != (wire.fire_azimuth_sigma_deg is None):
        raise ValueError("fire_azimuth_deg and fire_azimuth_sigma_deg: give both or neither")
    count = _bracket("count", _count(wire.count))
    _bracket("range_m", wire.range_m)
    return Report(
        **common,  # type: ignore[arg-type]
        heard=wire.heard,
        seen=wire.seen,
        count=count,
        azimuth_deg=_azimuth(wire.azimuth_deg),
        azimuth_sigma_deg=wire.azimuth_sigma_deg,
        range_m=wire.range_m,
        duration_s=wire.duration_s,
        weapon=wire.weapon,
        text=wire.text,
        whose=wire.whose,
        fire_azimuth_deg=_azimuth(wire.fire_azimuth_deg),
        fire_azimuth_sigma_deg=wire.fire_azimuth_sigma_deg,
    )


def _bracket(name: str, bracket: tuple[_N, _N] | None) -> tuple[_N, _N] | None:
    if bracket is not None and bracket[0] > bracket[1]:
        raise ValueError(f"{name}: give the least first, then the most")
    return bracket


def _count(count: int | list[int] | str) -> tuple[int, int] | None:
    if count == "uncountable":
        return None
    bracket = [count, count] if isinstance(count, int) else count
    if isinstance(bracket, str) or len(bracket) != 2 or min(bracket) < 0:
        raise ValueError('count: give a whole number, [least, most] or "uncountable"')
    return bracket[0], bracket[1]


def _inspection(wire: _Inspection, common: dict[str, object]) -> Inspection:
    items = tuple(InspectedItem(i.kind, i.expected, i.found, tuple(i.serials)) for i in wire.items)
    return Inspection(**common, site=wire.site, items=items, access=wire.access)  # type: ignore[arg-type]


def _restriction(wire: _Restriction, common: dict[str, object]) -> Restriction:
    try:
        until = None if wire.until is None else parse_utc(wire.until)
    except ValueError as error:
        raise ValueError(f"until: {error}") from None
    return Restriction(**common, what=wire.what, who=wire.who, until_us=until)  # type: ignore[arg-type]


def _damage(wire: _Damage, common: dict[str, object]) -> Damage:
    return Damage(**common, object=wire.object, persons=wire.persons, cause_stated=wire.cause_stated)  # type: ignore[arg-type]


def _status(wire: _Status, common: dict[str, object]) -> Status:
    return Status(**common, state=wire.state)  # type: ignore[arg-type]


_BUILD: dict[type, Callable[..., Observation]] = {
    _Arrival: _arrival,
    _Bearing: _bearing,
    _Fix: _fix,
    _Track: _track,
    _Report: _report,
    _Inspection: _inspection,
    _Restriction: _restriction,
    _Damage: _damage,
    _Status: _status,
}


def _plain(message: str) -> str:
    """msgspec's message with its `$.field` path first and in words."""
    what, _, path = message.partition(" - at `")
    field = path.rstrip("`").removeprefix("$").lstrip(".")
    return f"{field}: {what}" if field else what


def write_observation(observation: Observation, exhibits: tuple[Exhibit, ...] = ()) -> bytes:
    """An observation as a line of contract 1, without its end; `exhibits` are added to its own.

    Reading the line back gives the same observation but for its digest, which is that of the line.
    """
    written: dict[str, object] = {
        "id": observation.id,
        "sensor": observation.sensor,
        "kind": observation.kind,
        "time": format_utc(observation.time_us, digits=6),
        "time_sigma_s": observation.time_sigma_s,
        "received": format_utc(observation.received_us, digits=6),
    }
    if observation.labels:
        written["labels"] = dict(observation.labels)
    shown = tuple(dict.fromkeys((*observation.exhibits, *exhibits)))
    if shown:
        written["exhibits"] = [_given(exhibit, ("sha256", "media_type", "uri")) for exhibit in shown]
    written |= _given(observation, _OPTIONAL) | _given(observation, _FURTHER[observation.kind])
    match observation:
        case Fix() if observation.window_us is not None:
            written["window_s"] = [seconds(edge) for edge in observation.window_us]
        case _:
            pass
    match observation:
        case Fix() | Report():
            written["count"] = "uncountable" if observation.count is None else list(observation.count)
        case Inspection():
            written["items"] = [_given(item, ("kind", "expected", "found", "serials")) for item in observation.items]
        case Restriction() if observation.until_us is not None:
            written["until"] = format_utc(observation.until_us, digits=6)
        case _:
            pass
    return msgspec.json.encode(written)


_OPTIONAL = ("snr_db", "at", "at_sigma_m", "seq", "sig")
_FURTHER = {
    "arrival": ("wave", "azimuth_deg", "azimuth_sigma_deg", "trace_velocity_mps"),
    "bearing": ("azimuth_deg", "azimuth_sigma_deg"),
    "fix": ("lon", "lat", "sigma_m", "weapon", "whose"),
    "track": ("track", "lon", "lat", "sigma_m", "alt_m", "speed_mps", "course_deg", "self_reported"),
    "report": (
        "heard", "seen", "azimuth_deg", "azimuth_sigma_deg", "range_m", "duration_s", "weapon", "text", "whose",
        "fire_azimuth_deg", "fire_azimuth_sigma_deg",
    ),
    "inspection": ("site", "access"),
    "restriction": ("what", "who"),
    "damage": ("object", "persons", "cause_stated"),
    "status": ("state",),
}  # fmt: skip


def _given(record: object, names: tuple[str, ...]) -> dict[str, object]:
    """The named fields that are not None, nor an empty tuple."""
    values = ((name, getattr(record, name)) for name in names)
    return {name: value for name, value in values if value is not None and value != ()}
