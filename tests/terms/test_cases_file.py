"""cases.md: what is told is understood, and a mistake is shown at its line."""

import pytest

from truceline.model.agreement import Agreement
from truceline.model.instant import parse_utc
from truceline.model.observation import Damage, Fix, Inspection, Restriction, Track
from truceline.model.problem import Unusable
from truceline.terms.cases.check import check_cases
from truceline.terms.cases.read import read_cases

from .agreements import LARGEST, worked
from .making import KINDS

SIGNED: Agreement = worked(LARGEST).agreement
HEAD = "# A page\n\nSome words.\n\n"
FACTS = """E1 is outgoing 60 % or thunder 40 %, at 0.5 0.25 ± 20 m, {at} ± 0.5 s, weapon "82mm mortar"
E2 is a track of uav, inside airspace, {at}, height 1,200 m, speed 4.5 m/s
E2 goes on, 10 m inside airspace, at 2026-04-05T10:01:00+02:00
S1 is a sighting of 2–5 × "T-72 tank" of teal, 3 km left of contact-line, {at}
R1 is a restriction "denied", inside teal-side, {at}
D1 is damage to "a school", inside weir-school, {at}, by impact 90 % or fire 10 %, 3 persons
I1 is an inspection of store-teal, {at}, found 3 of 4 × "122mm howitzer", access "partial"
N1 is a notice of demolition by amber, 1.5 km around inside weir, received {t}, from {t} until {u}, count 3
C1 is a refusal from teal to amber, {at}, about C0
map "a" shows teal holding weir, from {t}, ± 30 m
the record begins at 2026-03-01T00:00:00+01:00
known at 2026-05-01T00:00:00+02:00"""
TIMES = {"t": "2026-04-05T10:00:00+02:00", "u": "2026-04-05T12:00:00+02:00", "at": "at 2026-04-05T10:00:00+02:00"}
GIVEN = "".join(f"- Given: {fact}\n" for fact in FACTS.format_map(TIMES).splitlines())
WHOLE = f"""{HEAD}## Article 3

### A case
- Article: 3(1)
{GIVEN}- If `amber` did E1: open under `fire`, because "fire with probability 0.60"
"""


def test_every_sort_of_fact_is_understood() -> None:
    (case,) = read_cases("cases.md", WHOLE, SIGNED)
    facts = case.facts
    assert (case.title, case.line, case.article) == ("A case", 7, "3(1)")
    launch, drone = facts.events
    assert (launch.labels, launch.origin.time_sigma_s) == ((("outgoing", 0.6), ("thunder", 0.4)), 0.5)
    assert launch.origin.time_us == parse_utc("2026-04-05T08:00:00Z")
    assert len(drone.path) == 2 and drone.observations == ("E2:1", "E2:2")
    by_kind = {type(one): one for one in facts.observations}
    sighting, track, damage, visit = by_kind[Fix], facts.observations[1], by_kind[Damage], by_kind[Inspection]
    assert isinstance(sighting, Fix) and (sighting.count, sighting.whose, sighting.weapon) == (
        (2, 5),
        "teal",
        "T-72 tank",
    )
    assert isinstance(track, Track) and (track.alt_m, track.speed_mps) == (1200.0, 4.5)
    assert isinstance(damage, Damage) and (damage.labels, damage.persons) == ((("fire", 0.1), ("impact", 0.9)), 3)
    assert isinstance(visit, Inspection) and (visit.items[0].found, visit.access) == (3, "partial")
    assert Restriction in by_kind
    assert (facts.notices[0].radius_m, facts.notices[0].count) == (1500.0, 3)
    assert (facts.contacts[0].kind, facts.contacts[0].about) == ("refusal", "C0")
    assert facts.maps[0].areas[0].sigma_m == 30.0
    assert (facts.from_us, facts.as_of_us) == (parse_utc("2026-02-28T23:00:00Z"), parse_utc("2026-04-30T22:00:00Z"))
    assert check_cases("cases.md", SIGNED, [case], KINDS) == ()


CASE = (
    HEAD
    + """### A case
- Article: 3(1)
- Given: E1 is outgoing, inside weir, at 2026-04-05T10:00:00+02:00
- If `amber`: breach of `fire`, because "fire with probability"
"""
)


@pytest.mark.parametrize(("old", "new", "line", "what"), [
    ("- Given: E1", "- Gven: E1", 7, "did you mean 'Given:'"),
    ("outgoing", "outgoin", 7, "did you mean 'outgoing'"),
    ("inside weir", "inside wier", 7, "did you mean 'weir'"),
    ("inside weir", "40 km inside weir", 7, "there is no place that is 40 km inside weir"),
    ("inside weir", "3 km left of weir", 7, "has no sides"),
    ("2026-04-05T10:00:00+02:00", "2026-04-05T10:00:00", 7, "is no time"),
    (", inside weir", "", 7, "no place is said"),
    (", at 2026-04-05T10:00:00+02:00", "", 7, "no time is said"),
    ("`amber`", "`ambre`", 8, "did you mean 'amber'"),
    ("`fire`", "`fires`", 8, "did you mean 'fire'"),
    ("breach of", "breech of", 8, "did you mean 'breach of'"),
    (', because "fire with probability"', "", 8, "the expectation has no reason"),
    ("If `amber`:", "If `amber` did E9:", 8, "'E9' is no fact told above"),
    ("If `amber`: breach of", "If `amber` breach of", 8, "cannot be read"),
    ("- Article: 3(1)\n", "", 5, "names no article"),
    ("- If `amber`: breach of `fire`, because \"fire with probability\"\n", "", 5, "expects nothing"),
    ("E1 is outgoing", "E1 are outgoing", 7, "is no fact"),
])  # fmt: skip
def test_a_mistake_is_shown_at_its_line(old: str, new: str, line: int, what: str) -> None:
    assert old in CASE
    with pytest.raises(Unusable) as caught:
        read_cases("cases.md", CASE.replace(old, new), SIGNED)
    problem = caught.value.problems[0]
    assert (problem.place.file, problem.place.line) == ("cases.md", line)
    assert what in str(problem)


@pytest.mark.parametrize(("old", "new", "line", "what"), [
    ("breach of", "exempt under", 8, "expected exempt under fire, found breach of it"),
    ("fire with probability", "full moon", 8, "expected because “full moon”, found: what happened is fire"),
    ("Article: 3(1)", "Article: 4", 6, "fire stands in Article 3(1), not in 4"),
])  # fmt: skip
def test_what_does_not_come_out_is_shown_with_what_was_found(old: str, new: str, line: int, what: str) -> None:
    cases = read_cases("cases.md", CASE.replace(old, new), SIGNED)
    (problem,) = check_cases("cases.md", SIGNED, cases, KINDS)
    assert problem.place.line == line
    assert what in problem.what


def test_all_mistakes_are_found_in_one_pass() -> None:
    with pytest.raises(Unusable) as caught:
        read_cases("cases.md", CASE.replace("weir", "wier").replace("`fire`", "`fires`"), SIGNED)
    assert len(caught.value.problems) == 2
