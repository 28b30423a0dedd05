"""Alerts: sent by a named person, to monitors for their own safety or, where the mandate says so, over an area to civil
protection; each with its CAP message, which whoever may see it fetches."""

from collections.abc import Mapping

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from truceline.edges import clock
from truceline.edges.api.frame import hidden, minute_utc, page_answer, select
from truceline.edges.api.guard import Seated, Serving, own_form
from truceline.edges.api.words import WORDS
from truceline.edges.live.alerting import cap_of, cell_over, choices_of
from truceline.edges.live.decisions import Refused
from truceline.edges.live.service import Service
from truceline.edges.people.roles import Seat
from truceline.findings.alerts import (
    AUDIENCES,
    CERTAINTIES,
    CIVIL_PROTECTION,
    MONITORS,
    RESPONSES,
    SEVERITIES,
    URGENCIES,
    Sent,
    alerts_of,
    stands,
)
from truceline.findings.decision import AlertSent, id_of
from truceline.formats.cap_write import MEDIA_TYPE
from truceline.model.ground import Ring
from truceline.model.instant import US_PER_HOUR
from truceline.reports.markup import Content, Markup, content, tag
from truceline.reports.tables import table

SENDS = {MONITORS: ("watchkeeper", "director"), CIVIL_PROTECTION: ("director",)}
SEES = {MONITORS: ("monitor", "watchkeeper", "analyst", "director"), CIVIL_PROTECTION: ("director", "delegate")}

router = APIRouter(include_in_schema=False)


def alerts_for(service: Service, seat: Seat) -> list[Sent]:
    """The alerts that a seat may see, the last first."""
    return [one for one in reversed(alerts_of(service.decisions.all)) if seat.has(*SEES[one.alert.audience])]


def standing_now(service: Service, seat: Seat) -> Content:
    """A box with each alert to monitors that stands now; nothing if none does."""
    now_us = clock.now_us()
    found = [one for one in alerts_for(service, seat) if one.alert.audience == MONITORS and stands(one, now_us)]
    return [_box(one) for one in found]


def _box(one: Sent) -> Markup:
    alert = one.alert
    return tag(
        "section", tag("h2", alert.headline), tag("p", alert.words), tag("p", tag("strong", alert.instruction)),
        tag("p", WORDS.say("alerts.over", area=alert.area, until=minute_utc(alert.until_us))), class_="caution",
    )  # fmt: skip


@router.get("/alerts")
async def alerts_page(request: Request, service: Serving, seat: Seated) -> Response:
    """Every alert that this seat may see, and forms to send one."""
    return _page(request, service, seat)


def _page(request: Request, service: Service, seat: Seat, first: Content = "", code: int = 200) -> Response:
    now_us = clock.now_us()
    rows = [_row(one, now_us) for one in alerts_for(service, seat)]
    heads = [WORDS.say(f"alerts.{head}") for head in ("time", "to", "what", "area", "until", "state", "cap")]
    listed = table(WORDS.say("alerts.caption"), heads, rows) if rows else tag("p", WORDS.say("alerts.none"))
    forms = [_form(service, seat, audience) for audience in AUDIENCES if _may_send(service, seat, audience)]
    return page_answer(
        request, WORDS.say("way.alerts"), content(first, listed, *forms), seat=seat, foot="foot.people", code=code
    )


def _row(one: Sent, now_us: int) -> list[Content]:
    state = "stands" if stands(one, now_us) else "over"
    link = tag("a", id_of(one.number), href=f"/alerts/{one.number}")
    return [minute_utc(one.at_us), WORDS.say(f"alerts.to.{one.alert.audience}"), _kind_and_head(one), one.alert.area,
            minute_utc(one.alert.until_us), WORDS.say(f"alerts.state.{state}"), link]  # fmt: skip


def _kind_and_head(one: Sent) -> str:
    return f"{WORDS.say(f'alerts.kind.{one.alert.kind}')}: {one.alert.headline}"


def _may_send(service: Service, seat: Seat, audience: str) -> bool:
    on_duty = service.on_duty(seat)
    allowed = audience == MONITORS or service.decisions.mandate.may_tell_civilians
    return allowed and on_duty and seat.has(*SENDS[audience])


