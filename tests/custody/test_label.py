"""Labels: who may see, and the shape of STANAG 4774."""

import xml.etree.ElementTree as ET

import pytest

from truceline.custody.label import NAMESPACE, Label, conclusion_labels_of, labels_of, read_rule


@pytest.mark.parametrize(
    ("rule", "reader", "lets"),
    [
        ("aland", {"aland"}, True),
        ("aland", {"borea"}, False),
        ("(aland OR borea) AND monitor", {"borea", "monitor"}, True),
        ("(aland OR borea) AND monitor", {"borea"}, False),
        ("(aland OR borea) AND monitor", {"monitor"}, False),
        ("aland AND borea", {"aland", "borea"}, True),
        ("aland AND borea", {"aland"}, False),
        ("aland", {"mission"}, True),
    ],
)
def test_who_may_see(rule: str, reader: set[str], lets: bool) -> None:
    label = Label("mission", "RESTRICTED", read_rule(rule))
    assert label.lets(reader) is lets
    assert read_rule(label.rule()) == label.groups


def test_conclusions_go_where_the_sensors_go_unless_it_is_said() -> None:
    sensors = labels_of({"aland": "borea", "cordia": "borea"}, ["aland", "borea", "cordia"])
    labels = conclusion_labels_of({"aland": "everyone", "borea": "(cordia OR aland)"}, sensors)
    assert labels["aland"].lets(())
    assert not sensors["aland"].lets(())
    assert (labels["borea"].rule(), labels["cordia"]) == ("(cordia OR aland)", sensors["cordia"])
    assert conclusion_labels_of({}, sensors) == sensors


@pytest.mark.parametrize("table", [{"delta": "everyone"}, {"delta": "aland"}, {"aland": 1}, {"aland": "a b"}])
def test_conclusions_of_nobody_known_or_by_no_rule(table: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"no provider|no name"):
        conclusion_labels_of(table, labels_of({}, ["aland"]))


def test_the_shape_of_the_standard() -> None:
    label = Label("north & mission", "RESTRICTED", read_rule("(aland OR borea) AND <monitor>"))
    root = ET.fromstring(label.to_xml())
    assert root.tag == f"{{{NAMESPACE}}}originatorConfidentialityLabel"
    names = {"s": NAMESPACE}
    assert root.findtext(".//s:PolicyIdentifier", namespaces=names) == "north & mission"
    categories = root.findall(".//s:Category", names)
    assert [one.attrib for one in categories] == [{"TagName": "Releasable To", "Type": "PERMISSIVE"}] * 2
    assert [value.text for one in categories for value in one] == ["aland", "borea", "<monitor>"]


@pytest.mark.parametrize("rule", ["", "aland OR borea", "(aland", "aland AND", "AND", "(a OR ) AND b", "a b"])
def test_rules_that_are_none(rule: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        read_rule(rule)
