"""Rates that do not follow the network, and changes that are changes of what happened."""

from collections.abc import Sequence

import numpy as np
import pytest

from truceline.coverage.change import change, series
from truceline.coverage.exposure import Counted, Exposure
from truceline.coverage.moved import MOVED, STOPPED, WENT_ON, moved
from truceline.coverage.rates import PER_KM2H, rate
from truceline.geo.cells import cell_area_m2, cell_of

from .making import chance

HOUR = 3_600_000_000
HOURS, CLASS = 48, "impact"
CELLS = tuple(sorted({cell_of(30 + x * 0.03, 50 + y * 0.02, 7) for x in range(12) for y in range(10)}))


def exposure(known: np.ndarray) -> Exposure:
    """known: (hours, cells)."""
    spans = tuple((n * HOUR, (n + 1) * HOUR) for n in range(len(known)))
    area = np.array([cell_area_m2(cell) / 1e6 for cell in CELLS])
    return Exposure((CLASS,), spans, CELLS, area, known[None], 7)


def halved(draw: np.random.Generator) -> Exposure:
    """A network of which half is gone in the second half: much that was seen is not, and nothing so well."""
    base = draw.uniform(0.3, 0.99, len(CELLS))
    less = np.where(draw.random(len(CELLS)) < 0.4, 0.05, base * draw.uniform(0.4, 0.8, len(CELLS)))
    return exposure(np.stack([base if n < HOURS // 2 else less for n in range(HOURS)]))


def fire(
    draw: np.random.Generator, seen: Exposure, per_hour: float, rounds: tuple[int, int] = (1, 7), since: int = 0,
    after: float = 1.0,
) -> tuple[Counted, ...]:  # fmt: skip
    """Salvos anywhere, any time, at a constant rate (from `since` on times `after`); what of them is known."""
    found = []
    for hour in range(len(seen.spans)):
        for salvo in range(draw.poisson(per_hour * (after if hour >= since else 1.0))):
            cell = int(draw.choice(len(CELLS), p=seen.area_km2 / seen.area_km2.sum()))
            known = float(seen.known[0, hour, cell])
            count = int(draw.integers(*rounds))
            some = [n for n in range(count) if draw.random() < known]
            if known >= 0.2:
                found += [
                    Counted(f"{hour}-{salvo}-{n}", CLASS, hour, cell, 1.0, known, f"{hour}-{salvo}") for n in some
                ]
    return tuple(found)


def test_the_interval_holds_a_constant_rate_though_the_network_is_halved_and_raw_counts_do_not() -> None:
    draw, per_hour, mean_rounds = chance(), 1.5, 3.5
    held, fell, trials = 0, 0, 250
    for _ in range(trials):
        seen = halved(draw)
        true = per_hour * mean_rounds / seen.area_km2.sum() * PER_KM2H
        some = fire(draw, seen, per_hour)
        halves = [(0, HOURS // 2), (HOURS // 2, HOURS)]
        rates = [rate(seen, some, CLASS, span=half) for half in halves]
        held += sum(one.low <= true <= one.high for one in rates)
        fell += rates[1].counted < 0.75 * rates[0].counted
    assert held / (2 * trials) >= 0.93
    assert fell / trials > 0.9  # raw counts say that a third of the fire or more has stopped


def test_the_rate_itself_is_not_biased() -> None:
    draw = chance()
    seen = halved(draw)
    found = [rate(seen, fire(draw, seen, 2.0), CLASS).rate for _ in range(200)]
    true = 2.0 * 3.5 / seen.area_km2.sum() * PER_KM2H
    assert np.mean(found) == pytest.approx(true, rel=0.04)


def test_a_party_s_rate_is_its_share() -> None:
    seen = exposure(np.full((4, len(CELLS)), 0.5))
    shares = (("north", 0.8), ("other", 0.05), ("south", 0.15))
    some = [Counted(str(n), CLASS, 1, 0, 0.9, 0.5, str(n), shares) for n in range(10)]
    total = rate(seen, some, CLASS)
    assert rate(seen, some, CLASS, party="north").rate == pytest.approx(0.8 * total.rate)
    assert total.counted == pytest.approx(9.0)
    assert total.happened == pytest.approx(18.0)


def test_ground_that_is_not_seen_is_told_apart_and_nothing_seen_is_bounded() -> None:
    known = np.full((10, len(CELLS)), 0.9)
    known[:, : len(CELLS) // 2] = 0.05
    none = rate(exposure(known), (), CLASS)
    assert none.seen_share == pytest.approx(0.5, abs=0.05)
    assert none.rate == none.low == 0.0
    bound = none.high * exposure(known).seen_km2h(CLASS) / PER_KM2H
    assert 3.0 < bound < 5.0
    blind = rate(exposure(np.zeros((10, len(CELLS)))), (), CLASS)
    assert not blind.told
    assert blind.high == 0.0


def changes(per_hour: float, after: float, repeats: int) -> Sequence[tuple[float, float, float, float]]:
    draw, found = chance(), []
    for _ in range(repeats):
        seen = halved(draw)
        some = fire(draw, seen, per_hour, since=HOURS // 2, after=after)
        one = change(*series(seen, some, CLASS))
        found.append((one.probability, one.ratio, one.low, one.high))
    return found


def test_a_smaller_network_is_no_change() -> None:
    said = changes(6.0, 1.0, 60)
    assert np.mean([probability > 0.9 for probability, *_ in said]) <= 0.05
    # The counts alone would say so nearly every time.
    draw, raw = chance(), []
    for _ in range(60):
        seen = halved(draw)
        began, _ = series(seen, fire(draw, seen, 6.0), CLASS)
        raw.append(change(began, np.ones(HOURS)).probability)
    assert np.mean(np.array(raw) > 0.9) > 0.8


def test_a_change_of_the_fire_is_found_though_the_network_shrinks() -> None:
    said = changes(6.0, 0.25, 40)
    assert np.mean([probability > 0.9 for probability, *_ in said]) > 0.9
    assert np.mean([low <= 0.25 <= high for _, _, low, high in said]) > 0.85


def quiet_after(known_before: float, known_after: float, hidden: bool, count: int) -> dict[str, float]:
    known = np.full((HOURS, len(CELLS)), known_before)
    known[HOURS // 2 :] = known_after
    if hidden:
        known[HOURS // 2 :, ::2] = 0.02
    seen = exposure(known)
    some = [Counted(f"b{n}", CLASS, n, 1, 1.0, known_before, f"b{n}") for n in range(20)]
    some += [Counted(f"a{n}", CLASS, HOURS // 2 + n, 1, 1.0, known_after, f"a{n}") for n in range(count)]
    return dict(moved(seen, some, CLASS, HOURS // 2).probabilities)


def test_stopped_moved_or_went_on() -> None:
    assert quiet_after(0.9, 0.9, False, 18)[WENT_ON] > 0.95
    in_the_open = quiet_after(0.9, 0.9, False, 0)
    assert in_the_open[STOPPED] > 0.95
    assert in_the_open[MOVED] == 0.0
    half_hidden = quiet_after(0.9, 0.9, True, 0)
    assert half_hidden[MOVED] > 0.1
    assert half_hidden[STOPPED] > half_hidden[WENT_ON]


def test_when_we_have_gone_blind_silence_is_no_end_of_fire() -> None:
    blind = quiet_after(0.9, 0.03, False, 0)
    assert blind[WENT_ON] > 0.2
