"""A mistake in WORLD.toml is reported at its line, with what to do; several are reported at once."""

from pathlib import Path

import pytest

from truceline.model.problem import Unusable
from truceline.sim.families import FAMILIES
from truceline.sim.keys import Span, keys_of
from truceline.sim.read_world import read_world
from truceline.sim.reference import reference
from truceline.sim.world import LISTS, SECTIONS

HEAD = 'world = 1\nname = "w"\n'
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "world.md"


def fault_of(text: str) -> str:
    with pytest.raises(Unusable) as unusable:
        read_world("w.toml", text.encode())
    return str(unusable.value)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('name = "w"\n', 1, "write world = 1"),
        ("world = 1\n", 1, "required field 'name' is missing"),
        (HEAD + 'family = "salvo"\n', 3, "did you mean 'salvos'"),
        (HEAD + "[air]\nwind_mp = 3\n", 4, "did you mean 'wind_mps'"),
        (HEAD + "[netwrk]\n", 3, "did you mean 'network'"),
        (HEAD + "[air]\nwind_mps = [5, 2]\n", 4, "give the low end first"),
        (HEAD + "[air]\nwind_mps = [1, 2, 3]\n", 4, "give a number, or [low, high]"),
        (HEAD + "[air]\nwind_mps = [1, 200]\n", 4, "at most 40"),
        (HEAD + '[air]\nwind_mps = "strong"\n', 4, "not a finite number"),
        (HEAD + "[air]\nwind_steps = 1\n", 4, "write true or false"),
        (HEAD + "[network]\narrays = -1\n", 4, "at least 0"),
        (HEAD + "[network]\narrays = 99999\n", 4, "at most 20000"),
        (HEAD + "air = 3\n", 3, "head it with [air]"),
        (HEAD + "lie = 3\n", 3, "head each with [[lie]]"),
        (HEAD + '[[lie]]\nkind = "silent"\n[[lie]]\nkind = "mirored"\n', 6, "did you mean 'mirrored'"),
        (HEAD + '[[lie]]\nproviders = ["zembla"]\n', 4, "name providers of the network"),
        (HEAD + "[[lie]]\nliars = 4\n[[lie]]\nliars = 4\n", 3, "let fewer lie"),
        (HEAD + "[[lie]]\nfavours = 2\n", 3, "from 0 to 1"),
        (HEAD + '[[deception]]\nkind = "staged"\nparty = 3\n', 3, "from 0 to 1"),
        (HEAD + "[[map]]\n[[map]]\n", 3, "give each mapper its own name"),
        (HEAD + '[parties]\nnames = ["a"]\n', 4, "name two or more"),
        (HEAD + '[period]\nfirst_day = "May"\n', 4, "write it like 2026-03-02"),
        (HEAD + '[period]\nfirst_day = "9999-01-01"\n', 4, "from 1971 to 2200"),
        (
            HEAD + "[network]\narrays = 0\nposts = 0\nmicrophones = 0\nseismic = 0\ncameras = 0\npatrols = 0\n"
            "satellites = 0\n",
            3,
            "no sensor",
        ),
        (HEAD + "[network]\nproviders = []\n", 4, "name one or more"),
        (HEAD + "[fire]\nweapons = []\n", 4, "name one or more"),
        (HEAD + "[place]\nlon_deg = 179\n", 4, "antimeridian"),
        (HEAD + '[network]\nlayout = "scenes"\n', 4, 'set network.layout and fire.plan to "scenes"'),
        (HEAD + 'family = "few-arrays"\n[fire]\nevents = 5000\n', 5, "do not fit"),
        (HEAD + '[fire]\nweapons = ["bow"]\n', 4, "use one of"),
        (HEAD + "[air]\nwind_mps = \n", 4, "mend the TOML"),
    ],
)
def test_a_mistake_is_reported_at_its_line_with_a_remedy(text: str, line: int, says: str) -> None:
    said = fault_of(text)
    assert f"w.toml:{line}" in said
    assert says in said


def test_all_mistakes_are_reported_at_once() -> None:
    said = fault_of(HEAD + "[air]\nwind_mps = -1\n[network]\narays = 3\n[[map]]\nkind = 4\n")
    assert said.count("w.toml:") == 3


def test_a_file_overrides_its_family_and_a_family_the_defaults() -> None:
    plain, thin = (read_world("w", (HEAD + text).encode()) for text in ("", 'family = "thin"\n'))
    own = read_world("w", (HEAD + 'family = "thin"\n[network]\narrays = 99\n').encode())
    assert (plain.network.arrays, thin.network.arrays, own.network.arrays) == (60, 14, 99)
    assert own.network.microphones == thin.network.microphones == 10
    assert thin.hearing.factor == Span(1.0, 1.5)


def test_every_family_sets_known_keys_to_other_than_their_defaults() -> None:
    for name, (_, tables) in FAMILIES.items():
        world = read_world("w", (HEAD + f'family = "{name}"\n').encode())
        for section, table in tables.items():
            if section in SECTIONS:
                assert set(table) <= set(keys_of(SECTIONS[section]))
        assert world.family == name


def test_the_reference_page_is_what_the_code_says() -> None:
    """Write it anew with: truceline sim --keys > docs/reference/world.md"""
    assert PAGE.read_text() == reference()


def test_the_reference_names_every_key_with_its_default() -> None:
    page = reference()
    for section in [*SECTIONS.values(), *(section for _, section in LISTS.values())]:
        for name in keys_of(section):
            assert f"| `{name}` |" in page
