"""A planner's question answered: which sensors where, what that gives, how near the best it is, which patrols."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.coverage.exposure import LEAST_KNOWN
from truceline.coverage.limits import Candidate, Limits
from truceline.coverage.line import Stretches, kilometres, stretches_of, with_risk
from truceline.coverage.links import links_of
from truceline.coverage.objective import Aim, Reach, Standing, reaches
from truceline.coverage.plan import Plan, Planning, plan
from truceline.coverage.routes import Patrol, Route, Stretching, route
from truceline.coverage.seen import hour_of, seen, table_of
from truceline.coverage.sites import Sites, allowed_sites, candidates_at, forbidden_shapes, heard_from
from truceline.coverage.watch import Watch
from truceline.geo.held import prepare_maps
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.instant import Instant
from truceline.model.planning import PatrolOffer, PlanRequest
from truceline.model.problem import Place, Problem, Unusable
from truceline.sensors.contract import Floats, Sensing

MOST_CANDIDATES = 60_000
SURELY = (0.5, 0.9)  # probabilities by which kilometres are counted


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sensor to put up: where (WGS84 degrees), and what it adds of the weighted line."""

    kind: str
    provider: str
    lon: float
    lat: float
    cost: float
    gain: float


@dataclass(frozen=True, slots=True)
class Ridden:
    """A patrol's route: stops in order (WGS84 degrees); closed: share of what is wanting that it closes."""

    provider: str
    stops: tuple[tuple[float, float], ...]
    closed: float
    hours: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What is heard of the line. worth: the objective; km: (providers, probability, kilometres so surely heard by so
    many); weakest: (provider, worth without it), of the provider that it rests on most."""

    worth: float
    km: tuple[tuple[int, float, float], ...]
    weakest: tuple[str, float]
    by_stretch: tuple[float, ...]  # probability that as many providers as wanted hear it


@dataclass(frozen=True)
class Answer:
    """A plan, what the line is heard like before and after it, and by how much the best plan could surpass it."""

    request: PlanRequest
    line: tuple[tuple[float, float], ...]  # middles of the stretches, WGS84 degrees
    length_km: float
    before: Heard
    after: Heard
    chosen: tuple[Chosen, ...]
    cost: float
    sure_share: float
    guarantee: str
    routes: tuple[Ridden, ...]


def answer(
    case: Case, request: PlanRequest, watch: Watch, events: Sequence[Event], sensings: Sequence[Sensing], when: Instant
) -> Answer:
    """Answer one request for a mission as it stands at an instant. Raises Unusable."""
    aim = _aim(case, request, watch, events)
    maps, frame = prepare_maps(case.maps, watch.frame), watch.frame
    line = next(area.line for area in case.agreement.areas if area.id == request.line)
    sites = allowed_sites(request.sites, line, case.agreement.areas, maps, case.agreement.parties, frame, when)
    at = watch.seconds(when)
    standing = reaches(watch, watch.carry, aim, at, at + 1.0)
    providers = tuple(sorted({*watch.stations.providers, *(nation.provider for nation in request.nations)}))
    candidates, hears = candidates_at(sites, request.kinds, request.nations)
    if len(candidates) > MOST_CANDIDATES:
        what = f"there are {len(candidates):,} sensors to choose from"
        raise Unusable(
            [Problem(Place("[sites]", field="spacing_m"), what, f"widen the spacing: at most {MOST_CANDIDATES:,}")]
        )
    heard = heard_from(sites, request.kinds, watch, aim, sensings) if candidates else ()
    question = Planning(
        aim, watch.carry, providers, standing, candidates, lambda number: heard[hears[number]], _limits(request)
    )
    found = plan(question)
    before, after = _state(question, ()), _state(question, found.chosen)
    lon, lat = frame.to_lonlat(aim.stretches.x, aim.stretches.y)
    chosen = _chosen(found, candidates, sites, watch)
    return Answer(
        request=request,
        line=tuple(zip(lon.tolist(), lat.tolist(), strict=True)),
        length_km=float(aim.stretches.length_m.sum()) / 1000.0,
        before=_heard(before, aim, providers, standing, ()),
        after=_heard(
            after, aim, providers, standing, [(candidates[n].provider, question.reach(n)) for n in found.chosen]
        ),
        chosen=chosen,
        cost=sum(one.cost for one in chosen),
        sure_share=found.sure_share,
        guarantee=guarantee(request),
        routes=tuple(_ridden(case, request, offer, after, aim.stretches, sites, watch) for offer in request.patrols),
    )


def guarantee(request: PlanRequest) -> str:
    """What lazy greedy alone is proven to reach under the limits that were given."""
    money = request.budget is not None or any(nation.budget is not None for nation in request.nations)
    if money:
        return (
            "With budgets beside stocks and sites no share is proven beforehand; the share stated holds for this plan, "
            "by what every other sensor could still add."
        )
    return (
        "Stocks, and one sensor a site: greedy alone reaches a third of the best (Fisher, Nemhauser & Wolsey 1978); "
        "the share stated holds for this plan, by what every other sensor could still add."
    )


def _aim(case: Case, request: PlanRequest, watch: Watch, events: Sequence[Event]) -> Aim:
    lines = {area.id: area.line for area in case.agreement.areas if area.line}
    if request.line not in lines:
        what = f"the agreement has no line {request.line!r}"
        raise Unusable(
            [Problem(Place("[plan]", field="line"), what, f"use one of: {', '.join(sorted(lines)) or 'none'}")]
        )
    unknown = [class_ for class_, _ in request.classes if class_ not in watch.carry.classes]
    if unknown:
        what = f"nothing is known of how far {', '.join(unknown)} carries"
        raise Unusable([Problem(Place("[plan]", field="classes"), what, f"use: {', '.join(watch.carry.classes)}")])
    stretches = stretches_of(lines[request.line], watch.frame, request.spacing_m)
    if request.risk_share > 0:
        stretches = _with_risk(stretches, request, watch, events)
    return Aim(stretches, request.classes, request.providers_wanted)


def _with_risk(stretches: Stretches, request: PlanRequest, watch: Watch, events: Sequence[Event]) -> Stretches:
    """Weight where fire was: each event counts for one over the probability that one there would be known."""
    classes = [class_ for class_, _ in request.classes]
    some = [event for event in events if event.class_ in classes and event.existence >= 0.5]
    if not some:
        return stretches
    x, y = watch.frame.to_xy([event.origin.lon for event in some], [event.origin.lat for event in some])
    links = links_of(x, y, watch.stations)
    known = seen(hour_of(watch, links, 0.0, 3600.0), table_of(watch.carry, watch.stations, classes)).known
    column = np.array([classes.index(event.class_) for event in some])
    worth = np.array([event.existence for event in some]) / np.maximum(known[column, np.arange(len(some))], LEAST_KNOWN)
    return with_risk(stretches, x, y, worth, request.risk_share)


def _limits(request: PlanRequest) -> Limits:
    return Limits(
        budget=float("inf") if request.budget is None else request.budget,
        of_provider=tuple((one.provider, one.budget) for one in request.nations if one.budget is not None),
        most=tuple((one.provider, kind, most) for one in request.nations for kind, most in one.kinds),
        count=request.count,
    )


def _state(question: Planning, chosen: Sequence[int]) -> Standing:
    state = Standing(question.aim, question.carry, question.providers)
    for provider, reach in question.standing:
        state.add(provider, reach)
    for number in chosen:
        state.add(question.candidates[number].provider, question.reach(number))
    return state


def _heard(
    state: Standing, aim: Aim, providers: Sequence[str], standing: Sequence[tuple[str, Reach]],
    added: Sequence[tuple[str, Reach]],
) -> Heard:  # fmt: skip
    km = tuple(
        (count, least, round(kilometres(aim.stretches, state.by_stretch(count) >= least), 1))
        for count in range(1, aim.providers + 1)
        for least in SURELY
    )
    without = {}
    for provider in providers:
        if any(provider == one for one, _ in (*standing, *added)):
            rest = Standing(aim, state.carry, providers)
            for one, reach in (*standing, *added):
                if one != provider:
                    rest.add(one, reach)
            without[provider] = rest.worth
    weakest = min(without.items(), key=lambda item: (item[1], item[0]), default=("", state.worth))
    by_stretch = tuple(round(value, 4) for value in state.by_stretch(aim.providers).tolist())
    return Heard(state.worth, km, (weakest[0], weakest[1]), by_stretch)


def _chosen(found: Plan, candidates: Sequence[Candidate], sites: Sites, watch: Watch) -> tuple[Chosen, ...]:
    some = [candidates[number] for number in found.chosen]
    places = np.array([one.site for one in some], np.int64)
    lon, lat = watch.frame.to_lonlat(sites.x[places], sites.y[places]) if some else (np.zeros(0), np.zeros(0))
    return tuple(
        Chosen(one.kind, one.provider, round(a, 5), round(b, 5), one.cost, gain)
        for one, a, b, gain in zip(some, lon.tolist(), lat.tolist(), found.gains, strict=True)
    )


def _ridden(
    case: Case,
    request: PlanRequest,
    offer: PatrolOffer,
    state: Standing,
    stretches: Stretches,
    sites: Sites,
    watch: Watch,
) -> Ridden:
    """A patrol's route over what the plan leaves wanting."""
    frame = watch.frame
    lacking: Floats = stretches.worth * (1.0 - state.by_stretch(request.providers_wanted))
    wanting = Stretching(stretches.x, stretches.y, lacking)
    x, y = frame.to_xy(*offer.base)
    patrol = Patrol(
        base=(float(x), float(y)), speed_mps=offer.speed_kmh / 3.6, time_s=offer.hours * 3600.0,
        stop_s=offer.stop_min * 60.0, hears_m=offer.hears_m, share=offer.share,
    )  # fmt: skip
    found: Route = route(wanting, sites, patrol, forbidden_shapes(request.sites, case.agreement.areas, frame))
    stops = list(found.stops)
    lon, lat = frame.to_lonlat(sites.x[stops], sites.y[stops])
    total = float(lacking.sum())
    return Ridden(
        provider=offer.provider,
        stops=tuple((round(a, 5), round(b, 5)) for a, b in zip(lon.tolist(), lat.tolist(), strict=True)),
        closed=found.closed / total if total > 0 else 0.0,
        hours=round(found.time_s / 3600.0, 2),
    )
