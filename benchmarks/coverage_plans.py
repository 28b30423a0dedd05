"""Plans against chance and even spacing on a long line, and against every possible set on small ones."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from time import process_time

import numpy as np

from truceline.coverage.limits import Limits
from truceline.coverage.line import stretches_of, with_risk
from truceline.coverage.objective import Aim, Reach, Standing, reaches
from truceline.coverage.plan import Planning, plan
from truceline.coverage.sites import Sites, allowed_sites, candidates_at, heard_from
from truceline.coverage.watch import Watch, stated_watch
from truceline.edges.wiring import plugins
from truceline.geo.frame import frame_for
from truceline.model.network import Network, Sensor
from truceline.model.planning import KindOffered, NationOffer, SiteRules

KINDS = (
    KindOffered(kind="acoustic_array", cost=3.0, azimuth_sigma_deg=1.5),
    KindOffered(kind="microphone", cost=1.0),
)
NATIONS = ("aland", "borea", "cordia", "delmar")
LENGTH_DEG = 10.8  # along the equator: 1,200 km
BUDGETS = (60.0, 120.0, 240.0)
DRAWS = 40
EVEN_DEG = 0.036  # 4 km north of the line


def plans() -> None:
    """Both comparisons."""
    _long_line()
    _small_cases()


def _question(
    line: tuple[tuple[float, float], ...], spacing_m: float, sites_m: float, budget: float, risk: float,
    chance: np.random.Generator, standing: int,
) -> tuple[Planning, Sites, Watch]:  # fmt: skip
    """A line of which some stretches see most of the fire, with a thin network that stands."""
    end = line[-1][0]
    network = Network(
        tuple(
            Sensor(
                id=f"N{n:03d}", kind="acoustic_array", provider=NATIONS[n % 4], lon=float(a), lat=float(b),
                time_sigma_s=0.02, azimuth_sigma_deg=1.5,
            )
            for n, (a, b) in enumerate(
                zip(chance.uniform(0, end, standing), chance.uniform(0.03, 0.1, standing), strict=True)
            )
        )
    )  # fmt: skip
    watch = stated_watch(network, plugins().sensings, 0, frame=frame_for(np.linspace(0, end, 50), np.zeros(50)))
    watch = replace(watch, carry=replace(watch.carry, reach_sigma=np.full(len(watch.carry.classes), 0.1)))
    stretches = stretches_of(line, watch.frame, spacing_m)
    middles = chance.uniform(0, end, max(2, int(end)))
    fire = np.clip(chance.normal(middles, 0.05, (20, len(middles))).ravel(), 0, end)
    x, y = watch.frame.to_xy(fire, np.zeros(len(fire)))
    aim = Aim(
        with_risk(stretches, x, y, np.ones(len(fire)), risk), (("impact", 0.4), ("outgoing", 0.4), ("burst", 0.2)), 2
    )
    sites = allowed_sites(
        SiteRules(spacing_m=sites_m, from_line_m=(2_000.0, 9_000.0)), line, (), (), (), watch.frame, 0
    )
    north = watch.frame.to_lonlat(sites.x, sites.y)[1] > 0
    sites = Sites(sites.x[north], sites.y[north])
    nations = tuple(NationOffer(provider=name, kinds=(("acoustic_array", 40), ("microphone", 60))) for name in NATIONS)
    candidates, hears = candidates_at(sites, KINDS, nations)
    heard = heard_from(sites, KINDS, watch, aim, plugins().sensings)
    most = tuple((one.provider, kind, count) for one in nations for kind, count in one.kinds)
    question = Planning(
        aim, watch.carry, NATIONS, reaches(watch, watch.carry, aim, 0.0, 1.0), candidates,
        lambda number: heard[hears[number]], Limits(budget=budget, most=most),
    )  # fmt: skip
    return question, sites, watch


def _worth(question: Planning, chosen: tuple[int, ...]) -> float:
    state = Standing(question.aim, question.carry, question.providers)
    for provider, reach in question.standing:
        state.add(provider, reach)
    for number in chosen:
        state.add(question.candidates[number].provider, question.reach(number))
    return state.worth


def _long_line() -> None:
    line = tuple((LENGTH_DEG * n / 400, 0.0) for n in range(401))
    for risk in (0.7, 0.0):
        chance = np.random.default_rng(5)
        question, sites, watch = _question(line, 2_000.0, 4_000.0, BUDGETS[0], risk, chance, 40)
        print(f"1,200 km, {len(question.candidates):,} candidates, {risk:.0%} of the weight where fire was, "
              f"{_worth(question, ()):.3f} heard by two before:")  # fmt: skip
        for budget in BUDGETS:
            asked = replace(question, limits=replace(question.limits, budget=budget))
            began = process_time()
            found = plan(asked)
            spent = process_time() - began
            lot = float(np.mean([_worth(asked, _by_chance(asked, budget, chance)) for _ in range(DRAWS)]))
            even = max(_worth(asked, _evenly(asked, budget, sites, watch, kind.kind)) for kind in KINDS)
            added = [(found.worth - found.before) / (other - found.before) for other in (lot, even)]
            print(f"  budget {budget:.0f}: plan {found.worth:.3f} (at least {found.sure_share:.0%} of the best), "
                  f"by lot {lot:.3f}, evenly {even:.3f}; in all {found.worth / lot:.2f} and {found.worth / even:.2f} "
                  f"times, added {added[0]:.2f} and {added[1]:.2f} times; {spent:.0f} s", flush=True)  # fmt: skip


def _by_chance(question: Planning, budget: float, chance: np.random.Generator) -> tuple[int, ...]:
    """Sensors drawn by lot until the budget is spent."""
    spent, sites, chosen = 0.0, set(), []
    for number in chance.permutation(len(question.candidates)).tolist():
        one = question.candidates[number]
        if one.site not in sites and spent + one.cost <= budget:
            chosen.append(number)
            sites.add(one.site)
            spent += one.cost
    return tuple(chosen)


def _evenly(question: Planning, budget: float, sites: Sites, watch: Watch, kind: str) -> tuple[int, ...]:
    """One kind, evenly along the line at its best usual distance, nations in turn."""
    cost = next(one.cost for one in KINDS if one.kind == kind)
    count = int(budget / cost)
    x, y = watch.frame.to_xy(np.linspace(0.0, LENGTH_DEG, 2 * count + 1)[1::2], np.full(count, EVEN_DEG))
    number_of = {(one.site, one.kind, one.provider): n for n, one in enumerate(question.candidates)}
    chosen: dict[int, int] = {}
    for turn, (east, north) in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
        site = int(np.argmin(np.hypot(sites.x - east, sites.y - north)))
        chosen.setdefault(site, number_of[site, kind, NATIONS[turn % 4]])
    return tuple(chosen.values())


def _small_cases() -> None:
    shares = []
    for seed in range(30):
        chance = np.random.default_rng([11, seed])
        line = tuple((0.02 * n, 0.0) for n in range(21))
        question, _, _ = _question(line, 1_000.0, 7_000.0, 9.0, 0.5, chance, 2)
        some = sorted(
            chance.choice(len(question.candidates), min(14, len(question.candidates)), replace=False).tolist()
        )
        few = replace(
            question,
            candidates=tuple(question.candidates[n] for n in some),
            reach=_chosen_of(question, some),
        )
        before = _worth(few, ())
        best = max(
            _worth(few, chosen)
            for k in range(10)
            for chosen in combinations(range(len(some)), k)
            if _allowed(few, chosen)
        )
        shares.append((plan(few).worth - before) / max(best - before, 1e-12))
    print(f"{len(shares)} small cases against every possible set: {min(shares):.1%} of the best at the least, "
          f"{np.mean(shares):.2%} on average")  # fmt: skip


def _chosen_of(question: Planning, some: list[int]) -> Callable[[int], Reach]:
    return lambda number: question.reach(some[number])


def _allowed(question: Planning, chosen: tuple[int, ...]) -> bool:
    some = [question.candidates[n] for n in chosen]
    return sum(one.cost for one in some) <= question.limits.budget and len({one.site for one in some}) == len(some)
