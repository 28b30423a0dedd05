"""OGC API – Features: what is asked is read or refused, chosen as the standard says, and paged whole."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.formats.ogc_features import (
    CRS84,
    MOST_LIMIT,
    Asked,
    Collection,
    as_feature,
    choose,
    collection,
    collections,
    conformance,
    item,
    items,
    landing,
    read_query,
)
from truceline.geo.box import Box
from truceline.model.instant import parse_utc

BASE = "https://watch.example.org/api/features"
NOON = parse_utc("2026-03-02T12:00:00Z")


def feature(number: int, lon: float | None = 30.0, **of: Any) -> dict[str, Any]:
    place = None if lon is None else {"type": "Point", "coordinates": [lon, 50.0]}
    return dict(as_feature({"geometry": place, "properties": {"id": f"E-{number}", **of}}))


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("", Asked()),
        ("bbox=10,50,11,51", Asked(box=Box(10, 50, 11, 51))),
        ("bbox=10,50,-5,11,51,99", Asked(box=Box(10, 50, 11, 51))),
        ("bbox=170,50,-170,51", Asked(box=Box(170, 50, -170, 51))),
        ("datetime=2026-03-02T12:00:00Z", Asked(from_us=NOON, until_us=NOON)),
        ("datetime=2026-03-02T12:00:00Z/..", Asked(from_us=NOON)),
        ("datetime=../2026-03-02T12:00:00Z", Asked(until_us=NOON)),
        ("datetime=/2026-03-02T12:00:00Z", Asked(until_us=NOON)),
        ("limit=5&offset=10", Asked(limit=5, offset=10)),
        ("limit=99999", Asked(limit=MOST_LIMIT)),
    ],
)
def test_what_is_asked_is_read(asked: str, read: Asked) -> None:
    assert read_query(parse_qsl(asked, keep_blank_values=True)) == read


@pytest.mark.parametrize(
    "asked",
    [
        "bbox=", "bbox=1,2,3", "bbox=a,b,c,d", "bbox=10,51,11,50", "bbox=nan,50,11,51", "bbox=10,50,11,inf",
        "bbox=1,2,3,4,5,6,7", "datetime=", "datetime=/", "datetime=../..", "datetime=noon",
        "datetime=2026-03-03T00:00:00Z/2026-03-02T00:00:00Z", "limit=0", "limit=-1", "limit=ten", "limit=1.5", "limit=",
        "limit=999999999999999", "offset=-1", "offset=x", "crs=EPSG:4326", "limit=1&limit=2", "f=html", "sortby=time",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_with_what_to_do(asked: str) -> None:
    with pytest.raises(ValueError, match="; "):
        read_query(parse_qsl(asked, keep_blank_values=True))


@pytest.mark.parametrize(
    ("span", "found"),
    [
        ("2026-03-02T11:00:00Z", ["E-1"]),
        ("2026-03-02T12:30:00Z", ["E-2", "E-4"]),
        ("2026-03-02T11:30:00Z/2026-03-02T12:00:00Z", ["E-2", "E-3", "E-4"]),
        ("2026-03-02T13:00:00Z/..", ["E-2", "E-4"]),
        ("../2026-03-02T11:00:00Z", ["E-1", "E-4"]),
    ],
)
def test_time_chooses_by_what_was_then(span: str, found: list[str]) -> None:
    hour: dict[str, Any] = {"from": "2026-03-02T12:00:00Z", "until": "2026-03-02T13:00:00Z"}
    features = [
        feature(1, time="2026-03-02T11:00:00.000Z"),
        feature(2, **hour),
        feature(3, time="2026-03-02T11:59:00.000Z"),
        feature(4),
    ]
    if span == "2026-03-02T11:00:00Z":
        features = features[:3]
    assert [one["id"] for one in choose(features, read_query([("datetime", span)])).features] == found


def test_a_box_chooses_what_is_in_it_and_nothing_that_is_nowhere() -> None:
    features = [feature(1), feature(2, lon=40.0), feature(3, lon=None)]
    assert [one["id"] for one in choose(features, read_query([("bbox", "29,49,31,51")])).features] == ["E-1"]
    assert choose(features, Asked()).matched == 3


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 40), st.integers(1, 12))
def test_by_the_links_to_the_next_page_every_feature_comes_once(count: int, limit: int) -> None:
    features = [feature(number) for number in range(count)]
    query, seen, pages = [("bbox", "-180,-90,180,90"), ("limit", str(limit))], [], 0
    while True:
        asked = read_query(query)
        page = choose(features, asked)
        document = items(BASE, "events", asked, query, page, NOON, urlencode)
        assert (document["numberMatched"], document["numberReturned"]) == (count, len(page.features))
        seen += [one["id"] for one in document["features"]]
        pages += 1
        links = {link["rel"]: link["href"] for link in document["links"]}
        assert ("prev" in links) is (asked.offset > 0)
        if "next" not in links:
            break
        query = parse_qsl(urlsplit(links["next"]).query)
        assert ("bbox", "-180,-90,180,90") in query
    assert seen == [f"E-{number}" for number in range(count)]
    assert pages == max(1, -(-count // limit))


def rels(document: dict[str, Any]) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in document["links"]}


def test_the_documents_have_what_the_standard_asks_for() -> None:
    first = landing(BASE, "T", "D", "https://watch.example.org/openapi.json")
    assert {"self", "service-desc", "conformance", "data"} <= set(rels(first))
    assert rels(first)["data"] == f"{BASE}/collections"
    conforms = conformance()["conformsTo"]
    assert [one.rpartition("/")[2] for one in conforms] == ["core", "geojson"]
    one = Collection("events", "Events", "What happened.")
    assert rels(collections(BASE, [one]))["self"] == f"{BASE}/collections"
    about = collection(BASE, one)
    assert (about["id"], about["crs"], about["itemType"]) == ("events", [CRS84], "feature")
    assert rels(about)["items"] == f"{BASE}/collections/events/items"
    single = item(BASE, "events", feature(7))
    assert (single["type"], single["id"]) == ("Feature", "E-7")
    assert rels(single) == {"self": f"{BASE}/collections/events/items/E-7", "collection": f"{BASE}/collections/events"}
    page = items(BASE, "events", Asked(), [], choose([feature(1)], Asked()), NOON, urlencode)
    assert (page["type"], page["timeStamp"]) == ("FeatureCollection", "2026-03-02T12:00:00Z")
    assert rels(page)["self"] == f"{BASE}/collections/events/items"
