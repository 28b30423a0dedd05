"""OGC API – Features, Part 1: Core 1.0 (OGC 17-069r4), with GeoJSON: what is asked, what is chosen, what is answered.

    /                                    landing page: links to all below
    /conformance                         the classes of requirements that are met
    /collections, /collections/ID        what there is
    /collections/ID/items                features; bbox, datetime, limit and offset choose
    /collections/ID/items/FEATURE        one feature

Positions are WGS84, longitude first (CRS84). A parameter that is not known, stands twice or cannot be read is a fault
(400), as the standard wants. Pure: features and addresses come in, documents go out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from truceline.geo.box import Box, box_fault, touches
from truceline.model.instant import Instant, format_utc, parse_utc

Feature: TypeAlias = Mapping[str, Any]
Document: TypeAlias = dict[str, Any]
Given: TypeAlias = Sequence[tuple[str, str]]  # parameters as they were given
Encode: TypeAlias = Callable[[Given], str]  # parameters → what stands behind the ? of an address

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CLASSES = tuple(f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{one}" for one in ("core", "geojson"))
GEOJSON, JSON = "application/geo+json", "application/json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.1"
DEFAULT_LIMIT, MOST_LIMIT = 100, 10_000
MOST_OFFSET = 10_000_000
PARAMETERS = ("bbox", "datetime", "limit", "offset")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which features are wanted. from_us, until_us: both included; None: without end."""

    box: Box | None = None
    from_us: Instant | None = None
    until_us: Instant | None = None
    limit: int = DEFAULT_LIMIT
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """The features of one answer, and how many there are in all that were asked for."""

    features: tuple[Feature, ...]
    matched: int


@dataclass(frozen=True, slots=True)
class Collection:
    """What a collection is called and holds."""

    id: str
    title: str
    description: str


def read_query(given: Given) -> Asked:
    """What the parameters of a request for items ask. Raises ValueError: what is wrong; what to do."""
    names = [name for name, _ in given]
    for name in names:
        if name not in PARAMETERS:
            raise ValueError(f"there is no parameter {name[:60]!r}; use {', '.join(PARAMETERS)}")
        if names.count(name) > 1:
            raise ValueError(f"{name} stands twice; give it once")
    asked = dict(given)
    from_us, until_us = _span(asked["datetime"]) if "datetime" in asked else (None, None)
    return Asked(
        box=_box(asked["bbox"]) if "bbox" in asked else None, from_us=from_us, until_us=until_us,
        limit=min(_whole(asked.get("limit", str(DEFAULT_LIMIT)), "limit", 1), MOST_LIMIT),
        offset=_whole(asked.get("offset", "0"), "offset", 0),
    )  # fmt: skip


