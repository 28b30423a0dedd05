"""What every page is: whole, fenced in, well built, the same bytes again, and even-handed."""

import re
from collections import Counter
from dataclasses import fields, is_dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.edges.looks import mission_look, public_look
from truceline.model.case import Case
from truceline.model.instant import US_PER_HOUR
from truceline.model.result import Result
from truceline.reports.mission_page import mission_page
from truceline.reports.public_page import public_page

from . import making
from .reading import Element, read

GOLDEN = Path(__file__).parent / "golden"
LATER = making.START + 30 * US_PER_HOUR
ASIDE = (("the line is not JSON", 3), ("the sensor is unknown", 12))
DIGESTS = (("Root of the log", "ab" * 32),)


def mission(case: Case, result: Result) -> bytes:
    return mission_page(case, result, look=making.LOOK, set_aside=ASIDE, digests=DIGESTS)


def public(case: Case, result: Result) -> bytes:
    return public_page(case, result, look=making.LOOK, as_of_us=LATER, log_root="cd" * 32)


PAGES = pytest.mark.parametrize("page", [mission, public])


@pytest.mark.parametrize(("name", "page"), [("report.html", mission), ("public.html", public)])
def test_the_small_mission_gives_the_page_it_gave(name: str, page: Any) -> None:
    """After a wanted change: make golden"""
    assert page(making.case(), making.result()).decode() == (GOLDEN / name).read_text("utf-8")


def test_a_page_is_the_same_bytes_again() -> None:
    assert mission(making.case(), making.result()) == mission(making.case(), making.result())


@PAGES
def test_nothing_is_fetched_from_anywhere(page: Any) -> None:
    for look in (making.LOOK, mission_look()):
        html = page(making.case(), making.result()) if look is making.LOOK else _with_true_look(page)
        for element in read(html).all():
            for name, value in element.attributes.items():
                if name in ("href", "xlink:href"):
                    assert (value or "").startswith("#"), value
                elif (value or "").startswith("url("):
                    assert (value or "").startswith("url(#"), value
                assert name not in ("src", "srcset", "data", "action", "formaction", "background", "ping", "style")
            assert element.name not in (
                "link",
                "img",
                "iframe",
                "object",
                "embed",
                "base",
                "form",
                "image",
                "foreignobject",
            )
        text = html.decode().lower()
        assert "http:" not in text and "https:" not in text and "@import" not in text and "url(" not in _styles(html)


def _with_true_look(page: Any) -> bytes:
    if page is mission:
        return mission_page(making.case(), making.result(), look=mission_look())
    return public_page(making.case(), making.result(), look=public_look(), as_of_us=LATER)


def _styles(html: bytes) -> str:
    return "".join(element.text for element in read(html).all("style"))


