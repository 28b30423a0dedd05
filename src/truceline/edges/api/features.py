"""OGC API – Features: events, incidents and findings of the last judgement for GIS programs of those on duty, and what
was published for everybody who signs in. A program shows its account and key (HTTP Basic), or a session's cookie."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import Response

from truceline.edges import clock
from truceline.edges.api.answers import fault_of, json_answer
from truceline.edges.api.guard import Seated, Serving, why_not
from truceline.edges.api.rights import FEATURES, TABLE, Right
from truceline.edges.live.released import released_brief
from truceline.edges.live.service import FINDING, FLOOR, Service
from truceline.edges.people.roles import Seat
from truceline.findings.review.case import Case
from truceline.formats.ogc_features import (
    GEOJSON,
    MOST_LIMIT,
    Collection,
    Document,
    Feature,
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
from truceline.model.instant import US_PER_HOUR, format_utc

COLLECTIONS = (
    Collection("events", "Events", "What physically happened, as far as judged: the likeliest places of origin."),
    Collection("incidents", "Incidents", "Events that belong to one act or exchange."),
    Collection("findings", "Findings", "What the machine concluded, not reviewed by people unless it is said."),
    Collection("published", "Published conclusions", "What people concluded and published: the hour, and no place."),
)
LOOKS = {"events": "events", "incidents": FLOOR, "findings": FINDING}
SECURED: dict[str, Any] = {"security": [{"session": []}, {"program": []}]}
FAULTS = {
    **fault_of(400, "A parameter is not known or cannot be read."),
    **fault_of(401, "Nobody is signed in, and no program's key was shown."),
    **fault_of(403, "This seat may not: by role, by nation, or not being on duty."),
}
CHOOSING = [
    {"name": "bbox", "in": "query", "required": False, "style": "form", "explode": False,
     "description": "west,south,east,north in WGS84 degrees; what touches it.",
     "schema": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}},
    {"name": "datetime", "in": "query", "required": False, "schema": {"type": "string"},
     "description": "An instant (RFC 3339), or two with / between, of which one may be `..`."},
    {"name": "limit", "in": "query", "required": False,
     "description": f"At most so many in one answer; never more than {MOST_LIMIT:,}, whatever is asked for.",
     "schema": {"type": "integer", "minimum": 1, "default": 100}},
    {"name": "offset", "in": "query", "required": False, "schema": {"type": "integer", "minimum": 0, "default": 0}},
]  # fmt: skip

router = APIRouter(prefix=FEATURES, tags=["features"])
Id = Annotated[str, Path(min_length=1, max_length=200)]


def _document(words: str, type_: str = "application/json") -> dict[int | str, dict[str, Any]]:
    return {200: {"description": words, "content": {type_: {"schema": {"type": "object"}}}}, **FAULTS}


def _base(request: Request) -> str:
    site = request.app.state.site
    reached = f"{request.url.scheme}://{request.url.netloc}"
    return site.origin if site is not None and request.url.hostname == site.name else reached


def _no_parameters(request: Request) -> None:
    if request.url.query:
        raise HTTPException(400, "there are no parameters here; leave them out")


@router.get("", operation_id="features_landing", responses=_document("The landing page."), openapi_extra=SECURED)
async def landing_page(request: Request, service: Serving) -> Response:
    """Where a GIS program begins."""
    _no_parameters(request)
    base, mission = _base(request), service.mission
    words = f"{mission.status.upper()}. Without prejudice to the final judgment of States."
    title = f"{mission.status.upper()}: {mission.name}"
    return json_answer(landing(base + FEATURES, title, words, f"{base}/openapi.json"))


@router.get(
    "/conformance", operation_id="features_conformance", responses=_document("Classes met."), openapi_extra=SECURED
)
async def conforms(request: Request) -> Response:
    """What it conforms to."""
    _no_parameters(request)
    return json_answer(conformance())


@router.get(
    "/collections", operation_id="features_collections", responses=_document("Collections."), openapi_extra=SECURED
)
async def all_collections(request: Request, seat: Seated) -> Response:
    """The collections that this seat may see now."""
    _no_parameters(request)
    mine = [one for one in COLLECTIONS if _may(request, seat, one.id)]
    return json_answer(collections(_base(request) + FEATURES, mine))


def _may(request: Request, seat: Seat, id_: str) -> bool:
    who = TABLE["GET", f"{FEATURES}/collections/{id_}/items"]
    return isinstance(who, Right) and why_not(request, who, seat) is None


def _features(service: Service, seat: Seat, id_: str) -> list[Feature]:
    if id_ == "published":
        cases = [one for one in service.decisions.cases.values() if one.published is not None]
        return [_published(one) for one in sorted(cases, key=lambda one: (one.drawn.time_us, one.finding))]
    told = service.floor.judged
    lines = released_brief(told, service.floor.rests, service.withheld(seat), id_) if told is not None else ()
    return [as_feature(msgspec.json.decode(line)) for line in lines]


def _published(case: Case) -> Feature:
    """A conclusion as everybody may know it: the hour, people's words, and no place."""
    assert case.published is not None
    assert case.concluded is not None
    hour_us = case.drawn.time_us // US_PER_HOUR * US_PER_HOUR
    of = {
        "id": case.finding, "from": format_utc(hour_us), "until": format_utc(hour_us + US_PER_HOUR),
        "outcome": case.concluded.outcome, "party": case.concluded.party, "words": case.published.words,
    }  # fmt: skip
    return as_feature({"geometry": None, "properties": of})


