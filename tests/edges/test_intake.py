"""What is used, what is set aside and why, and that nothing hangs on the order in which lines came."""

from collections.abc import Callable
from random import Random

import pytest

from missions.folder import Files, Row, joined, rows, small, understood
from truceline.edges.inputs import lines_of
from truceline.edges.intake import MOST_STRANGE, Understood, counted
from truceline.model.observation import Damage, Inspection, Restriction, Track
from truceline.model.problem import Problem, Unusable

OBSERVATIONS, NOTICES, CLAIMS, CONTACTS = "observations.ndjson", "notices.ndjson", "claims.ndjson", "contacts.ndjson"
TERMS = "agreement/terms.toml"


def with_lines(file: str, change: Callable[[list[Row]], list[Row]]) -> Understood:
    """The small mission with one file's objects changed."""
    return understood({**small(), file: joined(change(rows(small()[file])))})


def reasons(found: Understood) -> list[tuple[str, int, str]]:
    return [(one.file, one.line, one.reason) for one in found.set_aside]


def refused(files: Files) -> tuple[Problem, ...]:
    with pytest.raises(Unusable) as caught:
        understood(files)
    return caught.value.problems


def replaced(file: str, old: str, new: str) -> Files:
    data = small()[file]
    assert old.encode() in data, old
    return {**small(), file: data.replace(old.encode(), new.encode())}


def test_a_sound_mission_is_used_whole() -> None:
    found = understood(small())
    case = found.case
    assert found.set_aside == () and found.notes == ()
    assert (case.name, case.status, case.agreement.parties) == ("small", "exercise", ("arvia", "bardo"))
    assert [len(case.notices), len(case.claims), len(case.contacts)] == [
        len(rows(small()[file])) for file in (NOTICES, CLAIMS, CONTACTS)
    ]
    assert len(case.observations) == len(rows(small()[OBSERVATIONS]))
    assert {Track, Inspection, Restriction, Damage} <= {type(seen) for seen in case.observations}
    assert case.interests == (("guarantors", ("aland", "borea")), ("neighbours", ("cordia",)))
    assert len(case.maps) == 1 and len(case.weather) == len(small()["weather.csv"].splitlines()) - 1


def test_every_input_is_logged_once_and_in_an_order_of_its_own() -> None:
    found = understood(small())
    entries = [entry for entry, _ in found.logged]
    assert len({(entry.kind, entry.id) for entry in entries}) == len(entries)
    kinds = [entry.kind for entry in entries]
    assert kinds[:7] == ["code", "mission", "agreement", "areas", "network", "control", "weather"]
    assert sorted(set(kinds[7:]), key=kinds.index) == ["notice", "claim", "contact", "observation"]
    logged = [entry.id for entry in entries if entry.kind == "observation"]
    assert logged == [seen.id for seen in found.case.observations]
    assert [(seen.received_us, seen.id) for seen in found.case.observations] == sorted(
        (seen.received_us, seen.id) for seen in found.case.observations
    )
    data = {line for file in (OBSERVATIONS, NOTICES, CLAIMS, CONTACTS) for line in small()[file].splitlines()}
    assert {
        bytes_ for entry, bytes_ in found.logged if entry.kind in ("observation", "notice", "claim", "contact")
    } == data


