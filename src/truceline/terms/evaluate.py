"""If this actor did this, does it break the text? Never who did it.

For each provision that the act touches: breach, exempt, not applicable or indeterminate, with the tree of reasons
and the one fact that decided. A breach is proven when its probability reaches the provision's standard of proof
whatever the facts leave open, and disproven when it cannot reach its complement; between the two it is indeterminate.
So it is, too, where the text itself can be read in two ways that lead apart, and no ruling has settled which holds.
"""

from collections.abc import Sequence
from functools import lru_cache

from truceline.model.agreement import Ruling, Suspension
from truceline.model.event import Event
from truceline.model.finding import Breach, Reason, Verdict
from truceline.model.incident import Act
from truceline.model.instant import US_PER_S
from truceline.terms.chance import REACH, within_span
from truceline.terms.contract import NONE, Excuse, Judgement, Question, share_of
from truceline.terms.ground import NOWHERE, Inside
from truceline.terms.matter import Matter, Sighting
from truceline.terms.prepare import Bound, Clause, Prepared, Touch
from truceline.terms.words import between, moment

VERDICTS: tuple[Verdict, ...] = ("breach", "indeterminate", "exempt", "not_applicable")  # the first found stands
EVERYWHERE = Judgement(1.0, 1.0, "the provision holds everywhere")
WHAT = 2  # the place of what happened among the factors
REACH_US = REACH * US_PER_S  # what is so many sigmas off is off for sure
LEAST_EXCUSE = 0.01  # an exception less likely than this is not spoken of


def evaluate(prepared: Prepared, act: Act, actor: str) -> tuple[Breach, ...]:
    """What the text says of an act if `actor` did it: one for each provision it touches, in the text's order.

    A provision is touched if, as far as the facts go, it may be broken, or an exception to it covers the act.
    """
    events = act.events
    if len(events) == 1:
        matters = prepared.matters[events[0]]
    else:
        matters = tuple([matter for id_ in events for matter in prepared.matters[id_]])
    touched: dict[Clause, list[Touch]] = {}
    said = prepared.said_of(events)
    for matter in matters:
        row, when, slack_us = matter.row, matter.time_us, REACH_US * matter.time_sigma_s
        for near, from_us, until_us, bound in prepared.concerning(actor, matter):
            if near is not None and near[row] == 0.0:
                continue
            if when < from_us - slack_us or when > until_us + slack_us:
                continue
            if _alike(bound, matter):
                key = bound.clause, row, bound.footing
                if key in said:
                    touch = said[key]
                else:
                    touch = said[key] = _touch(prepared, bound, matter, matters, actor, whole=False)
            else:
                touch = _touch(prepared, bound, matter, matters, actor, whole=False)
            if touch is not None:
                touched.setdefault(bound.clause, []).append(touch)
    if not touched:
        return ()
    found = touched if len(touched) < 2 else [clause for clause in prepared.clauses if clause in touched]
    return tuple([_breach(touched[clause], actor, len(events)) for clause in found])


def consider(prepared: Prepared, act: Act, actor: str) -> tuple[Breach, ...]:
    """What every provision says of an act if `actor` did it, and of those that it does not touch, why not."""
    matters = [matter for id_ in act.events for matter in prepared.matters[id_]]
    if not matters:
        return ()
    found, unbound = [], {}
    for clause in prepared.clauses:
        bound = prepared.bound(actor, clause)
        if bound is None:
            unbound[clause.provision.id] = clause
            continue
        touches = [_touch(prepared, bound, matter, matters, actor, whole=True) for matter in matters]
        found.append(_breach([touch for touch in touches if touch is not None], actor, len(act.events)))
    told = {breach.provision for breach in found}
    for id_, clause in unbound.items():
        if id_ not in told:
            words = f"{clause.provision.article} does not bind {actor}"
            found.append(
                Breach(provision=id_, actor=actor, verdict="not_applicable", probability=0.0,
                       reason=Reason(words), decided_by=words)
            )  # fmt: skip
    return tuple(found)


