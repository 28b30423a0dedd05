"""Mirror: exchange two parties everywhere, and every finding is exchanged, to the letter."""

import json
import re
from pathlib import Path

import pytest

from missions.folder import Files, Row, concluded, conclusion_of, small
from missions.swapped import features, swap_files, swap_text
from truceline.edges.conclude import RECORDS, Concluded
from truceline.reports.english import ENGLISH

ONE, OTHER = "arvia", "bardo"
ROOTS = re.compile(r"[0-9a-f]{64}")


def crowded() -> Files:
    """The small mission with all that may treat parties differently: a third party, maps that disagree or leave a
    gap, ground of two at once, a suspension, hosts and suppliers, a strange order of parties."""
    files = dict(small())
    terms = files["agreement/terms.toml"].decode()
    start = min(row["time"] for row in map(json.loads, files["observations.ndjson"].splitlines()))
    terms = terms.replace('parties = ["arvia", "bardo"]', 'parties = ["bardo", "corvo", "arvia"]')
    terms = terms.replace('binds = ["arvia", "bardo"]', 'binds = ["corvo", "arvia", "bardo"]')
    terms += f'\n[[suspension]]\nparty = "arvia"\nfrom = {start[:14]}12:00Z\nuntil = {start[:14]}14:00Z\n'
    files["agreement/terms.toml"] = terms.encode()
    files["control.geojson"] = _maps(files["control.geojson"])
    network = json.loads(files["network.geojson"])
    for number, feature in enumerate(network["features"]):
        feature["properties"]["host"] = ("arvia", "bardo", "corvo")[number % 3]
        if number % 4 == 0:
            feature["properties"]["supplied_by"] = ("bardo", "arvia")[number % 8 == 0]
    files["network.geojson"] = json.dumps(network).encode()
    return files


def _maps(data: bytes) -> bytes:
    """A second map whose ground is shifted by half a kilometre, and on which a piece belongs to two at once."""
    table = json.loads(data)
    first: list[Row] = table["features"]
    for feature in first:
        feature["properties"]["source"] = "atlas"
    second = json.loads(json.dumps(first))
    for feature in second:
        feature["properties"] |= {"source": "zeta", "sigma_m": 400}
        feature["geometry"]["coordinates"] = _moved(feature["geometry"]["coordinates"], 0.006)
    corner = [[31.0, 49.0], [31.02, 49.0], [31.02, 49.02], [31.0, 49.0]]
    claimed = json.loads(json.dumps(second[0]))
    claimed["geometry"] = {"type": "Polygon", "coordinates": [corner]}
    claimed["properties"] |= {"party": "corvo"}
    return json.dumps({**table, "features": [*first, *second, claimed]}).encode()


def _moved(coordinates: list[object], lon: float) -> list[object]:
    if isinstance(coordinates[0], float | int):
        return [coordinates[0] + lon, *coordinates[1:]]
    return [_moved(part, lon) for part in coordinates if isinstance(part, list)]


def assert_mirrored(given: Concluded, mirrored: Concluded) -> None:
    """Every record, and both pages, are what exchanging the names back makes of the mirrored ones."""
    for path in RECORDS:
        back = swap_text(mirrored.files[path].decode(), ONE, OTHER).encode()
        assert features(back) == features(given.files[path]), path
    page = swap_text(mirrored.files["public.html"].decode(), ONE, OTHER)
    assert words(page) == words(given.files["public.html"].decode())


def words(page: str) -> list[str]:
    """The words of a page in the order of the alphabet: who comes first in a list hangs on the names."""
    return sorted(re.findall(r"[^\W\d_]{3,}|\d+\.\d+", ROOTS.sub("", page)))


def test_every_finding_swaps_as_written() -> None:
    named = {finding.party for finding in concluded().result.findings}
    assert {ONE, OTHER} <= named, "the mission must name both, or the law would hold of nothing"
    mirrored = conclusion_of(swap_files(small(), ONE, OTHER))
    parties = [finding.party for finding in concluded().result.findings]
    assert [finding.party for finding in mirrored.result.findings] == [
        {ONE: OTHER, OTHER: ONE}.get(party or "", party) for party in parties
    ]
    assert_mirrored(concluded(), mirrored)


@pytest.fixture(scope="module")
def given() -> Concluded:
    return conclusion_of(crowded())


def test_so_it_does_with_three_parties_and_maps_that_disagree(given: Concluded) -> None:
    assert not given.understood.set_aside and len(given.understood.case.maps) == 2
    assert {"undetermined"} < {finding.outcome for finding in given.result.findings}
    assert_mirrored(given, conclusion_of(swap_files(crowded(), ONE, OTHER)))


def test_names_alone_decide_nothing(given: Concluded) -> None:
    """Other names, in another order of the alphabet: the same findings under the new names."""
    renamed = {"arvia": "zzyzx", "bardo": "mmora", "corvo": "aalst"}

    def rename(text: str) -> str:
        return re.sub(r"\b(arvia|bardo|corvo)\b", lambda found: renamed[found[0]], text)

    again = conclusion_of({path: rename(data.decode()).encode() for path, data in crowded().items()})
    for path in RECORDS:
        assert features(again.files[path]) == features(rename(given.files[path].decode()).encode()), path


def test_the_names_are_no_words_of_ours() -> None:
    """Else exchanging them would exchange more than the parties."""
    source = "".join(path.read_text() for path in (Path(__file__).parents[2] / "src").rglob("*.py"))
    for name in (ONE, OTHER, "corvo"):
        assert not re.search(rf"\b{name}\b", source) and name not in ENGLISH.messages.values()
