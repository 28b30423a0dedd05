"""terms.toml: what it says is read, and every fault is found at its line with what to do."""

import pytest

from truceline.formats.areas_geojson import read_areas
from truceline.formats.toml_document import read_toml
from truceline.model.problem import Unusable
from truceline.terms.language import areas_file, read_agreement

from .making import KINDS, SQUARE, TERMS, agreement


def faults(terms: str) -> list[tuple[int, str]]:
    """(line, what and remedy) of every fault."""
    with pytest.raises(Unusable) as caught:
        agreement(terms)
    return [(problem.place.line, f"{problem.what}: {problem.remedy}") for problem in caught.value.problems]


def line_of(text: str, within: str = TERMS) -> int:
    return within[: within.index(text)].count("\n") + 1


def test_a_whole_agreement_is_read() -> None:
    signed = agreement()
    assert [provision.id for provision in signed.provisions] == ["A1", "A2"]
    assert signed.provisions[0].attribution_threshold == 0.95
    assert signed.provisions[0].attribution_robustness == "R1"
    assert areas_file(read_toml("terms.toml", TERMS.encode())) == "areas.geojson"


def test_a_key_of_one_s_own_is_kept_and_noted() -> None:
    terms = TERMS.replace('kind = "notify"', 'kind = "notify"\nremarks = "by the annex"')
    document = read_toml("terms.toml", terms.encode())
    _, notes = read_agreement(document, read_areas("a", SQUARE), KINDS)
    assert [(note.fatal, note.place.line, note.what) for note in notes] == [
        (False, line_of("remarks", terms), "key 'remarks' is not read")
    ]


@pytest.mark.parametrize(("right", "wrong", "hint"), [
    ('kind = "no_fire"', 'kind = "no_fier"', "did you mean 'no_fire'?"),
    ('kind = "no_fire"', 'knd = "no_fire"', "did you mean 'kind'?"),
    ('article = "Article 2"', 'artcle = "Article 2"', "did you mean 'article'?"),
    ('area = "square"', 'area = "sqaure"', "did you mean 'square'?"),
    ('area = "square"', 'area = "contact-line"', "has no inside"),
    ('activity = "demolition"', 'activity = "demolitoin"', "did you mean 'demolition'?"),
    ("notice_hours = 24", "notice_hour = 24", "did you mean 'notice_hours'?"),
    ("notice_hours = 24", 'notice_hours = "24"', "not a finite number"),
    ("in_force_from = 2026-03-01T00:00:00Z", "in_force_from = 2026-03-01T00:00:00", "has no offset"),
    ('id = "A2"', 'id = "A1"', "stands twice"),
])  # fmt: skip
def test_a_slip_is_found_at_its_line_and_only_there(right: str, wrong: str, hint: str) -> None:
    terms = TERMS.replace(right, wrong)
    ((line, said),) = faults(terms)
    assert (
        line == line_of(wrong, terms)
        if right != 'id = "A2"'
        else line == line_of('id = "A1"\narticle = "Article 2"', terms)
    )
    assert hint in said


def test_an_unknown_party_is_found_at_its_own_place_in_a_list() -> None:
    terms = TERMS.replace('binds = ["amber", "teal"]\nactivity', 'binds = [\n  "amber",\n  "tael",\n]\nactivity')
    assert faults(terms)[0] == (
        line_of('"tael"', terms),
        "'binds' names 'tael', which is not known: did you mean 'teal'? Known: amber, teal",
    )


def test_an_agreement_that_nobody_signed_is_refused_at_its_list_of_parties() -> None:
    terms = TERMS.replace('parties = ["amber", "teal"]', "parties = []")
    assert faults(terms)[0] == (
        line_of("parties = []", terms),
        "'parties' names nobody: name those who signed, one at least",
    )


def test_all_faults_are_found_in_one_pass() -> None:
    terms = TERMS.replace("no_fire", "no_fir").replace('"demolition"', '"demo"').replace('id = "example"', "")
    assert len(faults(terms)) == 3


def test_local_time_with_its_offset_is_the_same_instant() -> None:
    local = agreement(TERMS.replace("2026-03-01T00:00:00Z", "2026-03-01T02:00:00+02:00"))
    assert local.in_force_from_us == agreement().in_force_from_us
