"""The liaison log: contacts between parties and with the mission, next to what they concern."""

from collections.abc import Collection, Sequence
from typing import TypeAlias

import msgspec
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from truceline.custody.canonical import canonical_json
from truceline.edges import clock
from truceline.edges.api.frame import hidden, page_answer, select
from truceline.edges.api.guard import Seated, Serving, own_form
from truceline.edges.api.words import WORDS
from truceline.edges.intake import read_line
from truceline.edges.live.service import Service
from truceline.edges.live.told import Spoken
from truceline.edges.live.withheld import Withheld
from truceline.edges.people.roles import Seat
from truceline.edges.store.door import Received
from truceline.model.filing import CONTACT_KINDS
from truceline.model.instant import format_utc
from truceline.reports.markup import Content, Markup, content, name, plain, tag
from truceline.reports.tables import table

MOST_WORDS = 5_000
FIELDS = ("from", "to", "kind", "about", "words")

router = APIRouter(include_in_schema=False)


class _Words(msgspec.Struct):
    words: str = ""
    by: str = ""


@router.get("/contacts")
async def contacts_page(request: Request, service: Serving, seat: Seated) -> Response:
    """Every contact, and a form to record one."""
    return await _page(request, service, seat)


async def _page(request: Request, service: Service, seat: Seat, first: Content = "") -> Response:
    form: Content = _form(service, seat) if seat.has("watchkeeper", "director") else ""
    contacts = contacts_about(service, service.withheld(seat), None)
    await service.saw_people(seat, (one.by for _, one in contacts))
    body = content(first, contacts_table(contacts), form)
    return page_answer(request, WORDS.say("way.contacts"), body, seat=seat, foot="foot.people")


Contacts: TypeAlias = Sequence[tuple[Spoken, "_Words"]]


def contacts_about(service: Service, withheld: Withheld, about: Collection[str] | None) -> Contacts:
    """The contacts about any of these ids (None: all), the last first, less those about what is not released."""
    told = service.floor.judged
    chosen = [
        one for one in (told.contacts if told is not None else ())
        if (about is None or one.about in about) and (not one.about or service.names(withheld, one.about))
    ]  # fmt: skip
    return [(one, _words(service, one)) for one in reversed(chosen)]


def contacts_table(contacts: Contacts) -> Markup:
    """Contacts, and who recorded them."""
    if not contacts:
        return tag("p", WORDS.say("contacts.none"))
    rows = [_row(one, said) for one, said in contacts]
    heads = [WORDS.say(f"contacts.{head}") for head in ("time", "from", "to", "kind", "about", "words")]
    return table(WORDS.say("contacts.caption"), heads, rows)


def _words(service: Service, one: Spoken) -> "_Words":
    kept = service.store.find("contact", one.id)
    try:
        return msgspec.json.decode(kept.data, type=_Words) if kept is not None else _Words()
    except msgspec.MsgspecError:
        return _Words()  # a line of somebody else, or an envelope


def _row(one: Spoken, said: "_Words") -> list[Content]:
    about: Content = name(one.about) if one.about else "–"
    if one.about and one.about.startswith("F-"):
        about = tag("a", name(one.about), href=f"/findings/{one.about}")
    words = f"{said.words} ({said.by})" if said.by else said.words
    time = one.time[:19].replace("T", " ")
    return [
        tag("span", time, class_="nowrap"),
        name(one.sender),
        name(one.to),
        one.kind.replace("_", " "),
        about,
        plain(words or "–", MOST_WORDS),
    ]


def _form(service: Service, seat: Seat) -> Markup:
    parties = [*service.mission.agreement.parties, "mission"]
    fields = [
        *(_select(field, [(one, one) for one in parties]) for field in ("from", "to")),
        _select("kind", [(one, one.replace("_", " ")) for one in CONTACT_KINDS]),
        tag(
            "p", tag("label", WORDS.say("contacts.about"), " ", tag("input", type="text", name="about", maxlength="60"))
        ),
        tag("p", tag("label", WORDS.say("contacts.words"), tag("textarea", "", name="words", rows="4", required=True))),
        tag("p", tag("button", WORDS.say("contacts.send"), type="submit")),
        tag("p", WORDS.say("contacts.note"), class_="small"),
    ]
    form = tag("form", hidden(seat), *fields, method="post", action="/contacts", class_="fields")
    return content(tag("h2", WORDS.say("contacts.new"), id="new"), form)


def _select(field: str, options: list[tuple[str, str]]) -> Markup:
    return select(WORDS.say(f"contacts.{field}"), field, options)


@router.post("/contacts")
async def record(request: Request, service: Serving, seat: Seated) -> Response:
    """Keep a contact as a line of the log, by the centre's clock; on return it is durable."""
    form = await own_form(request)
    now_us = clock.now_us()
    line = {key: form.get(key, "").strip()[:MOST_WORDS] for key in FIELDS if form.get(key, "").strip()}
    line |= {"id": f"C-{now_us}-{seat.id}", "time": format_utc(now_us, digits=6), "by": seat.id}
    data = canonical_json(line)
    try:
        contact = read_line("contact", data, service.mission.agreement, service.mission.network)
    except ValueError as error:
        raise HTTPException(422, f"{error}; mend it and send it again") from None
    await service.keep([Received("contact", contact.id, data)])
    return await _page(request, service, seat, tag("p", WORDS.say("contacts.waiting"), role="status"))
