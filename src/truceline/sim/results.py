"""What a run said and what was true, read for scoring: truth.ndjson, events.geojsonl, findings.geojsonl and more.

Only what the scores need is read; further fields are left alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from truceline.model.instant import US_PER_S, parse_utc
from truceline.model.observation import BURST, FIRE, IMPACT, MOVING, OUTGOING
from truceline.model.problem import Place, Problem, Unusable

BREACHES = frozenset({OUTGOING, IMPACT, BURST})  # classes whose firer breaks the examples' agreement
WAVES_AND_FLASHES = frozenset({"arrival", "bearing"})
NOT_ASKED = MOVING | {FIRE}  # classes that the truth does not list

T = TypeVar("T")


class Seen(Struct):
    """How many honest sensors caught a happening."""

    arrival: int = 0
    azimuth: int = 0
    bearing: int = 0
    report: int = 0


class TrueEvent(Struct):
    """A line of truth.ndjson."""

    id: str
    cls: str
    time: str
    lon: float
    lat: float
    party: str
    exempt: bool
    group: str | None = None
    pair: str | None = None
    seen: Seen = msgspec.field(default_factory=Seen)
    obs: list[str] = []
    deception: str | None = None

    @property
    def fair(self) -> bool:
        """Asked for: heard by three honest sensors with a direction among them, or by four."""
        return enough(self.seen.arrival + self.seen.bearing, self.seen.azimuth + self.seen.bearing)

    @property
    def breach(self) -> bool:
        """Fire of a party that nothing exempts."""
        return self.party != "none" and not self.exempt and self.cls in BREACHES


def enough(heard: int, directions: int) -> bool:
    """Whether so many arrivals and bearings, and directions among them, are enough to be asked for."""
    return (heard >= 3 and directions >= 1) or heard >= 4


class Ellipse(Struct):
    """A region centred on its event."""

    semi_major_m: float
    semi_minor_m: float
    azimuth_deg: float


class EventFields(Struct):
    """Properties of a feature of events.geojsonl."""

    id: str
    time: str
    labels: dict[str, float] = {}
    existence: float = 1.0
    observations: list[str] = []
    ellipse50: Ellipse | None = None
    ellipse90: Ellipse | None = None
    ellipse95: Ellipse | None = None

    @property
    def top(self) -> str | None:
        """The likeliest class; the first of equals."""
        return max(self.labels.items(), key=lambda item: item[1])[0] if self.labels else None


class Point(Struct):
    """A geometry."""

    coordinates: list[float]


class SaidEvent(Struct):
    """A feature of events.geojsonl."""

    geometry: Point
    properties: EventFields

    @property
    def claimed(self) -> bool:
        """Held to be more likely real than not, and of a class that the truth lists."""
        return self.properties.existence >= 0.5 and self.properties.top not in NOT_ASKED


class SaidCalibration(Struct):
    """What a finding says of its calibration, as far as scores ask."""

    kind: str = ""
    sure: float = 0.0


class FindingFields(Struct):
    """Properties of a feature of findings.geojsonl."""

    outcome: str
    id: str = ""
    events: list[str] = []
    party: str | None = None
    robustness: str | None = None
    occurrence: float | None = None
    responsibility: dict[str, float] = {}
    calibration: SaidCalibration | None = None


class SaidFinding(Struct):
    """A feature of findings.geojsonl."""

    properties: FindingFields


class IncidentFields(Struct):
    """Properties of a feature of incidents.geojsonl."""

    events: list[str]
    opened_by: dict[str, float]


class SaidIncident(Struct):
    """A feature of incidents.geojsonl."""

    properties: IncidentFields


class SensorFields(Struct):
    """Properties of a feature of sensors.geojsonl that are scored; one sensor may have a feature for each epoch."""

    sensor: str
    provider: str = ""
    state: str = "well"
    clock_offset_s: float | None = None


class SaidSensor(Struct):
    """A feature of sensors.geojsonl."""

    properties: SensorFields


@dataclass(frozen=True)
class Trial:
    """One mission and what a run made of it.

    world: truth_world.json; sensors: id → (lon, lat) degrees; providers: sensor id → its provider; lines: observation
    id → sensor id; sent: observation id → what was sent. Each is empty if the mission has no such file. said_sensors:
    None if the run wrote no sensors.geojsonl.
    """

    truth: list[TrueEvent]
    events: list[SaidEvent]
    findings: list[FindingFields]
    said_sensors: list[SensorFields] | None = None
    incidents: list[IncidentFields] = field(default_factory=list)
    world: Mapping[str, Any] = field(default_factory=dict)
    sensors: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    providers: Mapping[str, str] = field(default_factory=dict)
    sent: Mapping[str, "Sent"] = field(default_factory=dict)

    @cached_property
    def lines(self) -> Mapping[str, str]:
        return {id_: one.sensor for id_, one in self.sent.items()}

    @cached_property
    def by_id(self) -> Mapping[str, TrueEvent]:
        return {true.id: true for true in self.truth}

    @cached_property
    def pointed(self) -> frozenset[str]:
        """Groups (single happenings by their id) of which a crater or an observer tells from where they came."""
        told = {id_ for id_, one in self.sent.items() if one.fire_azimuth_deg is not None}
        return frozenset(true.group or true.id for true in self.truth if told.intersection(true.obs))

    @cached_property
    def traced(self) -> frozenset[str]:
        """Groups (single happenings by their id) of which a launch stays fair without any one provider, or of which a
        crater or an observer tells from where they came."""
        launches = {one.group or one.id for one in self.truth if one.cls == OUTGOING and one.fair and self.firm(one)}
        return self.pointed | launches

    def firm(self, true: TrueEvent) -> bool:
        """Whether a fair event stays fair without any one provider; what liars sent of it does not count."""
        liars = {provider for lie in self.world.get("lies", []) for provider in lie.get("providers", [])}
        told = [self.sent[line] for line in true.obs if line in self.sent and self.sent[line].kind in WAVES_AND_FLASHES]
        by = [(self.providers.get(one.sensor, ""), one.azimuth_deg is not None) for one in told]
        honest = [(provider, directed) for provider, directed in by if provider not in liars]
        return all(
            enough(
                sum(provider != out for provider, _ in honest),
                sum(directed for provider, directed in honest if provider != out),
            )
            for out in {provider for provider, _ in honest} | {""}
        )

    @property
    def claimed(self) -> list[SaidEvent]:
        """Events that count as claims."""
        return [event for event in self.events if event.claimed]


def seconds_of(text: str) -> float:
    """Seconds since 1970 of an RFC 3339 text."""
    return parse_utc(text) / US_PER_S


def read_trial(mission: Mapping[str, bytes], out: Mapping[str, bytes]) -> Trial:
    """A trial from the files of a mission folder and of a result folder, by name. Raises Unusable."""
    findings = [item.properties for item in _rows(out, "findings.geojsonl", SaidFinding)]
    for number, finding in enumerate(findings):
        if finding.outcome == "attributed" and (finding.robustness is None or finding.party is None):
            place = Place("findings.geojsonl", line=number + 1)
            raise Unusable([Problem(place, "attributed without party or robustness", "write both")])
    events = _rows(out, "events.geojsonl", SaidEvent)
    known = {event.properties.id for event in events}
    for number, finding in enumerate(findings):
        for event in finding.events:
            if event not in known:
                place = Place("findings.geojsonl", line=number + 1, field="events")
                raise Unusable([Problem(place, f"no event {event!r}", "name events of events.geojsonl")])
    return Trial(
        truth=_rows(mission, "truth.ndjson", TrueEvent),
        events=events,
        findings=findings,
        said_sensors=(
            [item.properties for item in _rows(out, "sensors.geojsonl", SaidSensor)]
            if "sensors.geojsonl" in out
            else None
        ),
        incidents=(
            [item.properties for item in _rows(out, "incidents.geojsonl", SaidIncident)]
            if "incidents.geojsonl" in out
            else []
        ),
        world=_table(mission, "truth_world.json"),
        sensors=_positions(mission),
        providers=_providers(mission),
        sent=_sent(mission.get("observations.ndjson", b"")),
    )


def _rows(files: Mapping[str, bytes], name: str, type_: type[T]) -> list[T]:
    if name not in files:
        raise Unusable([Problem(Place(name), "the file is missing", "give a folder that has it")])
    decoder = msgspec.json.Decoder(type_)
    rows = []
    for number, line in enumerate(files[name].splitlines()):
        if line.strip():
            try:
                rows.append(decoder.decode(line))
            except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
                place = Place(name, line=number + 1)
                raise Unusable([Problem(place, str(error), "mend the line or write the file again")]) from None
    return rows


def _table(files: Mapping[str, bytes], name: str) -> Mapping[str, Any]:
    if name not in files:
        return {}
    try:
        table = msgspec.json.decode(files[name], type=dict[str, Any])
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise Unusable([Problem(Place(name), str(error), "write the file again")]) from None
    return table


def _positions(files: Mapping[str, bytes]) -> Mapping[str, tuple[float, float]]:
    table = _table(files, "network.geojson")
    try:
        return {
            feature["properties"]["id"]: (
                float(feature["geometry"]["coordinates"][0]),
                float(feature["geometry"]["coordinates"][1]),
            )
            for feature in table.get("features", [])
        }
    except (KeyError, TypeError, IndexError, ValueError):
        place = Place("network.geojson")
        raise Unusable([Problem(place, "not a network of Point features", "see the contract")]) from None


def _providers(mission: Mapping[str, bytes]) -> Mapping[str, str]:
    features = _table(mission, "network.geojson").get("features", [])
    return {one["properties"]["id"]: one["properties"].get("provider", "") for one in features}


class Sent(Struct):
    """An observation, as far as scores ask."""

    id: str
    sensor: str
    kind: str = ""
    azimuth_deg: float | None = None
    fire_azimuth_deg: float | None = None


def _sent(data: bytes) -> Mapping[str, Sent]:
    """Observations by id. Lines that cannot be read are the run's business, not the score's."""
    decoder = msgspec.json.Decoder(Sent)
    found: dict[str, Sent] = {}
    for line in data.splitlines():
        try:
            sent = decoder.decode(line)
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
            continue
        found.setdefault(sent.id, sent)
    return found
