"""What silence says: of ground and time, and of one supposed event."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truceline.coverage.silence import HEARD_BY_CHANCE, places_by_silence, silence
from truceline.coverage.statements import none_seen, said
from truceline.coverage.watch import Watch, stated_watch
from truceline.model.network import Network

from .making import SENSINGS, row_of_sensors


def watched(count: int = 9) -> Watch:
    watch = stated_watch(row_of_sensors(count), SENSINGS, 0)
    return replace(watch, carry=replace(watch.carry, reach_sigma=np.full(len(watch.carry.classes), 0.1)))


def test_three_statements_and_no_other() -> None:
    assert said(0.95, 0) == "would_have_seen"
    assert said(0.5, 0) == "could_not_have_seen"
    assert said(0.01, 1) == "saw"


def test_no_violation_is_refused_where_one_would_not_have_been_seen() -> None:
    area = np.array([1.0, 1.0, 1.0, 1.0])
    all_seen = none_seen("impact", np.full((24, 4), 0.97), area)
    assert all_seen.may_be_said
    assert "None of class impact was seen" in all_seen.words
    one_cell_blind = none_seen("impact", np.tile([0.97, 0.97, 0.97, 0.1], (24, 1)), area)
    assert not one_cell_blind.may_be_said
    assert '"No violation was seen" is not said' in one_cell_blind.words
    assert one_cell_blind.seen_share == pytest.approx(0.75)
    assert not none_seen("impact", np.full((24, 4), 0.97), area, events=1).may_be_said


@given(st.floats(0.02, 0.98), st.integers(1, 60))
def test_so_many_events_would_hardly_all_have_gone_unseen(known: float, _: int) -> None:
    most = none_seen("impact", np.full((1, 1), known), np.ones(1)).most_events
    assert most is not None
    assert (1 - known) ** most > 0.05 or most == 0
    assert (1 - known) ** (most + 1) <= 0.05 + 1e-9


def test_ground_that_nobody_watches_bounds_nothing() -> None:
    blind = none_seen("impact", np.zeros((3, 2)), np.ones(2))
    assert blind.most_events is None
    assert "any number" in blind.words


def test_an_invented_event_would_have_been_heard() -> None:
    watch = watched()
    middle = float(watch.stations.x[4]), float(watch.stations.y[4]) + 2_000.0
    found = silence(watch, *middle, 60.0, "impact")
    assert len(found.would_have_heard) >= 3
    assert found.log10_ratio < -3
    assert found.nobody < 1e-3
    assert found.log10_ratio < found.without_one < 0
    assert "did not" in found.words


def test_silence_of_a_sensor_that_did_not_work_says_nothing() -> None:
    network = row_of_sensors(9)
    dead = Network(tuple(replace(one, until_us=1) for one in network.sensors))
    watch = stated_watch(dead, SENSINGS, 0)
    found = silence(watch, float(watch.stations.x[4]), float(watch.stations.y[4]), 60.0, "impact")
    assert found.log10_ratio == pytest.approx(0.0)
    assert "says nothing" in found.words or "says little" in found.words


def test_being_heard_where_it_should_be_speaks_for_it() -> None:
    watch = watched()
    middle = float(watch.stations.x[4]), float(watch.stations.y[4]) + 2_000.0
    near = {"S03", "S04", "S05"}
    found = silence(watch, *middle, 60.0, "impact", heard=near)
    assert found.log10_ratio > 2
    assert {one.sensor for one in found.listeners if one.heard} == near


def test_a_vague_place_is_weaker_evidence_than_a_sharp_one() -> None:
    watch = watched()
    at = float(watch.stations.x[8]) + 6_000.0, float(watch.stations.y[8])
    sharp, vague = (silence(watch, *at, 60.0, "impact", radius_m=radius).log10_ratio for radius in (0.0, 12_000.0))
    assert sharp < vague < 0


def test_who_heard_and_who_did_not_tells_where_it_was() -> None:
    watch = watched()
    x = np.array([watch.stations.x[1], watch.stations.x[7]])
    y = np.array([watch.stations.y[1], watch.stations.y[7]]) + 1_000.0
    log = places_by_silence(watch, x, y, 60.0, "impact", {"S00", "S01", "S02"})
    assert log[0] - log[1] > 8


def test_chance_catches_are_as_likely_as_stated() -> None:
    watch = watched(1)
    far = silence(watch, float(watch.stations.x[0]), float(watch.stations.y[0]), 60.0, "impact", heard={"S00"})
    caught = far.listeners[0].chance
    assert far.log10_ratio == pytest.approx(np.log10(caught / HEARD_BY_CHANCE), abs=0.02)
