"""Field by field: what is offered for a slip of the pen, and that one pass finds every fault."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from truceline.formats.fields import Fields, edits, nearest, suggest
from truceline.model.observation import CLASSES
from truceline.model.problem import Place


def fields(**table: object) -> Fields:
    return Fields(table, lambda field: Place("f", line=7, field=field))


@pytest.mark.parametrize(
    ("a", "b", "count"),
    [
        ("", "", 0), ("a", "a", 0), ("a", "", 1), ("", "abc", 3), ("party", "partty", 1), ("party", "prty", 1),
        ("party", "paryt", 1), ("party", "porty", 1), ("ca", "abc", 3), ("impact", "outgoing", 4),
    ],
)  # fmt: skip
def test_edits_between_two_words(a: str, b: str, count: int) -> None:
    assert edits(a, b, 3) == edits(b, a, 3) == count


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("outgoing", "outgoing"), ("outgoin", "outgoing"), ("otugoing", "outgoing"), ("impcat", "impact"),
        ("demolitoin", "demolition"), ("quarryblast", "quarry_blast"), ("uav", "uav"), ("uva", "uav"),
        ("firework", None), ("", None), ("x", None), ("thundering_herd", None),
    ],
)  # fmt: skip
def test_the_word_that_was_meant(word: str, meant: str | None) -> None:
    assert nearest(word, CLASSES) == meant
    assert nearest(word, tuple(reversed(CLASSES))) == meant


def test_among_equals_the_first_by_name_is_offered() -> None:
    assert nearest("cat", ("rat", "bat", "hat")) == "bat"


def test_what_to_do_about_an_unknown_word() -> None:
    assert suggest("impcat", ("impact", "burst")) == "did you mean 'impact'? Known: burst, impact"
    assert suggest("firework", ("impact", "burst")) == "use one of: burst, impact"
    assert suggest("firework", ()) == "none is known: add one, or leave it out"


def test_one_pass_finds_every_fault_and_each_says_what_to_do() -> None:
    found = fields(a=3, b="x", c="soon", d=["x", 3], e="maybe", f="blue", g=-1)
    assert found.text("a") == "" and found.number("b") == 0.0 and found.instant("c") == 0
    assert found.words("d") == () and found.flag("e", default=True) is True
    found.choice("f", ("red", "green"))
    found.whole_or_none("g")
    found.text("h")
    assert [one.place.field for one in found.problems] == list("abcdefgh")
    assert all(one.place.line == 7 and one.what and one.remedy for one in found.problems)
    assert found.faulty


def test_a_missing_field_offers_what_may_have_been_meant_and_never_itself() -> None:
    found = fields(prvider="x", party=None)
    found.text("provider")
    found.text("party")
    assert "is 'prvider' meant for it?" in found.problems[0].what
    assert found.problems[1].what == "required field 'party' is missing"


@pytest.mark.parametrize("value", [10**400, -(10**400), float("nan"), float("inf"), True, "1", None])
def test_what_is_no_finite_number(value: object) -> None:
    found = fields(a=value)
    assert found.number("a") == 0.0 and found.faulty


def test_the_ends_of_a_number_and_how_they_are_said() -> None:
    found = fields(a=5.0)
    assert found.number("a", least=5, most=5) == 5.0 and not found.faulty
    found.number("a", above=5, most=9)
    found.number("a", least=6)
    found.number("a", most=4)
    assert [one.remedy for one in found.problems] == [
        "give a number above 5 and at most 9", "give a number at least 6", "give a number at most 4",
    ]  # fmt: skip


def test_times_of_toml_and_of_texts() -> None:
    found = fields(
        a=datetime(2026, 1, 1, tzinfo=UTC),
        b="2026-01-01T00:00:00Z",
        c=datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))),
        d=datetime(2026, 1, 1),  # noqa: DTZ001
        e=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=23))),
        f=datetime(2026, 1, 1, tzinfo=UTC).date(),
    )
    assert found.instant("a") == found.instant("b") == found.instant("c") == 1_767_225_600_000_000
    assert not found.faulty
    for field in "def":
        assert found.instant(field) == 0
    assert [one.place.field for one in found.problems] == list("def")


def test_a_span_ends_after_it_begins() -> None:
    found = fields(**{"from": "2026-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"})
    found.span()
    assert [one.place.field for one in found.problems] == ["until"]
    assert fields().span() == (None, None)
