"""What would change a finding stays with the mission: it tells a party where nobody is looking, and until when."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from truceline.edges.dossier.make import Maker
from truceline.edges.dossier.verify import read_dossier
from truceline.edges.wiring import plugins

from .small_result import small_result
from .test_release import LATER, Office

AUDIENCES = ("public", "party:Aurel", "party:Brenn")


def further(files: Mapping[str, bytes]) -> list[dict[str, str]]:
    """What would change a finding of the small mission, as it is written."""
    found = [json.loads(line)["properties"] for line in files["further.geojsonl"].splitlines()]
    assert found, "a mission of which nothing further is said would show nothing here"
    return found


def told(files: Mapping[str, bytes], payload: Mapping[str, bytes]) -> Iterator[str]:
    """Whatever of it can be read in some files: its file, its sentences and each half of them, its lines."""
    lines = files["further.geojsonl"].splitlines()
    halves = [half for one in further(files) for half in (one["words"], *one["words"].split(": "))]
    secrets = [b"further.geojsonl", *lines, *(words.strip(" .").encode() for words in halves)]
    for path, data in payload.items():
        yield from (f"{secret!r} in {path}" for secret in secrets if secret in data)
        if "further" in path:
            yield path


def test_the_search_finds_it_where_the_mission_itself_reads_it() -> None:
    files = small_result()
    own = {path: files[path] for path in ("further.geojsonl", "report.html", "manifest.json")}
    assert {line.split(" in ")[-1] for line in told(files, own)} == set(own)


def test_the_public_page_says_nothing_of_what_would_change_a_finding() -> None:
    files = small_result()
    assert list(told(files, {"public.html": files["public.html"]})) == []


@pytest.mark.parametrize("sees_sensors", ["", "party:Brenn"])
def test_no_edition_for_the_public_or_a_party_says_anything_of_it(tmp_path: Path, sees_sensors: str) -> None:
    """Not even one for a party that may see every sensor."""
    office = Office(tmp_path, sees_sensors)
    for to in AUDIENCES:
        payload, problems = read_dossier(office.released(to, as_of_us=LATER).data)
        assert problems == () and payload
        assert list(told(office.files, payload)) == [], to


def test_no_dossier_says_anything_of_it(tmp_path: Path) -> None:
    """Of no finding, sealed or not; a dossier goes to whoever the mission gives it to."""
    office = Office(tmp_path)
    for seal in (None, office.folder / "seal"):
        maker = Maker(office.files, seal, None)
        for finding in maker.findings:
            made = maker.make(finding, plugins(), map, lambda what: None, whole=True)
            payload, problems = read_dossier(made.data)
            assert problems == () and payload
            assert list(told(office.files, payload)) == [], finding
