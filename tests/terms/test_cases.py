"""The worked agreements say what their cases expect, and the cases reach every kind to its edges."""

import math
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import pytest

from truceline.geo.frame import distance_azimuth
from truceline.geo.region import CHI2_90, positions
from truceline.geo.zone import zone
from truceline.model.agreement import Where
from truceline.model.event import Ellipse
from truceline.model.instant import US_PER_S, Instant
from truceline.terms.cases.case import Case, Expectation
from truceline.terms.cases.check import act_of, check_case
from truceline.terms.evaluate import consider, evaluate
from truceline.terms.matter import Matter, Omission
from truceline.terms.prepare import Bound, Prepared, prepare
from truceline.terms.provisions import return_fire

from .agreements import AGREEMENTS, NAMES, worked
from .making import KINDS

PLACELESS = ("obligation",)  # a duty has a day, and no place
LEAST_CASES = 150
METRE, SECOND_US = Ellipse(math.sqrt(CHI2_90), math.sqrt(CHI2_90), 0.0), US_PER_S


def all_cases() -> Iterator[tuple[str, Case]]:
    for name in NAMES:
        yield from ((name, case) for case in worked(name).cases)


@cache
def prepared_of(name: str, line: int) -> Prepared:
    case = next(case for case in worked(name).cases if case.line == line)
    return prepare(worked(name).agreement, KINDS, case.facts)


def test_there_are_enough_cases() -> None:
    assert sum(1 for _ in all_cases()) >= LEAST_CASES


@pytest.mark.parametrize("name", NAMES)
def test_every_case_comes_out_as_expected(name: str) -> None:
    one = worked(name)
    problems = [p for case in one.cases for p in check_case("cases.md", one.agreement, case, KINDS)]
    assert [str(problem) for problem in problems] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_quick_answer_and_the_whole_one_agree(name: str) -> None:
    for case in worked(name).cases:
        prepared = prepared_of(name, case.line)
        for one in case.expectations:
            act = act_of(prepared, one)
            whole = [breach for breach in consider(prepared, act, one.actor) if breach.verdict != "not_applicable"]
            quick = [breach for breach in evaluate(prepared, act, one.actor) if breach.verdict != "not_applicable"]
            assert quick == whole, (case.title, one.actor)


@pytest.mark.parametrize("name", NAMES)
def test_the_articles_of_the_data_are_told_in_the_text(name: str) -> None:
    text = (AGREEMENTS / name / "text.md").read_text().casefold()
    base = [one for one in worked(name).agreement.provisions if "@" not in one.id]
    assert [one.article for one in base if one.article.split(",")[0].casefold() not in text] == []


def bound_of(prepared: Prepared, one: Expectation, when_us: Instant) -> Bound | None:
    """The clause that an expectation is about, as it binds the actor at an instant."""
    for clause in prepared.clauses:
        if one.provision in (clause.provision.id, clause.provision.name):
            bound = prepared.bound(one.actor, clause)
            start, end = bound.footing.force.bounds if bound is not None else (0, 0)
            if bound is not None and start - SECOND_US <= when_us < end:
                return bound
    return None


def kind_of(prepared: Prepared, case: Case, bound: Bound) -> str:
    """The kind a case is about: the exception that its facts speak of, else the kind of the provision."""
    kinds = {clause.kind.name for clause in bound.clause.exceptions}
    if case.facts.notices and "notify" in kinds:
        return "notify"
    if case.facts.contacts and "return_fire" in kinds:
        return "return_fire"
    return bound.clause.kind.name


def margin(prepared: Prepared, where: Where, matter: Matter) -> float:
    """Metres from the edge of a ground, positive inside."""
    if matter.spot is None:
        return math.inf
    areas = {area.id: area for area in prepared.agreement.areas}
    at = positions(prepared.ground.frame, [matter.spot.lon], [matter.spot.lat], [METRE])
    if not where.areas:
        return -zone(prepared.ground.frame, areas, Where(where.outside)).stand(at).margin_m[0]
    return zone(prepared.ground.frame, areas, where).stand(at).margin_m[0]


