"""TOML with positions: the place of every key, and a fault's line and column whatever the text."""

import pytest

from truceline.formats.toml_document import MOST_BYTES, MOST_PARTS, read_toml
from truceline.model.problem import Place, Problem

from .faults import ENDLESS, FILE, faults


def read_it(file: str, data: bytes) -> object:
    return read_toml(file, data)


def only(text: str | bytes) -> Problem:
    data = text.encode() if isinstance(text, str) else text
    (problem,) = faults(read_it, data)
    return problem


TEXT = """# a comment
title = "x"
[agreement]
id = "a"
   parties = [
     "arvia",  # first
     "bardo",
   ]
"quoted key" = 1
span.from = 2026-01-01T00:00:00Z

[[provision]]
id = "A1"
[[provision]]
id = "A2"
limit = { kind = "tank", most = 4 }
[[provision.note]]
by = "x"
"""


@pytest.mark.parametrize(
    ("path", "line", "column", "field"),
    [
        (("title",), 2, 1, "title"),
        (("agreement",), 3, 2, "agreement"),
        (("agreement", "parties"), 5, 4, "agreement.parties"),
        (("agreement", "parties", 1), 7, 6, "agreement.parties"),
        (("agreement", "quoted key"), 9, 1, "agreement.quoted key"),
        (("agreement", "span", "from"), 10, 1, "agreement.span.from"),
        (("provision", 0, "id"), 13, 1, "provision.id"),
        (("provision", 1, "id"), 15, 1, "provision.id"),
        (("provision", 1, "limit", "most"), 16, 26, "provision.limit.most"),
        (("provision", 1, "note", 0, "by"), 18, 1, "provision.note.by"),
        (("provision", 1, "missing"), 14, 3, "provision.missing"),
        (("nowhere", "at", "all"), 1, 1, "nowhere.at.all"),
    ],
)
def test_where_a_key_stands(path: tuple[str | int, ...], line: int, column: int, field: str) -> None:
    assert read_toml(FILE, TEXT.encode()).place(*path) == Place(FILE, line=line, column=column, field=field)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = \nc = 2", 2),
        ("a = 1\na = 2", 2),
        ("[a]\n[a]", 2),
        ('a = "x\ny"', 1),
        ("a = [1,\n2", 2),
        ("a = 2026-02-30T00:00:00Z", 1),
        ("a = 01", 1),
        ("x\n", 1),
        ('a = "\x00"', 1),
        ('a = "\\ud800"', 1),
        ("a = 1\rb = 2", 1),
        ("\ufeffa = 1", 1),
        ("a = 1\n[b\n", 2),
    ],
)
def test_what_is_no_toml_is_told_at_its_line(text: str, line: int) -> None:
    problem = only(text)
    assert problem.place.line == line and problem.place.column >= 1
    assert problem.what and problem.remedy


def test_a_byte_order_mark_that_nobody_sees_is_told_by_its_name() -> None:
    problem = only("\ufeffa = 1")
    assert "byte order mark" in problem.what and problem.remedy == "save the file as UTF-8 without one"


def test_what_is_not_utf8_is_told_at_its_line() -> None:
    problem = only(b'a = 1\nb = "caf\xe9"\n')
    assert problem.place.line == 2 and problem.remedy == "save the file as UTF-8"


@pytest.mark.parametrize("deep", ["a = " + "[" * 50_000 + "]" * 50_000, "a = " + "{a=" * 5_000 + "1" + "}" * 5_000])
def test_deep_nesting_is_a_fault(deep: str) -> None:
    assert "nested too deeply" in only(deep).what


def test_a_number_of_thousands_of_digits_is_a_fault() -> None:
    assert "far too long" in only(f"b = 1\na = {ENDLESS}").what


@pytest.mark.parametrize("form", ["x = 1\n{}b = 1", 'x = """\n.a.b\n"""\n[{}b]\ny = 2', "x = 1 # it's\n\n\n[[{}b]]"])
def test_a_key_of_very_many_parts_is_refused_before_parsers_spend_an_hour_on_it(form: str) -> None:
    before, _, _ = form.partition("{")
    problem = only(form.replace("{}", "a." * 1_000_000))
    assert f"over {MOST_PARTS} parts" in problem.what and problem.place.line == before.count("\n") + 1
    assert read_toml(FILE, form.replace("{}", "a." * (MOST_PARTS - 1)).encode()).table


def test_dots_in_texts_and_comments_part_no_keys() -> None:
    dots = ".".join("a" * 100)
    table = read_toml(FILE, f"a = '{dots}'\nb = \"{dots} \\\" {dots}\" # {dots}\nc = '''\n{dots}\n'''".encode()).table
    assert table == {"a": dots, "b": f'{dots} " {dots}', "c": f"{dots}\n"}


def test_the_longest_file() -> None:
    assert read_toml(FILE, b"#" + b"x" * (MOST_BYTES - 1)).table == {}
    assert f"{MOST_BYTES + 1:,} bytes" in only(b"#" + b"x" * MOST_BYTES).what
