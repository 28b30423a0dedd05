"""events.geojsonl, incidents.geojsonl and findings.geojsonl of contract 1, read back: what a run concluded.

One GeoJSON Feature a line. Only what coverage, rates and the coalition's ledger need is read.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

from truceline.model.agreement import ROBUSTNESS, Robustness
from truceline.model.event import Ellipse, Event, Origin
from truceline.model.finding import Calibrated, Finding, Probabilities, Reason
from truceline.model.incident import Incident
from truceline.model.instant import parse_utc
from truceline.model.problem import Place, Problem, Unusable

T = TypeVar("T")


class _Feature(msgspec.Struct):
    properties: dict[str, Any]
    geometry: dict[str, Any] | None = None


def read_events(file: str, data: bytes) -> tuple[Event, ...]:
    """The events, in the order of the file. Raises Unusable with the line of the first that is no event."""
    return _each(file, data, _event)


def read_clusters(file: str, data: bytes) -> Mapping[str, str]:
    """The incident of each event."""
    rows = _each(file, data, lambda one: (one.properties["id"], one.properties["events"]))
    return {event: incident for incident, events in rows for event in events}


def read_incidents(file: str, data: bytes) -> tuple[tuple[Incident, Probabilities], ...]:
    """The incidents, each with who opened fire. Their acts are not written down, and so not read."""
    return _each(file, data, _incident)


def read_outcomes(file: str, data: bytes) -> Mapping[str, str]:
    """What became of each claim."""
    return dict(_each(file, data, lambda one: (str(one.properties["id"]), str(one.properties["outcome"]))))


def read_findings(file: str, data: bytes) -> tuple[Finding, ...]:
    """The findings, in the order of the file."""
    return _each(file, data, _finding)


def shares_of(findings: tuple[Finding, ...]) -> Mapping[str, Probabilities]:
    """Who did each event, given that it happened, as its finding says."""
    return {event: finding.responsibility for finding in findings for event in finding.events}


def _each(file: str, data: bytes, read: Callable[[_Feature], T]) -> tuple[T, ...]:
    found = []
    for number, line in enumerate(data.splitlines(), start=1):
        try:
            found.append(read(msgspec.json.decode(line, type=_Feature)))
        except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError, AssertionError) as error:
            what = f"not a record of contract 1 ({type(error).__name__}: {error})"
            raise Unusable([Problem(Place(file, line=number), what, "make the result again: truceline run")]) from None
    return tuple(found)


def _event(feature: _Feature) -> Event:
    said = feature.properties
    assert feature.geometry is not None
    lon, lat = feature.geometry["coordinates"][:2]
    ellipses = {name: _ellipse(said[name]) for name in ("ellipse50", "ellipse90", "ellipse95") if name in said}
    ninety = ellipses["ellipse90"]
    return Event(
        id=said["id"],
        anchor=said.get("anchor", ""),
        origin=Origin(
            time_us=parse_utc(said["time"]), time_sigma_s=float(said["time_sigma_s"]), lon=float(lon), lat=float(lat),
            ellipse50=ellipses.get("ellipse50", ninety), ellipse90=ninety,
            ellipse95=ellipses.get("ellipse95", ninety), made_by=said.get("made_by", ""),
        ),
        labels=tuple(sorted((str(class_), float(share)) for class_, share in said["labels"].items())),
        existence=float(said["existence"]),
        observations=tuple(said["observations"]),
        sensors=int(said["sensors"]),
        providers=tuple(said["providers"]),
    )  # fmt: skip


def _ellipse(said: Mapping[str, float]) -> Ellipse:
    return Ellipse(float(said["semi_major_m"]), float(said["semi_minor_m"]), float(said["azimuth_deg"]))


def _incident(feature: _Feature) -> tuple[Incident, Probabilities]:
    said = feature.properties
    incident = Incident(
        id=said["id"],
        from_us=parse_utc(said["from"]),
        until_us=parse_utc(said["until"]),
        events=tuple(said["events"]),
        counts=tuple((str(class_), int(number)) for class_, number in said["counts"].items()),
        acts=(),
    )
    return incident, tuple(sorted((str(who), float(share)) for who, share in said["opened_by"].items()))


def _calibrated(said: Mapping[str, Any] | None) -> Calibrated | None:
    return None if said is None else Calibrated(**said)


def _finding(feature: _Feature) -> Finding:
    said = feature.properties
    robustness: Robustness = said["robustness"]
    assert robustness in ROBUSTNESS
    return Finding(
        id=said["id"],
        incident=said["incident"],
        time_us=parse_utc(said["time"]),
        events=tuple(said["events"]),
        provisions=tuple(said["provisions"]),
        occurrence=float(said["occurrence"]),
        responsibility=tuple(sorted((party, float(share)) for party, share in said["responsibility"].items())),
        outcome=said["outcome"],
        party=said.get("party"),
        robustness=robustness,
        evidence=said["evidence"],
        reasons=tuple(Reason(one["words"]) for one in said["reasons"]),
        words=said["words"],
        status=said.get("status", "automatic"),
        calibration=_calibrated(said.get("calibration")),
        supersedes=said.get("supersedes"),
    )
