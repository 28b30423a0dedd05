"""Each kind of caveat: violated and kept, on and one metre beside the boundary, a day before and after it expires."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from truceline.coalition.caveats import places_of
from truceline.coalition.deployable import deployable, misplaced
from truceline.coalition.ledger import CAVEATS, EVERYONE, Caveat, Contribution
from truceline.geo.frame import distance_azimuth
from truceline.geo.standoff import inside, metres_to_line

from .making import AREAS, DAY, LINE, SQUARE, WHEN, away, contribution, ledger

# kind, values, metres, what keeps it, what violates it
CASES: dict[str, tuple[tuple[str, ...], float, Contribution, Contribution]] = {
    "only_countries": (("next", "afar"), 0.0, contribution(country="afar"), contribution(country="host")),
    "only_neighbours": (("host",), 0.0, contribution(country="next"), contribution(country="host")),
    "only_domains": (("sea",), 0.0, contribution(domain="sea"), contribution(domain="land")),
    "no_combat_role": ((), 0.0, contribution(role="non_combat"), contribution(role="combat")),
    "away_from_line": (
        ("contact-line",),
        15_000.0,
        contribution(place=away(16_000.0)),
        contribution(place=away(9_000.0)),
    ),
    "outside_area": (("buffer",), 0.0, contribution(place=(30.3, 50.3)), contribution(place=(30.25, 50.15))),
    "inside_area": (("buffer",), 0.0, contribution(place=(30.25, 50.15)), contribution(place=(30.3, 50.3))),
}


def caveat(kind: str, **changes: object) -> Caveat:
    values, metres, _, _ = CASES[kind]
    one = Caveat(id="c", nation="aland", kind=kind, words="As the parliament said", values=values, metres=metres)
    return replace(one, **changes)  # type: ignore[arg-type]


def kept(one: Contribution, what: Caveat, when: int = WHEN) -> bool:
    book = ledger((one,), (what,))
    return deployable(book, places_of(book, AREAS), when)[one.id].deployable


def test_every_kind_is_tried() -> None:
    assert set(CASES) == set(CAVEATS)


@pytest.mark.parametrize("kind", CASES)
def test_violated_and_kept(kind: str) -> None:
    _, _, keeps, violates = CASES[kind]
    assert kept(keeps, caveat(kind))
    assert not kept(violates, caveat(kind))
    assert kept(replace(violates, nation="borea"), caveat(kind))  # it binds who set it
    assert not kept(replace(violates, nation="borea"), caveat(kind, nation=EVERYONE))
    assert kept(violates, caveat(kind, covers=("another",)))


@pytest.mark.parametrize("kind", CASES)
def test_a_day_before_and_after_it_expires(kind: str) -> None:
    violates = CASES[kind][3]
    expiring = caveat(kind, until_us=WHEN)
    assert not kept(violates, expiring, WHEN - DAY)
    assert not kept(violates, expiring, WHEN - 1)
    assert kept(violates, expiring, WHEN)
    assert kept(violates, expiring, WHEN + DAY)
    coming = caveat(kind, from_us=WHEN)
    assert kept(violates, coming, WHEN - DAY)
    assert not kept(violates, coming, WHEN)


def test_one_metre_beside_the_distance_from_the_line() -> None:
    what = caveat("away_from_line")
    vertex = LINE[20]  # the northernmost of its bend: due north of it, it is the nearest point
    for metres, expected in ((14_999.0, False), (15_000.0, True), (15_001.0, True)):
        place = away(metres, 0.0, vertex)
        assert metres_to_line([place], LINE)[0] <= metres + 0.01
        exact = metres_to_line([place], LINE)[0]
        if abs(exact - metres) < 0.01:
            assert kept(contribution(place=place), what) is expected
    foot = (LINE[22][0], LINE[22][1])
    assert metres_to_line([foot], LINE)[0] == pytest.approx(0.0, abs=1e-6)


def test_distances_to_a_line_are_those_of_the_ellipsoid() -> None:
    """Against the nearest of ten thousand points along the line."""
    line = ((30.0, 50.0), (30.3, 50.05), (30.5, 49.9))
    draw = np.random.default_rng(3)
    for lon, lat in draw.uniform((29.8, 49.7), (30.7, 50.3), (20, 2)).tolist():
        dense = np.concatenate([np.linspace(a, b, 40_001) for a, b in pairwise(line)])
        least = float(distance_azimuth(lon, lat, dense[:, 0], dense[:, 1])[0].min())
        # Straight in degrees and straight on the ground differ by some metres over 20 km; both are within this.
        assert metres_to_line([(lon, lat)], line)[0] == pytest.approx(least, abs=15.0)
    assert metres_to_line([away(12_345.0, 0.0, (30.1, 50.0))], ((30.0999, 50.0), (30.1001, 50.0)))[0] == pytest.approx(
        12_345.0, abs=0.01
    )


@pytest.mark.parametrize(("metres", "held"), [(-1.0, True), (0.0, True), (1.0, False)])
def test_one_metre_beside_the_edge_of_an_area(metres: float, held: bool) -> None:
    """The western edge follows a meridian; an edge belongs to its area."""
    place = away(metres, 270.0, (30.2, 50.15)) if metres else (30.2, 50.15)
    assert inside([place], [(SQUARE,)]) == [held]
    assert kept(contribution(place=place), caveat("outside_area")) is not held
    assert kept(contribution(place=place), caveat("inside_area")) is held


def test_a_hole_is_outside_and_its_edge_inside() -> None:
    assert kept(contribution(place=(30.3, 50.15)), caveat("outside_area"))
    assert not kept(contribution(place=(30.28, 50.15)), caveat("outside_area"))
    assert not kept(contribution(place=(30.2799, 50.15)), caveat("outside_area"))


def test_who_stands_where_the_agreement_forbids() -> None:
    deployed = contribution("post", place=(30.25, 50.15))
    pledged = contribution("plan", place=(30.25, 50.15), history=(replace(deployed.history[0], status="pledged"),))
    by_text = caveat("outside_area", nation=EVERYONE, article="Article 4")
    book = ledger((deployed, pledged), (by_text, caveat("no_combat_role", id="d")))
    (found,) = misplaced(book, places_of(book, AREAS), WHEN)
    assert (found.contribution, found.caveat, found.by_agreement) == ("post", "c", True)
    assert "inside buffer" in found.words


def test_nothing_is_said_of_what_stands_nowhere_yet() -> None:
    for kind in ("away_from_line", "outside_area", "inside_area", "only_countries", "only_neighbours"):
        assert kept(contribution(place=None, country=None), caveat(kind))
