"""Ledgers, consultations and frameworks as files: faults at their line, tables and back again."""

from dataclasses import replace

import pytest

from truceline.coalition.command import chain, faults, holder, on_duty
from truceline.coalition.consultation import state_at
from truceline.coalition.read_command import read_command
from truceline.coalition.read_consultations import read_consultations
from truceline.coalition.read_ledger import read_ledger
from truceline.coalition.reading import circle
from truceline.coalition.tables import ledger_of_tables, tables_of
from truceline.coalition.toml_text import ledger_text
from truceline.model.instant import US_PER_HOUR, parse_utc
from truceline.model.problem import Unusable

from .making import large, ledger

LEDGER = """
[[country]]
id = "host"
name = "Hostland"
neighbours = ["next"]

[[country]]
id = "next"
name = "Nextland"

[[nation]]
id = "aland"
name = "Aland"
releasable_to = ["all"]

[[authority]]
id = "aland-mandate"
nation = "aland"
kind = "mandate"
title = "Mandate of the parliament"
history = [{at = 2026-01-01T00:00:00Z, outcome = "granted", by = "Parliament of Aland"}]
expires = 2027-01-01T00:00:00Z

[[contribution]]
id = "arrays"
nation = "aland"
pillar = "monitoring"
domain = "land"
asset = "acoustic arrays"
amount = [4, 6]
place = [30.3, 50.3]
country = "host"
sensors = ["AA-001"]
history = [
  {at = 2026-02-01T00:00:00Z, status = "deployed", by = "Coordination cell"},
  {at = 2026-01-10T00:00:00Z, status = "pledged", by = "Ministry", note = "\\"as soon as may be\\", they say; soon"},
]

[[caveat]]
id = "far"
nation = "*"
kind = "away_from_line"
values = ["contact-line"]
metres = 5000
words = "Foreign contingents stay 5 km from the line"
article = "Article 7"
"""


def faults_of(text: str) -> list[tuple[int, str]]:
    with pytest.raises(Unusable) as refused:
        read_ledger("ledger.toml", text.encode())
    return [(problem.place.line, problem.what) for problem in refused.value.problems]


def test_a_ledger_is_read_with_its_history_in_order() -> None:
    found = read_ledger("ledger.toml", LEDGER.encode())
    assert [entry.status for entry in found.contribution["arrays"].history] == ["pledged", "deployed"]
    assert found.contribution["arrays"].least == 4.0
    assert found.caveats_of["aland"][0].article == "Article 7"


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ('pillar = "monitoring"', 'pillar = "monitor"', 27, "'pillar' is 'monitor'"),
        ("amount = [4, 6]", "amount = [6, 4]", 30, "no number and no range"),
        ("place = [30.3, 50.3]", "place = [30.3]", 31, "no position"),
        ('status = "deployed"', 'status = "gone"', 35, "'status' is 'gone'"),
        ('nation = "aland"\npillar', 'nation = "alamd"\npillar', 0, "names nation 'alamd'"),
        ("metres = 5000\n", "", 39, "'metres' is missing"),
        ('kind = "away_from_line"', 'kind = "away"', 42, "'kind' is 'away'"),
        ('name = "Nextland"', 'nmae = "Nextland"', 9, "unknown key 'nmae'"),
        ('id = "next"', 'id = "host"', 0, "'host' stands twice"),
        ('sensors = ["AA-001"]', 'sensors = ["AA-001"]\nneeds = ["arrays"]', 0, "in a circle: arrays → arrays"),
    ],
)
def test_a_fault_is_told_at_its_line(old: str, new: str, line: int, what: str) -> None:
    found = faults_of(LEDGER.replace(old, new, 1))
    assert any(at == line and what in told for at, told in found), found


def test_circles_of_any_length_are_found() -> None:
    assert circle({"a": ["b"], "b": ["c"], "c": []}) == ()
    assert circle({"a": ["b"], "b": ["c"], "c": ["b"]}) == ("b", "c", "b")
    assert circle({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}) == ()


@pytest.mark.parametrize(
    "book", [read_ledger("l", LEDGER.encode()), ledger(), large(35, 400)], ids=["file", "made", "large"]
)
def test_tables_and_back_again_lose_nothing(book) -> None:  # type: ignore[no-untyped-def]
    files = tables_of(book)
    assert b"ithout prejudice to the final judgment of States" in files["README.txt"]
    again = ledger_of_tables("tables", files)
    assert again == book
    assert tables_of(again) == files
    assert read_ledger("again", ledger_text(book).encode()) == book


