"""Signing in: with a passkey, with a provider, with the one-time link of an exercise; adding a way to sign in."""

import asyncio
from http.cookies import CookieError, SimpleCookie
from typing import Annotated
from urllib.parse import parse_qs

import msgspec
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

from truceline.edges.api.answers import json_answer
from truceline.edges.api.frame import page_answer
from truceline.edges.api.guard import (
    COOKIE,
    SECURE_COOKIE,
    Seated,
    Serving,
    need_own_page,
    own_form,
    read_body,
    seat_or_none,
    session_key,
)
from truceline.edges.api.words import WORDS
from truceline.edges.live.service import Service
from truceline.edges.people.openid import OpenId, Refused
from truceline.edges.people.passkeys import Begun, Passkeys
from truceline.edges.people.sessions import ATTEMPT_US, SESSION_US
from truceline.model.instant import US_PER_S
from truceline.reports.markup import Content, Markup, content, name, plain, tag

MOST_FORM = 4_096
MOST_CREDENTIAL = 65_536
BROWSER_COOKIE = "truceline_attempt"

router = APIRouter(include_in_schema=False)
Key = Annotated[str, Query(max_length=200)]


class Finishing(msgspec.Struct):
    """What a device answered; to: where somebody goes on who only showed again who they are."""

    attempt: str
    credential: msgspec.Raw
    to: str = "/"


@router.get("/sign-in")
async def sign_in_page(request: Request, service: Serving, key: Key = "") -> Response:
    """The ways to sign in. Looking at the page behind a link does not use the link up: pressing the button does."""
    if key:
        form: Content = tag(
            "form", tag("p", WORDS.say("people.link")), tag("input", type="hidden", name="key", value=key),
            tag("button", WORDS.say("people.sign_in"), type="submit", autofocus=True), method="post", action="/sign-in",
        )  # fmt: skip
        return _sign_in_answer(request, form)
    exercise = service.mission.status != "actual"
    ways = (_passkey_way(request), _provider_way(request), tag("p", WORDS.say("people.no_link")) if exercise else "")
    return _sign_in_answer(request, content(*ways))


def _sign_in_answer(request: Request, body: Content, code: int = 200) -> Response:
    return page_answer(
        request, WORDS.say("people.sign_in"), body, seat=None, code=code,
        foot="foot.people", scripts=("page.js", "passkey.js"),
    )  # fmt: skip


def _passkey_way(request: Request, invitation: str = "") -> Markup:
    """The button for a passkey; where passkeys cannot work, why."""
    site = request.app.state.site
    if site is None:
        return tag("p", WORDS.say("people.no_passkeys"))
    if request.url.hostname != site.name:
        address = f"{site.origin}{request.url.path}" + (f"?key={invitation}" if invitation else "")
        return tag("p", WORDS.say("people.other_name"), " ", tag("a", address, href=address))
    key = "people.add_passkey" if invitation else "people.with_passkey"
    button = tag("button", WORDS.say(key), type="button", id="passkey", data_invitation=invitation or None)
    return content(tag("p", button), tag("p", "", id="passkey-says", role="status", data_failed=WORDS.say("people.no")))


def _provider_way(request: Request, invitation: str = "") -> Content:
    provider: OpenId | None = request.app.state.openid
    if provider is None:
        return ""
    return tag(
        "form", tag("input", type="hidden", name="invitation", value=invitation),
        tag("button", WORDS.write("people.with_provider", provider=name(provider.name)), type="submit"), method="post",
        action="/sign-in/openid",
    )  # fmt: skip


@router.post("/sign-in")
async def sign_in(request: Request, service: Serving) -> Response:
    """Begin a session with the key of an exercise's link. Where the mission is actual, there are no links."""
    need_own_page(request)
    form = parse_qs((await read_body(request, MOST_FORM)).decode("utf-8", "replace"))
    session = None if service.mission.status == "actual" else service.people.sign_in(form.get("key", [""])[0])
    if session is None:
        words = tag("p", WORDS.say("people.bad_link"), role="alert")
        return _sign_in_answer(request, words, 403)
    answer = RedirectResponse("/", 303)
    _with_session(request, answer, session)
    return answer


@router.post("/sign-out")
async def sign_out(request: Request, service: Serving, _: Seated) -> Response:
    """End the session, if its own form asks."""
    await own_form(request)
    service.people.sign_out(session_key(request))
    answer = _sign_in_answer(request, tag("p", WORDS.say("people.signed_out"), role="status"))
    answer.delete_cookie(SECURE_COOKIE if request.app.state.secure else COOKIE, path="/")
    return answer


@router.post("/passkey/begin")
async def begin_passkey(request: Request) -> Response:
    """What the browser is to ask of a passkey."""
    need_own_page(request)
    return json_answer(passkeys_of(request).begin_signing_in())


@router.post("/passkey/finish")
async def finish_passkey(request: Request) -> Response:
    """Begin a session, if a passkey of an account signed what was asked."""
    finishing = await read_finishing(request)
    session = passkeys_of(request).finish_signing_in(finishing.attempt, bytes(finishing.credential))
    if session is None:
        raise HTTPException(403, "the passkey does not open an account here; try again, or ask an administrator")
    answer = json_answer({"to": "/"})
    _with_session(request, answer, session)
    return answer


