"""Daily, weekly, spot and thematic reports: the fixed order, what is left out, who is named, whose words they are."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from string import Formatter
from typing import Any, get_args

import pytest

from truceline.edges.looks import report_look
from truceline.findings.words import SCALE
from truceline.model.instant import US_PER_HOUR
from truceline.reports.account import Record
from truceline.reports.english_reports import OF_REPORTS
from truceline.reports.languages import LANGUAGES
from truceline.reports.periodic_page import IN_ORDER, THEMES, daily_page, thematic_page, weekly_page
from truceline.reports.periodic_record import account_record
from truceline.reports.periods import CUT_OFF_MIN, days_until, each_day
from truceline.reports.spot_page import spot_page
from truceline.reports.telling import Telling
from truceline.reports.texts import Texts
from truceline.terms.hindrance import HINDRANCES
from truceline.terms.registers.storage import WeaponStatus

from .day_making import (
    DATE,
    EN,
    TERMS,
    UK,
    agreement,
    day,
    happened,
    places,
    record,
    silences,
    telling,
    told_by_people,
    yesterday,
)
from .making import LOOK
from .reading import Element, read

GOLDEN = Path(__file__).parent / "golden"
EACH_LANGUAGE = pytest.mark.parametrize("texts", [EN, UK], ids=["en", "uk"])


def daily(of: Record | None = None, *, texts: Texts = EN, previous: Record | None = None) -> bytes:
    return daily_page(telling(of, texts=texts, previous=previous), look=LOOK)


def weekly(of: Record | None = None, *, texts: Texts = EN) -> bytes:
    mine = of or record()
    period = days_until(mine.clock, DATE, 7, CUT_OFF_MIN)
    days = [mine.account(one, texts) for one in each_day(mine.clock, period, CUT_OFF_MIN)]
    return weekly_page(Telling(mine, mine.account(period, texts), texts), days, look=LOOK)


def spot(of: Record | None = None, *, texts: Texts = EN) -> bytes:
    mine = of or record()
    incident = mine.incidents[0]
    return spot_page(Telling(mine, mine.account_of(incident, texts), texts), incident, look=LOOK)


def thematic(theme: str) -> Callable[..., bytes]:
    def made(of: Record | None = None, *, texts: Texts = EN) -> bytes:
        mine = of or record()
        return thematic_page(Telling(mine, mine.account(day(mine), texts), texts), theme, [], look=LOOK)

    return made


PAGES: dict[str, Callable[..., bytes]] = {"daily": daily, "weekly": weekly, "spot": spot}
PAGES |= {f"thematic-{theme}": thematic(theme) for theme in THEMES}
EACH_PAGE = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)


def words(page: bytes) -> str:
    (body,) = read(page).all("body")
    return said(body)


def said(element: Element) -> str:
    return " ".join(element.words.split()).replace("\u00a0", " ")


def sections(page: bytes) -> list[str]:
    return [str(one.attributes["id"]) for one in read(page).all("section")]


def rows(page: bytes, section: str) -> list[list[str]]:
    """The body of the last table of a section."""
    (found,) = [one for one in read(page).all("section") if one.attributes["id"] == section]
    (body,) = list(found.all("table"))[-1].all("tbody")
    return [[said(cell) for cell in row.children] for row in body.all("tr")]


@pytest.mark.parametrize(("name", "texts"), [("daily.html", EN), ("daily-uk.html", UK)])
def test_the_day_gives_the_page_it_gave(name: str, texts: Texts) -> None:
    """After a wanted change: make golden"""
    made = daily(record(silences=silences()), texts=texts, previous=yesterday())
    assert made.decode() == (GOLDEN / name).read_text("utf-8")


@EACH_PAGE
@EACH_LANGUAGE
def test_same_record_same_bytes(page: Any, texts: Texts) -> None:
    assert page(texts=texts) == page(record(), texts=texts)


def test_the_sections_come_in_the_fields_order() -> None:
    assert sections(daily()) == [
        "summary", "violations", "harm", "monitors", "disengagement", "weapons", "mines", "local", "crossings",
        "movement", "text", "findings", "claims", "coverage", "method", "annex",
    ]  # fmt: skip
    assert [name for name, _ in IN_ORDER] == sections(daily())[2:13]
    assert sections(weekly()) == sections(daily())[:-1]


def test_what_has_nothing_to_report_is_left_out_but_coverage_never() -> None:
    bare = agreement(TERMS.partition("[[suspension]]")[0])
    empty = record(observations=told_by_people()[-1:], events=(), findings=(), notices=(), claims=(), agreement=bare)
    page = daily(empty)
    assert sections(page) == ["summary", "violations", "coverage", "method"]
    assert "Nothing that the counting rule counts was recorded. That says nothing of ground where nobody" in words(page)


def test_counts_stand_beside_the_period_before_and_coverage_beside_both() -> None:
    page = daily(previous=yesterday())
    table = next(read(page).all("table"))
    lines = [[" ".join(cell.words.split()) for cell in row.children] for row in table.all("tr")][1:]
    assert lines[0] == ["Explosions", "13–15", "10", "–"] and ["– impact", "6", "4", "+2"] in lines
    assert lines[-1] == ["All", "15–17 and an uncountable number", "12", "–"]
    told = words(page)
    assert "Of the period before, the record covers 1 h 55 min of 24 h: 12 ceasefire violations." in told
    assert "The mission recorded 15–17 and an uncountable number of ceasefire violations." in told
    assert re.search(r"on average \d+ sensors were heard from in an hour, \d+ in the period before", told)
    assert "There is no record of the period before" in words(daily())


def test_the_annex_lists_every_violation_that_is_counted() -> None:
    listed = rows(daily(), "annex")
    assert len(listed) == len(telling().account.counted.rows) == 4
    assert listed[0] == [
        "1", "2026-03-10 11:10",
        "Ash (amber-controlled, 21km east of Port)",
        "heard, recorded by camera by aland, borea, cordia", "7–9", "outgoing round", "corroborated",
        "assessed as 120mm mortar", "finding 1: from ground held by a party",
    ]  # fmt: skip
    assert listed[-1][4:] == [
        "an uncountable number", "burst of small-arms fire", "reported by people alone", "undetermined weapon",
        "in no finding",
    ]  # fmt: skip


def test_every_section_tells_what_was_told() -> None:
    page = daily()
    assert rows(page, "harm")[0][:5] == [
        "2026-03-10 12:30", "Elm (teal-controlled, 20km west of Hill)", "a house, its roof pierced", "1",
        "shelling",
    ]  # fmt: skip
    assert rows(page, "monitors")[0][2:] == [
        "fired at", "not said; on ground held by teal", "shots fired near the patrol",
    ]  # fmt: skip
    assert rows(page, "disengagement") == [["the western area", "2", "0"]]
    statuses = [row[0] for row in rows(page, "weapons")]
    assert statuses == ["in violation of withdrawal lines", "missing", "verified at its place"]
    assert rows(page, "weapons")[0][3:] == ["122mm howitzer", "2"]
    assert rows(page, "weapons")[1][2:] == ["Depot 4 (amber)", "122mm howitzer (D-30)", "2"]
    assert rows(page, "mines")[0][-1] == "anti-tank mines on the road"
    assert "From 2026-03-10 08:00 to 2026-03-10 16:00: the text does not bind anybody in the water works" in words(page)
    assert rows(page, "local")[0][5:] == ["in time", "1 covered"]
    assert rows(page, "crossings")[0][0] == "the North Gate"
    assert [row[2:4] for row in rows(page, "movement")] == [
        ["denied", "amber"], ["probable jamming", "not said; on ground held by teal"],
    ]  # fmt: skip
    assert [row[-1] for row in rows(page, "claims")] == ["matched with what was recorded", "could not be verified"]


def test_what_is_no_fire_is_judged_by_the_text_of_each_in_turn_and_nobody_is_named() -> None:
    page = daily()
    ash = "2km west-north-west of Ash (amber-controlled, 21km east of Port)"
    depot = "5km east of Port (amber-controlled, 50km west of Hill)"
    assert [row[1:6] for row in rows(page, "text")] == [
        ["2 × 122mm howitzer", ash, "amber, teal", "broken", "Article 4"],
        ["inspection of Depot 4", depot, "amber", "broken", "Article 4"],
    ]
    assert "Nothing here says who did." in words(page)
    assert "text" not in sections(daily(record(agreement=agreement(TERMS.replace("name = true", "verify = false")))))


@EACH_PAGE
def test_every_page_says_that_it_is_automatic_and_prejudges_nothing(page: Any) -> None:
    told = words(page())
    assert "not reviewed by people, and without prejudice to the final judgment of States" in told
    assert "A party is named only where a finding names it." in told
    assert "For the mission." in told and "EXERCISE" in told


def test_what_is_less_likely_than_not_is_not_said_to_be_surely_no_breach() -> None:
    said = {row[0]: row[4] for row in rows(daily(), "findings")}["4"]
    assert said.startswith("No breach") and "is less likely than not" in said and "broken" not in said


def test_a_party_is_named_only_where_a_finding_names_it() -> None:
    found = {row[0]: row[4] for row in rows(daily(), "findings")}
    assert found["1"] == "It is very likely that the fire came from ground held by amber . automatic, not reviewed"
    assert found["2"] == "Who fired is undetermined. automatic, not reviewed"
    assert found["3"].startswith("Exempt") and found["4"].startswith("No breach")
    assert "Calibrated in simulation only." in words(daily())


@pytest.mark.parametrize("act", ["name", "attribute"])
def test_where_the_mandate_forbids_it_nobody_is_named(act: str) -> None:
    mandate = TERMS.replace("name = true", f"{act} = false")
    for make in PAGES.values():
        told = words(make(record(agreement=agreement(mandate))))
        assert "held by amber ." not in told and "Who opened fire" not in told
    page = daily(record(agreement=agreement(mandate)))
    assert rows(page, "findings")[0][4].startswith("The mandate does not let the mission say who.")
    assert {row[3] for row in rows(page, "movement")} == {"not told: the mandate does not let the mission name"}
    assert {row[1] for row in rows(page, "claims")} == {"not told: the mandate does not let the mission name"}


def test_where_the_mandate_forbids_to_verify_nothing_is_said_of_breaches() -> None:
    silent = record(agreement=agreement(TERMS.replace("name = true", "verify = false")))
    page = daily(silent)
    assert "does not let the mission say whether the agreement was broken" in words(page)
    assert {row[-1] for row in rows(page, "annex")} == {"in no finding"}
    made = json.loads(account_record(telling(silent), "daily"))
    assert made["findings"] == [] and all(row["findings"] == [] for row in made["rows"])


def test_what_silence_says_is_told_as_it_was_surveyed() -> None:
    lines = rows(daily(record(silences=silences())), "coverage")
    assert [row[0] for row in lines] == ["impact", "shot", "shot"], "what the rule does not count is no matter"
    assert lines[0][1:] == ["all ground near sensors", "80 %", "60 %", "some was seen"]
    assert lines[1][1:] == ["the western area", "97 %", "95 %", "none was seen, and one would have been"]
    assert lines[2][1:] == ["all ground near sensors", "under 1 %", "under 1 %", "no: any number may have gone unseen"]


def test_without_a_survey_of_the_day_no_violation_is_never_said() -> None:
    refused = "it is not said that no violation took place, anywhere"
    assert refused in words(daily())
    late = tuple(replace(one, from_us=one.from_us + 48 * US_PER_HOUR, until_us=one.until_us + 48 * US_PER_HOUR)
                 for one in silences())  # fmt: skip
    told = words(daily(record(silences=late)))
    assert refused in told and "The survey is of another time" in told


@EACH_PAGE
@EACH_LANGUAGE
def test_no_sensor_and_no_place_of_one_is_told(page: Any, texts: Texts) -> None:
    html = page(texts=texts).decode()
    for sensor in record().case.network.sensors:
        assert sensor.id not in html
        assert f"{sensor.lat:.4f}" not in html and f"{sensor.lon:.4f}" not in html


@EACH_PAGE
@EACH_LANGUAGE
def test_it_is_one_file_that_can_be_read_by_keyboard_and_by_ear(page: Any, texts: Texts) -> None:
    html = page(texts=texts)
    root = read(html)
    text = html.decode().lower()
    assert "http:" not in text and "https:" not in text and not list(root.all("script", "img", "link", "iframe"))
    assert next(root.all("html")).attributes["lang"] == texts.language
    (body,) = root.all("body")
    assert body.children[0].attributes["href"] == "#main"
    levels = [int(one.name[1]) for one in root.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1 and all(later <= earlier + 1 for earlier, later in pairwise(levels))
    for table in root.all("table"):
        assert table.children[0].name == "caption"
        assert all(head.attributes.get("scope") in ("col", "row") for head in table.all("th"))
    for picture in root.all("svg"):
        assert [one.name for one in picture.children[:2]] == ["title", "desc"]
    ids = [one.attributes["id"] for one in root.all() if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    assert {str(one.attributes["href"])[1:] for one in root.all("a")} <= set(ids)


def test_the_look_asks_for_nothing_from_outside() -> None:
    style = report_look().style
    assert "url(" not in style and "@import" not in style and "@media print" in style


@EACH_PAGE
def test_a_translation_that_nobody_reviewed_says_so(page: Any) -> None:
    assert "Неофіційний переклад, не перевірений." in words(page(texts=UK))
    assert list(_of_class(read(page(texts=UK)), "unofficial"))
    assert not list(_of_class(read(page()), "unofficial"))


def _of_class(root: Element, name: str) -> list[Element]:
    return [one for one in root.all() if name in str(one.attributes.get("class", "")).split()]


@EACH_PAGE
def test_in_ukrainian_no_english_is_left_but_names_and_quotes(page: Any) -> None:
    """Names of parties, providers and sensors, what observers wrote, and the engine's own reasons stay as they are."""
    told = words(page(texts=UK))
    written = ("text", "what", "object", "cause_stated", "weapon")
    quoted = " ".join(str(getattr(one, field, "")) for one in told_by_people() for field in written)
    given = """amber teal aland borea cordia small UTC SHA ICD truceline N E R I D Article Depot the North Gate
        water works a local arrangement 122mm howitzer D-30 It breaks lies inside zone By maps given"""
    engine = " ".join(row[-1] for row in rows(daily(), "text"))
    english = re.findall(r"[A-Za-z]+", re.sub(r"\b[0-9a-f]{16,}\b", "", told))
    assert set(english) - set(re.findall(r"[A-Za-z]+", f"{quoted} {given} {engine}")) == set()