def test_a_name_with_a_semicolon_survives() -> None:
    text = LEDGER.replace('releasable_to = ["all"]', 'releasable_to = ["a;b", "c\\\\d", "e"]')
    book = read_ledger("l", text.encode())
    assert book.nations[0].releasable_to == ("a;b", "c\\d", "e")
    assert ledger_of_tables("tables", tables_of(book)) == book


def test_a_fault_in_a_table_is_told_at_its_row() -> None:
    files = tables_of(read_ledger("l", LEDGER.encode()))
    wrong = files | {"contribution.csv": files["contribution.csv"].replace(b"monitoring", b"monitor")}
    with pytest.raises(Unusable) as refused:
        ledger_of_tables("tables", wrong)
    (problem,) = refused.value.problems
    assert (problem.place.line, problem.place.field) == (2, "contribution.pillar")
    for name, data, what in (
        ("contribution.csv", b"id,nonsense\r\na,b\r\n", "column 'nonsense'"),
        ("nation.csv", b"\xff\xfe", "not a table"),
        (
            "contribution_history.csv",
            b"of,at,status,by\r\nnobody,2026-01-01T00:00:00Z,pledged,x\r\n",
            "'nobody' is not in",
        ),
    ):
        with pytest.raises(Unusable) as refused:
            ledger_of_tables("tables", files | {name: data})
        assert any(what in problem.what for problem in refused.value.problems)


CONSULTATION = """
[[consultation]]
id = "C-1"
about = ["F-1"]
opened = 2026-03-01T08:00:00Z
opened_by = "Duty officer"
clocks = [
  {hours = 24, started = 2026-03-01T09:00:00Z, started_by = "Chair of the commission", basis = "the fire at F-1"},
  {hours = 72, started = 2026-03-01T09:00:00Z, started_by = "Chair of the commission", basis = "the fire at F-1"},
]
informed = [
  {nation = "aland", at = 2026-03-01T09:30:00Z, by = "Duty officer"},
  {nation = "borea", at = 2026-03-01T10:30:00Z, by = "Duty officer"},
]
positions = [
  {nation = "aland", at = 2026-03-01T20:00:00Z, position = "asks_time"},
  {nation = "aland", at = 2026-03-02T20:00:00Z, position = "supports", reservation = "no military measure"},
]
parliaments = [{nation = "aland", at = 2026-03-02T12:00:00Z, step = "submitted"}]
considered = [{kind = "diplomatic", words = "A joint note", by = "borea", at = 2026-03-02T10:00:00Z}]
decisions = [
  {at = 2026-03-03T08:00:00Z, by = ["aland", "borea"], words = "A note", reasons = "So", measures = ["diplomatic"]},
]
"""
NATIONS = frozenset({"aland", "borea", "cordia"})


def test_where_a_consultation_stands_by_the_hour() -> None:
    (one,) = read_consultations("c.toml", CONSULTATION.encode(), NATIONS)
    start = parse_utc("2026-03-01T09:00:00Z")
    early = state_at(one, sorted(NATIONS), start + US_PER_HOUR)
    assert early.informed == ("aland",) and early.not_informed == ("borea", "cordia") and early.silent == ("aland",)
    assert [clock.state for clock in early.clocks] == ["running", "running"]
    assert early.decided is None
    second = state_at(one, sorted(NATIONS), start + 30 * US_PER_HOUR)
    assert [clock.state for clock in second.clocks] == ["run_out", "running"]
    assert dict(second.positions) == {"aland": "asks_time"}
    late = state_at(one, sorted(NATIONS), start + 90 * US_PER_HOUR)
    assert [clock.state for clock in late.clocks] == ["decided_late", "decided_in_time"]
    assert dict(late.positions) == {"aland": "supports"} and dict(late.parliaments) == {"aland": "submitted"}
    assert late.decided is not None and late.decided.measures == ("diplomatic",)
    assert state_at(one, sorted(NATIONS), start - 1).clocks == ()


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('started_by = "Chair of the commission", ', "", "'started_by' is missing"),
        ('about = ["F-1"]\n', "", "it is about nothing"),
        ("started = 2026-03-01T09:00:00Z", "started = 2026-02-01T09:00:00Z", "a clock starts before"),
        ('kind = "diplomatic"', 'kind = "kinetic"', "'kind' is 'kinetic'"),
        ('nation = "borea"', 'nation = "nobody"', "names nation 'nobody'"),
    ],
)
def test_a_consultation_is_started_by_a_person_about_something(old: str, new: str, what: str) -> None:
    with pytest.raises(Unusable) as refused:
        read_consultations("c.toml", CONSULTATION.replace(old, new, 1).encode(), NATIONS)
    assert any(what in problem.what for problem in refused.value.problems), refused.value.problems


