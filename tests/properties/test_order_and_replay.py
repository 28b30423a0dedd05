"""Order: the order of lines, and how often one stands, changes no byte. Replay: nor does running again."""

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

import truceline
from missions.folder import (
    LINES,
    Files,
    concluded,
    conclusion_of,
    joined,
    rows,
    slight,
    slightly_concluded,
    small,
    write,
)
from missions.swapped import features
from truceline.edges.conclude import RECORDS
from truceline.edges.out_folder import read_folder_files

PACKAGE = str(Path(truceline.__file__).parents[1])


def shuffled(files: Files, seed: int) -> Files:
    """All lines in another order, some of them twice or thrice, with the ends of lines of any system kept."""
    chance = Random(seed)
    changed = dict(files)
    for path in LINES:
        lines = files[path].splitlines()
        lines += chance.choices(lines, k=len(lines) // 2)
        chance.shuffle(lines)
        changed[path] = b"\n".join([b"", *lines] if seed % 2 else lines) + b"\n" * (seed % 3)
    assert all(changed[path] != files[path] for path in LINES if len(rows(files[path])) > 2)
    return changed


def differing(one: Files, other: Files) -> list[str]:
    return sorted(path for path in {*one, *other} if one.get(path) != other.get(path))


@pytest.mark.parametrize("seed", range(3))
def test_lines_in_another_order_and_repeated_give_the_same_bytes(seed: int) -> None:
    assert differing(conclusion_of(shuffled(slight(), seed)).files, slightly_concluded().files) == []


def test_so_do_they_where_parties_are_named_and_all_is_recomputed_without_each_provider() -> None:
    assert {"attributed", "undetermined"} <= {finding.outcome for finding in concluded().result.findings}
    assert differing(conclusion_of(shuffled(small(), 4)).files, concluded().files) == []


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10, 40))
def test_in_every_order(seed: int) -> None:
    assert differing(conclusion_of(shuffled(small(), seed)).files, concluded().files) == []


def test_features_of_the_given_files_in_another_order_give_the_same_conclusions() -> None:
    """These files are inputs as they stand, so their digests differ; what follows does not."""
    chance = Random(5)
    files = dict(slight())
    for path in ("network.geojson", "control.geojson", "agreement/areas.geojson"):
        table = json.loads(files[path])
        chance.shuffle(table["features"])
        files[path] = json.dumps(table).encode()
    head, *lines = files["weather.csv"].splitlines()
    files["weather.csv"] = b"\n".join([head, *lines[::-1], lines[0], b""])
    again = conclusion_of(files).files
    for path in RECORDS:
        assert features(again[path]) == features(slightly_concluded().files[path]), path


def test_lines_that_cannot_be_used_change_no_conclusion_wherever_they_stand() -> None:
    chance = Random(6)
    lines = slight()["observations.ndjson"].splitlines()
    bad = [b"torn", b"{}", b'{"id": "x"}', joined([rows(lines[9])[0] | {"sensor": "nobody"}]).strip()]
    late = [joined([rows(line)[0] | {"received": "2199-01-01T00:00:00Z", "snr_db": 1.5}]).strip() for line in lines[:9]]
    for _ in range(2):
        mixed = [*lines, *bad, *late]
        chance.shuffle(mixed)
        again = conclusion_of({**slight(), "observations.ndjson": b"\n".join(mixed)})
        assert len(again.understood.set_aside) == len(bad) + len(late)
        for path in RECORDS:
            assert features(again.files[path]) == features(slightly_concluded().files[path]), path


def test_another_process_with_other_hashes_and_two_workers_gives_the_same_bytes(tmp_path: Path) -> None:
    code = "import sys; from truceline.edges.cli.main import main; sys.exit(main(sys.argv[1:]))"
    folder, out = write(small(), tmp_path / "elsewhere" / "mission"), tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-c", code, "run", str(folder), "--out", str(out), "--jobs", "2", "--quiet"],
        env={**os.environ, "PYTHONHASHSEED": "271828", "TZ": "Asia/Kathmandu", "LC_ALL": "C", "PYTHONPATH": PACKAGE},
        check=False, capture_output=True, cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert differing(read_folder_files(out), concluded().files) == []


def test_nothing_of_this_machine_stands_in_a_result() -> None:
    here = {str(Path.home()), str(Path.cwd()), str(Path(__file__).parents[2]), os.uname().nodename}
    for path, data in concluded().files.items():
        assert not [word for word in here if len(word) > 6 and word.encode() in data], path
