"""What is read: the floor and its changes, records, the mission's ground, proofs. For those who are signed in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import Response, StreamingResponse

from truceline import __version__
from truceline.custody.entry import KINDS as INPUT_KINDS
from truceline.custody.exhibit import HANDING_OUT
from truceline.edges.api.answers import body_of, fault_of, json_answer, ndjson_answer
from truceline.edges.api.bodies import Stands
from truceline.edges.api.ground import mission_ground
from truceline.edges.api.guard import Seated, Serving, seat_or_none
from truceline.edges.live.floor import Noted
from truceline.edges.live.released import released_change, released_records, released_whole
from truceline.edges.live.service import FINDING, FLOOR, Service, Watcher
from truceline.edges.live.withheld import Withheld
from truceline.edges.people.roles import Seat
from truceline.edges.proving import Proof

HEARTBEAT_S = 15.0
RETRY_MS = 1_500
SIGNED_OUT = fault_of(401, "Nobody is signed in.")
NOT_THEIRS = fault_of(403, "This seat may not: by role, by nation, or not being on duty.")
UNKNOWN = fault_of(404, "There is no such thing here.")
KINDS = ("events", "incidents", "findings", "sensors")
LOOKS = {"events": "events", "incidents": FLOOR, "findings": FINDING, "sensors": "positions"}

router = APIRouter(prefix="/api/v1", tags=["watching"])
Id = Annotated[str, Path(min_length=1, max_length=1024)]


@router.get(
    "/stands", operation_id="stands", responses={**body_of("Stands", "How it stands."), **SIGNED_OUT, **NOT_THEIRS},
    openapi_extra={"security": [{"session": []}]},
)  # fmt: skip
async def stands(service: Serving) -> Response:
    """How the service stands: status, how far it is, what is wrong."""
    now = service.floor.now
    behind = max(0, service.floor.size - now.size)
    return json_answer(
        Stands(
            service.mission.status, service.mission.name, __version__, service.floor.size, behind, now.time,
            now.judged, [*service.faults.values(), *service.patrols.wants(), *service.untold()],
        )
    )  # fmt: skip


@router.get(
    "/floor", operation_id="floor", responses={**body_of("Whole", "All that is shown."), **SIGNED_OUT, **NOT_THEIRS},
    openapi_extra={"security": [{"session": []}]},
)  # fmt: skip
async def floor(service: Serving, request: Request, seat: Seated) -> Response:
    """All that is shown now. The header Truceline-Change is where to go on with /changes."""
    withheld, all_ = service.withheld(seat), service.floor
    whole = released_whole(all_.whole(), all_.rests, withheld, service.blind(withheld, all_.now))
    await service.saw(seat, FLOOR, whole.records["sensors"])
    return json_answer(whole, headers={"Truceline-Change": f"{request.app.state.boot}.{whole.number}"})


@router.get(
    "/changes", operation_id="changes", responses={
        200: {"description": "Server-sent events: `change` with a Change, `anew` when all must be read again, `still` "
                             "when nothing came for a while.",
              "content": {"text/event-stream": {"schema": {"type": "string"}}}},
        **SIGNED_OUT, **NOT_THEIRS, **fault_of(503, "Too many watch already."),
    },
    openapi_extra={"security": [{"session": []}], "parameters": [
        {"name": "Last-Event-ID", "in": "header", "required": False, "schema": {"type": "string"},
         "description": "The last change that was received; those after it follow."},
        {"name": "after", "in": "query", "required": False, "schema": {"type": "string"},
         "description": "The same, where no header can be sent."},
    ]},
)  # fmt: skip
async def changes(service: Serving, request: Request, seat: Seated) -> Response:
    """What changes, as it changes. Whoever was away for a moment gets what was missed."""
    last = request.headers.get("last-event-id") or request.query_params.get("after") or ""
    withheld = service.withheld(seat)
    await service.saw(seat, FLOOR, [one for one in service.floor.now.sensors if one not in withheld.sensors])
    watcher = service.watch(seat.id)
    if watcher is None:
        raise HTTPException(503, "too many watch already; close a page and try again", {"Retry-After": "5"})
    allowed = partial(_still, request, service, withheld)
    stream = _events(service, watcher, _Reader(last, request.app.state.boot, withheld, allowed))
    return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


@dataclass(frozen=True)
class _Reader:
    """Who reads: what they had last, since which start of the service, what they do not see, whether they still may."""

    last: str
    boot: str
    withheld: Withheld
    still: Callable[[], bool]


def _still(request: Request, service: Service, withheld: Withheld) -> bool:
    """Whether whoever opened this stream is signed in still, on duty, and may see what they might see then."""
    seat = seat_or_none(request)
    return seat is not None and service.on_duty(seat) and service.withheld(seat) == withheld


async def _events(service: Service, watcher: Watcher, reader: _Reader) -> AsyncIterator[bytes]:
    boot = reader.boot
    try:
        yield f"retry: {RETRY_MS}\n\n".encode()
        name, _, number = reader.last.partition(".")
        known = name == boot and number.isdecimal()
        missed = service.floor.since(int(number)) if known else None
        if missed is None:
            yield f"event: anew\nid: {boot}.{service.floor.number}\ndata: {{}}\n\n".encode()
        done = int(number) if missed is not None else service.floor.number
        for change in missed or ():
            yield _event(service, change, reader)
            done = change.change.number
        while True:
            try:
                waiting = await asyncio.wait_for(watcher.queue.get(), HEARTBEAT_S)
            except TimeoutError:
                if not reader.still():
                    return
                yield b"event: still\ndata: {}\n\n"
                continue
            if waiting is None or not reader.still():
                return
            if waiting.change.number > done:
                yield _event(service, waiting, reader)
    finally:
        service.watchers.discard(watcher)
        service.people.accounts.saw(watcher.account, FLOOR)


def _event(service: Service, noted: Noted, reader: _Reader) -> bytes:
    now = noted.change.now
    blind = service.blind(reader.withheld, now) if now is not None else []
    change = released_change(noted, reader.withheld, blind)
    return b"event: change\nid: %s.%d\ndata: %s\n\n" % (
        reader.boot.encode(), change.number, msgspec.json.encode(change)
    )  # fmt: skip


@router.get(
    "/mission", operation_id="mission", responses={
        200: {"description": "GeoJSON features of lines, areas, held ground and sensors; parties and provisions.",
              "content": {"application/json": {"schema": {"type": "object"}}}}, **SIGNED_OUT, **NOT_THEIRS},
    openapi_extra={"security": [{"session": []}]},
)  # fmt: skip
async def mission(service: Serving, seat: Seated) -> Response:
    """What is watched: the agreement's lines and areas, who holds what by which mapper, sensors."""
    hidden = service.withheld(seat).sensors
    shown = [one for one in service.mission.network.sensors if one.id not in hidden]
    await service.saw(seat, "positions", [one.id for one in shown])
    return json_answer(mission_ground(service.mission, shown))


