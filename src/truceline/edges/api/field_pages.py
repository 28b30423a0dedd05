"""Reports from the field: a page that works without a network, what it sends, and where patrols are, for the duty desk.

A report becomes a line of contract 1 of the patrol that made it. The same report sent again is known by its id.
"""

from base64 import b64decode
from importlib.resources import files
from typing import Any

import msgspec
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from truceline.edges import clock
from truceline.edges.api.alerts_page import standing_now
from truceline.edges.api.answers import json_answer
from truceline.edges.api.frame import hidden, page_answer
from truceline.edges.api.guard import Seated, Serving, need_token, own_form, read_body
from truceline.edges.api.words import WORDS
from truceline.edges.live.field import PHOTOS, FieldReport, Photo, keep_report, patrols_of
from truceline.edges.people.patrols import Patrol
from truceline.edges.people.roles import Seat
from truceline.model.instant import format_utc
from truceline.reports.markup import Content, content, name, tag
from truceline.reports.tables import table

HOURS = 48  # without contact, after which a device forgets
MOST_REPORT = 12 * 1024**2
MOST_CALL = 4_096
ALLOWED = {"Permissions-Policy": "geolocation=(self), microphone=(), camera=()"}

router = APIRouter(include_in_schema=False)


class _Sent(FieldReport, kw_only=True):
    """A report and its photo (base64)."""

    photo: str | None = None
    photo_type: str = ""


class _Call(msgspec.Struct):
    state: str
    minutes: int = 60
    at: tuple[float, float] | None = None


@router.get("/field")
async def field_page(request: Request, service: Serving, seat: Seated) -> Response:
    """The page, which a device keeps. It holds no finding and no position of anybody else."""
    patrols = patrols_of(service, seat)
    says = {
        f"data_{key}": WORDS.say(f"field.say.{key}")
        for key in ("kept", "sent", "offline", "signed_out", "gone", "refused", "called", "not_called")
    }
    body = content(
        standing_now(service, seat),
        tag("p", WORDS.say("field.keep", hours=str(HOURS))),
        tag("noscript", tag("p", WORDS.say("field.no_script"))),
        tag("p", "", id="says", role="status", **says),
        tag("p", WORDS.say("field.waiting"), ": ", tag("output", "0", id="waiting")),
        _call_form(),
        _device_form(seat),
        _report_form(patrols) if patrols else tag("p", WORDS.say("field.no_sensor"), role="alert"),
    )
    answer = page_answer(
        request,
        WORDS.say("way.field"),
        body,
        seat=seat,
        foot="foot.service",
        scripts=("page.js", "field.js"),
    )
    answer.headers.update(ALLOWED)
    return answer


def _call_form() -> Content:
    buttons = [
        tag("button", WORDS.say(f"field.{state}"), type="submit", name="state", value=state, class_=state)
        for state in ("well", "help", "over")
    ]
    return tag(
        "form",
        tag("h2", WORDS.say("field.call"), id="call-h"),
        _input("minutes", "number", value="60", min="5", max="1440"),
        tag("p", *buttons),
        id="call",
        class_="fields",
    )


def _report_form(patrols: list[str]) -> Content:
    kinds = [
        tag(
            "label",
            tag("input", type="radio", name="kind", value=kind, required=True),
            " ",
            WORDS.say(f"field.kind.{kind}"),
        )
        for kind in ("heard", "seen", "restriction", "statement")
    ]
    options = [tag("option", one, value=one) for one in patrols]
    return tag(
        "form",
        tag("h2", WORDS.say("field.new"), id="report-h"),
        tag("p", tag("label", WORDS.say("field.sensor"), " ", tag("select", *options, name="sensor"))),
        tag("fieldset", tag("legend", WORDS.say("field.kind")), *kinds),
        _input("time", "datetime-local", required=True, step="1"),
        _input("azimuth", "number", min="0", max="359"),
        _input("nearest", "number", min="0"),
        _input("farthest", "number", min="0"),
        _input("count", "number", min="1"),
        tag("p", tag("label", WORDS.say("field.text"), tag("textarea", "", name="text", rows="4"))),
        tag("p", tag("label", tag("input", type="checkbox", name="consent"), " ", WORDS.say("field.consent"))),
        _input("lon", "number", step="any", min="-180", max="180"),
        _input("lat", "number", step="any", min="-90", max="90"),
        tag("p", tag("button", WORDS.say("field.here"), type="button", id="here")),
        tag(
            "p",
            tag(
                "label", WORDS.say("field.photo"), " ", tag("input", type="file", name="photo", accept=",".join(PHOTOS))
            ),
        ),
        tag("p", tag("button", WORDS.say("field.save"), type="submit")),
        id="report",
        class_="fields",
    )


