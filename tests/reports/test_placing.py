"""Where something was, in the field's format, no finer than it is known."""

from dataclasses import replace

import pytest

from truceline.model.agreement import Area
from truceline.model.case import Case
from truceline.reports.placing import Placing, kilometres, where_words
from truceline.reports.texts import Texts

from .day_making import EN, UK, agreement, places
from .making import START, at, case


def words(of: Case, east_km: float, north_km: float, reach_m: float = 30.0, texts: Texts = EN) -> str:
    (where,) = Placing(of).located([at(east_km, north_km)], [reach_m], [START])
    return where_words(where, texts)


NAMED = case(places=places())


def test_a_named_place_with_who_held_it_and_the_way_from_a_city() -> None:
    assert words(NAMED, -4.1, 3.1) == "Ash (amber-controlled, 21km east of Port)"
    assert words(NAMED, 4.5, 5.3) == "Elm (teal-controlled, 20km west of Hill)"


def test_what_was_not_at_the_place_is_told_by_its_way_from_there() -> None:
    assert words(NAMED, -4.0, 9.0) == "6km north of Ash (amber-controlled, 21km east of Port)"
    assert words(NAMED, -6.4, 0.6) == "3.5km south-west of Ash (amber-controlled, 21km east of Port)"
    assert words(NAMED, -6.4, 0.6, reach_m=1800.0) == "4km south-west of Ash (amber-controlled, 21km east of Port)"
    assert words(NAMED, -6.4, 0.6, reach_m=4000.0) == "Ash (amber-controlled, 21km east of Port)"


def test_a_city_is_told_by_the_next_one() -> None:
    assert words(NAMED, -25.0, 3.1) == "Port (amber-controlled, 50km west of Hill)"


def test_the_same_in_ukrainian() -> None:
    assert words(NAMED, -4.0, 9.0, texts=UK) == (
        "6 км на північ від н. п. Ясень (під контролем: amber, 21 км на схід від м. Порт)"
    )


def test_where_maps_differ_or_are_silent_nobody_holds_it() -> None:
    assert "Ford (control disputed between maps" in words(NAMED, 0.6, -6.0)
    assert "Ash (control not known" in words(case(places=places(), maps=()), -4.0, 3.0)


def test_settlements_of_the_annex_stand_in_for_a_list_of_places() -> None:
    village = Area(id="v", point=at(2, 2), kind="settlement", names=(("en", "Thorn"),))
    signed = agreement()
    of = case(agreement=replace(signed, areas=(*signed.areas, village)))
    assert words(of, 2.1, 2.1) == "Thorn (teal-controlled)"


def test_without_any_name_degrees_to_a_kilometre() -> None:
    assert words(case(), -4.0, 3.0) == "50.03°\u00a0N 30.94°\u00a0E (amber-controlled)"


@pytest.mark.parametrize(
    ("distance_m", "reach_m", "said"),
    [(1_240, 10, "1"), (1_260, 10, "1.5"), (9_700, 10, "9.5"), (10_400, 10, "10"), (60_499, 0, "60"),
     (3_400, 700, "3"), (3_400, 3_000, "5"), (3_400, 90_000, "50"), (100, 10, "0.5")],
)  # fmt: skip
def test_no_distance_is_finer_than_the_place_is_known(distance_m: float, reach_m: float, said: str) -> None:
    assert kilometres(distance_m, reach_m) == said