@PAGES
def test_the_page_forbids_what_it_does_not_hold(page: Any) -> None:
    (policy,) = (
        element.attributes["content"] or ""
        for element in read(page(making.case(), making.result())).all("meta")
        if element.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert "default-src 'none'" in policy and "unsafe-inline" not in policy and "base-uri 'none'" in policy


@PAGES
def test_headings_come_in_order(page: Any) -> None:
    levels = [
        int(element.name[1]) for element in read(page(making.case(), making.result())).all("h1", "h2", "h3", "h4")
    ]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


@PAGES
def test_every_picture_has_a_title_a_description_and_a_table_that_says_the_same(page: Any) -> None:
    root = read(page(making.case(), making.result()))
    pictures = [svg for svg in root.all("svg") if svg.attributes.get("aria-hidden") != "true"]
    assert pictures
    for svg in pictures:
        assert [child.name for child in svg.children[:2]] == ["title", "desc"]
        assert all(child.text.strip() for child in svg.children[:2])
    assert list(root.all("table")), "no table beside the pictures"
    named = {svg.attributes["id"] for svg in pictures}
    assert named == ({"map", "timeline-picture"} if page is mission else {"map"})


@PAGES
def test_ids_are_single_and_every_link_leads_somewhere(page: Any) -> None:
    root = read(page(making.case(), making.result()))
    ids = Counter(element.attributes["id"] for element in root.all() if "id" in element.attributes)
    assert [id_ for id_, count in ids.items() if count > 1] == []
    links = {(element.attributes["href"] or "")[1:] for element in root.all("a", "use")}
    assert links - set(ids) == set()
    for attribute in ("aria-labelledby", "aria-describedby"):
        assert {element.attributes[attribute] for element in root.all() if attribute in element.attributes} <= set(ids)


@PAGES
def test_tables_have_captions_and_heads_with_a_scope(page: Any) -> None:
    for table in read(page(making.case(), making.result())).all("table"):
        assert table.children[0].name == "caption" and table.children[0].text
        assert all(head.attributes.get("scope") in ("col", "row") for head in table.all("th"))


@PAGES
def test_the_page_can_be_used_from_the_keyboard(page: Any) -> None:
    root = read(page(making.case(), making.result()))
    (body,) = root.all("body")
    assert body.children[0].attributes.get("href") == "#main", "the way to the report comes first"
    assert next(root.all("html")).attributes["lang"] == "en"
    for field in root.all("input", "select"):
        assert field.parent is not None and field.parent.name == "label" and field.parent.words.strip()
    for scrolling in root.all("div"):
        if scrolling.attributes.get("class") in ("picture", "wide"):
            assert scrolling.attributes.get("tabindex") == "0" and scrolling.attributes.get("aria-label")


@PAGES
@pytest.mark.parametrize("status", ["actual", "exercise", "test"])
def test_the_status_stands_at_the_head_the_foot_the_title_and_on_every_sheet(page: Any, status: str) -> None:
    html = page(making.case(status=status), making.result())
    root = read(html)
    assert next(root.all("title")).text.startswith(f"{status.upper()}: ")
    assert next(root.all("strong")).text == status.upper()
    assert status.upper() in next(root.all("footer")).words
    assert f'@top-center{{content:"{status.upper()}"' in _styles(html)


def test_the_page_says_that_it_is_for_the_mission_and_that_nobody_reviewed_it() -> None:
    words = " ".join(read(mission(making.case(), making.result())).words.split())
    assert "For the mission's duty roster only" in words
    assert "without prejudice to the final judgment of States" in words
    assert "not reviewed" in words


def test_every_finding_has_its_sentence_numbers_reasons_and_events() -> None:
    result = making.result()
    root = read(mission(making.case(), result))
    bodies = {body.attributes["id"]: body for body in root.all("tbody") if body.attributes.get("id")}
    for number, finding in enumerate(result.findings, 1):
        words = " ".join(bodies[f"finding-{number}"].words.split())
        assert finding.words in words and finding.id in words and finding.evidence in words
        assert all(id_ in words for id_ in finding.events)
        assert "It lies inside zone." in words
    assert "R2 stands without any two providers" in " ".join(bodies["finding-1"].words.split())
    assert "not asked" in bodies["finding-2"].words


def test_what_is_known_of_sensors_and_what_was_set_aside_is_told() -> None:
    words = " ".join(read(mission(making.case(), making.result())).words.split())
    assert "wrong clock" in words and "clock off by +1.25 s" in words
    assert "Fell silent before the end (1 sensor; when last heard): QX-004 , 2026-03-10 09:55" in words.replace(
        "\u00a0", " "
    )
    assert (
        "Held to be deaf by what the others heard (1 sensor; since when): QX-003 , 2026-03-10 09:30"
        in words.replace("\u00a0", " ")
    )
    assert "the sensor is unknown 12" in words


@PAGES
def test_no_probability_goes_beyond_1_to_99_percent(page: Any) -> None:
    root = read(page(making.case(), making.result()))
    counts = {
        id(table): table for table in root.all("table") if table.attributes.get("class") == "slim"
    }  # not probabilities
    words = "".join(cell.words for cell in root.all("td", "p") if not any(id(one) in counts for one in _above(cell)))
    words = words.replace("\u00a0", " ")
    said = [int(number) for number in re.findall(r"(\d+) %", words.replace("under 1 %", "").replace("over 99 %", ""))]
    assert all(1 <= number <= 99 for number in said)
    assert "over 99 %" in words or page is public


def _above(element: Element | None) -> list[Element]:
    return [element, *_above(element.parent)] if element else []


# The mirror law: exchange the names of the parties in all that is given, and they are exchanged in all that is said.


def _exchanged(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("amber", "\0").replace("teal", "amber").replace("\0", "teal")
    if isinstance(value, tuple):
        changed = tuple(_exchanged(one) for one in value)
        pairs = changed and all(
            isinstance(one, tuple) and len(one) == 2 and isinstance(one[1], float) for one in changed
        )
        return tuple(sorted(changed)) if pairs and isinstance(changed[0][0], str) else changed
    if is_dataclass(value) and not isinstance(value, type):
        return replace(cast(Any, value), **{one.name: _exchanged(getattr(value, one.name)) for one in fields(value)})
    return value


@PAGES
def test_exchange_the_parties_and_the_page_exchanges_them(page: Any) -> None:
    case, result = making.case(), making.result()
    assert page(_exchanged(case), _exchanged(result)).decode() == _exchanged(page(case, result).decode())


def test_the_order_of_the_parties_changes_only_the_order_in_which_they_are_listed() -> None:
    case, result = making.case(), making.result()
    turned = replace(case, agreement=replace(case.agreement, parties=making.PARTIES[::-1]))
    words, others = (
        Counter(read(page(one, result)).words.split()) for one, page in ((case, mission), (turned, mission))
    )
    assert words == others


# Every input is a suspect.

NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'); } body { display: none } /*",
    "</title></style></textarea><svg/onload=alert(1)>",
    "&lt;b&gt; & {braces} {0} %s",
    "\u202eright to left\u2066 \u200b\x00\x1b[31m",
    "\ud800 lone",
    "x" * 5000,
    "]]><!--",
    "",
]


def _hostile(value: Any, nasty: str) -> Any:
    """Every text that a mission's files may hold, replaced; what must agree with another stays in agreement."""
    if isinstance(value, tuple):
        return tuple(_hostile(one, nasty) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        suspect = {
            "title",
            "text",
            "article",
            "provider",
            "vendor",
            "mapper",
            "name",
            "words",
            "reasons",
            "provisions",
            "providers",
            "incident",
            "id",
            "parties",
            "party",
            "responsibility",
            "sensor",
            "events",
            "labels",
            "kind",
        }
        changes: dict[str, Any] = {}
        for one in fields(value):
            held = getattr(value, one.name)
            if not one.init:
                continue
            if isinstance(held, str) and one.name in suspect:
                changes[one.name] = held + nasty
            elif (
                isinstance(held, tuple) and held and all(isinstance(each, str) for each in held) and one.name in suspect
            ):
                changes[one.name] = tuple(each + nasty for each in held)
            elif one.name in ("responsibility", "labels"):
                changes[one.name] = tuple((name if name == "other" else name + nasty, share) for name, share in held)
            elif isinstance(held, tuple) or is_dataclass(held):
                changes[one.name] = _hostile(held, nasty)
        return replace(cast(Any, value), **changes)
    return value


def _shape(root: Element) -> list[str]:
    """The elements that do or load something."""
    doing = ("script", "style", "link", "img", "iframe", "object", "embed", "base", "form", "foreignobject", "animate")
    return [element.name for element in root.all(*doing)]


def _check_hostile(nasty: str) -> None:
    case, result = _hostile(making.case(), nasty), _hostile(making.result(), nasty)
    for page, plain_shape in ((mission, ["style", "script"]), (public, ["style"])):
        html = page(case, result)
        root = read(html)
        assert _shape(root) == plain_shape
        for element in root.all():
            assert not any(name.startswith("on") for name in element.attributes)
        text = html.decode()
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\x00-\x08\x0b-\x1f\x7f]", text)


@pytest.mark.parametrize("nasty", NASTY)
def test_no_name_becomes_markup_or_turns_the_text(nasty: str) -> None:
    _check_hostile(nasty)


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=40))
def test_nor_does_any_other(nasty: str) -> None:
    _check_hostile(nasty)


