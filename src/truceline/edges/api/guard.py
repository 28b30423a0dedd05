"""Who may ask, and what every answer carries. Cookies, keys, limits, headers."""

import asyncio
import re
import secrets
from base64 import b64decode
from http.cookies import CookieError, SimpleCookie
from typing import Annotated
from urllib.parse import parse_qs, urlencode, urlsplit

from fastapi import Depends, HTTPException, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from truceline.edges.api.rights import ANYBODY, DEVICE, FEED, TABLE, Right
from truceline.edges.clock import running_s
from truceline.edges.live.service import Service
from truceline.edges.people.database import digest
from truceline.edges.people.roles import Seat

COOKIE, SECURE_COOKIE = "truceline", "__Host-truceline"
THEME_COOKIE = "truceline_theme"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(), microphone=(), camera=()"),
    (b"x-robots-tag", b"noindex"),
)
MOST_FORM = 65_536
SAFE = ("GET", "HEAD", "OPTIONS")
KEYED = ("/join", "/sign-in/openid/back")  # read with a key: trying one is an attempt
BASIC = {"WWW-Authenticate": 'Basic realm="Truceline", charset="UTF-8"'}
_OWN_PATH = re.compile(r"/(?:[A-Za-z0-9._~-]+(?:/[A-Za-z0-9._~-]+)*)?")
WAIT = {"Retry-After": "60"}
FIRST_S, LEAST_BYTES_S = 60.0, 1_024  # a body may take a minute, and longer if it comes at least this fast


