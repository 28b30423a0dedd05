"""Made again elsewhere, a result may differ by one last digit of a number, and by nothing else."""

import json
from typing import Any

import pytest

from missions.folder import concluded
from truceline.custody.canonical import canonical_line
from truceline.edges.compare import CLOSE, DIFFERENT, IDENTICAL, compare_records

FINDING: dict[str, Any] = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [31.123456, 49.5]},
    "properties": {
        "id": "F-1",
        "incident": "I-1",
        "time": "2026-03-10T12:00:00.123Z",
        "time_sigma_s": 0.125,
        "ellipse90": {"semi_major_m": 120.5, "semi_minor_m": 80.0, "azimuth_deg": 0.0},
        "responsibility": {"arvia": 0.95, "bardo": 0.04, "other": 0.01},
        "sensors": 7,
        "party": "arvia",
        "flag": True,
        "robustness": "R1",
        "words": "At 2026-03-10T12:00:00Z, with probability 0.99; 12 sensors, Article 1.",
        "reasons": [{"words": "3,400 m inside, -0.62 s, 12.5°", "because": [{"words": "by notice N-7, 82mm, 3.25 h"}]}],
        "events": ["E-1", "E-2"],
    },
}


def changed(path: str, value: object) -> bytes:
    """The finding's line with one field, by its dotted path, changed."""
    table = json.loads(json.dumps(FINDING))
    *before, last = path.split(".")
    at: Any = table
    for key in before:
        at = at[int(key)] if isinstance(at, list) else at[key]
    at[int(last) if isinstance(at, list) else last] = value
    return canonical_line(table)


LINE = canonical_line(FINDING)
WITHIN = [
    ("geometry.coordinates.0", 31.123457),
    ("geometry.coordinates.1", 49.499999),
    ("properties.time", "2026-03-10T12:00:00.124Z"),
    ("properties.time", "2026-03-10T12:00:00.122Z"),
    ("properties.time_sigma_s", 0.126),
    ("properties.ellipse90.semi_major_m", 120.4),
    ("properties.ellipse90.azimuth_deg", 0.1),
    ("properties.ellipse90.azimuth_deg", 179.9),
    ("properties.responsibility.arvia", 0.9501),
    ("properties.responsibility.other", 0.0099),
    ("properties.words", "At 2026-03-10T12:00:00Z, with probability 0.98; 12 sensors, Article 1."),
    ("properties.words", "At 2026-03-10T12:00:00Z, with probability over 0.99; 12 sensors, Article 1."),
    ("properties.words", "At 2026-03-10T11:59:59Z, with probability 0.99; 12 sensors, Article 1."),
    ("properties.reasons.0.words", "3,500 m inside, -0.63 s, 12.6°"),
    ("properties.reasons.0.because.0.words", "by notice N-7, 82mm, 3.26 h"),
]
BEYOND = [
    ("geometry.coordinates.0", 31.123458, "coordinates"),
    ("geometry.type", "MultiPoint", "type"),
    ("properties.time", "2026-03-10T12:00:00.125Z", "time"),
    ("properties.time", "noon", "time"),
    ("properties.time_sigma_s", 0.127, "time_sigma_s"),
    ("properties.ellipse90.semi_major_m", 120.7, "semi_major_m"),
    ("properties.ellipse90.azimuth_deg", 0.2, "azimuth_deg"),
    ("properties.ellipse90.azimuth_deg", 90.0, "azimuth_deg"),
    ("properties.responsibility.arvia", 0.9502, "arvia"),
    ("properties.responsibility.arvia", "0.95", "arvia"),
    ("properties.responsibility.arvia", None, "arvia"),
    ("properties.sensors", 8, "sensors"),
    ("properties.party", "bardo", "party"),
    ("properties.party", None, "party"),
    ("properties.flag", False, "flag"),
    ("properties.flag", 1, "flag"),
    ("properties.robustness", "R2", "robustness"),
    ("properties.incident", "I-2", "incident"),
    ("properties.words", "At 2026-03-10T12:00:00Z, with probability 0.97; 12 sensors, Article 1.", "words"),
    ("properties.words", "At 2026-03-11T12:00:00Z, with probability 0.99; 12 sensors, Article 1.", "words"),
    ("properties.words", "At 2026-03-10T12:00:00Z, with probability 0.99; 13 sensors, Article 1.", "words"),
    ("properties.words", "At 2026-03-10T12:00:00Z, with probability 0.99; 12 sensors, Article 2.", "words"),
    ("properties.words", "At 2026-03-10T12:00:00Z, with probability 0.9; 12 sensors, Article 1.", "words"),
    ("properties.words", "At 2026-03-10T12:00:00Z, with likelihood 0.99; 12 sensors, Article 1.", "words"),
    ("properties.reasons.0.words", "3,600 m inside, -0.62 s, 12.5°", "words"),
    ("properties.reasons.0.words", "3,400 m inside, 0.62 s, 12.5°", "words"),
    ("properties.reasons.0.words", "3,400 km inside, -0.62 s, 12.5°", "words"),
    ("properties.reasons.0.because.0.words", "by notice N-8, 82mm, 3.25 h", "words"),
    ("properties.reasons.0.because.0.words", "by notice N-7, 83mm, 3.25 h", "words"),
    ("properties.events", ["E-2", "E-1"], "events"),
    ("properties.events", ["E-1"], "events"),
    ("properties.events", "E-1", "events"),
    ("properties.more", 1, "properties (its members)"),
]