def _spoken_for(bound: Bound, matter: Matter) -> bool:
    """Whether any exception may have something to say of a matter."""
    for speaks, state, party in bound.voices:  # noqa: SIM110 (asked more often than anything else)
        if speaks(state, party, matter):
            return True
    return False


def _alike(bound: Bound, matter: Matter) -> bool:
    """Whether the clause says the same of a matter whichever party did it that has the same footing."""
    if not bound.alike or not isinstance(matter.about, Event | Sighting):
        return False
    return not _spoken_for(bound, matter)


def _touch(
    prepared: Prepared, bound: Bound, matter: Matter, act: Sequence[Matter], actor: str, *, whole: bool
) -> Touch | None:
    """One matter before one clause; None if the clause has nothing to say of it (never, if `whole`)."""
    clause = bound.clause
    if not clause.disputes:
        return _weigh(prepared, clause, bound, matter, act, actor, whole)
    readings, rulings = clause.in_play(matter.time_us)
    said = [None if one is None else _weigh(prepared, one, bound, matter, act, actor, True) for one in readings]
    touches = [touch for touch in said if touch is not None]
    if not touches:  # a ruling chose a reading that cannot be written as data
        as_written = _weigh(prepared, clause, bound, matter, act, actor, True)
        assert as_written is not None
        return _unsettled(clause, [as_written], "the reading that holds is not written as data")._replace(low=0.0)
    silent = all(touch.verdict == "not_applicable" and touch.high == 0.0 for touch in touches)
    if len(said) > 1 and not silent and (len(touches) < len(said) or len({touch.verdict for touch in touches}) > 1):
        touch = _unsettled(clause, touches, "no ruling known settles which reading holds")
        return touch if len(touches) == len(said) else touch._replace(low=0.0)
    chief = touches[0]
    if chief.verdict == "not_applicable" and not whole:
        return None
    return chief._replace(reasons=(*chief.reasons, *map(_ruled, rulings)))


def _unsettled(clause: Clause, touches: Sequence[Touch], why: str) -> Touch:
    """The readings lead apart, or one of them cannot be judged: indeterminate until ruled."""
    divergences = [dispute.divergence for dispute in clause.disputes]
    words = "; ".join(
        f"the authentic texts differ ({', '.join(one.languages)}): {one.words}" if one.languages else one.words
        for one in divergences
    )
    words = f"{words}; {why}"
    return touches[0]._replace(
        verdict="indeterminate",
        low=min(touch.low for touch in touches),
        high=max(touch.high for touch in touches),
        reasons=(*touches[0].reasons, Reason(words)),
        decided_by=words,
    )


def _ruled(ruling: Ruling) -> Reason:
    words = f"by ruling {ruling.id} (version {ruling.version}, {moment(ruling.made_us)}, {ruling.by}): {ruling.words}"
    return Reason(words)


def _weigh(
    prepared: Prepared, clause: Clause, bound: Bound, matter: Matter, act: Sequence[Matter], actor: str, whole: bool
) -> Touch | None:
    """One matter before one reading of a clause."""
    footing, kind = clause.footing[bound.party], clause.kind
    placed = footing.inside is not None and matter.labels[0][0] not in kind.anywhere
    inside = footing.inside[matter.row] if placed and footing.inside is not None else 1.0
    if inside == 0.0 and not whole:
        return None
    least = 1.0 - clause.provision.attribution_threshold
    in_time, since = footing.force.at(matter)
    high = in_time * (1.0 if inside == NOWHERE else inside)
    if high <= least and not whole:
        return None
    low = 0.0 if inside == NOWHERE else high
    more = _conduct_and_suspension(footing.lifted, bound, matter) if footing.lifted or bound.via else []
    for factor in more:
        low, high = low * factor.low, high * factor.high
    question = Question(clause.provision, bound.party, actor, matter, act, since, clause.state)
    what = kind.judge(question, NONE)
    reached = high * what.high > least
    excuses = _excuses(prepared, clause, bound, question, reached) if high > least else []
    if not excuses and not reached and not whole:
        return None
    bare = (low * what.low, high * what.high)
    low, high, excused = _excused(clause, question, (low, high), what, excuses) if excuses else (*bare, None)
    verdict = _verdict(low, high, clause, matter, excused)
    if verdict == "not_applicable" and (excused is None or excused[0].high == 0.0) and not whole:
        return None
    factors = [Judgement(in_time, in_time, footing.force.words(matter, in_time, since))]
    factors.append(prepared.ground.judge(footing.where, matter.row) if placed and footing.where else EVERYWHERE)
    factors += [what, *more]
    if excused is not None:
        factors.append(Judgement(1 - excused[0].high, 1 - excused[0].low, excused[0].words, excused[0].because))
    decided = _decisive(verdict, factors, excused is not None)
    reasons = tuple([Reason(factor.words, factor.because) for factor in factors])
    return Touch(matter, clause, verdict, low, high, tuple(factors), reasons, decided)


