"""What observers write of weapons, and whether it is what a text means."""

import pytest

from truceline.model.agreement import Definition, NamedWeapon
from truceline.terms.weapons import by_name, matches, weapon


@pytest.mark.parametrize(("said", "type_", "calibre", "name"), [
    ("assessed as 82mm mortar", "mortar", 82.0, None),
    ("undetermined weapon", None, None, None),
    ("tank (T-64BV)", "tank", 125.0, "T-64"),
    ("two 122 mm self-propelled howitzers (2S1 Gvozdika)", "artillery", 122.0, "2S1"),
    ("2S19", "artillery", 152.0, "2S19"),
    ("multiple launch rocket system (BM-21 Grad)", "rocket_launcher", 122.0, "Grad"),
    ("Tochka-U", "tactical_missile", 650.0, "Tochka"),
    ("ZSU-23-4", "anti_aircraft_gun", 23.0, "ZSU-23-4"),
    ("probable anti-tank guided missile", "anti_tank_missile", None, None),
    ("mortar, 82mm or 120mm", "mortar", None, None),
    ("anti-tank", None, None, None),
    ("3 armed persons in military-type clothing", "personnel", None, None),
])  # fmt: skip
def test_words_of_the_field_are_read(said: str, type_: str | None, calibre: float | None, name: str | None) -> None:
    found = weapon(said)
    assert (found.type_, found.calibre_mm, found.name) == (type_, calibre, name)


HEAVY = Definition(
    id="heavy",
    article="1",
    text="",
    types=("artillery", "mortar"),
    calibre_least_mm=100.0,
    named=(by_name(())["Tochka"],),
)


@pytest.mark.parametrize(("said", "match"), [
    ("100mm gun (artillery)", "yes"),
    ("99.9mm howitzer", "no"),
    ("howitzer", "open"),
    ("120mm", "open"),
    ("82mm", "no"),
    ("Tochka", "yes"),
    ("ballistic missile", "open"),
    ("Iskander", "no"),
    ("tank (T-72)", "no"),
    ("undetermined weapon", "open"),
])  # fmt: skip
def test_what_is_not_said_is_open(said: str, match: str) -> None:
    assert matches([HEAVY], weapon(said)) == match


def test_a_name_of_the_agreement_s_own_comes_before_a_known_one() -> None:
    own = NamedWeapon(name="Grad", type_="mortar", calibre_mm=240.0)
    assert weapon("Grad", (own,)).type_ == "mortar"
    assert by_name((own,))["Grad"] is own
