"""A result as the files of contract 1: newline-delimited GeoJSON, canonical JSON (RFC 8785), one feature a line.

All fields stand in `properties`. Positions are WGS84 degrees to 1e-6, times RFC 3339 UTC to 1 ms, metres to 0.1,
probabilities to 1e-4; the numbers come rounded from the rooms that decided by them.
"""

from collections.abc import Mapping, Sequence

from truceline.custody.canonical import Json, canonical_line
from truceline.model.case import Case
from truceline.model.event import Ellipse, Event, Reliability, SensorHealth
from truceline.model.filing import Reconciled
from truceline.model.finding import Calibrated, Collusion, Finding, Probabilities, Reason
from truceline.model.further import Further
from truceline.model.incident import Incident
from truceline.model.instant import format_utc
from truceline.model.known import Scored
from truceline.model.network import Sensor
from truceline.model.result import Result


def record_files(case: Case, result: Result, made_by: Mapping[str, str]) -> dict[str, bytes]:
    """Events, incidents, findings, sensors, providers, claims and known blasts, by file name.

    made_by: digests of code and inputs.
    """
    events = {event.id: event for event in result.events}
    opened = zip(result.incidents, result.opened_by, strict=True)
    findings = {incident.id: [] for incident in result.incidents}  # type: dict[str, list[str]]
    for finding in result.findings:
        findings[finding.incident].append(finding.id)
    return {
        "events.geojsonl": b"".join(map(event_record, result.events)),
        "incidents.geojsonl": b"".join(_incident(one, by, events, findings[one.id]) for one, by in opened),
        "findings.geojsonl": b"".join(_finding(one, events, made_by) for one in result.findings),
        "sensors.geojsonl": b"".join(_health(one, case.network.by_id[one.sensor]) for one in result.health),
        "providers.geojsonl": b"".join(map(_reliability, result.reliability)),
        "claims.geojsonl": b"".join(map(_reconciled, result.claims)),
        "known.geojsonl": b"".join(map(_scored, result.known)),
        "further.geojsonl": b"".join(_further(n, one) for n, one in enumerate(result.further)),
    }


def _feature(geometry: Json, properties: Mapping[str, Json]) -> bytes:
    kept = {key: value for key, value in properties.items() if value is not None}
    return canonical_line({"type": "Feature", "geometry": geometry, "properties": kept})


def event_record(event: Event) -> bytes:
    """The line of an event."""
    origin = event.origin
    place: list[Json] = [origin.lon, origin.lat]
    return _feature(
        {"type": "Point", "coordinates": place},
        {
            "id": event.id,
            "anchor": event.anchor,
            "time": format_utc(origin.time_us),
            "time_sigma_s": origin.time_sigma_s,
            "labels": _shares(event.labels),
            "ellipse50": _ellipse(origin.ellipse50),
            "ellipse90": _ellipse(origin.ellipse90),
            "ellipse95": _ellipse(origin.ellipse95),
            "robust90": [
                {"lon": one.lon, "lat": one.lat, "ellipse": _ellipse(one.ellipse)} for one in event.robust90
            ] or None,
            "existence": event.existence,
            "observations": list(event.observations),
            "sensors": event.sensors,
            "providers": list(event.providers),
            "path": {"type": "LineString", "coordinates": [list(at) for at in event.path]} if event.path else None,
            "reasons": list(event.reasons) or None,
            "made_by": origin.made_by,
        },
    )  # fmt: skip


def _incident(incident: Incident, opened_by: Probabilities, events: Mapping[str, Event], findings: list[str]) -> bytes:
    return _feature(
        _places([events[id_] for id_ in incident.events]),
        {
            "id": incident.id,
            "from": format_utc(incident.from_us),
            "until": format_utc(incident.until_us),
            "events": list(incident.events),
            "counts": dict(incident.counts),
            "opened_by": _shares(opened_by),
            "findings": list(findings),
        },
    )


def _finding(finding: Finding, events: Mapping[str, Event], made_by: Mapping[str, str]) -> bytes:
    return _feature(
        _places([events[id_] for id_ in finding.events]),
        {
            "id": finding.id,
            "incident": finding.incident,
            "time": format_utc(finding.time_us),
            "events": list(finding.events),
            "provisions": list(finding.provisions),
            "occurrence": finding.occurrence,
            "responsibility": _shares(finding.responsibility),
            "outcome": finding.outcome,
            "party": finding.party,
            "robustness": finding.robustness,
            "independence": dict(finding.independence) or None,
            "collusion": _collusion(finding.collusion),
            "hypotheses": dict(finding.hypotheses) or None,
            "calibration": _calibrated(finding.calibration),
            "evidence": finding.evidence,
            "status": finding.status,
            "supersedes": finding.supersedes,
            "reasons": [reason_record(one) for one in finding.reasons],
            "words": finding.words,
            "made_by": dict(made_by),
        },
    )


