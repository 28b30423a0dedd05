"""Records say what they must, and hold what they promise."""

import pytest

from missions.handmade import Shot, case, heard, ring, sensor
from truceline.model.agreement import Agreement
from truceline.model.event import Ellipse, Event, Origin
from truceline.model.network import Network, Sensor
from truceline.model.problem import Place, Problem, Unusable


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place("a.toml"), "a.toml"),
        (Place("a.toml", line=3), "a.toml:3"),
        (Place("a.toml", line=3, column=5, field="x.y"), "a.toml:3:5, field x.y"),
        (Place("n.geojson", feature="s1", field="id"), "n.geojson, feature s1, field id"),
    ],
)
def test_a_place_in_words(place: Place, text: str) -> None:
    assert str(place) == text


def test_a_problem_says_where_what_and_what_to_do() -> None:
    assert str(Problem(Place("a", line=2), "it is torn", "mend it")) == "a:2: it is torn. mend it."


def test_unusable_carries_every_problem_in_order_of_place() -> None:
    some = [Problem(Place("b"), "w", "r"), Problem(Place("a", line=9), "w", "r"), Problem(Place("a", line=2), "w", "r")]
    assert [str(one.place) for one in Unusable(some).problems] == ["a:2", "a:9", "b"]
    assert Unusable(some).args == Unusable(reversed(some)).args


@pytest.mark.parametrize(
    ("major", "minor", "azimuth"), [(1.0, 2.0, 0.0), (1.0, -0.1, 0.0), (1.0, 1.0, 180.0), (1.0, 1.0, -0.1)]
)
def test_an_ellipse_is_one(major: float, minor: float, azimuth: float) -> None:
    with pytest.raises(AssertionError):
        Ellipse(major, minor, azimuth)


def event(**labels: float) -> Event:
    circle = Ellipse(10.0, 10.0, 0.0)
    origin = Origin(
        time_us=0,
        time_sigma_s=0.1,
        lon=31.0,
        lat=49.0,
        ellipse50=circle,
        ellipse90=circle,
        ellipse95=circle,
        made_by="t",
    )
    return Event(
        id="E-1", anchor="o", origin=origin, labels=tuple(sorted(labels.items())), existence=1.0, observations=("o",),
        sensors=1, providers=("aland",),
    )  # fmt: skip


def test_an_events_class_is_the_likeliest_and_the_first_among_equals() -> None:
    assert event(impact=0.4, outgoing=0.6).class_ == "outgoing"
    assert event(outgoing=0.5, impact=0.5).class_ == "impact"
    assert event(outgoing=0.5, impact=0.3, thunder=0.2).probability_of(frozenset({"impact", "thunder"})) == 0.5


def test_a_sensor_serves_from_and_until() -> None:
    def at(instant: int, from_us: int | None, until_us: int | None) -> bool:
        found = Sensor(id="s", kind="k", provider="p", lon=0, lat=0, time_sigma_s=1, from_us=from_us, until_us=until_us)
        return found.serves_at(instant)

    assert [at(t, 5, 9) for t in (4, 5, 8, 9)] == [False, True, True, False]
    assert at(-(10**18), None, None) and at(4, None, 9) and not at(9, None, 9)


def test_a_network_knows_its_sensors_and_providers() -> None:
    network = Network((sensor("b", 0, 0, "borea"), sensor("a", 0, 0, "aland"), sensor("c", 0, 0, "aland")))
    assert network.providers == ("aland", "borea") and network.by_id["c"].provider == "aland"


def test_a_case_without_providers_has_neither_their_sensors_nor_their_words() -> None:
    sensors = ring(6, 5_000.0)
    whole = case(sensors, heard(sensors, [Shot(0.0, 0.0, 10.0)]))
    less = whole.without_providers(frozenset({"aland", "cordia"}))
    assert {one.provider for one in less.network.sensors} == {"borea"}
    assert len(less.observations) == 2 and {seen.sensor for seen in less.observations} == {"a01", "a04"}
    assert (less.agreement, less.maps, less.weather) == (whole.agreement, whole.maps, whole.weather)
    assert whole.without_providers(frozenset()) == whole


def test_what_a_mandate_does_not_say_it_allows() -> None:
    signed = Agreement(
        id="a", title="t", parties=(), in_force_from_us=0, mandate=(("attribute", False), ("name", True))
    )
    assert [signed.may(act) for act in ("attribute", "name", "publish")] == [False, True, True]