@router.get("/join")
async def join_page(request: Request, service: Serving, key: Key = "") -> Response:
    """Where somebody who was invited adds a way to sign in."""
    account = service.people.invited(key)
    if account is None:
        return _sign_in_answer(request, tag("p", WORDS.say("people.bad_invitation"), role="alert"), 403)
    facts = (
        ("people.name", account.name),
        ("people.nation", account.nation),
        ("people.roles", roles_in_words(account.roles)),
    )
    rows = [content(tag("dt", WORDS.say(key)), tag("dd", name(value))) for key, value in facts]
    body = content(
        tag("p", WORDS.say("people.invited")), tag("dl", *rows), _passkey_way(request, key), _provider_way(request, key)
    )
    return page_answer(
        request, WORDS.say("people.join"), body, seat=None, foot="foot.people",
        scripts=("page.js", "passkey.js"),
    )  # fmt: skip


@router.post("/join/begin")
async def begin_joining(request: Request) -> Response:
    """What the browser is to ask of a new passkey."""
    need_own_page(request)
    invitation = (await read_body(request, MOST_FORM)).decode("utf-8", "replace")
    begun: Begun | None = passkeys_of(request).begin_adding(invitation)
    if begun is None:
        raise HTTPException(403, "the invitation was used, or is older than a day; ask an administrator for another")
    return json_answer(begun)


@router.post("/join/finish")
async def finish_joining(request: Request, service: Serving) -> Response:
    """Keep the new passkey, and sign in."""
    finishing = await read_finishing(request)
    account = passkeys_of(request).finish_adding(finishing.attempt, bytes(finishing.credential))
    if account is None:
        raise HTTPException(403, "the passkey cannot be added; ask an administrator for another invitation")
    answer = json_answer({"to": "/"})
    _with_session(request, answer, service.people.begin(account.id, way="passkey"))
    return answer


@router.post("/sign-in/openid")
async def begin_openid(request: Request) -> Response:
    """Send the browser to the provider: by a page, for no form of ours may lead to another site."""
    need_own_page(request)
    form = parse_qs((await read_body(request, MOST_FORM)).decode("utf-8", "replace"))
    try:
        address, browser = await asyncio.to_thread(openid_of(request).begin, form.get("invitation", [""])[0] or None)
    except Refused as refused:
        raise HTTPException(502, str(refused)) from None
    return ask_provider(request, address, browser)


def ask_provider(request: Request, address: str, browser: str) -> Response:
    """A page that leads to the provider; the browser must still have what it is given when it comes back."""
    words = tag("p", tag("a", WORDS.say("people.go_on"), href=address))
    answer = page_answer(
        request,
        WORDS.say("people.sign_in"),
        words,
        seat=None,
        foot="foot.people",
        go_to=address,
    )
    # Lax: the provider sends the browser back from another site, and this must come with it.
    answer.set_cookie(
        BROWSER_COOKIE, browser, max_age=ATTEMPT_US // US_PER_S, path="/sign-in/openid", httponly=True, samesite="lax",
        secure=bool(request.app.state.secure),
    )  # fmt: skip
    return answer


@router.get("/sign-in/openid/back")
async def back_from_openid(
    request: Request, state: Key = "", code: Annotated[str, Query(max_length=4_096)] = ""
) -> Response:
    """Where the provider sends the browser back to."""
    try:
        cookies = SimpleCookie(request.headers.get("cookie", ""))
        browser = cookies[BROWSER_COOKIE].value if BROWSER_COOKIE in cookies else ""
    except CookieError:
        browser = ""
    try:
        session, to = await asyncio.to_thread(openid_of(request).finish, state, code, browser)
    except Refused as refused:
        return _sign_in_answer(request, tag("p", plain(str(refused)), role="alert"), 403)
    # A page of our own goes on to the next: a cookie that is Strict does not come with a redirect from elsewhere.
    words = tag("p", tag("a", WORDS.say("people.go_on"), href=to))
    answer = page_answer(
        request,
        WORDS.say("people.sign_in"),
        words,
        seat=None,
        foot="foot.people",
        go_to=to,
    )
    answer.delete_cookie(BROWSER_COOKIE, path="/sign-in/openid")
    if session is not None:
        _with_session(request, answer, session)
    return answer


def roles_in_words(roles: tuple[str, ...]) -> str:
    """Roles as people read them."""
    return ", ".join(WORDS.say(f"role.{role}") for role in roles)


async def read_finishing(request: Request) -> Finishing:
    """What a device answered, sent by a page of this service. Raises 400, 403."""
    need_own_page(request)
    try:
        return msgspec.json.decode(await read_body(request, MOST_CREDENTIAL), type=Finishing)
    except msgspec.MsgspecError:
        raise HTTPException(400, "that is no answer of a passkey; open the page again") from None


def passkeys_of(request: Request) -> Passkeys:
    """The passkeys of this address. Raises 404."""
    passkeys: Passkeys | None = request.app.state.passkeys
    if passkeys is None:
        raise HTTPException(404, "there are no passkeys at this address; the service must be reached by a name")
    return passkeys


def openid_of(request: Request) -> OpenId:
    """The provider. Raises 404."""
    provider: OpenId | None = request.app.state.openid
    if provider is None:
        raise HTTPException(404, "this service has no provider; sign in with a passkey")
    return provider


def _with_session(request: Request, answer: Response, session: str) -> None:
    before = seat_or_none(request)
    if before is not None:
        service: Service = request.app.state.service
        service.people.sign_out(session_key(request))
    secure = bool(request.app.state.secure)
    answer.set_cookie(
        SECURE_COOKIE if secure else COOKIE, session, max_age=SESSION_US // US_PER_S, path="/", secure=secure,
        httponly=True, samesite="strict",
    )  # fmt: skip
