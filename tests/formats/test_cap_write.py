"""CAP 1.2: elements in the order of its schema, all that it requires, only its own words; and any text survives."""

import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.formats.cap_write import NAMESPACE, CapAlert, Reference, write_cap
from truceline.model.instant import parse_utc

SENT = parse_utc("2026-03-02T10:00:00Z")
RING = ((30.0, 50.0), (30.1, 50.0), (30.1, 50.1), (30.0, 50.0))
ALERT = CapAlert(
    identifier="truceline/small/D-000007", sender="truceline/small", sent_us=SENT, status="Exercise", kind="Alert",
    scope="Restricted", audience="Monitors", category="Safety", event="Danger to monitors", response="Shelter",
    urgency="Immediate", severity="Severe", certainty="Observed", expires_us=SENT + 6 * 3_600_000_000,
    sender_name="Mission", headline="Fire near the west post", description="Rounds fall.", instruction="Take cover.",
    area="West of the town", ring=RING,
)  # fmt: skip

# The schema's sequences, in our own words: (element, least, most); most 0: any number.
ALERT_ORDER = (
    ("identifier", 1, 1), ("sender", 1, 1), ("sent", 1, 1), ("status", 1, 1), ("msgType", 1, 1), ("source", 0, 1),
    ("scope", 1, 1), ("restriction", 0, 1), ("addresses", 0, 1), ("code", 0, 0), ("note", 0, 1), ("references", 0, 1),
    ("incidents", 0, 1), ("info", 0, 0),
)  # fmt: skip
INFO_ORDER = (
    ("language", 0, 1), ("category", 1, 0), ("event", 1, 1), ("responseType", 0, 0), ("urgency", 1, 1),
    ("severity", 1, 1), ("certainty", 1, 1), ("audience", 0, 1), ("eventCode", 0, 0), ("effective", 0, 1),
    ("onset", 0, 1), ("expires", 0, 1), ("senderName", 0, 1), ("headline", 0, 1), ("description", 0, 1),
    ("instruction", 0, 1), ("web", 0, 1), ("contact", 0, 1), ("parameter", 0, 0), ("resource", 0, 0), ("area", 0, 0),
)  # fmt: skip
AREA_ORDER = (("areaDesc", 1, 1), ("polygon", 0, 0), ("circle", 0, 0), ("geocode", 0, 0), ("altitude", 0, 1))
WORDS = {
    "status": {"Actual", "Exercise", "System", "Test", "Draft"},
    "msgType": {"Alert", "Update", "Cancel", "Ack", "Error"},
    "scope": {"Public", "Restricted", "Private"},
    "category": {"Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE",
                 "Other"},
    "responseType": {"Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"},
    "urgency": {"Immediate", "Expected", "Future", "Past", "Unknown"},
    "severity": {"Extreme", "Severe", "Moderate", "Minor", "Unknown"},
    "certainty": {"Observed", "Likely", "Possible", "Unlikely", "Unknown"},
}  # fmt: skip
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")


def local(element: Xml.Element) -> str:
    assert element.tag.startswith(f"{{{NAMESPACE}}}")
    return element.tag.partition("}")[2]


def in_order(element: Xml.Element, order: tuple[tuple[str, int, int], ...]) -> None:
    """Whether the children are those of a sequence of the schema."""
    names = [local(one) for one in element]
    known = [name for name, _, _ in order]
    assert [known.index(one) for one in names] == sorted(known.index(one) for one in names)
    for name, least, most in order:
        assert names.count(name) >= least, name
        assert not most or names.count(name) <= most, name


def valid(data: bytes) -> Xml.Element:
    """The message, once it has the shape that the schema asks for."""
    root = Xml.fromstring(data)
    assert local(root) == "alert"
    in_order(root, ALERT_ORDER)
    for info in root.findall(f"{{{NAMESPACE}}}info"):
        in_order(info, INFO_ORDER)
        for area in info.findall(f"{{{NAMESPACE}}}area"):
            in_order(area, AREA_ORDER)
            for polygon in area.findall(f"{{{NAMESPACE}}}polygon"):
                pairs = [tuple(map(float, pair.split(","))) for pair in (polygon.text or "").split(" ")]
                assert len(pairs) >= 4
                assert pairs[0] == pairs[-1]
                assert all(-90 <= lat <= 90 and -180 <= lon <= 180 for lat, lon in pairs)
    for element in root.iter():
        if local(element) in WORDS:
            assert element.text in WORDS[local(element)]
        if local(element) in ("sent", "expires"):
            assert TIME.fullmatch(element.text or "")
    return root


def text_of(root: Xml.Element, name: str) -> str:
    return next(one.text or "" for one in root.iter(f"{{{NAMESPACE}}}{name}"))


def test_a_message_has_the_schema_s_shape_and_says_what_was_meant() -> None:
    root = valid(write_cap(ALERT))
    assert text_of(root, "status") == "Exercise"
    assert text_of(root, "sent") == "2026-03-02T10:00:00-00:00"
    assert text_of(root, "expires") == "2026-03-02T16:00:00-00:00"
    assert text_of(root, "restriction") == "Monitors"
    assert text_of(root, "polygon").startswith("50.0000,30.0000 50.0000,30.1000")  # latitude first
    assert write_cap(ALERT) == write_cap(replace(ALERT))


@pytest.mark.parametrize("kind", ["Update", "Cancel"])
def test_an_update_refers_to_the_message_before(kind: Any) -> None:
    before = Reference(sender="truceline/small", identifier="truceline/small/D-000003", sent_us=SENT)
    root = valid(write_cap(replace(ALERT, kind=kind, references=(before,))))
    assert text_of(root, "references") == "truceline/small,truceline/small/D-000003,2026-03-02T10:00:00-00:00"


def test_whom_it_is_for_stands_where_the_scope_wants_it() -> None:
    private = valid(write_cap(replace(ALERT, scope="Private", audience="desk@example.org")))
    assert text_of(private, "addresses") == "desk@example.org"
    public = valid(write_cap(replace(ALERT, scope="Public", audience="")))
    assert not list(public.iter(f"{{{NAMESPACE}}}restriction"))


@pytest.mark.parametrize(
    "change",
    [
        {"identifier": ""}, {"identifier": "a b"}, {"sender": "a,b"}, {"sender": "a<b"}, {"audience": " "},
        {"kind": "Update"}, {"references": (Reference(sender="a", identifier="b", sent_us=0),)},
        {"ring": RING[:3]}, {"ring": (*RING[:-1], (1.0, 1.0))},
    ],
)  # fmt: skip
def test_what_cap_does_not_allow_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        write_cap(replace(ALERT, **change))


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_words_survive_and_none_become_markup(headline: str, words: str) -> None:
    root = valid(write_cap(replace(ALERT, headline=headline, description=words)))
    kept = [one for one in headline if one in "\t\n\r" or (ord(one) >= 32 and ord(one) not in (0xFFFE, 0xFFFF))]
    assert text_of(root, "headline").replace("\r", "\n") == "".join(kept).replace("\r\n", "\n").replace("\r", "\n")
