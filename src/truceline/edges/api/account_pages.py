"""How somebody gets in: their sessions, to end any; their ways in, to remove them; what was changed; and the same for
administrators, of anybody."""

from collections.abc import Sequence

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from truceline.edges.api.frame import act_button, asks_first, hidden, minute, page_answer
from truceline.edges.api.guard import Seated, Serving, own_form
from truceline.edges.api.words import WORDS
from truceline.edges.live.service import Service
from truceline.edges.people.access import Change, Session, Way
from truceline.edges.people.roles import Seat
from truceline.reports.markup import Content, Markup, content, name, tag
from truceline.reports.tables import table

MOST_CHANGES = 30

router = APIRouter(include_in_schema=False)


@router.get("/account")
async def account_page(request: Request, service: Serving, seat: Seated) -> Response:
    """One's own sessions, ways in, and what was changed of them."""
    await service.saw_people(seat, (one.by for one in service.people.access.history(seat.id, MOST_CHANGES)))
    body = content(
        asks_first(service, seat, "/account"), tag("p", WORDS.say("account.means")), _news(service, seat),
        _access(service, seat, seat.id, "/account", current=seat.session), _mail_form(service, seat),
    )  # fmt: skip
    return page_answer(request, WORDS.say("way.account"), body, seat=seat, foot="foot.people")


@router.get("/people/{id_}")
async def person_page(request: Request, service: Serving, seat: Seated, id_: str) -> Response:
    """The sessions and ways in of somebody, for administrators."""
    account = service.people.accounts.account(id_)
    if account is None:
        raise HTTPException(404, "there is no such account; look it up among the people")
    here = f"/people/{id_}"
    await service.saw_people(seat, (id_, *(one.by for one in service.people.access.history(id_, MOST_CHANGES))))
    body = content(
        tag("p", tag("a", WORDS.say("account.back"), href="/people")), asks_first(service, seat, here),
        _access(service, seat, id_, here, current=seat.session),
    )  # fmt: skip
    return page_answer(
        request, WORDS.say("account.of", person=f"{account.name} ({id_})"), body, seat=seat, foot="foot.people"
    )


def _access(service: Service, seat: Seat, account: str, here: str, *, current: str) -> Markup:
    access = service.people.access
    sessions, ways = access.sessions(account), access.ways(account)
    rows = [_session(one, seat, here, current) for one in sessions]
    heads = [WORDS.say(f"account.{head}") for head in ("began", "used", "until", "by", "end")]
    others = [one for one in sessions if one.id != current]
    every = act_button(seat, f"{here}/end", "account.end_others", session="others") if others else ""
    way_rows = [_way(one, seat, here) for one in ways]
    way_heads = [WORDS.say(f"account.{head}") for head in ("way", "added", "remove")]
    return content(
        tag("h2", WORDS.say("account.sessions"), id="sessions"),
        table(WORDS.say("account.sessions.caption"), heads, rows) if rows else tag("p", WORDS.say("account.nobody")),
        every,
        tag("h2", WORDS.say("account.ways"), id="ways"),
        table(WORDS.say("account.ways.caption"), way_heads, way_rows) if ways else tag("p", WORDS.say("account.none")),
        tag("h2", WORDS.say("account.changes"), id="changes"),
        _changes(access.history(account, MOST_CHANGES)),
    )


def _session(one: Session, seat: Seat, here: str, current: str) -> list[Content]:
    mine: Content = tag("strong", WORDS.say("account.this"))
    act = mine if one.id == current else act_button(seat, f"{here}/end", "account.end_it", session=one.id)
    return [
        minute(one.began_us), minute(one.last_us), minute(one.until_us), WORDS.say(f"account.kind.{one.way}"), act,
    ]  # fmt: skip


def _way(one: Way, seat: Seat, here: str) -> list[Content]:
    added = minute(one.added_us) if one.added_us else "–"
    remove = act_button(seat, f"{here}/remove", "account.remove_it", way=one.id)
    return [WORDS.say(f"account.kind.{one.kind}"), added, remove]


def _changes(changes: Sequence[Change]) -> Markup:
    if not changes:
        return tag("p", WORDS.say("account.no_changes"))
    rows: list[list[Content]] = [[minute(one.at_us), change_words(one), name(one.by)] for one in changes]
    return table(
        WORDS.say("account.changes.caption"), [WORDS.say(f"account.{head}") for head in ("when", "what", "who")], rows
    )


