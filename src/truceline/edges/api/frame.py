"""The frame of the service's pages: head, banner with the status, themes, ways to go. Pages hold no inline script or
style; what they need comes from this service alone."""

from collections.abc import Sequence
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse

from truceline.edges.api.guard import THEME_COOKIE, service_of
from truceline.edges.api.rights import TABLE, Right
from truceline.edges.api.words import WORDS
from truceline.edges.live.service import Service
from truceline.edges.people.roles import Seat
from truceline.edges.people.sessions import OFFERED_US
from truceline.model.instant import Instant, format_utc
from truceline.reports.markup import Content, Markup, content, name, plain, tag
from truceline.reports.page import STATUSES, THEMES
from truceline.reports.texts import Texts

WAYS = (
    ("/", "way.floor", "/api/v1/floor"), ("/hand-over", "way.hand_over", "/hand-over"),
    ("/reviews", "way.reviews", "/reviews"),
    ("/findings", "way.findings", "/findings"), ("/replies", "way.replies", "/replies"),
    ("/contacts", "way.contacts", "/contacts"), ("/alerts", "way.alerts", "/alerts"),
    ("/field", "way.field", "/field"), ("/patrols", "way.patrols", "/patrols"),
    ("/published", "way.published", "/published"),
    ("/roster", "way.roster", "/roster"), ("/people", "way.people", "/people"), ("/looks", "way.looks", "/looks"),
    ("/programs", "way.programs", "/programs"), ("/account", "way.account", "/account"),
)  # fmt: skip


def minute(instant: Instant) -> str:
    """A time as pages say it, to the minute."""
    return format_utc(instant, digits=0)[:16].replace("T", " ")


def minute_utc(instant: Instant) -> str:
    """The same where nothing else says that it is UTC."""
    return f"{minute(instant)} UTC"


def select(label: str, name: str, options: Sequence[tuple[str, str]]) -> Markup:
    """A choice with its label. options: value and words of each."""
    choices = (tag("option", words, value=value) for value, words in options)
    return tag("p", tag("label", label, " ", tag("select", *choices, name=name)))


def hidden(seat: Seat) -> Markup:
    """What every form of a page carries, so that no other page can act for this seat."""
    return tag("input", type="hidden", name="token", value=seat.token)


def act_button(seat: Seat, action: str, key: str, **fields: str) -> Markup:
    """A button that does one thing, as a form of its own; key: of its words."""
    kept = [tag("input", type="hidden", name=field, value=value) for field, value in fields.items()]
    return tag(
        "form", hidden(seat), *kept, tag("button", WORDS.say(key), type="submit"), method="post", action=action,
        class_="inline",
    )  # fmt: skip


def page_answer(
    request: Request,
    title: str,
    body: Content,
    *,
    seat: Seat | None,
    scripts: Sequence[str] = ("page.js",),
    styles: Sequence[str] = (),
    code: int = 200,
    wide: bool = False,
    texts: Texts = WORDS,
    go_to: str | None = None,
    foot: str = "page.without_prejudice",
) -> HTMLResponse:
    """A page. scripts, styles: names of assets besides those of every page; go_to: where the browser goes next;
    foot: what is said below everything."""
    status: str = request.app.state.service.mission.status
    chosen = request.cookies.get(THEME_COOKIE, "system")
    theme = chosen if chosen in THEMES else "system"
    word = texts.say(f"page.{status}") if status in STATUSES else plain(status).upper()
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", http_equiv="refresh", content=f"0; url={go_to}") if go_to is not None else "",
        tag("title", f"{word}: {title}"),
        tag("link", rel="icon", href="/assets/icon.svg", type="image/svg+xml"),
        *(tag("link", rel="stylesheet", href=f"/assets/{one}") for one in ("page.css", *styles, "service.css")),
        *(tag("script", type="module", src=f"/assets/{one}") for one in scripts),
    )
    told = _told(request, seat) if seat is not None and request.url.path != "/account" else ""
    main = tag("main", told, tag("h1", title, class_="unseen" if wide else None), body, id="main", tabindex="-1")
    frame = tag(
        "body",
        tag("a", texts.say("page.skip"), href="#main", class_="skip"),
        _banner(request, status, word, seat, theme, texts),
        main,
        tag("footer", tag("p", texts.say(foot)), tag("p", word)),
        class_=f"status-{status if status in STATUSES else 'test'}{' wide-page' if wide else ''}",
    )
    html = tag("html", head, frame, lang=texts.language, dir=texts.direction)
    return HTMLResponse(f"<!doctype html>\n{html}\n", code)


def _told(request: Request, seat: Seat) -> Content:
    """That something was changed of how this person gets in, until they say that they have read it."""
    if not service_of(request).people.access.unread(seat.id):
        return ""
    link = tag("a", WORDS.say("account.see"), href="/account")
    return tag("p", WORDS.say("account.changed"), " ", link, role="status", class_="caution")


def asks_first(service: Service, seat: Seat, here: str) -> Content:
    """That who somebody is will be asked again before what is grave, with the way there; nothing if they showed it
    lately."""
    if service.people.is_fresh(seat, OFFERED_US):
        return ""
    link = tag("a", WORDS.say("confirm.now"), href=f"/confirm?{urlencode({'to': here})}")
    return tag("p", WORDS.say("confirm.first"), " ", link, role="note", class_="caution")


def _banner(request: Request, status: str, word: str, seat: Seat | None, theme: str, texts: Texts) -> Markup:
    explained = texts.say(f"page.{status}.means") if status in STATUSES else ""
    note = tag("p", tag("strong", word), " ", tag("span", explained), role="note", aria_label=texts.say("page.status"))
    parts: list[Content] = [note]
    if seat is not None:
        here = request.url.path
        links = (
            tag("li", tag("a", texts.say(way), href=href, aria_current="page" if href == here else None))
            for href, way in ways_of(request, seat)
        )
        parts.append(tag("nav", tag("ul", *links), aria_label=texts.say("way.label")))
    parts.append(_themes(theme, texts))
    if seat is not None:
        form = tag(
            "form", tag("span", name(seat.account.name), class_="who"), " ", hidden(seat),
            tag("button", texts.say("people.sign_out"), type="submit"), method="post", action="/sign-out",
        )  # fmt: skip
        parts.append(form)
    return tag("header", content(*parts), class_="banner")


def ways_of(request: Request, seat: Seat) -> list[tuple[str, str]]:
    """The pages that a seat may open: address and key of the name."""
    service = service_of(request)
    parties, on_duty = service.mission.agreement.parties, service.on_duty(seat)
    rights = ((href, way, TABLE["GET", route]) for href, way, route in WAYS)
    return [
        (href, way)
        for href, way, who in rights
        if isinstance(who, Right) and who.why_not(seat, parties, on_duty=on_duty) is None
    ]


def _themes(theme: str, texts: Texts) -> Markup:
    choices = (
        tag("label", tag("input", type="radio", name="theme", id=f"theme-{one}", value=one, checked=one == theme),
            " ", texts.say(f"theme.{one}"))
        for one in THEMES
    )  # fmt: skip
    return tag("fieldset", tag("legend", texts.say("theme.choose"), class_="unseen"), *choices, class_="themes")
