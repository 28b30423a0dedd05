"""What would change a finding: the cheapest first, which way, how likely, and until when; and what nothing would."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from missions.handmade import NOON, Shot, case, divided, heard, ring, sensor
from truceline.attribution.actor import attribute
from truceline.attribution.direction import Reading
from truceline.attribution.evidence import Evidence
from truceline.attribution.further import KEPT_US, READABLE_US, Asked, would_change
from truceline.fusion.build import FusedEvent
from truceline.model.further import NOBODY, Further
from truceline.model.incident import Act
from truceline.model.instant import US_PER_HOUR
from truceline.model.network import Network

from .making import ears, evidence, happened, incident

SENSORS = ring(12, 5_000.0)
PATROLS = [sensor(f"p-{name}", 0.0, 0.0, name, kind="patrol") for name in ("aland", "borea")]
NETWORK = Network((*SENSORS, *PATROLS))
SOON = NOON + US_PER_HOUR


def asked(act: Act, events: Sequence[FusedEvent], given: Evidence, **more: object) -> Asked:
    """A finding on an act by itself."""
    by_id = {one.event.id: one for one in events}
    ((attribution,),) = attribute([incident(act)], by_id, given)
    found = Asked(
        finding="F-1", act=act, attribution=attribution, events=tuple(one.event for one in events),
        event=events[0].event, occurrence=1.0, threshold=0.95, named=None, reached=None, rests_on=None, others=9,
        launched=0.0, heard=frozenset(),
    )  # fmt: skip
    return replace(found, **more)  # type: ignore[arg-type]


def changes(one: Asked, given: Evidence, network: Network = NETWORK, now_us: int = SOON) -> dict[str, Further]:
    return {further.means: further for further in would_change(one, given, network, now_us)}


def fire(east_m: float, count: int = 10, sigma_m: float = 30.0) -> list[FusedEvent]:
    return [happened(f"e{n}", east_m, 10.0 * n, 1.0 * n, "outgoing", sigma_m) for n in range(count)]


def landed(east_m: float) -> list[FusedEvent]:
    return [happened(f"i{n}", east_m, 10.0 * n, 5.0 * n, "impact") for n in range(3)]


def launches(events: Sequence[FusedEvent]) -> Act:
    return Act(tuple(one.event.id for one in events), ())


def impacts(events: Sequence[FusedEvent]) -> Act:
    return Act((), tuple(one.event.id for one in events))


def test_a_survey_would_settle_fire_from_ground_whose_holder_is_not_known() -> None:
    given = evidence([divided(0.0, 400.0)])
    some = fire(150.0)
    survey = changes(asked(launches(some), some, given), given)["survey"]
    moves = dict(survey.moves)
    assert moves["bardo"] > moves["arvia"] > 0.1 and sum(moves.values()) == pytest.approx(1.0, abs=1e-3)
    assert survey.change == pytest.approx(1.0 - moves.get(NOBODY, 0.0), abs=1e-3)
    assert survey.until_us is None and "survey by a further mapper" in survey.words


def test_a_survey_would_hardly_unsettle_fire_from_deep_in_held_ground() -> None:
    given, some = evidence(), fire(6_000.0)
    survey = changes(asked(launches(some), some, given, named="bardo", reached="bardo"), given).get("survey")
    assert survey is None or survey.change < 0.05


def test_nothing_that_sensors_bring_tells_a_raiding_party_from_the_holder() -> None:
    given = evidence()
    team = fire(1_500.0, count=1)
    small = [replace(team[0], event=replace(team[0].event, labels=(("burst", 1.0),)))]
    assert changes(asked(launches(small), small, given), given) == {}


def test_craters_would_name_whoever_fired_impacts_whose_launch_nobody_heard() -> None:
    given, some = evidence(), landed(-2_500.0)  # they fell on the ground of arvia
    craters = changes(asked(impacts(some), some, given), given)["craters"]
    moves = dict(craters.moves)
    assert moves["bardo"] > moves.get("arvia", 0.0) and moves["bardo"] > 0.2
    assert craters.names == ("aland", "borea") and craters.until_us == NOON + READABLE_US
    assert "it would be laid to bardo with probability" in craters.words


def test_craters_that_were_read_are_not_asked_for_again() -> None:
    some = landed(-2_500.0)
    read = [Reading("aland", 90.0, 8.0), Reading("borea", 92.0, 8.0)]
    given = evidence(readings={"i0": read})
    assert "craters" not in changes(asked(impacts(some), some, given), given)


def test_one_providers_patrols_are_not_enough() -> None:
    given, some = evidence(), landed(-2_500.0)
    alone = Network((*SENSORS, PATROLS[0]))
    assert "craters" not in changes(asked(impacts(some), some, given), given, alone)


def test_what_can_no_longer_be_had_is_not_offered() -> None:
    given, some = evidence(), landed(-2_500.0)
    assert changes(asked(impacts(some), some, given), given, now_us=NOON + READABLE_US) == {}


def test_records_that_were_never_sent_may_make_a_name_stand() -> None:
    """A name rests on aland; borea and cordia stand as near, and nothing came of them."""
    some = fire(2_000.0)
    observed = heard(SENSORS, [Shot(2_000.0, 0.0, 0.0)])
    given = evidence(listening=ears(case(SENSORS, observed)))
    mine = frozenset(one.id for one in SENSORS if one.provider == "aland")
    one = asked(launches(some), some, given, reached="bardo", rests_on="aland", others=2, heard=mine)
    records = changes(one, given)["records"]
    assert set(records.names) <= {"borea", "cordia"} and records.until_us == NOON + KEPT_US
    assert 0.0 < dict(records.moves)["bardo"] < 0.9
    assert "records" not in changes(replace(one, named="bardo"), given), "it has its name"
    assert "records" not in changes(replace(one, rests_on=None), given), "it rests on nobody's word"


def test_the_cheapest_comes_first_and_few_are_told() -> None:
    some = fire(150.0, 2)
    fell = landed(-2_500.0)
    act = Act(launches(some).origins, impacts(fell).arrivals)
    observed = heard(SENSORS, [Shot(150.0, 0.0, 0.0)])
    given = evidence([divided(0.0, 400.0)], listening=ears(case(SENSORS, observed)))
    mine = frozenset(one.id for one in SENSORS if one.provider == "aland")
    one = asked(act, [*some, *fell], given, reached="bardo", rests_on="aland", others=2, heard=mine)
    order = [further.means for further in would_change(one, given, NETWORK, SOON)]
    assert order == [means for means in ("records", "survey", "craters") if means in order] and len(order) >= 2