def edges_in_space(prepared: Prepared, case: Case, bound: Bound, act: list[Matter]) -> Iterator[float]:
    """How far the facts of a case lie from an edge that matters to it."""
    for notice in case.facts.notices:
        for matter in act:
            if matter.spot is not None:
                away = float(distance_azimuth(notice.lon, notice.lat, matter.spot.lon, matter.spot.lat)[0])
                yield notice.radius_m - away
    wheres = [bound.clause.footing[bound.party].where]
    wheres += [one.footing[bound.party].where for one in bound.clause.readings.values() if one is not None]
    if case.facts.contacts:
        wheres += [where for one in prepared.agreement.definitions for _, where in one.where]
        act = [matter for matters in prepared.matters.values() for matter in matters]
    for where in wheres:
        if where is not None:
            yield from (margin(prepared, where, matter) for matter in act)


def edges_in_time(case: Case, bound: Bound, act: list[Matter]) -> Iterator[int]:
    """How far, in microseconds, the facts of a case lie from an instant that matters to it."""
    force = bound.clause.footing[bound.party].force
    marks = [edge for span in force.spans for edge in span]
    if force.daily is not None:
        marks += [edge for matter in act for span in force.daily.windows(matter.time_us) for edge in span]
    marks += [edge for notice in case.facts.notices for edge in (notice.from_us, notice.until_us)]
    yield from (matter.time_us - mark for matter in act for mark in marks)
    for matter in act:
        for contact in case.facts.contacts:
            if isinstance(matter.about, Omission):
                yield contact.time_us - matter.about.due_us
            for rule in (one.provision.rule for one in bound.clause.exceptions):
                if isinstance(rule, return_fire.Rule):
                    yield matter.time_us - contact.time_us - rule.answer_us
                    yield contact.time_us - matter.time_us - rule.notify_us


def reached() -> dict[str, dict[str, set[str]]]:
    """By kind: the outcomes that cases expect, and on which side of an edge they stand within a metre or a second."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for name, case in all_cases():
        prepared = prepared_of(name, case.line)
        for one in case.expectations:
            act = [matter for id_ in act_of(prepared, one).events for matter in prepared.matters[id_]]
            bound = bound_of(prepared, one, act[0].time_us if act else prepared.agreement.in_force_from_us)
            if bound is None:
                continue
            kind = found[kind_of(prepared, case, bound)]
            kind["outcomes"].add(one.verdict)
            for metres in edges_in_space(prepared, case, bound, act):
                if 0.0 < abs(metres) < 1.1:
                    kind["space"].add(f"{'inside' if metres > 0 else 'outside'}: {one.verdict}")
            for lapse_us in edges_in_time(case, bound, act):
                if -SECOND_US <= lapse_us <= SECOND_US:
                    kind["time"].add(f"{'before' if lapse_us < 0 else 'after'}: {one.verdict}")
    return found


REACHED = reached()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_cases_show_every_outcome_of_a_kind(kind: str) -> None:
    wanted = {"breach", "indeterminate"} | ({"exempt"} if KINDS[kind].mode == "excepts" else {"not_applicable"})
    assert wanted <= REACHED[kind]["outcomes"]


@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(PLACELESS)))
def test_cases_stand_a_metre_on_each_side_of_an_edge(kind: str) -> None:
    sides = REACHED[kind]["space"]
    assert {side.split(":")[0] for side in sides} == {"inside", "outside"}
    assert len({side.split(": ")[1] for side in sides}) > 1


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_cases_stand_a_second_on_each_side_of_an_instant(kind: str) -> None:
    sides = REACHED[kind]["time"]
    assert {side.split(":")[0] for side in sides} == {"before", "after"} or kind == "obligation"
    assert len({side.split(": ")[1] for side in sides}) > 1
