"""What of all that was observed is put before the text, where it was, and when."""

from math import hypot

import pytest

from truceline.geo.frame import destination, distance_azimuth
from truceline.geo.region import CHI2_90
from truceline.model.event import Event
from truceline.model.instant import US_PER_S
from truceline.model.network import Sensor
from truceline.model.observation import Fix, Labels, Observation, Report, Track
from truceline.terms.facts import Facts
from truceline.terms.matter import APART, Matter, Sighting
from truceline.terms.prepare import Prepared, prepare

from .agreements import LARGEST, worked
from .making import INSIDE, KINDS, NOON, agreement, event

LARGE = worked(LARGEST).agreement
APRIL = LARGE.in_force_from_us + 40 * 86_400 * US_PER_S
ROUND = 1e-9


def report(id_: str = "R", labels: Labels = (), weapon: str | None = "122mm howitzer", **changes: object) -> Report:
    fields: dict[str, object] = {
        "id": id_, "sensor": "post", "time_us": APRIL, "time_sigma_s": 1.0, "received_us": APRIL, "digest": "",
        "labels": labels, "seen": True, "count": (1, 2), "weapon": weapon,
    }  # fmt: skip
    return Report(**(fields | changes))  # type: ignore[arg-type]


def prepared(*observations: Observation, events: tuple[Event, ...] = (), sensors: tuple[Sensor, ...] = ()) -> Prepared:
    return prepare(LARGE, KINDS, Facts(events=events, observations=observations, sensors=sensors))


def the_one(*observations: Observation, sensors: tuple[Sensor, ...] = ()) -> Matter:
    found = prepared(*observations, sensors=sensors)
    (id_,) = found.apart
    (matter,) = found.matters[id_]
    return matter


def sigmas(matter: Matter) -> tuple[float, float, float]:
    assert matter.spot is not None
    ellipse = matter.spot.ellipse90
    return ellipse.semi_major_m / CHI2_90**0.5, ellipse.semi_minor_m / CHI2_90**0.5, ellipse.azimuth_deg


def test_a_sighting_lies_along_the_azimuth_at_its_range() -> None:
    at = (0.9, 0.4)
    matter = the_one(report(at=at, at_sigma_m=0.0, azimuth_deg=90.0, azimuth_sigma_deg=5.0, range_m=(900.0, 1100.0)))
    assert matter.spot is not None
    away, azimuth = distance_azimuth(*at, matter.spot.lon, matter.spot.lat)
    assert (float(away), float(azimuth)) == pytest.approx((1000.0, 90.0), abs=0.01)
    across, along, turned = sigmas(matter)
    assert (across, along, turned) == pytest.approx((1000.0 * 0.0872664626, 200.0 / 12**0.5, 0.0), abs=0.01)


def test_a_range_without_an_azimuth_is_a_circle_and_neither_is_a_kilometre() -> None:
    at = (0.9, 0.4)
    ring = the_one(report(at=at, at_sigma_m=30.0, range_m=(500.0, 2000.0)))
    assert sigmas(ring)[:2] == pytest.approx((hypot(30.0, 2000.0 / 2**0.5),) * 2)
    bare = the_one(report(at=at, at_sigma_m=0.0))
    assert sigmas(bare)[:2] == pytest.approx((1000.0, 1000.0))


def test_an_observer_who_says_no_place_stands_where_its_sensor_does_or_nowhere() -> None:
    post = Sensor(id="post", kind="patrol", provider="aland", lon=0.8, lat=0.3, time_sigma_s=1.0)
    spot = the_one(report(), sensors=(post,)).spot
    assert spot is not None and (spot.lon, spot.lat) == (0.8, 0.3)
    assert the_one(report()).spot is None


@pytest.mark.parametrize(("labels", "weapon", "seen", "told"), [
    ((), "tank", True, True),
    ((("vehicle", 0.9),), "tank", True, True),
    ((("outgoing", 0.9),), "tank", True, False),
    ((), None, True, False),
    ((), "tank", False, False),
])  # fmt: skip
def test_what_is_a_sighting(labels: Labels, weapon: str | None, seen: bool, told: bool) -> None:
    found = prepared(report(labels=labels, weapon=weapon, seen=seen, heard=not seen))
    assert bool(found.apart) is told


def test_a_report_of_what_fired_is_no_sighting_but_names_its_weapon() -> None:
    fired = event("E-1", at=(0.9, 0.4), time_us=APRIL, outgoing=1.0)
    fired = Event(**{name: getattr(fired, name) for name in Event.__slots__} | {"observations": ("R", "x")})
    found = prepared(report(), events=(fired,))
    assert found.apart == ()
    (matter,) = found.matters["E-1"]
    assert [weapon.said for weapon in matter.weapons] == ["122mm howitzer"]


def test_a_track_is_put_before_the_text_fix_by_fix() -> None:
    path = ((0.5, 0.5), (0.9, 0.5))
    seen = event("E-1", at=path[0], time_us=APRIL, uav=1.0)
    ids = ("T-1", "T-2")
    seen = Event(**{name: getattr(seen, name) for name in Event.__slots__} | {"path": path, "observations": ids})
    fixes = [
        Track(
            id=id_, sensor="radar", time_us=APRIL + n * US_PER_S, time_sigma_s=0.1, received_us=APRIL, digest="",
            track="t", lon=lon, lat=lat, sigma_m=5.0, alt_m=100.0 * (n + 1),
        )
        for n, (id_, (lon, lat)) in enumerate(zip(ids, path, strict=True))
    ]  # fmt: skip
    first, second = prepared(*fixes, events=(seen,)).matters["E-1"]
    assert first.spot is not None and second.spot is not None
    assert (first.spot.lon, second.spot.lon, second.spot.height_m) == (0.5, 0.9, 200.0)
    assert second.time_us - first.time_us == US_PER_S
    bare = prepared(events=(seen,)).matters["E-1"]
    assert [(one.spot.lon, one.time_us) for one in bare if one.spot] == [(0.5, APRIL), (0.9, APRIL)]


def test_only_what_some_provision_looks_at_is_taken() -> None:
    facts = Facts(events=(event(),), observations=(report(at=INSIDE),))
    assert prepare(agreement(), KINDS, facts).apart == ()


def test_matters_stand_in_order_of_time_whatever_the_order_of_arrival() -> None:
    fixes = [
        Fix(id=f"F-{n}", sensor="s", time_us=APRIL - n, time_sigma_s=1.0, received_us=APRIL, digest="", lon=0.9,
            lat=0.4, sigma_m=5.0, weapon="tank")
        for n in range(5)
    ]  # fmt: skip
    one, other = prepared(*fixes), prepared(*reversed(fixes))
    assert one.apart == other.apart == ("F-4", "F-3", "F-2", "F-1", "F-0")
    assert [matters[0].row for matters in one.matters.values()] == [0, 1, 2, 3, 4]


def test_a_fix_counts_one_and_says_whose_it_was() -> None:
    lon, lat = destination(0.9, 0.4, 45.0, 100.0)
    fix = Fix(
        id="F", sensor="s", time_us=NOON, time_sigma_s=1.0, received_us=NOON, digest="", lon=float(lon),
        lat=float(lat), sigma_m=5.0, weapon="tank", whose="teal",
    )  # fmt: skip
    about = the_one(fix).about
    assert isinstance(about, Sighting) and (about.count, about.whose) == ((1, 1), "teal")
    assert {"sighting"} <= APART