class Headers:
    """Puts the headers that every answer carries, and the status of the mission, on every answer."""

    def __init__(self, app: ASGIApp, status: str, *, secure: bool) -> None:
        self._app = app
        self._headers: tuple[tuple[bytes, bytes], ...] = (*HEADERS, (b"truceline-status", status.encode()))
        if secure:
            self._headers = (*self._headers, (b"strict-transport-security", b"max-age=31536000"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(one for one in self._headers if one[0] not in there),
                    *(() if b"cache-control" in there else ((b"cache-control", b"no-store"),)),
                ]
            await send(message)

        await self._app(scope, receive, sending if scope["type"] == "http" else send)


def service_of(request: Request) -> Service:
    """The service that answers."""
    service: Service = request.app.state.service
    return service


def session_key(request: Request) -> str:
    """The key of the session that the cookie names; empty if there is none."""
    try:
        cookies = SimpleCookie(request.headers.get("cookie", ""))
    except CookieError:
        return ""
    name = SECURE_COOKIE if request.app.state.secure else COOKIE
    return cookies[name].value if name in cookies else ""


def seat_or_none(request: Request) -> Seat | None:
    """Who asks, if signed in."""
    key = session_key(request)
    return service_of(request).people.seat(key) if key else None


async def permitted(request: Request) -> None:
    """Lets a request through if the table of rights says so. Raises 401 (a page: 303 to where one signs in) if
    nobody is signed in; 403 if this seat may not, or another site's page asks; 429 if too much is asked, or too many
    wrong keys came from this address; 500 for a route that is not there."""
    who = TABLE.get((request.method, request.scope["route"].path))
    if who is None:
        raise HTTPException(500, "nobody has said who may do this; add it to the table of rights")
    if who == ANYBODY:
        attempt = request.method not in SAFE or request.url.path in KEYED
        if attempt and not request.app.state.attempts.allows(_address(request), running_s()):
            raise HTTPException(429, "too many attempts from your address; wait a minute", WAIT)
        return
    if request.app.state.wrong_keys.spent(_address(request), running_s()):
        raise HTTPException(429, "too many wrong keys came from your address; wait a minute", WAIT)
    if who == FEED:
        need_feed(request)
        return
    if who == DEVICE:
        request.state.seat = need_device(request)
        return
    seat = seat_or_none(request) or (program_seat(request) if who.programs else None)
    if seat is None:
        if session_key(request) or (who.programs and request.headers.get("authorization")):
            _wrong_key(request)
        if who.programs:
            raise HTTPException(401, "sign in, or give your account and a program's key of the page Programs", BASIC)
        if request.method in SAFE and not request.url.path.startswith("/api/"):
            raise HTTPException(303, "sign in first", {"Location": "/sign-in"})
        raise HTTPException(401, "sign in first: with a passkey, your provider, or the link of an exercise")
    if not request.app.state.pace.allows(_pace_of(request, seat), running_s()):
        raise HTTPException(429, "your session asks for too much at once; wait a minute", WAIT)
    if request.method not in SAFE:
        need_own_page(request)
    if (reason := why_not(request, who, seat)) is not None:
        raise HTTPException(403, reason)
    if who.fresh and not service_of(request).people.is_fresh(seat):
        to = own_path(urlsplit(request.headers.get("referer", "")).path)
        raise HTTPException(303, "show again who you are first", {"Location": f"/confirm?{urlencode({'to': to})}"})
    await service_of(request).carry_accounts()
    request.state.seat = seat


def own_path(path: str) -> str:
    """A path of this service, to go on to; the first page for anything else."""
    return path if _OWN_PATH.fullmatch(path) else "/"


def why_not(request: Request, who: Right, seat: Seat) -> str | None:
    """Why a seat may not use a route now; None if it may."""
    service = service_of(request)
    reason = who.why_not(seat, service.mission.agreement.parties, on_duty=service.on_duty(seat))
    if reason is None and who.answers and (sheets := service.decisions.open_sheets(seat.id)):
        return f"you have a sheet to answer before you see what the machine says; open /reviews/{sheets[0]}/sheet"
    return reason


def _pace_of(request: Request, seat: Seat) -> str:
    """By what the pace of a seat is kept: its session, or the account of a program."""
    key = session_key(request)
    return digest(key).hex() if key else f"program of {seat.id}"


def _wrong_key(request: Request) -> None:
    """Remember that a key was shown that opens nothing."""
    request.app.state.wrong_keys.allows(_address(request), running_s())


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else ""


async def _serving(request: Request) -> Service:
    return service_of(request)


async def _seated(request: Request) -> Seat:
    return seat_of(request)


def seat_of(request: Request) -> Seat:
    """Who asks, once the table of rights has let them through."""
    seat: Seat = request.state.seat
    return seat


async def own_form(request: Request, most: int = MOST_FORM) -> dict[str, str]:
    """The fields of a form of this seat's own page; of a field that stands twice, all, joined by blanks. Raises 403 for
    a form of another session, 413 if it is too long."""
    fields = parse_qs((await read_body(request, most)).decode("utf-8", "replace"), keep_blank_values=True)
    form = {name: " ".join(values) for name, values in fields.items()}
    if not secrets.compare_digest(form.pop("token", "").encode(), seat_of(request).token.encode()):
        raise HTTPException(403, "the form is of another session; open the page again and press the button there")
    return form


def need_token(request: Request, seat: Seat) -> None:
    """Raises 403 unless the header says that a page of this very session asks; for what is no form."""
    if not secrets.compare_digest(request.headers.get("truceline-token", "").encode(), seat.token.encode()):
        raise HTTPException(403, "the form is of another session; open the page again and press the button there")


def need_own_page(request: Request) -> None:
    """Raises 403 unless a page of this service asks."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    strange = site not in ("same-origin", "none") if site is not None else origin is not None and origin != own
    if strange:
        raise HTTPException(403, "the request came from another site; open the page of this service and ask there")


def need_feed(request: Request) -> None:
    """401 unless the key of the feeds is given; 409 unless the sender means the status that this service has, 400 if
    it does not say which it means."""
    service = service_of(request)
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not secrets.compare_digest(given.encode(), service.key.encode()):
        if given:
            _wrong_key(request)
        raise HTTPException(
            401, "give the key of the feeds: Authorization: Bearer KEY (it is in feed.key of the data folder)"
        )
    status = request.headers.get("truceline-status")
    if status is None:
        raise HTTPException(400, "it is not said whether this is real; set the header Truceline-Status")
    if status != service.mission.status:
        raise HTTPException(
            409,
            f"this service is {service.mission.status!r} and takes nothing else, but the sender says {status!r}; send "
            "it to a service of that status, or set the header Truceline-Status right",
        )


def need_device(request: Request) -> Seat:
    """The monitor whose program of forms asks, by account and key (HTTP Basic). Raises 401."""
    seat = program_seat(request)
    if seat is None or not seat.has("monitor"):
        if request.headers.get("authorization"):
            _wrong_key(request)
        raise HTTPException(
            401, "give a monitor's account and its key; a new key is on the page of field reports", BASIC
        )
    return seat


def program_seat(request: Request) -> Seat | None:
    """Whose program asks, by account and key (HTTP Basic); None if it shows none that opens anything."""
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    try:
        account, _, key = b64decode(coded, validate=True).decode().partition(":")
    except ValueError:
        return None
    return service_of(request).people.device_seat(account, key) if scheme.lower() == "basic" and account else None


async def read_body(request: Request, most: int) -> bytes:
    """The body, never more than `most` bytes. Raises 413, or 408 if it comes too slowly."""
    stated = request.headers.get("content-length", "0")
    parts, size = [], 0
    began_s = asyncio.get_running_loop().time()
    if stated.isdecimal() and int(stated) <= most:
        try:
            async with asyncio.timeout(FIRST_S) as patience:
                async for part in request.stream():
                    size += len(part)
                    if size > most:
                        break
                    parts.append(part)
                    patience.reschedule(began_s + FIRST_S + size / LEAST_BYTES_S)
                else:
                    return b"".join(parts)
        except TimeoutError:
            raise HTTPException(408, "the body comes too slowly; send less at a time") from None
    raise HTTPException(413, f"the body has more than {most:,} bytes; send smaller batches")


# Coroutines, because what is none is asked in a thread of its own, each time.
Seated = Annotated[Seat, Depends(_seated)]
Serving = Annotated[Service, Depends(_serving)]