def test_a_huge_name_is_cut_and_says_so() -> None:
    case = replace(making.case(), name="n" * 1_000_000)
    html = mission(case, making.result())
    assert len(html) < 400_000
    assert "(1000000 characters)" in html.decode()


# What is far off, empty or beyond measure still gives a page.


def test_a_mission_that_saw_nothing_has_a_page() -> None:
    empty = Result(events=(), incidents=(), opened_by=(), findings=())
    case = making.case(observations=(), maps=())
    assert "no event was found" in read(mission(case, empty)).words
    assert "No event was found" in read(public(case, empty)).words


def test_one_event_on_the_other_side_of_the_world_does_not_shrink_the_map() -> None:
    result = making.result()
    far = making.event(99, "impact", (-149.0, -50.0), 700)
    stray = replace(result, events=(*result.events, far))
    words = " ".join(read(mission(making.case(), stray)).words.split())
    assert "outside the map: 1 event" in words
    assert "5 km" in words, "the bar is still that of a small map"


@pytest.mark.parametrize("axis_m", [0.0, 0.3, 2e7, float("inf")])
def test_an_ellipse_of_any_size_is_drawn_or_left_out(axis_m: float) -> None:
    result = making.result()
    one = result.events[0]
    ellipse = replace(one.origin.ellipse90, semi_major_m=axis_m, semi_minor_m=min(axis_m, 12.0))
    odd = replace(one, origin=replace(one.origin, ellipse90=ellipse))
    html = mission(making.case(), replace(result, events=(odd, *result.events[1:])))
    assert "nan" not in _pictures(read(html)) and "inf" not in _pictures(read(html))


def _pictures(root: Element) -> str:
    kept = ("d", "x", "y", "rx", "ry", "transform", "viewbox", "width", "height")
    found = [
        value or ""
        for svg in root.all("svg")
        for element in svg.all()
        for name, value in element.attributes.items()
        if name in kept
    ]
    return " ".join(found)


def test_a_clock_gone_wrong_does_not_stretch_the_timeline() -> None:
    case = making.case()
    stray = replace(case.observations[0], id="stray", time_us=0)
    words = " ".join(
        read(mission(replace(case, observations=(*case.observations, stray)), making.result())).words.split()
    )
    assert "Between 2026-03-10" in words.replace("\u00a0", " ")
