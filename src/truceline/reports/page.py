"""The frame of every page: head, banner, way to the sections, themes. One file, nothing fetched from anywhere."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from truceline.model.instant import Instant, format_utc
from truceline.reports.markup import Content, Markup, content, plain, tag
from truceline.reports.tables import bar_styles
from truceline.reports.texts import Texts

THEMES = ("system", "light", "dark", "red")
STATUSES = ("actual", "exercise", "test")


@dataclass(frozen=True)
class Look:
    """How pages look and what little they do by themselves: the texts of a style sheet and of a script."""

    style: str
    script: str = ""


@dataclass(frozen=True)
class Section:
    """A part of a page, with the id and the heading by which it is reached. `wide`: on paper, on sheets of their own
    that lie across."""

    id: str
    title: str
    body: Content
    wide: bool = False


def page(
    title: str,
    status: str,
    warning: str,
    sections: Sequence[Section],
    look: Look,
    texts: Texts,
    *,
    script: bool = True,
    dated_us: Instant | None = None,
) -> bytes:
    """The whole document. `warning`: who may read it; it and the status stand on every printed sheet. `dated_us`: the
    instant up to which it tells, which dates the document made of it."""
    style = look.style + bar_styles() + _sheet_heads(status, warning, texts)
    code = look.script if script else ""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        _policy(style, code),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="robots", content="noindex"),
        "" if dated_us is None else tag("meta", name="date", content=format_utc(dated_us, digits=0)),
        tag("title", f"{_status(status, texts)}: {title}"),
        tag("style", Markup(style)),
    )
    body = tag(
        "body",
        tag("a", texts.say("page.skip"), href="#main", class_="skip"),
        _banner(status, warning, texts),
        tag("header", tag("h1", title), _themes(texts), _contents(sections, texts)),
        tag("main", *(_section(section) for section in sections), id="main"),
        tag("footer", tag("p", texts.say("page.without_prejudice")), tag("p", f"{_status(status, texts)}. {warning}")),
        tag("script", Markup(code)) if code else "",
        class_=f"status-{status if status in STATUSES else 'test'}",
    )
    html = tag("html", head, body, lang=texts.language, dir=texts.direction)
    return f"<!doctype html>\n{html}\n".encode()


def _policy(style: str, script: str) -> Markup:
    """Only this page's own style and script, by their digests, and nothing from outside: whatever a name may hold."""
    scripts = f"'{_digest(script)}'" if script else "'none'"
    rules = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src {scripts}; base-uri 'none'; form-action 'none'"
    )
    return tag("meta", http_equiv="Content-Security-Policy", content=rules)


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _status(status: str, texts: Texts) -> str:
    return texts.say(f"page.{status}") if status in STATUSES else plain(status).upper()


def _sheet_heads(status: str, warning: str, texts: Texts) -> str:
    """The heads and feet of printed sheets."""
    return (
        f"@page{{@top-center{{content:{_quoted(_status(status, texts))};font:bold 13pt sans-serif}}"
        f"@bottom-left{{content:{_quoted(warning)};font:8pt sans-serif}}}}"
    )


def _quoted(text: str) -> str:
    """A CSS string: every character that is not a plain letter, digit or blank by its number."""
    safe = (one if one.isascii() and (one.isalnum() or one in " .,:;-") else f"\\{ord(one):x} " for one in plain(text))
    return f'"{"".join(safe)}"'


def _banner(status: str, warning: str, texts: Texts) -> Markup:
    explained = texts.say(f"page.{status}.means") if status in STATUSES else ""
    return tag(
        "div",
        tag("p", tag("strong", _status(status, texts)), " ", tag("span", explained)),
        tag("p", warning, class_="warning"),
        class_="banner",
        role="note",
        aria_label=texts.say("page.status"),
    )


def _themes(texts: Texts) -> Markup:
    choices = (
        tag(
            "label",
            tag("input", type="radio", name="theme", id=f"theme-{theme}", checked=theme == "system"),
            " ",
            texts.say(f"theme.{theme}"),
        )
        for theme in THEMES
    )
    return tag("fieldset", tag("legend", texts.say("theme.choose")), *choices, class_="themes")


def _contents(sections: Sequence[Section], texts: Texts) -> Markup:
    links = (tag("li", tag("a", section.title, href=f"#{section.id}")) for section in sections)
    return tag("nav", tag("ul", *links), aria_label=texts.say("page.contents"))


def _section(section: Section) -> Markup:
    heading = tag("h2", section.title, id=f"{section.id}-h")
    class_ = "across" if section.wide else None
    return tag(
        "section", heading, content(section.body), id=section.id, class_=class_, aria_labelledby=f"{section.id}-h"
    )
