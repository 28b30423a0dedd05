"""Showing again who one is, before what is grave: with one's passkey or provider, in the session that one has."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response

from truceline.edges.api.answers import json_answer
from truceline.edges.api.frame import hidden, page_answer
from truceline.edges.api.guard import Seated, Serving, need_token, own_form, own_path
from truceline.edges.api.signing import ask_provider, openid_of, passkeys_of, read_finishing
from truceline.edges.api.words import WORDS
from truceline.edges.people.openid import Refused
from truceline.edges.people.roles import Seat
from truceline.edges.people.sessions import FRESH_US
from truceline.model.instant import US_PER_S
from truceline.reports.markup import Content, content, name, tag

router = APIRouter(include_in_schema=False)


@router.get("/confirm")
async def confirm_page(
    request: Request, service: Serving, seat: Seated, to: Annotated[str, Query(max_length=1_024)] = "/"
) -> Response:
    """The ways to show it, as far as this person has them."""
    to = own_path(to)
    minutes = str(FRESH_US // US_PER_S // 60)
    kinds = {one.kind for one in service.people.access.ways(seat.id)}
    ways: list[Content] = [tag("p", WORDS.say("confirm.means", minutes=minutes))]
    if "passkey" in kinds and request.app.state.passkeys is not None:
        button = tag("button", WORDS.say("confirm.passkey"), type="button", id="passkey", data_confirm=to,
                     data_token=seat.token)  # fmt: skip
        ways += [tag("p", button), tag("p", "", id="passkey-says", role="status", data_failed=WORDS.say("confirm.no"))]
    if "provider" in kinds and request.app.state.openid is not None:
        ways.append(_provider(request, seat, to))
    if len(ways) == 1:
        ways.append(tag("p", WORDS.say("confirm.none")))
    back = tag("p", tag("a", WORDS.say("confirm.back"), href=to))
    return page_answer(
        request, WORDS.say("confirm.title"), content(*ways, back), seat=seat, foot="foot.people",
        scripts=("page.js", "passkey.js"),
    )  # fmt: skip


def _provider(request: Request, seat: Seat, to: str) -> Content:
    words = WORDS.write("people.with_provider", provider=name(openid_of(request).name))
    return tag(
        "form", hidden(seat), tag("input", type="hidden", name="to", value=to), tag("button", words, type="submit"),
        method="post", action="/confirm/openid",
    )  # fmt: skip


@router.post("/confirm/begin")
async def begin_confirming(request: Request, seat: Seated) -> Response:
    """What the browser is to ask of a passkey."""
    need_token(request, seat)
    return json_answer(passkeys_of(request).begin_signing_in())


@router.post("/confirm/finish")
async def finish_confirming(request: Request, seat: Seated) -> Response:
    """Remember that this person has shown who they are, if a passkey of theirs signed what was asked."""
    need_token(request, seat)
    finishing = await read_finishing(request)
    if not passkeys_of(request).finish_confirming(finishing.attempt, bytes(finishing.credential), seat):
        raise HTTPException(403, "that is no passkey of yours; try again, or sign out and in")
    return json_answer({"to": own_path(finishing.to)})


@router.post("/confirm/openid")
async def confirm_by_provider(request: Request, seat: Seated) -> Response:
    """Have the provider ask again."""
    to = own_path((await own_form(request)).get("to", "/"))
    try:
        address, browser = await asyncio.to_thread(openid_of(request).begin, None, (seat.id, seat.session, to))
    except Refused as refused:
        raise HTTPException(502, str(refused)) from None
    return ask_provider(request, address, browser)
