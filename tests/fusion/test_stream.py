"""Batch is streaming with one batch: whatever the batches, order and lateness, the same events come out."""

from functools import cache

import numpy as np
import pytest

from sim.making import files
from truceline.edges.inputs import Inputs, WholeFile, lines_of
from truceline.edges.intake import understand
from truceline.edges.wiring import kinds, plugins
from truceline.fusion.fuse import Fused, fuse
from truceline.fusion.given import Given, given
from truceline.fusion.step import EpochEvents
from truceline.fusion.stream import END, EventStream
from truceline.model.case import Case
from truceline.model.instant import US_PER_S
from truceline.model.observation import Observation

LATENESS_US = 600 * US_PER_S
WORLD = "hours = 2.2\n[network]\narrays = 12\nposts = 2\nmicrophones = 4\n[fire]\nbatteries = 2\nsmall_arms = 4\n"


@cache
def case() -> Case:
    """Two hours and a bit: three epochs."""
    made = files(base=f"[place]\nlength_km = 20\n[period]\n{WORLD}", seed=3)
    names = {"agreement/terms.toml": "agreement", "agreement/areas.geojson": "areas", "network.geojson": "network"}
    names |= {"mission.toml": "mission", "control.geojson": "control", "weather.csv": "weather"}
    whole = [WholeFile(kind, path, made[path]) for path, kind in names.items()]
    lines = tuple(lines_of("observation", "observations.ndjson", made["observations.ndjson"]))
    return understand(Inputs((WholeFile("code", "code", b""), *whole), lines), kinds()).case


@cache
def laid_out() -> Given:
    plugged = plugins()
    return given(case(), plugged.sensings, plugged.infrasound)


@cache
def in_one_batch() -> Fused:
    plugged = plugins()
    return fuse(case(), plugged.sensings, plugged.infrasound)


def late(seed: int) -> list[tuple[int, Observation]]:
    """(when it comes, observation), each up to the horizon late."""
    chance = np.random.default_rng(seed)
    come = [(seen.time_us + int(chance.integers(0, LATENESS_US)), seen) for seen in case().observations]
    return sorted(come, key=lambda one: (one[0], one[1].id))


def streamed(seed: int, batch: int, *, interrupted: bool = False) -> dict[int, EpochEvents]:
    stream = EventStream(laid_out())
    come = late(seed)
    found: dict[int, EpochEvents] = {}
    for start in range(0, len(come), batch):
        now_us = come[start][0]
        found |= stream.advance(now_us - LATENESS_US)
        assert not stream.feed(seen for _, seen in come[start : start + batch])
        if interrupted:
            stream = EventStream.restore(laid_out(), stream.snapshot())
    return found | stream.advance(END)


@pytest.mark.parametrize(("seed", "batch", "interrupted"), [(1, 50, False), (2, 997, True)])
def test_batches_order_and_interruptions_change_nothing(seed: int, batch: int, interrupted: bool) -> None:
    found = streamed(seed, batch, interrupted=interrupted)
    events = [one.event for epoch in found.values() for one in epoch.events]
    assert sorted(events, key=lambda one: (one.origin.time_us, one.id)) == [one.event for one in in_one_batch().events]
    assert [record for epoch in found.values() for record in epoch.health] == list(in_one_batch().health)


def test_events_are_final_before_the_end_and_what_is_kept_is_bounded() -> None:
    stream = EventStream(laid_out())
    seen = case().observations
    first_us, last_us = min(one.time_us for one in seen), max(one.time_us for one in seen)
    stream.feed(seen)
    early = stream.advance(first_us + 2 * 3_600 * US_PER_S)
    assert sum(len(epoch.events) for epoch in early.values()) > 0
    assert len(stream.snapshot().kept) < len(seen)
    stream.advance(last_us + 10 * 3_600 * US_PER_S)
    assert stream.snapshot().kept == ()


def test_what_comes_too_late_is_given_back() -> None:
    stream = EventStream(laid_out())
    seen = case().observations
    stream.advance(seen[-1].time_us)
    assert seen[0] in stream.feed(seen)
    assert all(one.time_us >= seen[-1].time_us for one in stream.snapshot().kept)


def test_a_look_shows_what_will_be_final() -> None:
    """Events of the last minutes are seen at once, near where they are in the end."""
    stream = EventStream(laid_out())
    stream.feed(case().observations)
    final = [one.event for one in in_one_batch().events if one.event.sensors >= 5]
    chosen = final[len(final) // 2]
    looked = [one.event for one in stream.look(chosen.origin.time_us - 60 * US_PER_S).nearby]
    near = [one for one in looked if set(one.observations) & set(chosen.observations)]
    assert near
    assert abs(near[0].origin.time_us - chosen.origin.time_us) < 2 * US_PER_S
    assert stream.advance(END), "a look makes nothing final"