def test_both_languages_have_the_same_messages_places_and_forms() -> None:
    forms = {"en": 2, "uk": 3}
    keys = set(LANGUAGES["en"].messages)
    assert set(OF_REPORTS) <= keys
    for tag, texts in LANGUAGES.items():
        assert set(texts.messages) == keys and texts.language == tag
        for key, message in texts.messages.items():
            assert _places(message) == _places(LANGUAGES["en"].messages[key]), key
            plural = key.startswith(("noun.", "class."))
            assert message.count("|") == (forms[tag] - 1 if plural else 0), key
            assert message or LANGUAGES["en"].messages[key] == "", key


def _places(message: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(message) if name is not None}


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "1 висновок"), (2, "2 висновки"), (5, "5 висновків"), (11, "11 висновків"), (21, "21 висновок"),
     (22, "22 висновки"), (112, "112 висновків"), (1_001, "1\u202f001 висновок")],
)  # fmt: skip
def test_ukrainian_numbers_take_their_forms(number: int, said: str) -> None:
    assert UK.count("noun.finding", number) == said


def test_every_word_that_a_register_or_a_likelihood_may_need_is_there() -> None:
    needed = [f"hindrance.{kind}" for kind in HINDRANCES]
    needed += [f"status_of.{status}" for status in get_args(WeaponStatus)]
    needed += [f"likelihood.{said.replace(' ', '_')}" for _, said in SCALE]
    assert [key for key in needed if key not in EN.messages] == []