def test_the_same_bytes_are_identical() -> None:
    assert compare_records(LINE, LINE) == (IDENTICAL, "") == compare_records(b"", b"")
    for data in concluded().files.values():
        assert compare_records(data, data)[0] == IDENTICAL


@pytest.mark.parametrize(("path", "value"), WITHIN)
def test_one_last_digit_either_way(path: str, value: object) -> None:
    assert compare_records(changed(path, value), LINE) == (CLOSE, "")
    assert compare_records(LINE, changed(path, value)) == (CLOSE, "")


@pytest.mark.parametrize(("path", "value", "field"), BEYOND)
def test_more_than_that_is_different_and_named(path: str, value: object, field: str) -> None:
    like, where = compare_records(changed(path, value), LINE)
    assert like == DIFFERENT and where == f"F-1, field {field}"
    assert compare_records(LINE, changed(path, value))[0] == DIFFERENT


def test_a_field_that_is_gone_is_different() -> None:
    table = json.loads(LINE)
    del table["properties"]["sensors"]
    assert compare_records(canonical_line(table), LINE) == (DIFFERENT, "F-1, field properties (its members)")


def test_features_are_compared_by_id() -> None:
    other = changed("properties.id", "F-2")
    assert compare_records(LINE, LINE + other) == (DIFFERENT, "F-2 is missing")
    assert compare_records(LINE + other, LINE) == (DIFFERENT, "F-2 does not follow from the inputs")
    assert compare_records(LINE + LINE, LINE)[0] == DIFFERENT
    assert compare_records(b"", LINE)[0] == DIFFERENT and compare_records(LINE, b"")[0] == DIFFERENT


@pytest.mark.parametrize(
    "data",
    [
        b"x\n", b"\n", b"[]\n", b"{}\n", b"\xff\n", b'{"properties": 3}\n', LINE.replace(b":", b": ", 1), LINE.rstrip(),
        LINE.replace(b'"party":"arvia"', b'"party":"bardo","party":"arvia"'), LINE + b"\n",
        LINE.replace(b"0.95,", b"0.950,"), LINE.replace(b"49.5", b"4.95e1"), b"[" * 100_000,
    ],
)  # fmt: skip
def test_another_writing_of_the_same_is_different(data: bytes) -> None:
    """A name written twice would say one thing to one reader and another to the next."""
    assert compare_records(data, LINE)[0] == DIFFERENT


def test_of_a_whole_result_any_one_number_moved_by_two_digits_is_found() -> None:
    data = concluded().files["findings.geojsonl"]
    first = json.loads(data.splitlines()[0])
    for step, like in ((0.0001, CLOSE), (0.0002, DIFFERENT)):
        first["properties"]["occurrence"] = round(first["properties"]["occurrence"] - step, 4)
        moved = canonical_line(first) + b"".join(data.splitlines(keepends=True)[1:])
        assert compare_records(moved, data)[0] == like
        first = json.loads(data.splitlines()[0])
