"""mission.toml: what it names, and every fault at its line and column."""

import pytest

from truceline.formats.mission_toml import STATUSES, MissionFile, inside, read_mission
from truceline.model.problem import Problem

from .faults import FILE, HUGE, faults

LEAST = {
    "contract": "1",
    "name": '"barrage"',
    "status": '"exercise"',
    "agreement": '"agreement/terms.toml"',
    "network": '"network.geojson"',
    "observations": '["observations.ndjson"]',
}
NUMBER_OF = {key: number for number, key in enumerate(LEAST, start=1)}  # each on its own line


def text(without: str = "", more: str = "", **changes: str) -> bytes:
    table = LEAST | changes
    return ("\n".join(f"{key} = {value}" for key, value in table.items() if key != without) + f"\n{more}").encode()


def read(data: bytes) -> tuple[MissionFile, tuple[Problem, ...]]:
    return read_mission(FILE, data)


def test_a_mission_at_its_least() -> None:
    mission, notes = read(text())
    assert not notes
    assert mission == MissionFile(
        name="barrage",
        status="exercise",
        agreement="agreement/terms.toml",
        network="network.geojson",
        control=(),
        weather=None,
        observations=("observations.ndjson",),
        notices=None,
        claims=None,
        contacts=None,
        known=None,
        places=None,
        interests=(),
    )


def test_a_mission_in_full() -> None:
    mission, notes = read(
        text(
            control='["b.geojson", "a.geojson"]',
            weather='"weather.csv"',
            observations='"one.ndjson"',
            notices='"./deep/../notices.ndjson"',
            claims='"claims.ndjson"',
            contacts='"contacts.ndjson"',
            more='[interests]\nguarantors = ["borea", "aland"]\nalone = ["cordia"]\n',
        )
    )
    assert not notes
    assert (mission.control, mission.observations) == (("b.geojson", "a.geojson"), ("one.ndjson",))
    assert (mission.weather, mission.notices) == ("weather.csv", "notices.ndjson")
    assert (mission.claims, mission.contacts) == ("claims.ndjson", "contacts.ndjson")
    assert mission.interests == (("alone", ("cordia",)), ("guarantors", ("aland", "borea")))


@pytest.mark.parametrize("status", STATUSES)
def test_every_status(status: str) -> None:
    assert read(text(status=f'"{status}"'))[0].status == status


@pytest.mark.parametrize("field", sorted(LEAST))
def test_a_required_key_that_is_missing_is_named(field: str) -> None:
    (problem,) = faults(read_mission, text(without=field))
    assert problem.place.field == field and problem.place.line
    assert f"add '{field}'" == problem.remedy or problem.remedy == "write contract = 1"


@pytest.mark.parametrize("value", ["2", "0", '"1"', "1.0", "true", "[1]", HUGE])
def test_only_contract_1_is_known(value: str) -> None:
    (problem,) = faults(read_mission, text(contract=value))
    assert (problem.place.line, problem.place.column, problem.remedy) == (1, 1, "write contract = 1")


@pytest.mark.parametrize(
    "field", ["name", "status", "agreement", "network", "weather", "notices", "claims", "contacts", "places"]
)
@pytest.mark.parametrize("value", ["3", "true", '["a"]', "{ a = 1 }", '""', '"  "', "2026-03-02T10:00:00Z", "nan"])
def test_a_text_of_another_type_is_told_at_its_line(field: str, value: str) -> None:
    found = faults(read_mission, text(**{field: value}))
    line = NUMBER_OF.get(field, len(LEAST) + 1)
    assert {(one.place.line, one.place.column, one.place.field) for one in found} == {(line, 1, field)}


@pytest.mark.parametrize("field", ["control", "observations"])
@pytest.mark.parametrize("value", ["3", '["a", 3]', '["a", ""]', '[["a"]]', '["a", "a"]', "{ a = 1 }", '""'])
def test_a_list_of_paths_of_another_type_is_told_at_its_line(field: str, value: str) -> None:
    (problem,) = faults(read_mission, text(**{field: value}))
    assert (problem.place.line, problem.place.field) == (NUMBER_OF.get(field, len(LEAST) + 1), field)


def test_a_slip_in_the_status_is_pointed_out() -> None:
    (problem,) = faults(read_mission, text(status='"exercize"'))
    assert "did you mean 'exercise'?" in problem.remedy and problem.place.line == 3


def test_a_key_nobody_reads_is_no_error_and_one_that_looks_like_a_slip_is_noted() -> None:
    mission, notes = read(text(more='wether = "weather.csv"\nsponsor = "nobody"\n'))
    assert mission.weather is None
    (note,) = notes
    assert (note.place.line, note.fatal, note.remedy) == (7, False, "did you mean 'weather'?")


OUTSIDE = [
    "../network.geojson", "a/../../network.geojson", "/etc/passwd", "..", "a\\\\..\\\\..\\\\b", "a\\u0000b", "./..",
    "//host/share", "a/b/../../..",
]  # fmt: skip


@pytest.mark.parametrize("field", ["agreement", "network", "weather", "control", "observations", "notices", "claims"])
@pytest.mark.parametrize("path", OUTSIDE)
def test_a_path_that_leads_outside_is_told_at_its_line(field: str, path: str) -> None:
    (problem,) = faults(read_mission, text(**{field: f'"{path}"'}))
    assert problem.place.field == field and problem.place.line == NUMBER_OF.get(field, len(LEAST) + 1)
    assert "outside the mission folder" in problem.what and "inside" in problem.remedy


@pytest.mark.parametrize("path", ["a", "a/b.c", "..a", "a..b/..c", "a/../b", "./a", "a b/ж.ndjson", "-rf"])
def test_paths_that_stay_inside(path: str) -> None:
    assert inside(path)


@pytest.mark.parametrize(
    ("more", "field", "line"),
    [
        ("interests = 3", "interests", 7),
        ("[interests]\nguarantors = 3", "interests.guarantors", 8),
        ('[interests]\na = ["x"]\nb = ["x", "x"]', "interests.b", 9),
        ("[interests]\na = [3]", "interests.a", 8),
        ('[[interests]]\na = ["x"]', "interests", 7),
    ],
)
def test_interest_groups_that_are_none(more: str, field: str, line: int) -> None:
    (problem,) = faults(read_mission, text(more=more))
    assert (problem.place.field, problem.place.line) == (field, line)


def test_all_faults_are_told_at_once() -> None:
    found = faults(read_mission, text(name="3", status='"war"', network='"../n"', observations="3"))
    assert [one.place.line for one in found] == [2, 3, 5, 6]