def _health(health: SensorHealth, sensor: Sensor) -> bytes:
    return _feature(
        {"type": "Point", "coordinates": [sensor.lon, sensor.lat]},
        {
            "id": f"{health.sensor}@{format_utc(health.from_us, digits=0)}",
            "sensor": health.sensor,
            "provider": health.provider,
            "from": format_utc(health.from_us),
            "until": format_utc(health.until_us),
            "state": health.state,
            "clock_offset_s": health.clock_offset_s,
            "clock_offset_sigma_s": health.clock_offset_sigma_s,
            "azimuth_offset_deg": health.azimuth_offset_deg,
            "arrivals_shared": health.arrivals_shared,
            "arrivals_expected": health.arrivals_expected,
            "reasons": list(health.reasons) or None,
        },
    )


def _reliability(one: Reliability) -> bytes:
    """A provider stands nowhere in particular: the feature has no geometry."""
    return _feature(
        None,
        {
            "id": f"{one.provider}@{format_utc(one.from_us, digits=0)}",
            "provider": one.provider,
            "from": format_utc(one.from_us),
            "until": format_utc(one.until_us),
            "reliability": one.reliability,
            "told": one.told,
            "borne_out": one.borne_out,
            "arrivals": one.arrivals,
        },
    )


def _reconciled(one: Reconciled) -> bytes:
    claim = one.claim
    return _feature(
        {"type": "Point", "coordinates": [claim.lon, claim.lat]},
        {
            "id": claim.id,
            "party": claim.party,
            "accuses": claim.accuses,
            "time": format_utc(claim.time_us),
            "class": claim.class_,
            "outcome": one.outcome,
            "event": one.event,
            "finding": one.finding,
            "duplicate_of": one.duplicate_of,
            "accused": one.accused,
            "missed": one.missed,
        },
    )


def _scored(one: Scored) -> bytes:
    """A blast that the mission surveyed itself, and what was said of it."""
    known = one.known
    return _feature(
        {"type": "Point", "coordinates": [known.lon, known.lat]},
        {
            "id": known.id,
            "time": format_utc(known.time_us),
            "class": known.class_,
            "party": known.party,
            "said": one.said,
            "event": one.event,
            "finding": one.finding,
            "named": one.named,
            "off_m": one.off_m,
            "inside90": one.inside90,
            "probability": one.probability,
        },
    )


def _further(number: int, one: Further) -> bytes:
    """What would change a finding. It has no geometry: where to look is the mission's to know, and perishes."""
    return _feature(
        None,
        {
            "id": f"W-{number}",
            "finding": one.finding,
            "means": one.means,
            "names": list(one.names),
            "moves": dict(one.moves),
            "change": one.change,
            "until": format_utc(one.until_us) if one.until_us is not None else None,
            "words": one.words,
        },
    )


def _calibrated(one: Calibrated | None) -> Json:
    if one is None:
        return None
    return {
        "kind": one.kind,
        "sure": one.sure,
        "stratum": one.stratum,
        "wrong_most": one.wrong_most,
        "acts": one.acts,
        "named": one.named,
        "wrong": one.wrong,
        "threshold": one.threshold,
        "source": one.source,
        "field": one.field,
        "in_field": one.in_field,
    }


def _collusion(collusion: Collusion | None) -> Json:
    if collusion is None:
        return None
    return {"least": collusion.least, "most": collusion.most, "providers": list(collusion.providers)}


def _places(events: Sequence[Event]) -> Json:
    """Where these events were: a Point, or a MultiPoint of several."""
    positions: list[Json] = [[event.origin.lon, event.origin.lat] for event in events]
    if len(positions) == 1:
        return {"type": "Point", "coordinates": positions[0]}
    return {"type": "MultiPoint", "coordinates": positions}


def _shares(shares: Probabilities) -> dict[str, Json]:
    return dict(shares)


def _ellipse(ellipse: Ellipse) -> Json:
    return {
        "semi_major_m": ellipse.semi_major_m,
        "semi_minor_m": ellipse.semi_minor_m,
        "azimuth_deg": ellipse.azimuth_deg,
    }


def reason_record(reason: Reason) -> Json:
    """A node of the tree of why."""
    node: dict[str, Json] = {"words": reason.words}
    if reason.because:
        node["because"] = [reason_record(one) for one in reason.because]
    return node
