"""A result's records and a survey's lines, read back: what was written, or refused with file and line."""

from collections.abc import Callable

import pytest

from reports.making import case, result
from truceline.custody.canonical import Json, canonical_line
from truceline.formats.result_geojsonl import read_events, read_findings, read_incidents, read_outcomes
from truceline.formats.silence_ndjson import SilenceLine, read_silence
from truceline.model.instant import parse_utc
from truceline.model.problem import Unusable
from truceline.reports.records import record_files

FILES = record_files(case(), result(), {"code": "ab", "inputs": "cd"})
LINE: dict[str, Json] = {
    "area": None, "class": "impact", "from": "2026-03-10T09:00:00Z", "until": "2026-03-10T11:00:00Z", "known": 0.81,
    "may_be_said": False, "seen_share": 0.6, "most_unseen": 1, "words": "1 of class impact seen.",
}  # fmt: skip


def test_incidents_with_who_opened_fire_and_findings_are_what_was_written() -> None:
    wrote = result()
    incidents = read_incidents("incidents.geojsonl", FILES["incidents.geojsonl"])
    for (incident, opened), one, by in zip(incidents, wrote.incidents, wrote.opened_by, strict=True):
        assert (incident.id, incident.events, incident.counts) == (one.id, one.events, one.counts)
        assert (incident.from_us, incident.until_us) == (one.from_us, one.until_us)
        assert sorted(opened) == sorted(by)
    findings = read_findings("findings.geojsonl", FILES["findings.geojsonl"])
    assert [(one.id, one.outcome, one.party, one.status) for one in findings] == [
        (one.id, one.outcome, one.party, one.status) for one in wrote.findings
    ]
    assert [one.id for one in read_events("events.geojsonl", FILES["events.geojsonl"])] == [
        one.id for one in wrote.events
    ]


def test_how_a_finding_was_calibrated_is_read_too() -> None:
    calibration: dict[str, Json] = {
        "kind": "launch, many sensors", "sure": 0.97, "in_field": True,
        "stratum": "both ends", "wrong_most": 0.01, "acts": 900, "named": 700, "wrong": 2, "threshold": 0.95,
        "source": "simulation", "field": 120,
    }  # fmt: skip
    line = FILES["findings.geojsonl"].splitlines()[0]
    properties = b'"calibration":' + canonical_line(calibration).strip() + b","
    (found,) = read_findings("f", line.replace(b'"properties":{', b'"properties":{' + properties))
    assert found.calibration is not None and found.in_field
    assert not read_findings("f", line)[0].in_field


def test_what_became_of_claims() -> None:
    lines = b'{"properties":{"id":"C-1","outcome":"matched"},"geometry":null,"type":"Feature"}\n'
    assert read_outcomes("claims.geojsonl", lines) == {"C-1": "matched"}


def test_a_surveys_lines() -> None:
    (found,) = read_silence("silence.ndjson", canonical_line(LINE))
    assert found == SilenceLine(
        area="", class_="impact", from_us=parse_utc("2026-03-10T09:00:00Z"), until_us=parse_utc("2026-03-10T11:00:00Z"),
        may_be_said=False, known=0.81, seen_share=0.6, most_unseen=1,
    )  # fmt: skip
    (other,) = read_silence("silence.ndjson", canonical_line(LINE | {"area": "zone", "most_unseen": None}))
    assert (other.area, other.most_unseen) == ("zone", None)


@pytest.mark.parametrize("read", [read_incidents, read_findings, read_events, read_outcomes, read_silence])
@pytest.mark.parametrize("data", [b"x\n", b"{}\n", b"\xff\n", b'{"properties":{}}\n', b"[1]\n"])
def test_what_is_no_record_is_refused_at_its_line(read: Callable[[str, bytes], object], data: bytes) -> None:
    with pytest.raises(Unusable) as refused:
        read("file", data)
    assert (refused.value.problems[0].place.file, refused.value.problems[0].place.line) == ("file", 1)