def _device_form(seat: Seat) -> Content:
    if seat.exercise:
        return ""
    button = tag("button", WORDS.say("field.device"), type="submit")
    words = tag("p", WORDS.say("field.device.means"), class_="small")
    return tag("form", hidden(seat), words, button, method="post", action="/field/device", class_="fields")


def _input(field: str, type_: str, **attributes: str | bool) -> Content:
    return tag("p", tag("label", WORDS.say(f"field.{field}"), " ", tag("input", type=type_, name=field, **attributes)))


@router.get("/field/worker.js")
async def worker() -> Response:
    """The worker that keeps the page for when there is no network."""
    code = files("truceline.edges.web").joinpath("plain", "field-worker.js").read_bytes()
    return Response(code, media_type="text/javascript; charset=utf-8", headers={"Service-Worker-Allowed": "/field"})


@router.get("/field/now")
async def now(seat: Seated) -> Response:
    """That the service is reached: what a form must carry, and how long a device remembers without contact."""
    return json_answer({"token": seat.token, "hours": HOURS})


@router.post("/field/reports")
async def send_report(request: Request, service: Serving, seat: Seated) -> Response:
    """Keep one report; on return it is durable, and the device forgets it."""
    sent: _Sent = await _read(request, seat, MOST_REPORT, _Sent)
    try:
        photo = Photo(b64decode(sent.photo, validate=True), sent.photo_type) if sent.photo is not None else None
        id_, known = await keep_report(service, seat, sent, photo)
    except ValueError as error:
        raise HTTPException(422, str(error)) from None
    return json_answer({"id": id_, "known": known})


@router.post("/field/device")
async def give_device_key(request: Request, service: Serving, seat: Seated) -> Response:
    """A key for a program of forms (ODK Collect), shown once. One key an account: a new one ends the one before."""
    await own_form(request)
    if seat.exercise:
        raise HTTPException(422, "a seat of an exercise's link has no account; sign in with one")
    facts = (
        (WORDS.say("field.device.user"), seat.id),
        (WORDS.say("field.device.key"), service.people.new_device(seat.id)),
    )
    rows = [content(tag("dt", key), tag("dd", tag("code", value))) for key, value in facts]
    body = content(tag("p", WORDS.say("field.device.once"), role="status"), tag("dl", *rows))
    return page_answer(request, WORDS.say("way.field"), body, seat=seat, foot="foot.people")


@router.post("/field/check-in")
async def check_in(request: Request, service: Serving, seat: Seated) -> Response:
    """A patrol calls the duty desk: all well, help, or over. Not in the log; over, it is forgotten."""
    call = await _read(request, seat, MOST_CALL, _Call)
    if call.state == "over":
        service.patrols.over(seat.id)
        return json_answer({"due": None})
    if call.state not in ("well", "help"):
        raise HTTPException(422, "a patrol is well, wants help, or is over; say which")
    patrol = service.patrols.called(seat.id, call.minutes, call.at, wants_help=call.state == "help")
    return json_answer({"due": format_utc(patrol.due_us, digits=0)})


async def _read(request: Request, seat: Seat, most: int, type_: type[Any]) -> Any:
    """The JSON of a request of this seat's own page."""
    need_token(request, seat)
    try:
        return msgspec.json.decode(await read_body(request, most), type=type_)
    except msgspec.MsgspecError as error:
        raise HTTPException(422, f"the report cannot be read ({error}); mend it") from None


@router.get("/patrols")
async def patrols_page(request: Request, service: Serving, seat: Seated) -> Response:
    """Who is due, for whoever is on duty; and where patrols are whose nations release that."""
    out = service.patrols.out()
    await service.saw(seat, "patrols", [one.account for one in out])
    now_us = clock.now_us()
    people, kept_back = service.people.accounts, service.withheld(seat).providers
    persons = [(one, people.account(one.account)) for one in out]
    rows = [
        _row(one, now_us, placed=not kept_back or (person is not None and person.nation not in kept_back))
        for one, person in persons
    ]
    heads = [WORDS.say(f"patrols.{head}") for head in ("who", "state", "last", "due", "at")]
    body = table(WORDS.say("patrols.caption"), heads, rows) if rows else tag("p", WORDS.say("patrols.none"))
    return page_answer(
        request,
        WORDS.say("way.patrols"),
        body,
        seat=seat,
        foot="foot.service",
        scripts=("page.js", "patrols.js"),
    )


def _row(one: Patrol, now_us: int, *, placed: bool) -> list[Content]:
    state = "help" if one.help else "overdue" if one.overdue(now_us) else "well"
    words: Content = WORDS.say(f"patrols.{state}")
    at = "–" if one.at is None else f"{one.at[1]:.4f}, {one.at[0]:.4f}" if placed else WORDS.say("patrols.kept_back")
    times = [format_utc(when, digits=0)[:19].replace("T", " ") for when in (one.at_us, one.due_us)]
    return [name(one.account), tag("b", words, role="alert") if state != "well" else words, *times, at]
