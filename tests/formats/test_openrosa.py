"""OpenRosa submissions: what devices write is read, and what no device writes is refused with the reason."""

from xml.etree import ElementTree

import pytest

from truceline.formats.openrosa import Form, field_report, form_list, manifest, read_instance, response

ID = "0f0e0d0c-1111-2222-3333-444455556666"


def instance(answers: str, meta: str = f"<orx:instanceID>uuid:{ID}</orx:instanceID>", root: str = 'id="f"') -> bytes:
    space = 'xmlns:orx="http://openrosa.org/xforms"'
    return f"<?xml version='1.0' ?><data {root} {space}>{answers}<orx:meta>{meta}</orx:meta></data>".encode()


GOOD = (
    "<place><sensor>PB</sensor><at>50.01 30.02 120.0 4.5</at></place><kind>heard</kind>"
    "<time>2026-03-02T12:00:00.000+02:00</time><azimuth_deg>90</azimuth_deg><nearest_m>3000</nearest_m>"
    "<farthest_m>1000</farthest_m><count/><text>Three &lt;dull&gt; thuds</text><photo>a.jpg</photo>"
)


def test_a_submission_is_read_groups_and_all() -> None:
    read = read_instance(instance(GOOD))
    assert (read.form, read.id, read.answers["photo"]) == ("f", ID, "a.jpg")
    report = field_report(read)
    assert report == {
        "id": ID, "time": "2026-03-02T10:00:00.000Z", "sensor": "PB", "kind": "heard", "azimuth_deg": "90",
        "text": "Three <dull> thuds", "range_m": (1000.0, 3000.0), "at": (30.02, 50.01), "consent": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b"", "not XML"),
        (b"<data", "not XML"),
        (instance(GOOD).replace(b"<data", b'<!DOCTYPE d [<!ENTITY a "b">]><data'), "DTD"),
        (instance("<a>" * 20 + "</a>" * 20), "nests deeper"),
        (instance("<a/>" * 600), "more elements"),
        (instance(GOOD, meta=""), "no instanceID"),
        (instance(GOOD, root=""), "names no form"),
        (b"\xff\xfe\x00", "not XML"),
    ],
)
def test_what_is_no_submission_is_refused(data: bytes, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        read_instance(data)


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ("<time>noon</time>", "time: 'noon'"),
        ("<time>2026-03-02T12:00:00</time>", "no time with its offset"),
        ("<time>2026-03-02T12:00:00Z</time><at>50</at>", "no geopoint"),
        ("<time>2026-03-02T12:00:00Z</time><at>x y</at>", "at: 'y' is no number"),
        ("<time>2026-03-02T12:00:00Z</time><nearest_m>a</nearest_m><farthest_m>1</farthest_m>", "nearest_m"),
    ],
)
def test_an_answer_that_cannot_be_read_is_named(answers: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        field_report(read_instance(instance(answers)))


def test_what_devices_are_told_is_well_formed_and_escaped() -> None:
    forms = form_list([Form("f", "1", "Reports <&>", "0" * 32)], "https://w.example/openrosa")
    root = ElementTree.fromstring(forms)
    space = "{http://openrosa.org/xforms/xformsList}"
    assert root.find(f"{space}xform/{space}name").text == "Reports <&>"  # type: ignore[union-attr]
    assert root.find(f"{space}xform/{space}downloadUrl").text == "https://w.example/openrosa/forms/f"  # type: ignore[union-attr]
    assert ElementTree.fromstring(manifest()).tag.endswith("manifest")
    assert "kept <1>" in "".join(ElementTree.fromstring(response("kept <1>")).itertext())
