"""The quick eye: looks that build on one another, and what must not crowd them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from truceline.edges.intake import understand
from truceline.edges.live.looking import Look, Looking
from truceline.edges.mission_folder import read_folder
from truceline.edges.wiring import plugins
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.instant import US_PER_S, Instant
from truceline.model.observation import Arrival, Observation, Status

FIRST_LIGHT = Path(__file__).parents[3] / "missions" / "first-light"
QUIET_S = 46 * 60  # before that little is heard
STEP_US = 45 * US_PER_S
ALL: Instant = -(2**62)


@pytest.fixture(scope="module")
def case() -> Case:
    return understand(read_folder(FIRST_LIGHT), plugins().kinds).case


def looking_at(case: Case) -> Looking:
    return Looking(replace(case, observations=()), plugins())


def steps(observations: Sequence[Observation]) -> Iterator[list[Observation]]:
    """As they came, by their times of receipt."""
    ordered = sorted(observations, key=lambda one: (one.received_us, one.id))
    end_us, batch = ordered[0].received_us + STEP_US, list[Observation]()
    for one in ordered:
        if one.received_us > end_us and batch:
            yield batch
            end_us, batch = one.received_us + STEP_US, []
        batch.append(one)
    yield batch


def some_minutes(case: Case) -> list[Observation]:
    """Fourteen in which much is heard."""
    begin_us = min(one.received_us for one in case.observations) + QUIET_S * US_PER_S
    return [one for one in case.observations if begin_us <= one.received_us < begin_us + 14 * 60 * US_PER_S]


def likeness(event: Event, others: Sequence[Event]) -> float:
    """The greatest share of observations in common with another."""
    mine = set(event.observations)
    return max((len(mine & set(o.observations)) / len(mine | set(o.observations)) for o in others), default=0.0)


def test_looks_that_build_on_one_another_see_what_one_look_at_all_sees(case: Case) -> None:
    observations = some_minutes(case)
    step_by_step, at_once = looking_at(case), looking_at(case)
    for batch in steps(observations):
        step_by_step.feed(batch)
        last: Look = step_by_step.look(ALL)
    at_once.feed(observations)
    whole = at_once.look(last.from_us)
    assert len(whole.events) >= 20
    # Rounds of a salvo that took one another's picks may be told apart otherwise, until all is judged.
    for some, others in ((whole.events, last.events), (last.events, whole.events)):
        assert sum(likeness(one, others) > 0.5 for one in some) >= 0.9 * len(some)


def test_what_was_seen_stays_seen_while_nothing_new_bears_on_it(case: Case) -> None:
    looking = looking_at(case)
    observations = some_minutes(case)
    looking.feed(observations)
    before = looking.look(ALL).events
    of = max(observations, key=lambda one: one.received_us)
    later_us = of.received_us + 240 * US_PER_S
    looking.feed([
        Status(id="life", sensor=of.sensor, time_us=later_us, time_sigma_s=0.1, received_us=later_us, digest="",
               state="detecting"),
    ])  # fmt: skip
    after = looking.look(ALL).events
    assert before and after == before


def test_signs_of_life_however_many_crowd_out_no_blast(case: Case) -> None:
    """Five hundred a second came, and what had happened nine seconds before was not looked at any more."""
    heard = next(
        one for one in looking_of(case).events
        if sum(isinstance(seen, Arrival) for seen in members(case, one)) >= 5
    )  # fmt: skip
    looking = looking_at(case)
    own = members(case, heard)
    last_us = max(one.received_us for one in own)
    sensors = [one.id for one in case.network.sensors]
    looking.feed(own)
    looking.feed(
        Status(
            id=f"s{n}", sensor=sensors[n % len(sensors)], time_us=last_us + n * 2_000, time_sigma_s=0.1,
            received_us=last_us + n * 2_000, digest="", state="detecting",
        )
        for n in range(10_000)
    )  # fmt: skip
    assert likeness(heard, looking.look(ALL).events) > 0.5
    assert looking.observations == 10_000 + len(own)
    assert max(one.lines for one in looking.heard.values()) >= 10_000 // len(sensors)


def looking_of(case: Case) -> Look:
    looking = looking_at(case)
    looking.feed(some_minutes(case))
    return looking.look(ALL)


def members(case: Case, event: Event) -> list[Observation]:
    known = {one.id: one for one in case.observations}
    return [known[id_] for id_ in event.observations]