def _form(service: Service, seat: Seat, audience: str) -> Markup:
    mine = [one for one in alerts_for(service, seat) if one.alert.audience == audience]
    open_ = [one for one in mine if stands(one, clock.now_us())]
    acts = [("alert", WORDS.say("alerts.kind.alert"))] + [
        (f"{kind} {one.number}", f"{WORDS.say(f'alerts.kind.{kind}')}: {one.alert.headline}")
        for one in open_ for kind in ("update", "cancel")
    ]  # fmt: skip
    areas = [("", WORDS.say("alerts.cell"))] + [(one.key, one.name) for one in choices_of(service.mission.agreement)]
    fields = [
        select(WORDS.say("alerts.act"), "act", acts),
        _line("headline", maxlength="160"), _text("words"), _text("instruction"), _line("area", maxlength="200"),
        select(WORDS.say("alerts.where"), "where", areas),
        _number("lon", 180), _number("lat", 90),
        *(_choice(field, known) for field, known in (
            ("urgency", URGENCIES), ("severity", SEVERITIES), ("certainty", CERTAINTIES), ("response", RESPONSES))),
        tag("p", tag("label", WORDS.say("alerts.hours"), " ",
                     tag("input", type="number", name="hours", min="1", max="72", value="6", required=True))),
        tag("p", tag("button", WORDS.say(f"alerts.send.{audience}"), type="submit")),
        tag("p", WORDS.say("alerts.note"), class_="small"),
    ]  # fmt: skip
    head = tag("h2", WORDS.say(f"alerts.new.{audience}"), id=f"new-{audience}")
    to = tag("input", type="hidden", name="audience", value=audience)
    return content(head, tag("form", hidden(seat), to, *fields, method="post", action="/alerts", class_="fields"))


def _line(field: str, **attributes: str) -> Markup:
    line = tag("input", type="text", name=field, required=True, autocomplete="off", **attributes)
    return tag("p", tag("label", WORDS.say(f"alerts.{field}"), " ", line))


def _text(field: str) -> Markup:
    return tag(
        "p", tag("label", WORDS.say(f"alerts.{field}"), tag("textarea", "", name=field, rows="3", required=True))
    )


def _number(field: str, most: int) -> Markup:
    number = tag("input", type="number", name=field, step="any", min=str(-most), max=str(most))
    return tag("p", tag("label", WORDS.say(f"alerts.{field}"), " ", number))


def _choice(field: str, known: tuple[str, ...]) -> Markup:
    return select(WORDS.say(f"alerts.{field}"), field, [(one, one.replace("_", " ")) for one in known])


@router.post("/alerts")
async def send_alert(request: Request, service: Serving, seat: Seated) -> Response:
    """Send an alert: it is a decision in the log, and stands from then on."""
    form = await own_form(request)
    audience = form.get("audience", "")
    if audience not in SENDS or not seat.has(*SENDS[audience]):
        raise HTTPException(403, "a watchkeeper or director tells monitors, a director civil protection; ask one")
    kind, _, before = form.get("act", "").partition(" ")
    try:
        said = AlertSent(
            audience=audience, kind=kind, of=int(before) if before else None, ring=_ring(service, form, audience),
            until_us=clock.now_us() + int(form.get("hours", "")) * US_PER_HOUR, person=seat.account.name,
            headline=form.get("headline", "").strip(), words=form.get("words", "").strip(),
            instruction=form.get("instruction", "").strip(), area=form.get("area", "").strip(),
            urgency=form.get("urgency", ""), severity=form.get("severity", ""), certainty=form.get("certainty", ""),
            response=form.get("response", ""),
        )  # fmt: skip
        await service.decisions.decide(said, seat.id, seat.nation)
    except Refused as refused:
        return _page(request, service, seat, tag("p", str(refused), role="alert"), 422)
    except ValueError as error:
        words = str(error) if ";" in str(error) else "a number cannot be read; write it in digits"
        return _page(request, service, seat, tag("p", words, role="alert"), 422)
    return RedirectResponse("/alerts", 303)


def _ring(service: Service, form: Mapping[str, str], audience: str) -> Ring:
    """The outline that was chosen. Raises ValueError."""
    where = form.get("where", "")
    if where:
        known = {one.key: one.ring for one in choices_of(service.mission.agreement)}
        return known.get(where, ())
    return cell_over(float(form.get("lon", "")), float(form.get("lat", "")), audience)


@router.get("/alerts/{id_}")
async def cap_message(service: Serving, seat: Seated, id_: str) -> Response:
    """An alert as a CAP message."""
    known = {str(one.number): one for one in alerts_of(service.decisions.all)}
    one = known.get(id_)
    if one is None or not seat.has(*SEES[one.alert.audience]):
        raise HTTPException(404, "there is no such alert; look at the list")
    data = cap_of(one, known.get(str(one.alert.of)), service.store.origin, service.mission.status)
    disposition = f'attachment; filename="alert-{id_of(one.number)}.xml"'
    return Response(data, media_type=MEDIA_TYPE, headers={"Content-Disposition": disposition})