async def _saw(service: Service, seat: Seat, id_: str, shown: list[str]) -> None:
    if id_ in LOOKS:
        await service.saw(seat, LOOKS[id_], shown)


Answer = Callable[..., Awaitable[Response]]


def _routes(one: Collection) -> None:
    async def about(request: Request) -> Response:
        _no_parameters(request)
        return json_answer(collection(_base(request) + FEATURES, one))

    async def some(request: Request, service: Serving, seat: Seated) -> Response:
        given = request.query_params.multi_items()
        try:
            asked = read_query(given)
        except ValueError as error:
            raise HTTPException(400, str(error)) from None
        page = choose(_features(service, seat, one.id), asked)
        await _saw(service, seat, one.id, [str(feature["id"]) for feature in page.features])
        return _geojson(items(_base(request) + FEATURES, one.id, asked, given, page, clock.now_us(), urlencode))

    async def single(request: Request, service: Serving, seat: Seated, id_: Id) -> Response:
        _no_parameters(request)
        found = next((feature for feature in _features(service, seat, one.id) if feature["id"] == id_), None)
        if found is None:
            raise HTTPException(404, f"there is nothing of this id among the {one.id}; ask for all of them")
        await _saw(service, seat, one.id, [id_])
        return _geojson(item(_base(request) + FEATURES, one.id, found))

    at = f"/collections/{one.id}"
    for path, answer, name, words, type_, extra in (
        (at, about, "collection", "The collection.", "application/json", SECURED),
        (f"{at}/items", some, "items", "A page of features.", GEOJSON, {**SECURED, "parameters": CHOOSING}),
        (f"{at}/items/{{id_}}", single, "item", "One feature.", GEOJSON, SECURED),
    ):
        responses = _document(words, type_) | (fault_of(404, "There is no such feature.") if name == "item" else {})
        router.add_api_route(
            path, answer, methods=["GET"], operation_id=f"features_{one.id}_{name}", openapi_extra=extra,
            summary=f"{one.title}: {words.lower().rstrip('.')}", responses=responses,
        )  # fmt: skip


def _geojson(document: Document) -> Response:
    return Response(msgspec.json.encode(document), media_type=GEOJSON)


for _one in COLLECTIONS:
    _routes(_one)
