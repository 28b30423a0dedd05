"""The pages of people: accounts (administrators), the duty roster, who looked at what (auditors)."""

from collections.abc import Sequence
from itertools import islice

import msgspec
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from truceline.coalition.command import Watch
from truceline.coalition.roster import DUTY_DESK
from truceline.custody.reading import decode
from truceline.edges import clock
from truceline.edges.api.frame import act_button, asks_first, hidden, minute, page_answer
from truceline.edges.api.guard import Seated, Serving, own_form
from truceline.edges.api.signing import roles_in_words
from truceline.edges.api.words import WORDS
from truceline.edges.live.decisions import Refused
from truceline.edges.live.service import FINDING, FLOOR
from truceline.edges.people.roles import ROLES, Account, Seat
from truceline.findings.decision import WatchSet
from truceline.model.instant import format_utc, parse_utc
from truceline.reports.markup import Content, Markup, content, name, tag
from truceline.reports.tables import table

MOST_LOOKS = 500
MOST_NAMED = 6  # ids of one look
MOST_READ = 20_000  # entries of the log that are searched for looks, from its end

router = APIRouter(include_in_schema=False)


@router.get("/people")
async def people_page(request: Request, service: Serving, seat: Seated) -> Response:
    """All accounts, and a form for a new one or to change one."""
    await service.saw_people(seat, (one.id for one in service.people.accounts.all()))
    return page_answer(
        request,
        WORDS.say("way.people"),
        _people(service, seat),
        seat=seat,
        foot="foot.service",
    )


def _people(service: Serving, seat: Seat, first: Content = "") -> Markup:
    accounts = service.people.accounts
    rows = [
        [tag("a", name(one.id), href=f"/people/{one.id}"), name(one.name), name(one.nation), roles_in_words(one.roles),
         name(one.party or "–"),
         str(accounts.ways_in(one.id)), WORDS.say(f"people.active.{one.active}"), _acts(one, seat)]
        for one in accounts.all()
    ]  # fmt: skip
    heads = [WORDS.say(f"people.{head}")
             for head in ("id", "name", "nation", "roles", "party", "ways", "state", "acts")]  # fmt: skip
    listed = table(WORDS.say("people.caption"), heads, rows) if rows else tag("p", WORDS.say("people.none"))
    return content(
        asks_first(service, seat, "/people"),
        first,
        listed,
        tag("h2", WORDS.say("people.new"), id="new"),
        _account_form(service, seat),
    )


def _acts(account: Account, seat: Seat) -> Content:
    if not account.active:
        return "–"
    return [act_button(seat, f"/people/{account.id}/{act}", f"people.{act}") for act in ("invite", "close")]


def _account_form(service: Serving, seat: Seat) -> Markup:
    fields = [
        _field("id", pattern="[a-z][a-z0-9.\\-]{1,39}"), _field("name"), _field("nation"),
        tag("fieldset", tag("legend", WORDS.say("people.roles")),
            *(tag("label", tag("input", type="checkbox", name="roles", value=role), " ", WORDS.say(f"role.{role}"))
              for role in ROLES)),
        tag("p", tag("label", WORDS.say("people.party"), " ", tag(
            "select", tag("option", "–", value=""), *(tag("option", one) for one in service.mission.agreement.parties),
            name="party"))),
    ]  # fmt: skip
    button = tag("p", tag("button", WORDS.say("people.give"), type="submit"))
    note = tag("p", WORDS.say("people.note"), class_="small")
    return tag("form", hidden(seat), *fields, button, note, method="post", action="/people", class_="fields")


def _field(of: str, **attributes: str) -> Markup:
    field = tag("input", type="text", name=of, required=True, autocomplete="off", **attributes)
    return tag("p", tag("label", WORDS.say(f"people.{of}"), " ", field))


@router.post("/people")
async def give_account(request: Request, service: Serving, seat: Seated) -> Response:
    """Give an account, or change one, and invite its person if there is no way in yet."""
    form = await own_form(request)
    account = Account(
        id=form.get("id", ""), name=form.get("name", "").strip(), nation=form.get("nation", "").strip(),
        roles=tuple(form.get("roles", "").split()), party=form.get("party") or None,
    )  # fmt: skip
    try:
        service.people.accounts.give(account, seat.id, service.mission.agreement.parties)
    except ValueError as error:
        raise HTTPException(422, str(error)) from None
    await service.carry_accounts()
    if service.people.accounts.ways_in(account.id):
        return RedirectResponse("/people", 303)
    return await _invited(request, service, seat, account)


@router.post("/people/{id_}/invite")
async def invite(request: Request, service: Serving, seat: Seated, id_: str) -> Response:
    """Show an invitation, once."""
    await own_form(request)
    return await _invited(request, service, seat, _active(service, id_))


@router.post("/people/{id_}/close")
async def close_account(request: Request, service: Serving, seat: Seated, id_: str) -> Response:
    """Close an account: its sessions end at once."""
    await own_form(request)
    closed = msgspec.structs.replace(_active(service, id_), active=False)
    service.people.accounts.give(closed, seat.id, service.mission.agreement.parties)
    await service.carry_accounts()
    return RedirectResponse("/people", 303)


def _active(service: Serving, id_: str) -> Account:
    account = service.people.accounts.account(id_)
    if account is None or not account.active:
        raise HTTPException(404, "there is no such account, or it is closed; look it up among the people")
    return account


