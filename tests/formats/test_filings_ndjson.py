"""Notices, claims and contacts: each line read whole, or refused with the fields that are wrong."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from truceline.formats.filings_ndjson import MOST_LINE_BYTES, read_claim, read_contact, read_notice
from truceline.model.filing import CONTACT_KINDS, Claim, Contact, Notice
from truceline.model.instant import parse_utc

from .faults import ENDLESS, HUGE
from .lines import raw

NOTICE = {
    "id": "n-1", "party": "arvia", "activity": "demolition", "lodged": "2026-03-01T08:00:00Z",
    "received": "2026-03-01T08:00:05Z", "from": "2026-03-03T08:00:00Z", "until": "2026-03-03T09:00:00Z",
    "lon": 31.25, "lat": 49.5, "radius_m": 500, "count": 3, "yield_kg": 12.5,
}  # fmt: skip
CLAIM = {
    "id": "c-1", "party": "arvia", "accuses": "bardo", "time": "2026-03-02T10:51:00Z", "lon": 31.25, "lat": 49.5,
    "radius_m": 1500, "class": "impact", "count": 4, "text": "four shells",
}  # fmt: skip
CONTACT = {
    "id": "k-1", "from": "arvia", "to": "mission", "kind": "coordination_request", "time": "2026-03-02T11:00:00Z",
    "about": "c-1",
}  # fmt: skip

Reader = Callable[[bytes], Any]
FORMS: dict[str, tuple[Reader, dict[str, Any], tuple[str, ...]]] = {
    "notice": (read_notice, NOTICE, ("received", "count", "yield_kg")),
    "claim": (read_claim, CLAIM, ("count", "text")),
    "contact": (read_contact, CONTACT, ("about",)),
}
FIELDS = [(form, field) for form, (_, table, _) in FORMS.items() for field in table]
REQUIRED = [(form, field) for form, field in FIELDS if field not in FORMS[form][2]]
NUMBERS = [(form, field) for form, field in FIELDS if isinstance(FORMS[form][1][field], int | float)]


def line(form: str, without: str = "", /, **changes: object) -> bytes:
    table = FORMS[form][1] | changes
    return json.dumps({key: value for key, value in table.items() if key != without}).encode()


def refused(form: str, data: bytes) -> str:
    with pytest.raises(ValueError) as caught:
        FORMS[form][0](data)
    return str(caught.value)


def test_a_notice_in_full() -> None:
    assert read_notice(line("notice")) == Notice(
        id="n-1",
        party="arvia",
        activity="demolition",
        lodged_us=parse_utc("2026-03-01T08:00:00Z"),
        received_us=parse_utc("2026-03-01T08:00:05Z"),
        from_us=parse_utc("2026-03-03T08:00:00Z"),
        until_us=parse_utc("2026-03-03T09:00:00Z"),
        lon=31.25,
        lat=49.5,
        radius_m=500.0,
        count=3,
        yield_kg=12.5,
    )


def test_a_notice_without_the_centres_clock_was_received_when_lodged() -> None:
    notice = read_notice(line("notice", "received"))
    assert notice.received_us == notice.lodged_us == parse_utc("2026-03-01T08:00:00Z")


def test_a_claim_in_full() -> None:
    assert read_claim(line("claim")) == Claim(
        id="c-1",
        party="arvia",
        accuses="bardo",
        time_us=parse_utc("2026-03-02T10:51:00Z"),
        lon=31.25,
        lat=49.5,
        radius_m=1500.0,
        class_="impact",
        count=4,
        text="four shells",
    )


@pytest.mark.parametrize("kind", CONTACT_KINDS)
def test_a_contact_in_full(kind: str) -> None:
    assert read_contact(line("contact", kind=kind)) == Contact(
        id="k-1",
        sender="arvia",
        to="mission",
        kind=kind,
        time_us=parse_utc("2026-03-02T11:00:00Z"),
        about="c-1",
    )


def test_a_contacts_kind_is_one_of_the_known_and_the_near_one_is_offered() -> None:
    said = refused("contact", line("contact", kind="coordination_reqest"))
    assert "kind" in said and "did you mean 'coordination_request'?" in said
    assert "use one of" in refused("contact", line("contact", kind="smalltalk"))


@pytest.mark.parametrize("form", FORMS)
def test_what_may_be_left_out(form: str) -> None:
    read, _, optional = FORMS[form]
    for field in optional:
        assert read(line(form, field))
        assert read(line(form, **{field: None})) == read(line(form, field))
    assert read(line(form, colour="green", more={"a": [1]})) == read(line(form))


@pytest.mark.parametrize(("form", "field"), REQUIRED)
def test_a_required_field_that_is_missing_is_named_and_so_is_null(form: str, field: str) -> None:
    for data in (line(form, field), line(form, **{field: None})):
        said = refused(form, data)
        assert f"required field '{field}' is missing" in said and f"add '{field}'" in said


@pytest.mark.parametrize(("form", "field"), FIELDS)
def test_a_field_of_another_type_is_named(form: str, field: str) -> None:
    others: tuple[object, ...] = ({"a": 1}, [1], True, [[[]]])
    for other in others:
        assert repr(field) in refused(form, line(form, **{field: other}))
    wrong = "3" if (form, field) in NUMBERS else 3
    assert repr(field) in refused(form, line(form, **{field: wrong}))


@pytest.mark.parametrize(("form", "field"), NUMBERS)
@pytest.mark.parametrize("text", [HUGE, f"-{HUGE}", ENDLESS, "NaN", "Infinity", "1e999", "01"])
def test_numbers_that_nothing_holds(form: str, field: str, text: str) -> None:
    if field != "count" or text != HUGE:  # a count may be as large as it likes
        assert refused(form, raw(line(form), field, text))


@pytest.mark.parametrize(("form", "field"), NUMBERS)
def test_just_beyond_the_ends(form: str, field: str) -> None:
    beyond = {"lon": (-180.01, 180.01), "lat": (-90.01, 131.25), "radius_m": (-0.1, 2.1e7), "count": (-1, 1.5)}
    for value in beyond.get(field, (-0.1,)):
        assert repr(field) in refused(form, line(form, **{field: value}))


@pytest.mark.parametrize("form", ["notice", "claim"])
def test_the_ends_of_the_numbers(form: str) -> None:
    read = FORMS[form][0]
    for ends in ({"lon": 180, "lat": 90, "radius_m": 0, "count": 0}, {"lon": -180, "lat": -90, "radius_m": 2e7}):
        found = read(line(form, **ends))
        assert {name: getattr(found, name) for name in ends} == ends


def test_a_notice_covers_some_time() -> None:
    same = NOTICE["from"]
    assert "'until' is not after 'from'" in refused("notice", line("notice", until=same))
    least = read_notice(line("notice", until="2026-03-03T08:00:00.000001Z"))
    assert least.until_us - least.from_us == 1


@pytest.mark.parametrize("form", FORMS)
def test_all_faults_of_a_line_are_told_at_once(form: str) -> None:
    said = refused(form, b"{}")
    assert all(f"'{field}' is missing" in said for name, field in REQUIRED if name == form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("data", [b"", b"null", b"[]", b"3", b"{", b"\xff", b"[" * 100_000, b'{"id": "\xc3\x28"}'])
def test_what_is_no_object(form: str, data: bytes) -> None:
    assert refused(form, data)


@pytest.mark.parametrize("form", FORMS)
def test_hostile_lines(form: str) -> None:
    read, table, _ = FORMS[form]
    assert refused(form, raw(line(form, more=1), "more", "[" * 100_000 + "]" * 100_000))
    assert "bytes" in refused(form, line(form, text="x" * MOST_LINE_BYTES))
    assert refused(form, line(form) + b" {}")
    twice = line(form).replace(f'"id": "{table["id"]}"'.encode(), b'"id": "first", "id": "last"')
    assert read(twice).id == "last" == json.loads(twice)["id"]
