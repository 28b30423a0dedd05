"""Reports from the field: a page that works without a network, what it sends, and where patrols are, for the duty desk.

A report becomes a line of contract 1 of the patrol that made it. The same report sent again is known by its id.
"""

from base64 import b64decode
from importlib.resources import files
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from truceline.custody.canonical import canonical_json
from truceline.edges import clock
from truceline.edges.api.answers import json_answer
from truceline.edges.api.frame import page_answer
from truceline.edges.api.guard import Seated, Serving, read_body
from truceline.edges.api.words import WORDS
from truceline.edges.intake import read_line
from truceline.edges.live.service import Service
from truceline.edges.people.patrols import Patrol
from truceline.edges.people.roles import Seat
from truceline.edges.store.door import Received
from truceline.model.instant import format_utc
from truceline.reports.markup import Content, content, name, tag
from truceline.reports.tables import table

HOURS = 48  # without contact, after which a device forgets
MOST_REPORT = 12 * 1024**2
MOST_CALL = 4_096
TIME_SIGMA_S, AT_SIGMA_M, AZIMUTH_SIGMA_DEG = 60.0, 50.0, 10.0  # of a person with a watch and a compass
PHOTOS = ("image/jpeg", "image/png")
ALLOWED = {"Permissions-Policy": "geolocation=(self), microphone=(), camera=()"}

router = APIRouter(include_in_schema=False)
Text = Annotated[str, msgspec.Meta(max_length=10_000)]


class _Report(msgspec.Struct):
    """What a device sends: one report."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f-]{36}$")]
    sensor: str
    kind: str
    time: str
    azimuth_deg: float | None = None
    range_m: tuple[float, float] | None = None
    count: int | None = None
    text: Text = ""
    consent: bool = False
    at: tuple[float, float] | None = None
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
        tag("p", WORDS.say("field.keep", hours=str(HOURS))),
        tag("noscript", tag("p", WORDS.say("field.no_script"))),
        tag("p", "", id="says", role="status", **says),
        tag("p", WORDS.say("field.waiting"), ": ", tag("output", "0", id="waiting")),
        _call_form(),
        _report_form(patrols) if patrols else tag("p", WORDS.say("field.no_sensor"), role="alert"),
    )
    answer = page_answer(
        request, WORDS.say("way.field"), body, status=service.mission.status, seat=seat, scripts=("page.js", "field.js")
    )
    answer.headers.update(ALLOWED)
    return answer


def patrols_of(service: Service, seat: Seat) -> list[str]:
    """The patrols of a seat's nation; in an exercise, where seats are of no nation, all."""
    sensors = service.mission.network.sensors
    return [
        one.id
        for one in sensors
        if one.kind == "patrol" and (one.provider == seat.nation or (seat.exercise and seat.nation == "exercise"))
    ]


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
    report = await _read(request, seat, MOST_REPORT, _Report)
    id_ = f"P-{report.id}"
    if service.store.find("observation", id_) is not None:
        return json_answer({"id": id_, "known": True})
    if report.sensor not in patrols_of(service, seat):
        raise HTTPException(422, "the patrol is not of your nation; choose one of the page's")
    if report.kind == "statement" and not report.consent:
        raise HTTPException(422, "a statement is kept only with the consent of whoever made it; ask for it")
    line = _line(report, id_, seat)
    if report.photo is not None:
        line["exhibits"] = [await _photo(service, report)]
    data = canonical_json(line)
    try:
        read_line("observation", data, service.mission.agreement, service.mission.network)
    except ValueError as error:
        raise HTTPException(422, f"{error}; mend the report and keep it again") from None
    await service.keep([Received("observation", id_, data)])
    return json_answer({"id": id_, "known": False})


def _line(report: _Report, id_: str, seat: Seat) -> dict[str, Any]:
    """The report as a line of contract 1."""
    line: dict[str, Any] = {
        "id": id_,
        "sensor": report.sensor,
        "time": report.time,
        "time_sigma_s": TIME_SIGMA_S,
        "by": seat.id,
        "received": format_utc(clock.now_us(), digits=6),
    }
    if report.at is not None:
        line |= {"at": list(report.at), "at_sigma_m": AT_SIGMA_M}
    if report.kind == "restriction":
        return line | {"kind": "restriction", "what": report.text or "our movement was restricted"}
    line |= {"kind": "report", "count": "uncountable" if report.count is None else report.count, "text": report.text}
    line["seen" if report.kind == "seen" else "heard"] = True
    if report.kind == "statement":
        line |= {"statement": True, "consent": True}
    if report.azimuth_deg is not None:
        line |= {"azimuth_deg": report.azimuth_deg, "azimuth_sigma_deg": AZIMUTH_SIGMA_DEG}
    if report.range_m is not None:
        line["range_m"] = list(report.range_m)
    return line if report.text else {key: value for key, value in line.items() if key != "text"}


async def _photo(service: Service, report: _Report) -> dict[str, str]:
    if report.photo_type not in PHOTOS:
        raise HTTPException(415, f"a photo is one of {', '.join(PHOTOS)}; save it as one of these")
    try:
        kept = await service.receive_exhibit(b64decode(report.photo or "", validate=True), report.photo_type)
    except ValueError:
        raise HTTPException(422, "the photo did not come whole; keep the report again") from None
    return {"sha256": kept.sha256, "media_type": kept.media_type}


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
    if request.headers.get("truceline-token") != seat.token:
        raise HTTPException(403, "the page is of another session; open it again with a network")
    try:
        return msgspec.json.decode(await read_body(request, most), type=type_)
    except msgspec.MsgspecError as error:
        raise HTTPException(422, f"the report cannot be read ({error}); mend it") from None


@router.get("/patrols")
async def patrols_page(request: Request, service: Serving, seat: Seated) -> Response:
    """Where patrols are and who is due, for whoever is on duty."""
    out = service.patrols.out()
    await service.saw(seat, "patrols", [one.account for one in out])
    now_us = clock.now_us()
    rows = [_row(one, now_us) for one in out]
    heads = [WORDS.say(f"patrols.{head}") for head in ("who", "state", "last", "due", "at")]
    body = table(WORDS.say("patrols.caption"), heads, rows) if rows else tag("p", WORDS.say("patrols.none"))
    return page_answer(
        request,
        WORDS.say("way.patrols"),
        body,
        status=service.mission.status,
        seat=seat,
        scripts=("page.js", "patrols.js"),
    )


def _row(one: Patrol, now_us: int) -> list[Content]:
    state = "help" if one.help else "overdue" if one.overdue(now_us) else "well"
    words: Content = WORDS.say(f"patrols.{state}")
    at = "–" if one.at is None else f"{one.at[1]:.4f}, {one.at[0]:.4f}"
    times = [format_utc(when, digits=0)[:19].replace("T", " ") for when in (one.at_us, one.due_us)]
    return [name(one.account), tag("b", words, role="alert") if state != "well" else words, *times, at]