async def _invited(request: Request, service: Serving, seat: Seat, account: Account) -> Response:
    await service.saw_people(seat, (one.id for one in service.people.accounts.all()))
    site = request.app.state.site
    origin = site.origin if site is not None else f"{request.url.scheme}://{request.url.netloc}"
    address = f"{origin}/join?key={service.people.invite(account.id)}"
    words = tag(
        "p", WORDS.write("people.invitation", name=name(account.name)), " ", tag("code", address), role="status"
    )
    return page_answer(
        request,
        WORDS.say("way.people"),
        _people(service, seat, words),
        seat=seat,
        foot="foot.service",
    )


@router.get("/roster")
async def roster_page(request: Request, service: Serving, seat: Seated) -> Response:
    """Who keeps the watch now, before and after; a director changes it."""
    now_us = clock.now_us()
    people = {one.person for one in service.decisions.watches}
    if seat.has("director"):
        people |= {one.id for one in _to_choose(service)}
    await service.saw_people(seat, people)
    rows = [_watch(one, now_us) for one in reversed(service.decisions.watches)]
    heads = [WORDS.say(f"roster.{head}") for head in ("from", "until", "person", "state")]
    listed = table(WORDS.say("roster.caption"), heads, rows) if rows else tag("p", WORDS.say("roster.none"))
    form: Content = ""
    if seat.has("director"):
        form = content(asks_first(service, seat, "/roster"), _watch_form(service, seat, now_us))
    return page_answer(
        request,
        WORDS.say("way.roster"),
        content(listed, form),
        seat=seat,
        foot="foot.service",
    )


def _watch(one: Watch, now_us: int) -> Sequence[Content]:
    state = "over" if one.until_us <= now_us else "now" if one.from_us <= now_us else "next"
    return [minute(one.from_us), minute(one.until_us), name(one.person), WORDS.say(f"roster.{state}")]


def _to_choose(service: Serving) -> list[Account]:
    return [one for one in service.people.accounts.all() if one.active and one.party is None]


def _watch_form(service: Serving, seat: Seat, now_us: int) -> Markup:
    options = [tag("option", f"{one.id} ({one.name})", value=one.id) for one in _to_choose(service)]
    hour = format_utc(now_us, digits=0)[:13] + ":00"
    fields = [
        tag("p", tag("label", WORDS.say("roster.person"), " ", tag("select", *options, name="account", required=True))),
        tag("p", tag("label", WORDS.say("roster.from"), " ",
                     tag("input", type="datetime-local", name="from", value=hour, required=True))),
        tag("p", tag("label", WORDS.say("roster.until"), " ",
                     tag("input", type="datetime-local", name="until", required=True))),
    ]  # fmt: skip
    return content(
        tag("h2", WORDS.say("roster.new"), id="new"),
        tag("form", hidden(seat), *fields, tag("p", tag("button", WORDS.say("roster.set"), type="submit")),
            method="post", action="/roster", class_="fields"),
    )  # fmt: skip


@router.post("/roster")
async def set_watch(request: Request, service: Serving, seat: Seated) -> Response:
    """Put somebody on watch."""
    form = await own_form(request)
    account = _active(service, form.get("account", ""))
    try:
        from_us, until_us = (parse_utc(f"{form.get(key, '')}:00Z") for key in ("from", "until"))
        said = WatchSet(post=DUTY_DESK, account=account.id, from_us=from_us, until_us=until_us)
        await service.decisions.decide(said, seat.id, seat.nation)
    except Refused as refused:
        raise HTTPException(422, str(refused)) from None
    except ValueError:
        raise HTTPException(422, "a time cannot be read; write it like 2026-03-02T10:00") from None
    return RedirectResponse("/roster", 303)


MARKED = ("positions", FLOOR, "events", FINDING, "sheet", "exhibit", "looks")  # looks at what providers may not release


class _Look(msgspec.Struct):
    at_us: int
    of: list[str]
    what: str
    who: str


@router.get("/looks")
async def looks_page(request: Request, service: Serving, seat: Seated) -> Response:
    """The last looks at positions and identities, newest first."""
    end, withheld = service.store.size, service.withheld(seat)
    kept = [one for one in service.store.inputs(max(0, end - MOST_READ), end) if one.entry.kind == "access"]
    rows = []
    named: set[str] = set()
    for one in islice(reversed(kept), MOST_LOOKS):
        look = decode(one.data, _Look)
        of = [id_ for id_ in look.of if look.what not in MARKED or service.names(withheld, id_)]
        named |= {look.who, *of[:MOST_NAMED]}
        shown = ", ".join(of[:MOST_NAMED]) + (f" … ({len(of)})" if len(of) > MOST_NAMED else "")
        time = format_utc(look.at_us, digits=0)[:19].replace("T", " ")
        rows.append(
            [tag("span", time, class_="nowrap"), name(look.who), name(look.what), name(shown or "–"), str(one.index)]
        )
    await service.saw(seat, "looks", named)
    heads = [WORDS.say(f"looks.{head}") for head in ("time", "who", "what", "of", "entry")]
    body = table(WORDS.say("looks.caption"), heads, rows, numeric=(4,)) if rows else tag("p", WORDS.say("looks.none"))
    return page_answer(request, WORDS.say("way.looks"), body, seat=seat, foot="foot.service")