@pytest.mark.parametrize("file", [OBSERVATIONS, NOTICES, CLAIMS, CONTACTS])
def test_shuffled_and_repeated_lines_are_the_same_mission(file: str) -> None:
    chance = Random(7)
    first = understood(small())
    for _ in range(3):
        lines = small()[file].splitlines(keepends=True)
        lines += chance.sample(lines, len(lines) // 2)
        chance.shuffle(lines)
        again = understood({**small(), file: b"".join(lines)})
        assert again.case == first.case and again.logged == first.logged
        assert again.set_aside == ()


def test_lines_over_several_files_are_one_stream() -> None:
    lines = small()[OBSERVATIONS].splitlines(keepends=True)
    files = {
        **replaced("mission.toml", '["observations.ndjson"]', '["b.ndjson", "a.ndjson"]'),
        "b.ndjson": b"".join(lines[::2]),
        "a.ndjson": b"".join(lines[1::2] + lines[:10]),
    }
    assert understood(files).case == understood(small()).case


def test_empty_lines_and_the_ends_of_lines_of_another_system_are_nothing() -> None:
    data = b"\r\n \n\t\n".join(small()[CONTACTS].splitlines()) + b"\r\n\n\n"
    found = understood({**small(), CONTACTS: data})
    assert found.case.contacts == understood(small()).case.contacts and not found.set_aside


@pytest.mark.parametrize("turned", [False, True])
def test_the_same_id_with_other_content_keeps_what_was_received_first(turned: bool) -> None:
    def change(some: list[Row]) -> list[Row]:
        early = some[20] | {"received": "2026-03-01T00:00:00Z", "snr_db": 1.0}
        return [early, *some] if turned else [*some, early]

    found = with_lines(OBSERVATIONS, change)
    row = rows(small()[OBSERVATIONS])[20]
    (kept,) = [seen for seen in found.case.observations if seen.id == row["id"]]
    assert kept.snr_db == 1.0
    ((file, line, reason),) = reasons(found)
    assert (file, line) == (OBSERVATIONS, 22 if turned else 21)
    assert reason == f"id: {row['id']!r} came before with other content; the line received first is kept"


@pytest.mark.parametrize("turned", [False, True])
def test_of_those_received_alike_chance_does_not_choose(turned: bool) -> None:
    def change(some: list[Row]) -> list[Row]:
        other = some[20] | {"snr_db": 77.0}
        return [other, *some] if turned else [*some, other]

    kept = {seen.id: seen for seen in with_lines(OBSERVATIONS, change).case.observations}
    again = {seen.id: seen for seen in with_lines(OBSERVATIONS, lambda some: change(some)[::-1]).case.observations}
    assert kept == again


@pytest.mark.parametrize(
    ("file", "change", "reason"),
    [
        (OBSERVATIONS, {"sensor": "nobody"}, "sensor: 'nobody' is not in the network; mend the id, or add"),
        (OBSERVATIONS, {"time": "late"}, "time: 'late' is not RFC 3339 UTC"),
        (OBSERVATIONS, {"time_sigma_s": -1}, "time_sigma_s: Expected `float` >= 0.0"),
        (NOTICES, {"party": "arvja"}, "party: 'arvja' is no party of the agreement; did you mean 'arvia'?"),
        (NOTICES, {"activity": "demoliton"}, "activity: 'demoliton' is no class; did you mean 'demolition'?"),
        (NOTICES, {"lon": 200}, "'lon' is 200 (give a number at least -180 and at most 180)"),
        (CLAIMS, {"party": "corvo"}, "party: 'corvo' is no party of the agreement; use one of: arvia, bardo"),
        (CLAIMS, {"class": "impcat"}, "class: 'impcat' is no class; did you mean 'impact'?"),
        (CONTACTS, {"kind": "refusl"}, "'kind' is 'refusl' (did you mean 'refusal'?"),
    ],
)
def test_a_line_that_cannot_be_used_is_set_aside_with_its_reason_and_the_rest_goes_on(
    file: str, change: Row, reason: str
) -> None:
    found = with_lines(file, lambda some: [some[0] | change, *some[1:]])
    ((where, line, why),) = reasons(found)
    assert (where, line) == (file, 1) and why.startswith(reason)
    whole = understood(small()).case
    for name in ("observations", "notices", "claims", "contacts"):
        lost = 1 if file == f"{name}.ndjson" else 0
        assert len(getattr(found.case, name)) == len(getattr(whole, name)) - lost


def test_a_party_may_speak_of_what_is_no_class() -> None:
    found = with_lines(NOTICES, lambda some: [some[0] | {"activity": "parade"}, *some[1:]])
    assert found.set_aside == () and found.case.notices[0].activity == "parade"


def test_lines_set_aside_are_logged_as_received_and_counted_by_reason() -> None:
    data = b'not json\n{"id": 3}\n' + small()[OBSERVATIONS] + b"\xff\xfe\n[]\n"
    found = understood({**small(), OBSERVATIONS: data})
    count = len(data.splitlines())
    assert [line for _, line, _ in reasons(found)] == [1, 2, count - 1, count]
    logged = {entry.id: bytes_ for entry, bytes_ in found.logged if entry.kind == "set_aside"}
    assert logged == {
        f"{OBSERVATIONS}:1": b"not json",
        f"{OBSERVATIONS}:2": b'{"id": 3}',
        f"{OBSERVATIONS}:{count - 1}": b"\xff\xfe",
        f"{OBSERVATIONS}:{count}": b"[]",
    }
    assert sum(number for _, number in counted(found.set_aside)) == 4
    assert found.case == understood(small()).case


def test_counts_leave_out_what_differs_from_line_to_line() -> None:
    def change(some: list[Row]) -> list[Row]:
        strangers = [some[i] | {"id": f"x{i}", "sensor": f"nobody-{i}"} for i in range(5)]
        doubles = [some[i] | {"snr_db": -99.0 - i, "received": "2030-01-01T00:00:00Z"} for i in range(3)]
        return [*some, *strangers, *doubles]

    counts = counted(with_lines(OBSERVATIONS, change).set_aside)
    assert counts[0] == ("sensor: not in the network", 5)
    assert sum(number for _, number in counts) == 8


def test_weather_that_cannot_be_used_is_noted_and_left_out() -> None:
    lines = small()["weather.csv"].splitlines(keepends=True)
    found = understood({**small(), "weather.csv": b"".join([*lines, b"soon,1,2,3,4,5,6,7\n"])})
    assert found.case.weather == understood(small()).case.weather
    (note,) = found.notes
    assert (note.place.file, note.place.line, note.place.field) == ("weather.csv", len(lines) + 1, "time")
    assert not note.fatal


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        ("mission.toml", 'status = "exercise"', 'status = "war"', "status"),
        (TERMS, 'kind = "no_fire"', 'kind = "no_fires"', "kind"),
        (TERMS, 'area = "ceasefire-area"', 'area = "ceasefire-aera"', "area"),
        (TERMS, 'parties = ["arvia", "bardo"]', "parties = 7", "parties"),
        ("network.geojson", '"provider"', '"provder"', "provider"),
        ("control.geojson", '"sigma_m"', '"sigma"', "sigma_m"),
        ("agreement/areas.geojson", '"id"', '"ident"', "id"),
        ("weather.csv", "time,", "when,", "header"),
        ("mission.toml", '"cordia"', '"cordai"', "interest group 'neighbours' names 'cordai'"),
    ],
)
def test_what_must_be_understood_stops_a_run_with_its_place(file: str, old: str, new: str, what: str) -> None:
    problems = refused(replaced(file, old, new))
    assert all(one.place.file == file and one.remedy for one in problems)
    assert any(what in one.what for one in problems)


