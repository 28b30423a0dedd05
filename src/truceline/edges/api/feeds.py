"""What comes in: batches of lines, and exhibits. An answer of 200 means that all of it is on disk."""

from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from truceline.custody.exhibit import MEDIA_TYPES
from truceline.edges.api.answers import RETRY_S, body_of, fault_of, json_answer
from truceline.edges.api.bodies import Acknowledged, Exhibited
from truceline.edges.api.guard import Serving, read_body
from truceline.edges.api.sending import MOST_BODY, MOST_LINES, lines_in
from truceline.edges.live.service import Busy, Service
from truceline.edges.store.exhibits import Unfit

MOST_EXHIBIT = 64 * 1024**2
# Batches taken in at once, and their bytes: more are asked to wait. Those that come together are kept together.
MOST_AT_ONCE, MOST_BYTES_AT_ONCE = 64, 8 * MOST_BODY
KINDS = {"observations": "observation", "notices": "notice", "claims": "claim", "contacts": "contact"}
STATUS_HEADER = {
    "name": "Truceline-Status", "in": "header", "required": True,
    "description": "What the sender means to send: it must be the status of the service.",
    "schema": {"type": "string", "enum": ["actual", "exercise", "test"]},
}  # fmt: skip
FAULTS = {
    **fault_of(400, "It is not said what is sent: no Truceline-Status; or an exhibit cannot be taken."),
    **fault_of(401, "The key of the feeds is missing or wrong."),
    **fault_of(409, "The status sent is not that of this service: reality and exercise are never mixed."),
    **fault_of(413, "The batch is too long."),
    **fault_of(415, "The media type is not taken."),
    **fault_of(429, "Too many batches at once; wait as Retry-After says."),
    **fault_of(503, "Too much is on its way to the disk, or the disk fails; nothing of the batch was acknowledged."),
}

router = APIRouter(prefix="/api/v1", tags=["feeds"])


async def _keep_lines(kind: str, request: Request, service: Service) -> Response:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-ndjson":
        raise HTTPException(415, "the body is not said to be NDJSON; send Content-Type: application/x-ndjson")
    taken: Counter[str] = request.app.state.taken
    stated = request.headers.get("content-length", "")
    size = min(int(stated), MOST_BODY) if stated.isdecimal() else MOST_BODY  # more is refused when it comes
    if taken["batches"] >= MOST_AT_ONCE or taken["bytes"] + size > MOST_BYTES_AT_ONCE:
        raise HTTPException(429, "too many batches at once; wait and send again", {"Retry-After": str(RETRY_S)})
    taken["batches"] += 1
    taken["bytes"] += size
    try:
        body = await read_body(request, MOST_BODY)
        inputs, not_used = lines_in(kind, body, service.mission)
        if len(inputs) > MOST_LINES:
            raise HTTPException(413, f"the batch has {len(inputs):,} lines; send at most {MOST_LINES:,}")
        try:
            receipts = await service.keep(inputs) if inputs else ()
        except Busy:
            raise HTTPException(503, "the disk is behind; wait and send again", {"Retry-After": str(RETRY_S)}) from None
    finally:
        taken["batches"] -= 1
        taken["bytes"] -= size
    counts = Counter(one.outcome for one in receipts)
    return json_answer(Acknowledged(counts["new"], counts["known"], counts["set_aside"], service.floor.size, not_used))


def _route(path: str, kind: str) -> Callable[[Request, Service], Coroutine[Any, Any, Response]]:
    async def keep_batch(request: Request, service: Serving) -> Response:
        return await _keep_lines(kind, request, service)

    router.add_api_route(
        f"/{path}", keep_batch, methods=["POST"], name=f"send_{path}", summary=f"Send a batch of {path}",
        operation_id=f"send_{path}", responses={**body_of("Acknowledged", "All lines are on disk."), **FAULTS},
        description="NDJSON, one record of contract 1 a line. Idempotent: a line sent again is known, not kept twice.",
        openapi_extra={
            "parameters": [STATUS_HEADER],
            "security": [{"feed": []}],
            "requestBody": {"required": True, "content": {"application/x-ndjson": {"schema": {"type": "string"}}}},
        },
    )  # fmt: skip
    return keep_batch


for _path, _kind in KINDS.items():
    _route(_path, _kind)


@router.post(
    "/exhibits", summary="Send an exhibit", operation_id="send_exhibit",
    responses={**body_of("Exhibited", "The exhibit is on disk."), **FAULTS},
    openapi_extra={
        "parameters": [STATUS_HEADER],
        "security": [{"feed": []}],
        "requestBody": {
            "required": True,
            "content": {one: {"schema": {"type": "string", "format": "binary"}} for one in MEDIA_TYPES},
        },
    },
)  # fmt: skip
async def send_exhibit(request: Request, service: Serving) -> Response:
    """Bytes of a stated media type. Kept under their SHA-256, never decoded."""
    body = await read_body(request, MOST_EXHIBIT)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip()
    if media_type not in MEDIA_TYPES:
        raise HTTPException(415, f"{media_type[:80]!r} is not taken; send one of {', '.join(MEDIA_TYPES)}")
    try:
        kept = await service.receive_exhibit(body, media_type)
    except Unfit as unfit:
        first = unfit.problems[0]
        raise HTTPException(400, f"{first.what}; {first.remedy}") from None
    return json_answer(Exhibited(kept.sha256, kept.media_type, kept.size))
