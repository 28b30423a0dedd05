"""Plans: the objective is submodular, plans keep the limits, the bound bounds, and little is left to gain."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.coverage.carry import Carry, stated
from truceline.coverage.limits import Candidate, Limits
from truceline.coverage.line import stretches_of, with_risk
from truceline.coverage.objective import Aim, Reach, Standing, reaches
from truceline.coverage.plan import Planning, plan
from truceline.coverage.routes import Patrol, Stretching, route
from truceline.coverage.sites import Sites, allowed_sites, candidates_at, heard_from
from truceline.coverage.watch import stated_watch
from truceline.geo.frame import frame_for
from truceline.geo.held import prepare_maps
from truceline.model.agreement import Area
from truceline.model.ground import ControlMap, HeldGround
from truceline.model.network import Network
from truceline.model.planning import KindOffered, NationOffer, SiteRules

from .making import SENSINGS, chance, row_of_sensors, sensor

PROVIDERS = ("aland", "borea", "cordia")
LINE = tuple((0.02 * n, 0.0) for n in range(31))
FRAME = frame_for([0.3], [0.0])


def aim(providers: int = 2) -> Aim:
    return Aim(stretches_of(LINE, FRAME, 1_000.0), (("impact", 0.7), ("burst", 0.3)), providers)


def carry() -> Carry:
    one = stated(("impact", "burst"), ("acoustic_array",))
    return replace(one, reach_sigma=np.full(2, 0.15))


def hearing(draw: np.random.Generator, wanted: Aim, columns: int) -> Reach:
    """A sensor that hears some run of stretches."""
    middle, width = draw.uniform(0, len(wanted.stretches)), draw.uniform(2, 12)
    away = np.abs(np.arange(len(wanted.stretches)) - middle) / width
    rows = np.flatnonzero(away < 2)
    return Reach(rows, np.clip(draw.uniform(0.5, 0.97, (columns, 1)) * np.exp(-(away[rows] ** 2)), 0, 0.99))


def small(seed: int, count: int = 12, limits: Limits | None = None, standing: int = 1) -> Planning:
    """A question that can be answered by trying everything."""
    draw, wanted, law = np.random.default_rng(seed), aim(), carry()
    columns = sum(len(law.loudness(class_)[0]) for class_ in wanted.names)
    some = [hearing(draw, wanted, columns) for _ in range(count)]
    candidates = tuple(
        Candidate(n // 2, "acoustic_array", PROVIDERS[n % 3], float(draw.integers(1, 4))) for n in range(count)
    )
    there = tuple((PROVIDERS[n % 3], hearing(draw, wanted, columns)) for n in range(standing))
    return Planning(wanted, law, PROVIDERS, there, candidates, some.__getitem__, limits or Limits(budget=6.0))


def worth(question: Planning, chosen: tuple[int, ...]) -> float:
    state = Standing(question.aim, question.carry, question.providers)
    for provider, reach in question.standing:
        state.add(provider, reach)
    for number in chosen:
        state.add(question.candidates[number].provider, question.reach(number))
    return state.worth


def kept(question: Planning, chosen: tuple[int, ...]) -> bool:
    """Whether a set keeps the limits, told apart from how plans are made."""
    some, limits = [question.candidates[n] for n in chosen], question.limits
    spent = {p: sum(one.cost for one in some if one.provider == p) for p in PROVIDERS}
    of_kind = {p: sum(one.provider == p for one in some) for p in PROVIDERS}
    return (
        sum(spent.values()) <= limits.budget
        and all(spent[p] <= budget for p, budget in limits.of_provider)
        and all(of_kind[p] <= most for p, _, most in limits.most)
        and (limits.count is None or len(some) <= limits.count)
        and len({one.site for one in some}) == len(some)
    )


def best(question: Planning) -> float:
    sets = (s for k in range(7) for s in combinations(range(len(question.candidates)), k))
    return max(worth(question, chosen) for chosen in sets if kept(question, chosen))


LIMITS = (
    Limits(budget=6.0),
    Limits(count=3),
    Limits(budget=8.0, of_provider=(("aland", 2.0),), most=(("borea", "acoustic_array", 1),)),
    Limits(budget=7.0, count=4, most=(("aland", "acoustic_array", 1), ("cordia", "acoustic_array", 2))),
)


@pytest.mark.parametrize("limits", LIMITS)
@pytest.mark.parametrize("seed", range(5))
def test_small_plans_are_nearly_the_best_of_all_and_the_bound_holds(seed: int, limits: Limits) -> None:
    question = small(seed, limits=limits)
    found, optimum = plan(question), best(question)
    assert kept(question, found.chosen)
    assert found.worth == pytest.approx(worth(question, found.chosen), abs=1e-9)
    assert found.worth <= optimum + 1e-9 <= found.bound + 1e-6
    assert (found.worth - found.before) >= 0.95 * (optimum - found.before)
    assert found.sure_share <= (found.worth - found.before) / max(optimum - found.before, 1e-9) + 1e-6


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.data())
def test_what_a_sensor_adds_only_falls_as_others_are_added(seed: int, data: st.DataObject) -> None:
    question = small(seed, standing=0)
    numbers = data.draw(st.permutations(range(8)))
    few = data.draw(st.integers(0, 5))
    more = data.draw(st.integers(few, 6))
    new = numbers[7]
    little = worth(question, (*numbers[:few], new)) - worth(question, tuple(numbers[:few]))
    lot = worth(question, (*numbers[:more], new)) - worth(question, tuple(numbers[:more]))
    assert little >= lot - 1e-9
    assert lot >= -1e-9


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_the_gain_told_is_the_gain_had_and_what_is_taken_away_is_gone(seed: int) -> None:
    question = small(seed)
    state = Standing(question.aim, question.carry, question.providers)
    for number in range(6):
        before = state.worth
        provider, reach = question.candidates[number].provider, question.reach(number)
        told = state.gain(provider, reach)
        state.add(provider, reach)
        assert state.worth - before == pytest.approx(told, abs=1e-9)
    with_all = state.worth
    state.add(question.candidates[2].provider, question.reach(2))
    state.add(question.candidates[2].provider, question.reach(2), -1)
    assert state.worth == pytest.approx(with_all, abs=1e-9)


def test_who_hears_is_counted_by_provider_not_by_sensor() -> None:
    network = row_of_sensors(6, 3_000.0)
    one_owner = Network(tuple(replace(one, provider="aland") for one in network.sensors))
    wanted = Aim(stretches_of(((0.0, 0.01), (0.13, 0.01)), FRAME, 500.0), (("impact", 1.0),), 2)
    heard = []
    for some in (network, one_owner):
        watch = stated_watch(some, SENSINGS, 0, frame=FRAME)
        state = Standing(wanted, watch.carry, some.providers)
        for provider, reach in reaches(watch, watch.carry, wanted, 0.0, 1.0):
            state.add(provider, reach)
        heard.append(state)
    assert heard[0].by_stretch(2).min() > 0.8
    assert heard[1].by_stretch(1).min() > 0.8
    assert heard[1].by_stretch(2).max() == pytest.approx(0.0, abs=1e-9)


def held_by_north() -> tuple[HeldGround, HeldGround]:
    north = ((-1.0, 0.0), (2.0, 0.0), (2.0, 1.0), (-1.0, 1.0), (-1.0, 0.0))
    south = tuple((lon, -lat) for lon, lat in north)
    return (
        HeldGround(party="north", polygons=((north,),), from_us=0, sigma_m=200.0),
        HeldGround(party="south", polygons=((south,),), from_us=0, sigma_m=200.0),
    )


def test_sites_keep_to_one_side_and_off_forbidden_ground() -> None:
    maps = prepare_maps((ControlMap("mapper", held_by_north()),), FRAME)
    town = Area("town", point=(0.3, 0.05), radius_m=3_000.0)
    rules = SiteRules(spacing_m=1_000.0, from_line_m=(2_000.0, 9_000.0), ground="north", forbidden=("town",))
    sites = allowed_sites(rules, LINE, (town,), maps, ("north", "south"), FRAME, 0)
    lon, lat = FRAME.to_lonlat(sites.x, sites.y)
    assert len(sites) > 100
    assert lat[(lon > 0) & (lon < 0.6)].min() > 0.017
    middle_x, middle_y = FRAME.to_xy(0.3, 0.05)
    assert np.hypot(sites.x - middle_x, sites.y - middle_y).min() > 3_000.0
    everywhere = allowed_sites(replace(rules, ground=None), LINE, (), maps, ("north", "south"), FRAME, 0)
    assert len(everywhere) > 2 * len(sites)
    unknown = allowed_sites(rules, LINE, (), (), ("north", "south"), FRAME, 0)
    assert not len(unknown)  # without a map nobody surely holds anything
    assert lon.min() > -0.2


def test_a_plan_beats_chance_and_even_spacing() -> None:
    """On a line of which a third sees most of the fire, with one nation's sensors there already."""
    kinds = (
        KindOffered(kind="acoustic_array", cost=3.0, azimuth_sigma_deg=1.5),
        KindOffered(kind="microphone", cost=1.0),
    )
    nations = tuple(
        NationOffer(provider=name, kinds=(("acoustic_array", 4), ("microphone", 6))) for name in ("borea", "cordia")
    )
    line = tuple((0.02 * n, 0.0) for n in range(101))
    stretches = stretches_of(line, FRAME, 2_000.0)
    draw = chance()
    fire_x = FRAME.to_xy(np.clip(draw.normal([[0.4], [1.6]], 0.05, (2, 30)), 0, 2).ravel(), np.zeros(60))[0]
    wanted = Aim(with_risk(stretches, fire_x, np.zeros(60), np.ones(60), 0.7), (("impact", 1.0),), 2)
    there = Network(tuple(sensor(f"A{n}", 0.25 + 0.25 * n, 0.04) for n in range(7)))
    watch = stated_watch(there, SENSINGS, 0, frame=FRAME)
    watch = replace(watch, carry=replace(watch.carry, reach_sigma=np.full(len(watch.carry.classes), 0.1)))
    sites = allowed_sites(SiteRules(spacing_m=3_000.0, from_line_m=(2_000.0, 9_000.0)), line, (), (), (), FRAME, 0)
    candidates, hears = candidates_at(sites, kinds, nations)
    heard = heard_from(sites, kinds, watch, wanted, SENSINGS)
    question = Planning(
        wanted, watch.carry, ("aland", "borea", "cordia"), reaches(watch, watch.carry, wanted, 0.0, 1.0), candidates,
        lambda number: heard[hears[number]], Limits(budget=18.0, most=tuple(
            (nation.provider, kind, most) for nation in nations for kind, most in nation.kinds
        )),
    )  # fmt: skip
    found = plan(question)
    arrays = [n for n, one in enumerate(candidates) if one.kind == "acoustic_array"]
    by_chance = [worth(question, tuple(draw.choice(arrays, 6, replace=False).tolist())) for _ in range(30)]
    even, turns = [], ("borea", "cordia")
    for turn in range(2):
        middles = (np.arange(6) + 0.5) * 2.0 / 6
        x = FRAME.to_xy(middles, np.full(6, 0.04))[0]
        near = [int(np.argmin(np.hypot(sites.x - a, sites.y - 4_400.0))) for a in x]
        even.append(worth(question, tuple(
            next(n for n in arrays if candidates[n].site == site and candidates[n].provider == turns[(k + turn) % 2])
            for k, site in enumerate(near)
        )))  # fmt: skip
    assert found.worth > 1.3 * np.mean(by_chance)
    assert found.worth > 1.3 * max(even)
    assert found.sure_share > 0.6


def test_a_patrol_closes_gaps_within_its_hours_and_keeps_off_barred_ground() -> None:
    x = np.arange(0.0, 60_000.0, 1_000.0)
    wanting = Stretching(x, np.zeros(len(x)), np.where((x > 20_000) & (x < 40_000), 1.0, 0.05))
    sites = Sites(*(part.ravel() for part in np.meshgrid(np.arange(0.0, 60_000, 4_000), [2_000.0, -2_000.0])))
    patrol = Patrol((30_000.0, 8_000.0), 10.0, 6 * 3600.0, 1800.0, 4_000.0, 0.5)
    found = route(wanting, sites, patrol)
    assert found.time_s <= patrol.time_s
    assert found.closed > 0.4 * wanting.worth[20:41].sum() * 0.5
    stops = sites.x[list(found.stops)]
    assert np.mean((stops > 15_000) & (stops < 45_000)) > 0.8
    wall = shapely.box(-1_000.0, -1_500.0, 61_000.0, -500.0)
    barred = route(wanting, sites, patrol, [wall])
    assert all(sites.y[stop] > 0 for stop in barred.stops)
    assert not route(wanting, sites, replace(patrol, time_s=600.0)).stops