def _box(text: str) -> Box:
    try:
        numbers = [float(one) for one in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (4, 6):
        raise ValueError("bbox is not four numbers; give west,south,east,north in degrees")
    half = len(numbers) // 2  # of six, the third and the last are heights, which nothing here has
    box = Box(numbers[0], numbers[1], numbers[half], numbers[half + 1])
    if fault := box_fault(box):
        raise ValueError(f"bbox: {fault}; give west,south,east,north in degrees")
    return box


def _span(text: str) -> tuple[Instant | None, Instant | None]:
    first, slash, last = text.partition("/")
    try:
        from_us = None if slash and first in ("", "..") else parse_utc(first)
        until_us = from_us if not slash else None if last in ("", "..") else parse_utc(last)
    except ValueError:
        raise ValueError(
            "datetime cannot be read; give an instant like 2026-03-02T10:00:00Z, or two with / between (one may be ..)"
        ) from None
    if (slash and from_us is None and until_us is None) or (from_us or 0) > (
        until_us if until_us is not None else 2**62
    ):
        raise ValueError("datetime begins after it ends, or has neither; give the earlier instant first")
    return from_us, until_us


def _whole(text: str, name: str, least: int) -> int:
    if not (text.isascii() and text.isdecimal()) or not least <= int(text[:12]) <= MOST_OFFSET or len(text) > 12:
        raise ValueError(f"{name} is no whole number from {least} on; give one")
    return int(text)


def choose(features: Sequence[Feature], asked: Asked) -> Page:
    """The features that were asked for, in the order in which they came."""
    found = [one for one in features if _wanted(one, asked)]
    return Page(tuple(found[asked.offset : asked.offset + asked.limit]), len(found))


def _wanted(feature: Feature, asked: Asked) -> bool:
    if asked.box is not None and not touches(feature["geometry"], asked.box):
        return False
    first_us, last_us = span_of(feature)
    if first_us is None or last_us is None:
        return True  # without a time it is of any
    after = asked.from_us is None or last_us >= asked.from_us
    return after and (asked.until_us is None or first_us <= asked.until_us)


def span_of(feature: Feature) -> tuple[Instant | None, Instant | None]:
    """From when until when something was: by `from` and `until`, or by `time`."""
    of = feature["properties"]
    first, last = of.get("from", of.get("time")), of.get("until", of.get("time"))
    return (None if first is None else parse_utc(first)), (None if last is None else parse_utc(last))


def landing(base: str, title: str, description: str, definition: str) -> Document:
    """The landing page. definition: the address of the OpenAPI document."""
    return {
        "title": title, "description": description,
        "links": [
            _link(base, "self", JSON, "This page"),
            _link(definition, "service-desc", OPENAPI, "The whole interface, as OpenAPI 3.1"),
            _link(f"{base}/conformance", "conformance", JSON, "What it conforms to"),
            _link(f"{base}/collections", "data", JSON, "The collections"),
        ],
    }  # fmt: skip


def conformance() -> Document:
    """The classes of requirements that are met."""
    return {"conformsTo": list(CLASSES)}


def collection(base: str, one: Collection) -> Document:
    """One collection. No extent is stated: it would tell where things are to whoever may not see them."""
    at = f"{base}/collections/{one.id}"
    return {
        "id": one.id, "title": one.title, "description": one.description, "itemType": "feature", "crs": [CRS84],
        "links": [_link(at, "self", JSON, one.title), _link(f"{at}/items", "items", GEOJSON, one.title)],
    }  # fmt: skip


def collections(base: str, all_: Sequence[Collection]) -> Document:
    """All collections that the reader may see."""
    return {
        "links": [_link(f"{base}/collections", "self", JSON, "The collections")],
        "collections": [collection(base, one) for one in all_],
    }


def items(base: str, id_: str, asked: Asked, given: Given, page: Page, now_us: Instant, encode: Encode) -> Document:
    """A page of features, with links to itself, to the one before and to the one after."""
    at = f"{base}/collections/{id_}/items"

    def page_from(offset: int) -> str:
        moved = [(name, value) for name, value in given if name != "offset"]
        return _address(at, [*moved, ("offset", str(offset))] if offset else moved, encode)

    links = [_link(_address(at, given, encode), "self", GEOJSON, "This page"),
             _link(f"{base}/collections/{id_}", "collection", JSON, "The collection")]  # fmt: skip
    if asked.offset + len(page.features) < page.matched:
        links.append(_link(page_from(asked.offset + asked.limit), "next", GEOJSON, "The next page"))
    if asked.offset:
        links.append(_link(page_from(max(0, asked.offset - asked.limit)), "prev", GEOJSON, "The page before"))
    return {
        "type": "FeatureCollection", "features": list(page.features), "links": links,
        "timeStamp": format_utc(now_us, digits=0), "numberMatched": page.matched, "numberReturned": len(page.features),
    }  # fmt: skip


def item(base: str, id_: str, feature: Feature) -> Document:
    """One feature with its links."""
    at = f"{base}/collections/{id_}"
    links = [_link(f"{at}/items/{feature['id']}", "self", GEOJSON, str(feature["id"])),
             _link(at, "collection", JSON, "The collection")]  # fmt: skip
    return {**feature, "links": links}


def as_feature(record: Feature) -> Feature:
    """A record of contract 1 as this standard wants it: its id beside its properties too."""
    return {"type": "Feature", "id": record["properties"]["id"], "geometry": record["geometry"],
            "properties": record["properties"]}  # fmt: skip


def _address(at: str, given: Given, encode: Encode) -> str:
    return f"{at}?{encode(given)}" if given else at


def _link(href: str, rel: str, type_: str, title: str) -> dict[str, str]:
    return {"href": href, "rel": rel, "type": type_, "title": title}
