"""If this actor did this, does it break the text? Never who did it.

For each provision that the act touches: breach, exempt, not applicable or indeterminate, with the tree of reasons
and the one fact that decided. A breach is proven when its probability reaches the provision's standard of proof
whatever the facts leave open, and disproven when it cannot reach its complement; between the two it is indeterminate.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from truceline.model.finding import Breach, Reason, Verdict
from truceline.model.incident import Act
from truceline.model.numbers import said
from truceline.terms.contract import NONE, Excuse, Judgement, Matter, Question
from truceline.terms.prepare import Clause, Prepared
from truceline.terms.words import between, metres

VERDICTS: tuple[Verdict, ...] = ("breach", "indeterminate", "exempt", "not_applicable")  # the first found stands


@dataclass(frozen=True, slots=True)
class Touch:
    """What a clause says of one matter of the act."""

    matter: Matter
    verdict: Verdict
    low: float
    high: float
    factors: tuple[Judgement, ...]
    decided_by: str


def evaluate(prepared: Prepared, act: Act, actor: str) -> tuple[Breach, ...]:
    """What the text says of an act if `actor` did it: one for each provision it touches, in the text's order.

    A provision is touched if, as far as the facts go, it may be broken, or an exception to it covers the act.
    """
    matters = [prepared.matters[id_] for id_ in act.events]
    touched: dict[Clause, list[Touch]] = {}
    for matter in matters:
        for clause in prepared.concerning(actor, matter):
            touch = _touch(prepared, clause, matter, matters, actor)
            if touch is not None:
                touched.setdefault(clause, []).append(touch)
    return tuple(_breach(clause, touches, actor, len(matters)) for clause, touches in sorted_by_text(prepared, touched))


def sorted_by_text(prepared: Prepared, touched: dict[Clause, list[Touch]]) -> list[tuple[Clause, list[Touch]]]:
    """Clauses in the order of the text."""
    if len(touched) < 2:
        return list(touched.items())
    return [(clause, touched[clause]) for clause in prepared.clauses if clause in touched]


def _touch(prepared: Prepared, clause: Clause, matter: Matter, act: Sequence[Matter], actor: str) -> Touch | None:
    """One matter before one clause; None if the clause has nothing to say of it."""
    party = prepared.party_of(actor, clause)
    assert party is not None
    in_time, since = clause.force[party].at(matter)
    if in_time == 0.0:
        return None
    place = _place(prepared, clause, party, matter)
    question = Question(clause.provision, party, actor, matter, act, since, clause.state)
    least = 1.0 - clause.provision.attribution_threshold
    if in_time * place.high <= least:
        return None
    what = clause.kind.judge(question, NONE)
    excuses = _excuses(prepared, clause, question)
    if not excuses and in_time * place.high * what.high <= least:
        return None
    return _weigh(clause, question, (in_time, place, what), excuses)


def _weigh(
    clause: Clause,
    question: Question,
    found: tuple[float, Judgement, Judgement],
    excuses: Sequence[Excuse],
) -> Touch | None:
    in_time, place, what = found
    proof = clause.provision.attribution_threshold
    force = clause.force[question.party]
    time = Judgement(in_time, in_time, force.words(question.matter, in_time, question.since_us))
    low, high, excused = what.low, what.high, None
    for excuse in excuses:
        rest = clause.kind.judge(question, excuse.classes)
        lower = excuse.high * rest.low + (1 - excuse.high) * what.low
        upper = excuse.low * rest.high + (1 - excuse.low) * what.high
        if excused is None or upper < high:
            low, high, excused = lower, upper, (excuse, rest)
    low, high = in_time * place.low * low, in_time * place.high * high
    factors: tuple[Judgement, ...] = (time, place, what)
    if excused is not None:
        factors += (Judgement(1 - excused[0].high, 1 - excused[0].low, excused[0].words, excused[0].because),)
    verdict = _verdict(low, high, proof, question, excused)
    if verdict == "not_applicable" and (excused is None or excused[0].high == 0.0):
        return None
    return Touch(question.matter, verdict, low, high, factors, _decisive(verdict, factors, excused is not None))


def _verdict(
    low: float, high: float, proof: float, question: Question, excused: tuple[Excuse, Judgement] | None
) -> Verdict:
    if low >= proof:
        return "breach"
    if excused is not None and excused[0].low >= proof:
        excuse, rest = excused
        announced = 1.0 if excuse.classes is None else question.matter.event.probability_of(excuse.classes)
        if announced > rest.high:
            return "exempt"
    return "not_applicable" if high <= 1 - proof else "indeterminate"


def _excuses(prepared: Prepared, clause: Clause, question: Question) -> list[Excuse]:
    """Exceptions that may hold, each weighed with its own dates and place."""
    found = []
    for exception in clause.exceptions:
        party = prepared.party_of(question.actor, exception)
        if party is None:
            continue
        in_time, since = exception.force[party].at(question.matter)
        place = _place(prepared, exception, party, question.matter)
        if in_time * place.high < 0.01:
            continue
        asked = Question(
            exception.provision, party, question.actor, question.matter, question.act, since, exception.state
        )
        excuse = exception.kind.excuse(asked)
        if excuse is not None:
            low, high = excuse.low * in_time * place.low, excuse.high * in_time * place.high
            found.append(Excuse(excuse.classes, low, high, excuse.words, excuse.because))
    return found


def _place(prepared: Prepared, clause: Clause, party: str, matter: Matter) -> Judgement:
    """Whether the matter lies where the clause applies to the party."""
    test = clause.places[party]
    if test is None:
        return EVERYWHERE
    best, margin, area = -1.0, 0.0, ""
    for id_, standing in prepared.ground.standings(test):
        probability = standing.probability[matter.row]
        if probability > best:
            best, margin, area = probability, standing.margin_m[matter.row], id_
    where = f"within {metres(test.within_m)} of {area}" if test.within_m else f"inside {area}"
    if abs(margin) == float("inf"):
        return Judgement(best, best, f"it lies {where}" if best else f"it does not lie {where}")
    side = "inside" if margin > 0 else "outside"
    return Judgement(
        best, best, f"it lies {where} with probability {said(best)} (about {metres(margin)} {side} the edge)"
    )


EVERYWHERE = Judgement(1.0, 1.0, "the provision holds everywhere")


def _decisive(verdict: Verdict, factors: Sequence[Judgement], excused: bool) -> str:
    """The one fact that decided: the weakest for a breach, the strongest against it otherwise."""
    if verdict == "exempt" or (verdict == "not_applicable" and excused):
        return factors[-1].words
    if verdict == "indeterminate":
        widest = max(factors, key=lambda factor: factor.high - factor.low)
        if widest.high - widest.low > 0.05:
            return widest.words
    return min(factors, key=lambda factor: factor.high).words


def _breach(clause: Clause, touches: Sequence[Touch], actor: str, matters: int) -> Breach:
    """The act before one clause: the gravest verdict among its matters, and those it rests on."""
    verdict = min((touch.verdict for touch in touches), key=VERDICTS.index)
    bearing = [touch for touch in touches if touch.verdict == verdict]
    chief = max(bearing, key=lambda touch: touch.low)
    provision = clause.provision
    chance = between(chief.low, chief.high)
    head = {
        "breach": f"it breaks {provision.article} (probability {chance})",
        "indeterminate": f"it is open whether it breaks {provision.article} (probability {chance})",
        "exempt": f"an exception to {provision.article} covers it",
        "not_applicable": f"{provision.article} does not forbid it",
    }[verdict]
    tree = [Reason(f"{provision.article}: “{provision.text}” binds {actor}")]
    tree += [Reason(factor.words, factor.because) for factor in chief.factors]
    if matters > 1:
        tree.append(Reason(f"so for {len(bearing)} of the act's {matters} events; this is said of {chief.matter.id}"))
    return Breach(
        provision=provision.id,
        actor=actor,
        verdict=verdict,
        probability=max(touch.low for touch in touches),
        reason=Reason(f"If {actor} did this, {head}", tuple(tree)),
        events=tuple([touch.matter.id for touch in bearing]),
        decided_by=chief.decided_by,
    )