def _conduct_and_suspension(
    lifted: Sequence[tuple[Suspension, Inside]], bound: Bound, matter: Matter
) -> list[Judgement]:
    """Whether the actor's conduct counts as the party's then, and whether the ground is under no suspension."""
    found = []
    if bound.via is not None:
        via = bound.via
        counts = within_span(matter.time_us, matter.time_sigma_s, via.from_us, via.until_us)
        whether = "counts" if counts >= 0.5 else "does not count then"
        words = f"by {via.article or 'the text'} the conduct of {via.name} {whether} as that of {bound.party}"
        found.append(Judgement(counts, counts, words))
    for suspension, inside in lifted:
        then = within_span(matter.time_us, matter.time_sigma_s, suspension.from_us, suspension.until_us)
        if then > 0.0:
            share = inside[matter.row]
            low, high = (0.0, 1.0) if share == NOWHERE else (1 - then * share, 1 - then * share)
            words = f"the text is suspended in {suspension.area}, from {moment(suspension.from_us)}"
            found.append(Judgement(low, high, words))
    return found


def _excused(
    clause: Clause, question: Question, bounds: tuple[float, float], what: Judgement, excuses: Sequence[Excuse]
) -> tuple[float, float, tuple[Excuse, Judgement] | None]:
    """The bounds with the exception that lowers them most, and that exception with what it leaves."""
    low, high, excused = what.low, what.high, None
    for excuse in excuses:
        rest = clause.kind.judge(question, excuse.classes)
        lower = excuse.high * rest.low + (1 - excuse.high) * what.low
        upper = excuse.low * rest.high + (1 - excuse.low) * what.high
        if excused is None or (upper, lower) < (high, low):
            low, high, excused = lower, upper, (excuse, rest)
    return bounds[0] * low, bounds[1] * high, excused


def _verdict(
    low: float, high: float, clause: Clause, matter: Matter, excused: tuple[Excuse, Judgement] | None
) -> Verdict:
    proof = clause.provision.attribution_threshold
    if low >= proof:
        return "breach"
    if excused is not None and excused[0].low >= proof:
        excuse, rest = excused
        announced = 1.0 if excuse.classes is None else share_of(matter.labels, excuse.classes)
        if announced > rest.high:
            return "exempt"
    return "not_applicable" if high <= 1 - proof else "indeterminate"


def _excuses(prepared: Prepared, clause: Clause, by: Bound, question: Question, reached: bool) -> list[Excuse]:
    """Exceptions that may hold, each weighed with its own dates, place and readings."""
    found = []
    role = _role(prepared, question.actor) if clause.provision.exempt_roles else ""
    if role in clause.provision.exempt_roles and reached:
        article = clause.provision.article
        found.append(Excuse(None, 1.0, 1.0, f"{question.actor} acts as {role}, whom {article} exempts"))
    if not _spoken_for(by, question.matter):
        return found
    for exception in clause.exceptions:
        bound = prepared.bound(question.actor, exception)
        if bound is None:
            continue
        readings = exception.in_play(question.matter.time_us)[0] if exception.disputes else [exception]
        said = [None if one is None else _excuse(bound, one, question) for one in readings]
        told = [one for one in said if one is not None]
        if told:
            low = min(one.low for one in told) if len(told) == len(readings) else 0.0
            found.append(told[0]._replace(low=low, high=max(one.high for one in told)))
    return found