def change_words(one: Change) -> str:
    """What was changed, in words."""
    return WORDS.say(f"account.{one.what}.{one.kind}")


def _news(service: Service, seat: Seat) -> Content:
    unread = service.people.access.unread(seat.id)
    if not unread:
        return ""
    items = [
        tag("li", f"{minute(one.at_us)} UTC: {change_words(one)} ", WORDS.write("account.by_whom", who=name(one.by)))
        for one in unread
    ]
    form = act_button(seat, "/account/read", "account.read", until=str(unread[-1].number))
    return tag(
        "section", tag("h2", WORDS.say("account.news"), id="news"), tag("ul", *items),
        tag("p", WORDS.say("account.not_me")), form, aria_labelledby="news", class_="caution",
    )  # fmt: skip


def _mail_form(service: Service, seat: Seat) -> Content:
    """Where to be told by mail; only where the mission has a mail server, and for who has an account."""
    if not service.mails or seat.exercise:
        return ""
    address = service.people.access.address(seat.id) or ""
    field = tag("input", type="email", name="mail", value=address, autocomplete="email", maxlength="200")
    return content(
        tag("h2", WORDS.say("account.mail"), id="mail"),
        tag("form", hidden(seat), tag("p", WORDS.say("account.mail.means")),
            tag("p", tag("label", WORDS.say("account.mail.address"), " ", field)),
            tag("p", tag("button", WORDS.say("account.mail.set"), type="submit")),
            method="post", action="/account/mail", class_="fields"),
    )  # fmt: skip


@router.post("/account/end")
async def end_own(request: Request, service: Serving, seat: Seated) -> Response:
    """End a session of one's own, or all others."""
    form = await own_form(request)
    return await _end(service, seat, seat.id, form.get("session", ""), "/account")


@router.post("/people/{id_}/end")
async def end_of(request: Request, service: Serving, seat: Seated, id_: str) -> Response:
    """End a session of somebody, or all but this one."""
    form = await own_form(request)
    return await _end(service, seat, id_, form.get("session", ""), f"/people/{id_}")


async def _end(service: Service, seat: Seat, account: str, session: str, back: str) -> Response:
    access = service.people.access
    if session == "others":
        access.end_others(account, seat.session, seat.id)
    elif not access.end(account, session, seat.id):
        raise HTTPException(404, "there is no such session, or it is over; open the page again")
    await service.carry_accounts()
    return RedirectResponse(back, 303)


@router.post("/account/remove")
async def remove_own(request: Request, service: Serving, seat: Seated) -> Response:
    """Remove a way in of one's own, never the last by which one signs in. All other sessions end."""
    form = await own_form(request)
    ways = [one for one in service.people.access.ways(seat.id) if one.kind != "program"]
    if [one.id for one in ways] == [form.get("way", "")]:
        raise HTTPException(422, "it is your only way in; ask an administrator to invite you to another first")
    return await _remove(service, seat, seat.id, form.get("way", ""), "/account")


@router.post("/people/{id_}/remove")
async def remove_of(request: Request, service: Serving, seat: Seated, id_: str) -> Response:
    """Remove a way in of somebody. All of their sessions end."""
    form = await own_form(request)
    return await _remove(service, seat, id_, form.get("way", ""), f"/people/{id_}")


async def _remove(service: Service, seat: Seat, account: str, way: str, back: str) -> Response:
    access = service.people.access
    if not access.remove(account, way, seat.id):
        raise HTTPException(404, "there is no such way in; open the page again")
    access.end_others(account, seat.session, seat.id)
    await service.carry_accounts()
    return RedirectResponse(back, 303)


@router.post("/account/read")
async def read_news(request: Request, service: Serving, seat: Seated) -> Response:
    """Somebody says that they have read what was changed."""
    until = (await own_form(request)).get("until", "")
    if not until.isdecimal() or len(until) > 15:
        raise HTTPException(422, "it is not said what was read; open the page again")
    service.people.access.read(seat.id, int(until))
    return RedirectResponse("/account", 303)


@router.post("/account/mail")
async def set_mail(request: Request, service: Serving, seat: Seated) -> Response:
    """Be told by mail from now on, or not any more. The address stands in no log."""
    address = (await own_form(request)).get("mail", "").strip()
    if seat.exercise:
        raise HTTPException(422, "a seat of an exercise's link has no account; sign in with one")
    try:
        service.people.access.set_address(seat.id, address)
    except ValueError as error:
        raise HTTPException(422, str(error)) from None
    return RedirectResponse("/account", 303)