def test_faults_of_several_files_are_told_at_once() -> None:
    files = {**small(), "network.geojson": b"{}", "control.geojson": b"[]", TERMS: b"x = 1\n", "weather.csv": b""}
    assert {one.place.file for one in refused(files)} == {"network.geojson", "control.geojson", TERMS, "weather.csv"}


def test_a_label_that_is_no_class_is_noted_at_its_first_line_since_no_provision_knows_it() -> None:
    def misspelt(some: list[Row]) -> list[Row]:
        return [
            row | {"labels": {"outgoin": 0.9, "impact": 0.1}} if number in (2, 4, 5) else row
            for number, row in enumerate(some)
        ]

    found = with_lines(OBSERVATIONS, misspelt)
    (note,) = found.notes
    assert (note.place.file, note.place.line, note.place.field, note.fatal) == (OBSERVATIONS, 3, "labels", False)
    assert note.what == "label 'outgoin' is no class, in 3 lines: no provision knows it"
    assert note.remedy.startswith("did you mean 'outgoing'?") and found.set_aside == ()


def test_arrivals_told_again_under_other_ids_are_counted_and_the_first_is_named() -> None:
    def again(some: list[Row]) -> list[Row]:
        arrivals = [row for row in some if row["kind"] == "arrival"]
        return [*some, *(row | {"id": f"{row['id']}-again"} for row in arrivals[:2])]

    plain, found = with_lines(OBSERVATIONS, lambda some: some), with_lines(OBSERVATIONS, again)
    assert plain.notes == () and found.set_aside == ()
    (note,) = found.notes
    assert note.what.startswith("2 arrivals and bearings stand a second time") and not note.fatal
    assert note.remedy and note.place.field == "id"
    assert len(found.case.observations) == len(plain.case.observations) + 2, "kept and logged all the same"


def test_many_labels_that_are_no_class_are_told_in_a_few_lines() -> None:
    found = with_lines(
        OBSERVATIONS, lambda some: [row | {"labels": {f"bang-{number}": 1.0}} for number, row in enumerate(some)]
    )
    assert len(found.notes) == MOST_STRANGE + 1
    assert sum("more labels are no class" in note.what for note in found.notes) == 1


def test_a_holder_who_is_no_party_may_be_a_slip_of_the_pen_and_is_noted() -> None:
    found = understood(replaced("control.geojson", '"party":"arvia"', '"party":"arvja"'))
    assert [(note.place.file, note.fatal) for note in found.notes] == [("control.geojson", False)]
    assert "'arvja'" in found.notes[0].what and "did you mean 'arvia'?" in found.notes[0].remedy


def test_mappers_of_one_name_in_two_files_are_one() -> None:
    files = {**replaced("mission.toml", '"control.geojson"', '["control.geojson", "more.geojson"]')}
    files["more.geojson"] = small()["control.geojson"]
    maps = understood(files).case.maps
    named = replaced("control.geojson", '"sigma_m"', '"source": "atlas", "sigma_m"')["control.geojson"]
    joint = understood({**files, "control.geojson": named, "more.geojson": named}).case.maps
    assert len(maps) == 2 and [one.mapper for one in joint] == ["atlas"]
    assert len(joint[0].areas) == 2 * len(maps[0].areas)


def test_a_mission_may_have_heard_nothing_yet() -> None:
    found = understood({**small(), OBSERVATIONS: b"", NOTICES: b"\n", CLAIMS: b"", CONTACTS: b""})
    assert found.case.observations == () and found.set_aside == ()


def test_lines_are_numbered_as_editors_number_them() -> None:
    lines = list(lines_of("claim", "c", b"a\n\n b\r\nc"))
    assert [(one.number, one.data) for one in lines] == [(1, b"a"), (3, b" b\r"), (4, b"c")]