COMMAND = """
[[post]]
id = "hq"
title = "Headquarters"
kind = "headquarters"
tenures = [{at = 2026-01-01T00:00:00Z, nation = "aland"}, {at = 2026-07-01T00:00:00Z, nation = "borea"}]
answers = [{at = 2026-01-01T00:00:00Z}]

[[post]]
id = "cell"
title = "Coordination cell"
kind = "cell"
tenures = [{at = 2026-01-01T00:00:00Z, nation = "cordia"}]
answers = [{at = 2026-01-01T00:00:00Z, to = "hq"}]

[[post]]
id = "battalion"
title = "Contingent of Aland"
kind = "contingent"
tenures = [{at = 2026-01-01T00:00:00Z, nation = "aland"}]
answers = [{at = 2026-01-01T00:00:00Z, to = "hq"}]

[[post]]
id = "monitors"
title = "Monitors"
kind = "monitors"
tenures = [{at = 2026-01-01T00:00:00Z, nation = "borea"}]
answers = [{at = 2026-01-01T00:00:00Z, to = "cell"}]

[[watch]]
post = "cell"
person = "A. First"
from = 2026-03-01T00:00:00Z
until = 2026-03-01T12:00:00Z
handed_over = 2026-03-01T11:55:00Z

[[watch]]
post = "cell"
person = "B. Second"
from = 2026-03-01T12:00:00Z
until = 2026-03-02T00:00:00Z

[[task]]
id = "T-1"
kind = "patrol"
post = "monitors"
words = "See the crater at the crossroads"
by = "A. First"
at = 2026-03-01T06:00:00Z
"""


def test_who_answers_to_whom_rotates_by_date() -> None:
    found = read_command("command.toml", COMMAND.encode(), NATIONS)
    spring, autumn = parse_utc("2026-03-01T06:00:00Z"), parse_utc("2026-09-01T00:00:00Z")
    assert (holder(found.post["hq"], spring), holder(found.post["hq"], autumn)) == ("aland", "borea")
    assert chain(found, "monitors", spring) == ("monitors", "cell", "hq")
    assert [one.person for one in on_duty(found, "cell", spring)] == ["A. First"]
    assert faults(found) == ()


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('to = "cell"}', 'to = "battalion"}', "monitors (monitors) answer to the force (battalion)"),
        (
            "answers = [{at = 2026-01-01T00:00:00Z}]",
            'answers = [{at = 2026-01-01T00:00:00Z, to = "cell"}]',
            "answers to itself",
        ),
        ("handed_over = 2026-03-01T11:55:00Z\n", "", "did not hand over"),
        ("from = 2026-03-01T12:00:00Z", "from = 2026-03-01T13:00:00Z", "nobody is on duty"),
        ("from = 2026-03-01T12:00:00Z", "from = 2026-03-01T11:00:00Z", "both on duty"),
    ],
)
def test_what_is_wrong_with_a_framework(old: str, new: str, what: str) -> None:
    found = faults(read_command("command.toml", COMMAND.replace(old, new, 1).encode(), NATIONS))
    assert any(what in problem.what for problem in found), found


@pytest.mark.parametrize("kind", ["fire", "strike", "engage", "effector", "weapon"])
def test_a_task_is_of_looking_alone(kind: str) -> None:
    with pytest.raises(Unusable) as refused:
        read_command("command.toml", COMMAND.replace('kind = "patrol"', f'kind = "{kind}"').encode(), NATIONS)
    assert any(f"'kind' is '{kind}'" in problem.what for problem in refused.value.problems)


def test_a_ledger_that_is_changed_elsewhere_is_another_ledger() -> None:
    book = read_ledger("l", LEDGER.encode())
    assert replace(book, caveats=()).caveats_of["aland"] == ()