def test_the_report_as_data_sums_to_the_report() -> None:
    made = json.loads(account_record(telling(previous=yesterday()), "daily"))
    assert made["days"] == [DATE] and made["reviewed"] is False
    assert made["counts"]["total"] == {"least": 15, "most": 17, "uncountable": 1}
    assert sum(row["count"][0] for row in made["rows"] if row["count"]) == 15
    assert made["before"]["counts"]["total"]["least"] == 12
    counted = {one.id for one in happened() if one.class_ in ("outgoing", "impact", "burst")}
    assert {id_ for row in made["rows"] for id_ in row["events"]} == counted


def test_the_week_is_told_day_by_day() -> None:
    by_day = [table for table in read(weekly()).all("table") if table.children[0].text == "By day"]
    lines = [[" ".join(cell.words.split()) for cell in row.children] for row in by_day[0].all("tr")][1:]
    assert [line[0] for line in lines] == [f"2026-03-{number:02d}" for number in range(4, 11)]
    assert lines[-1][-2] == "15–17 and an uncountable number" and lines[0][1:] == ["–"] * 7


def test_the_spot_report_tells_each_event_to_the_second_and_who_opened_fire() -> None:
    page = spot()
    minutes = rows(page, "minutes")
    assert len(minutes) == 12 and minutes[0][0].startswith("11:10:00")
    told = words(page)
    assert "Who opened fire" in told and "cannot be told: earlier fire could have gone unheard: 10 %" in told
    assert "It lies inside zone." in words(page)
    assert sections(page) == ["incident", "minutes", "findings", "harm", "coverage", "method"]


def test_a_theme_with_nothing_to_report_says_so() -> None:
    quiet = record(observations=told_by_people()[-1:], events=(), findings=())
    assert "There is nothing to report on this in the period." in words(thematic("harm")(quiet))


@pytest.mark.parametrize("nasty", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "\u202eturned\u2066"])
def test_no_name_or_quotation_becomes_markup_or_turns_the_text(nasty: str) -> None:
    of = record()
    named = tuple(replace(one, names=(("en", one.names[0][1] + nasty),), region=(("en", nasty),)) for one in places())
    told = tuple(
        replace(one, **{field: getattr(one, field) + nasty for field in ("what", "object", "text", "weapon", "access")
                        if isinstance(getattr(one, field, None), str)})
        for one in told_by_people()
    )  # fmt: skip
    signed = replace(
        of.case.agreement, areas=tuple(replace(one, names=(("en", nasty),)) for one in of.case.agreement.areas)
    )
    html = daily(record(places=named, observations=told, agreement=signed, name=nasty)).decode()
    assert not list(read(html.encode()).all("script", "img"))
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", html)
    assert "onerror" not in {name for one in read(html.encode()).all() for name in one.attributes}
