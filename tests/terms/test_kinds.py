"""What each kind asks of its provision: a missing place, number or duty is a fault with a remedy."""

import pytest

from truceline.formats.toml_document import read_toml
from truceline.model.problem import Unusable
from truceline.terms.language import read_agreement

from .agreements import LARGEST, worked
from .making import KINDS

LARGE = worked(LARGEST)
REST = 'article = "A"\ntext = "x"\nbinds = ["amber"]'


def faults(provision: str) -> list[str]:
    terms = LARGE.terms.replace(
        '[[provision]]\nid = "quiet"',
        f'[[provision]]\nid = "new"\n{REST}\n{provision}\n\n[[provision]]\nid = "quiet"',
    )  # fmt: skip
    document = read_toml("terms.toml", terms.encode())
    try:
        read_agreement(document, LARGE.areas, KINDS)
    except Unusable as unusable:
        line = terms[: terms.index('id = "new"')].count("\n")
        problems = [problem for problem in unusable.problems if problem.fatal]
        assert all(line <= problem.place.line <= line + 12 and problem.remedy for problem in problems)
        return [problem.what for problem in problems]
    return []


@pytest.mark.parametrize(("provision", "what"), [
    ('kind = "no_entry"', "no place is named that may not be entered"),
    ('kind = "keep_out"\narea = "buffer"', "required field 'exempt_roles' is missing"),
    ('kind = "keep_out"\nexempt_roles = []', "no place is named to keep out of"),
    ('kind = "withdrawal"\narea = "contact-line"\nwithin_m = 5', "required field 'weapons' is missing"),
    ('kind = "withdrawal"\nweapons = ["armour"]', "no line or zone is named"),
    ('kind = "withdrawal"\nweapons = ["civilian-objects"]\narea = "buffer"',
     "'weapons' names 'civilian-objects', which is not known"),
    ('kind = "withdrawal"\nweapons = ["armour"]\narea = "buffer"\nstored_at = ["hub-north"]',
     "area 'hub-north' does not say whose it is"),
    ('kind = "no_heavy_weapons_near"\nweapons = ["armour"]\nobjects = ["hospitl"]',
     "'objects' names 'hospitl', which is not known"),
    ('kind = "protected_object"\nobjects = ["line"]', "area 'contact-line' has no inside"),
    ('kind = "no_fly"\nbelow_m = 100\nabove_m = 200', "'below_m' is not more than 'above_m'"),
    ('kind = "no_offensive"\nconduct = "armour"', "'conduct' is 'armour'"),
    ('kind = "no_reinforcement"', "no area is named that may not be reinforced"),
    ('kind = "force_ceiling"\narea = "buffer"', "required field 'most' is missing"),
    ('kind = "maritime_zone"', "no zone is named"),
    ('kind = "obligation"\nproof = "answer"', "the duty has no day, or two"),
    ('kind = "obligation"\nproof = "answer"\nby = 2026-04-01T00:00:00Z\nwithin_hours = 3',
     "the duty has no day, or two"),
    ('kind = "obligation"\nproof = "inspection"\nwithin_hours = 3',
     "'sites' goes with proof = \"inspection\", and only with it"),
    ('kind = "obligation"\nproof = "notice"\nwithin_hours = 3\nafter = "answer"',
     "'after' goes with 'within_hours' and a contact as proof"),
    ('kind = "no_fire"\narea = "contact-line"', "area 'contact-line' is a line or a point and has no inside"),
    ('kind = "no_fire"\narea = "buffer"\nside = "left"', "area 'buffer' is no line and has no sides"),
    ('kind = "no_fire"\nwithin_m = 500', "'within_m' stands without an area"),
    ('kind = "no_fire"\noutside = "contact-line"', "area 'contact-line' has no inside"),
    ('kind = "no_fire"\n[provision.for.teal]\narea = "buffer"', "'for' names 'teal', which is not bound"),
    ('kind = "no_fire"\nfor = 3', "'for' is not a table of tables"),
])  # fmt: skip
def test_what_is_missing_is_said(provision: str, what: str) -> None:
    assert what in faults(provision)


@pytest.mark.parametrize("provision", [
    'kind = "no_fire"\narea = "contact-line"\nside = "left"',
    'kind = "no_fire"\narea = "contact-line"\nwithin_m = 10',
    'kind = "no_fire"\narea = "weir-school"',
    'kind = "no_fire"\narea = ["buffer", "weir"]\noutside = "crossing"',
    'kind = "no_fire"\n[provision.for.amber]\narea = "buffer"',
    'kind = "protected_object"\nobjects = ["line"]\nwithin_m = 10',
    'kind = "obligation"\nproof = "notice"\nactivity = "demolition"\nwithin_hours = 3',
])  # fmt: skip
def test_what_is_whole_is_taken(provision: str) -> None:
    assert faults(provision) == []


def test_every_kind_is_used_by_a_worked_agreement() -> None:
    assert {one.kind for one in LARGE.agreement.provisions} == set(KINDS)
