"""Do cases come out as expected? What does not is a problem at its line."""

from collections.abc import Mapping, Sequence

from truceline.model.agreement import Agreement
from truceline.model.finding import Breach
from truceline.model.incident import Act
from truceline.model.problem import Place, Problem
from truceline.terms.cases.case import OUTCOMES, Case, Expectation
from truceline.terms.cases.read import ADVANCED, UNDONE
from truceline.terms.contract import Kind
from truceline.terms.evaluate import VERDICTS, consider
from truceline.terms.matter import Advance, Omission
from truceline.terms.prepare import Prepared, prepare

SAID = {verdict: words for words, verdict in OUTCOMES.items()}


def check_cases(
    file: str, agreement: Agreement, cases: Sequence[Case], kinds: Mapping[str, Kind]
) -> tuple[Problem, ...]:
    """Everything that does not come out as expected, in the file's order."""
    return tuple(problem for case in cases for problem in check_case(file, agreement, case, kinds))


def check_case(file: str, agreement: Agreement, case: Case, kinds: Mapping[str, Kind]) -> tuple[Problem, ...]:
    """What of one case does not come out as expected."""
    prepared = prepare(agreement, kinds, case.facts)
    found: list[Problem] = []
    articles = {name: one.article for one in agreement.provisions for name in (one.name, one.id)}
    for one in case.expectations:
        wrong = _wrong(prepared, one)
        if case.article not in articles[one.provision]:
            where = Place(file, line=case.article_line)
            what = f"{one.provision} stands in {articles[one.provision]}, not in {case.article}"
            found.append(Problem(where, what, "name the article as the provision does"))
        if wrong:
            found.append(Problem(Place(file, line=one.line), wrong, "mend the case, or the agreement"))
    return tuple(found)


def act_of(prepared: Prepared, one: Expectation) -> Act:
    """What an expectation says was done."""
    if one.about == (UNDONE,):
        base = one.provision.partition("@")[0]
        duties = (id_ for id_, (first, *_) in prepared.matters.items() if _is_duty(first.about, base, one.actor))
        return Act(tuple(duties), ())
    if one.about == (ADVANCED,):
        gains = (
            id_
            for id_, (first, *_) in prepared.matters.items()
            if isinstance(first.about, Advance) and first.about.party == one.actor
        )
        return Act(tuple(gains), ())
    if one.about:
        return Act(one.about, ())
    told = (id_ for id_, (first, *_) in prepared.matters.items() if not isinstance(first.about, Advance | Omission))
    return Act(tuple(told), ())


def _is_duty(about: object, provision: str, party: str) -> bool:
    return isinstance(about, Omission) and about.provision == provision and about.party == party


def _wrong(prepared: Prepared, one: Expectation) -> str:
    """How an expectation fails; empty if it holds."""
    act = act_of(prepared, one)
    missing = [id_ for id_ in act.events if id_ not in prepared.matters]
    if missing:
        return f"no provision looks at {', '.join(missing)}"
    if not act.events:
        return "" if one.verdict == "not_applicable" and one.about else "nothing is told that could break anything"
    told = [
        breach
        for breach in consider(prepared, act, one.actor)
        if one.provision in (breach.provision, breach.provision.partition("@")[0])
    ]
    found = min(told, key=lambda breach: VERDICTS.index(breach.verdict))
    if found.verdict != one.verdict:
        return f"expected {SAID[one.verdict]} {one.provision}, found {SAID[found.verdict]} it: {found.decided_by}"
    if not any(_said(one.because, breach) for breach in told if breach.verdict == one.verdict):
        return f"expected because “{one.because}”, found: {found.decided_by}"
    return ""


def _said(because: str, breach: Breach) -> bool:
    return because.casefold() in breach.decided_by.casefold()