def _released(service: Service, seat: Seat, kind: str) -> dict[str, bytes]:
    """The records of a kind that this seat may see."""
    told = service.floor.judged
    return released_records(told, service.floor.rests, service.withheld(seat), kind) if told is not None else {}


def _records(kind: str) -> None:
    async def read_all(service: Serving, seat: Seated) -> Response:
        records = _released(service, seat, kind)
        await service.saw(seat, LOOKS[kind], list(records))
        return ndjson_answer(list(records.values()))

    async def read_one(service: Serving, id_: Id, seat: Seated) -> Response:
        line = _released(service, seat, kind).get(id_)
        if line is None:
            raise HTTPException(404, f"there is nothing of this id among the {kind}; look it up on the floor")
        await service.saw(seat, LOOKS[kind], [id_])
        return Response(line, media_type="application/geo+json")

    one = kind[:-1]
    secured: dict[str, Any] = {"security": [{"session": []}]}
    lines = {"schema": {"type": "string", "description": f"One feature of {kind}.geojsonl a line."}}
    router.add_api_route(
        f"/{kind}", read_all, methods=["GET"], operation_id=kind, summary=f"All {kind} of the last judgement",
        responses={
            200: {"description": "NDJSON.", "content": {"application/x-ndjson": lines}}, **SIGNED_OUT, **NOT_THEIRS,
        },
        openapi_extra=secured,
    )  # fmt: skip
    router.add_api_route(
        f"/{kind}/{{id_}}", read_one, methods=["GET"], operation_id=one, summary=f"One of the {kind}",
        responses={
            200: {"description": "A GeoJSON feature.",
                  "content": {"application/geo+json": {"schema": {"type": "object"}}}},
            **SIGNED_OUT, **NOT_THEIRS, **UNKNOWN,
        },
        openapi_extra=secured,
    )  # fmt: skip


for _kind in KINDS:
    _records(_kind)


@router.get(
    "/proofs/{kind}/{id_}", operation_id="proof",
    responses={**body_of("Proof", "Proof of inclusion."), **SIGNED_OUT, **NOT_THEIRS, **UNKNOWN},
    openapi_extra={"security": [{"session": []}]},
)  # fmt: skip
async def proof(service: Serving, seat: Seated, kind: str, id_: Id) -> Response:
    """That an input is in the sealed log. Of an observation that is not released, as if it were not there."""
    found: Proof | None = None
    if kind in INPUT_KINDS and await asyncio.to_thread(_may_prove, service, seat, kind, id_):
        found = await asyncio.to_thread(service.proof, kind, id_)
    if found is None:
        raise HTTPException(404, "no such input is sealed yet; ask again in a few seconds")
    return json_answer(found)


def _may_prove(service: Service, seat: Seat, kind: str, id_: str) -> bool:
    withheld = service.withheld(seat)
    if kind == "set_aside":  # nobody knows whose it was
        return not withheld
    return kind != "observation" or service.may_see_observation(withheld, id_)


@router.get(
    "/exhibits/{sha256}", operation_id="exhibit", responses={
        200: {"description": "The bytes as received; a browser saves them and shows nothing.",
              "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
        **SIGNED_OUT, **NOT_THEIRS, **UNKNOWN},
    openapi_extra={"security": [{"session": []}]},
)  # fmt: skip
async def exhibit(
    service: Serving, sha256: str, seat: Seated, observation: Annotated[str, Query(max_length=1024)] = ""
) -> Response:
    """An exhibit of an observation, to whoever its provider releases it."""
    if not await asyncio.to_thread(service.may_see_exhibit, seat, sha256, observation):
        raise HTTPException(403, "not released to you, or it is not said of which observation it is; ask its owner")
    if not service.exhibits.holds(sha256):
        raise HTTPException(404, "there is no exhibit of this digest; ask the provider for it")
    await service.saw(seat, "exhibit", [sha256])
    return StreamingResponse(service.exhibits.read(sha256), headers=dict(HANDING_OUT))