def _excuse(bound: Bound, exception: Clause, question: Question) -> Excuse | None:
    """An exception as the kind sees it, weighed with its own dates and place."""
    footing, matter = exception.footing[bound.party], question.matter
    in_time, since = footing.force.at(matter)
    asked = Question(exception.provision, bound.party, question.actor, matter, question.act, since, exception.state)
    speaks = exception.kind.speaks(exception.state, bound.party, matter)
    excuse = exception.kind.excuse(asked) if speaks and in_time > 0.0 else None
    if excuse is None:
        return None
    inside = 1.0 if footing.inside is None else footing.inside[matter.row]
    lower, upper = (0.0, in_time) if inside == NOWHERE else (in_time * inside, in_time * inside)
    for factor in _conduct_and_suspension(footing.lifted, bound, matter):
        lower, upper = lower * factor.low, upper * factor.high
    return excuse._replace(low=excuse.low * lower, high=excuse.high * upper) if upper >= LEAST_EXCUSE else None


def _role(prepared: Prepared, actor: str) -> str:
    found = prepared.agreement.actors_by_id.get(actor)
    return found.role if found else ""


def _decisive(verdict: Verdict, factors: Sequence[Judgement], excused: bool) -> str:
    """The one fact that decided, of time, place, what happened and so on, the exception last if there is one.

    The weakest for a breach (that an exception fails, if one was tried; of equals what happened), the strongest
    against it otherwise (of equals the first), and what is most open where it is open.
    """
    if verdict == "exempt" or (verdict == "not_applicable" and excused):
        return factors[-1].words
    if verdict == "indeterminate":
        widest = max(factors, key=lambda factor: factor.high - factor.low)
        if widest.high - widest.low > 0.05:
            return widest.words
    if verdict != "breach":
        return min(factors, key=lambda factor: factor.high).words
    if excused and factors[-1].low >= 0.5:
        return factors[-1].words
    bare = factors[:-1] if excused else factors
    return min((factors[WHAT], *bare), key=lambda factor: factor.high).words


@lru_cache(maxsize=1024)
def _quoted(article: str, text: str, actor: str) -> Reason:
    return Reason(f"{article}: “{text}” binds {actor}")


def _nearness(touch: Touch) -> tuple[float, float, float, int]:
    """How near to a breach a matter comes; of what breaks nothing the last that most speaks for."""
    if touch.verdict != "not_applicable":
        return touch.low, touch.high, 0.0, 0
    return touch.low, touch.high, sum(factor.high for factor in touch.factors), touch.matter.row


def _breach(touches: Sequence[Touch], actor: str, ids: int) -> Breach:
    """The act before one clause: the gravest verdict among its matters, and those it rests on."""
    chief, bearing = touches[0], touches
    if len(touches) > 1:
        gravest = min((touch.verdict for touch in touches), key=VERDICTS.index)
        bearing = [touch for touch in touches if touch.verdict == gravest]
        chief = max(bearing, key=_nearness)
    verdict, provision = chief.verdict, chief.clause.provision
    article, chance = provision.article, between(chief.low, chief.high)
    if verdict == "breach":
        head = f"it breaks {article} (probability {chance})"
    elif verdict == "indeterminate":
        head = f"it is open whether it breaks {article} (probability {chance})"
    elif verdict == "exempt":
        head = f"an exception to {article} covers it"
    else:
        head = f"{article} does not forbid it"
    tree = (_quoted(article, provision.text, actor), *chief.reasons)
    events = tuple(dict.fromkeys([touch.matter.id for touch in bearing]))
    if ids > 1:
        tree += (Reason(f"so for {len(events)} of the act's {ids} events; this is said of {chief.matter.id}"),)
    return Breach(
        provision=provision.id,
        actor=actor,
        verdict=verdict,
        probability=max([touch.low for touch in touches]),
        reason=Reason(f"If {actor} did this, {head}", tree),
        events=events,
        decided_by=chief.decided_by,
    )
