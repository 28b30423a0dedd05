"""Exhibits: taken in only as what they are, never too long, durable under their digest, and damage is named."""

import os
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truceline.custody.exhibit import HANDING_OUT, MEDIA_TYPES, TextCheck, exhibit_path
from truceline.edges.store.exhibits import Exhibits
from truceline.model.problem import Unusable

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20


def test_what_is_received_is_given_back(tmp_path: Path) -> None:
    exhibits = Exhibits(tmp_path)
    exhibit = exhibits.receive([PNG[:5], PNG[5:100], PNG[100:]], "image/png", sha256(PNG).hexdigest())
    assert (exhibit.sha256, exhibit.size) == (sha256(PNG).hexdigest(), len(PNG))
    assert exhibits.holds(exhibit.sha256)
    assert b"".join(exhibits.read(exhibit.sha256)) == PNG
    assert exhibits.receive([PNG], "image/png") == exhibit, "the same exhibit twice is one exhibit"
    assert exhibits.faults() == ()
    mode = (tmp_path / exhibit_path(exhibit.sha256)).stat().st_mode
    assert mode & 0o333 == 0, "nobody may write or run it"


@pytest.mark.parametrize(
    ("media_type", "data", "why"),
    [
        ("text/html", b"<script>alert(1)</script>", "not taken in"),
        ("image/svg+xml", b"<svg onload='x'/>", "not taken in"),
        ("application/zip", b"PK\x03\x04", "not taken in"),
        ("image/png", b"<html>", "not of type image/png"),
        ("image/jpeg", PNG, "not of type image/jpeg"),
        ("audio/wav", b"RIFF1234AVI ", "not of type audio/wav"),
        ("application/pdf", b"", "empty"),
        ("text/plain", b"a\x00b", "control character 0x00"),
        ("application/json", b'"\xff"', "not UTF-8"),
        ("text/csv", "ä".encode()[:1], "not UTF-8"),
    ],
)
def test_what_is_not_taken_in(tmp_path: Path, media_type: str, data: bytes, why: str) -> None:
    with pytest.raises(Unusable, match=why):
        Exhibits(tmp_path).receive([data], media_type)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_too_long_or_of_another_digest_leaves_nothing(tmp_path: Path) -> None:
    exhibits = Exhibits(tmp_path, most_bytes=1000)
    endless = (b"a" * 100 for _ in iter(int, 1))
    with pytest.raises(Unusable, match="more than 1000 bytes"):
        exhibits.receive(endless, "text/plain")
    with pytest.raises(Unusable, match="another digest"):
        exhibits.receive([b"text"], "text/plain", "0" * 64)

    def breaking() -> Iterator[bytes]:
        yield b"the line goes dead"
        raise ConnectionError

    with pytest.raises(Unusable, match="cannot be written"):
        exhibits.receive(breaking(), "text/plain")
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_damage_and_strangers_are_named(tmp_path: Path) -> None:
    exhibits = Exhibits(tmp_path)
    kept = [exhibits.receive([PNG, bytes([i])], "image/png").sha256 for i in range(3)]
    path = tmp_path / exhibit_path(kept[1])
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / ".coming-1").write_bytes(b"half")
    (tmp_path / kept[0][:2] / ("0" * 64)).symlink_to("/etc/hostname")
    found = {problem.place.file: problem for problem in exhibits.faults()}
    assert set(found) == {exhibit_path(kept[1]), "notes.txt", ".coming-1", f"{kept[0][:2]}/{'0' * 64}"}
    assert not found[".coming-1"].fatal
    with pytest.raises(Unusable, match="damaged"):
        list(exhibits.read(kept[1]))
    with pytest.raises(Unusable, match="cannot be read"):
        list(exhibits.read("1" * 64))


def test_a_damaged_short_exhibit_gives_no_byte(tmp_path: Path) -> None:
    exhibits = Exhibits(tmp_path)
    digest = exhibits.receive([b"short"], "text/plain").sha256
    path = tmp_path / exhibit_path(digest)
    path.chmod(0o644)
    path.write_bytes(b"other")
    parts = exhibits.read(digest)
    with pytest.raises(Unusable, match="damaged"):
        next(parts)


def test_killed_while_receiving_leaves_no_exhibit(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom truceline.edges.store.exhibits import Exhibits\n"
        "def parts():\n    yield b'half of it'\n    os.kill(os.getpid(), signal.SIGKILL)\n"
        "Exhibits(Path(sys.argv[1])).receive(parts(), 'text/plain')\n"
    )
    run = subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=os.environ, check=False)
    assert run.returncode == -9
    assert all(not problem.fatal for problem in Exhibits(tmp_path).faults())


def test_handed_out_as_bytes_to_be_saved() -> None:
    assert HANDING_OUT["Content-Type"] == "application/octet-stream"
    assert HANDING_OUT["Content-Disposition"] == "attachment"
    assert "sandbox" in HANDING_OUT["Content-Security-Policy"]
    assert not {"text/html", "image/svg+xml", "text/xml", "application/zip"} & set(MEDIA_TYPES)


@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"])), cuts=st.lists(st.integers(0, 200), max_size=6))
def test_a_text_in_any_parts_is_a_text(text: str, cuts: list[int]) -> None:
    data = text.encode()
    bounds = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    check = TextCheck("text/plain")
    faults = [check.why_not(data[a:b]) for a, b in pairwise(bounds)]
    assert {*faults, check.why_not(b"", last=True)} == {None}


@given(data=st.binary(max_size=60), cut=st.integers(0, 60))
def test_what_is_no_text_is_found_in_any_parts(data: bytes, cut: int) -> None:
    try:
        whole = data.decode("utf-8")
        good = not any((ord(c) < 32 and c not in "\t\n\r") or ord(c) == 127 for c in whole)
    except UnicodeDecodeError:
        good = False
    check = TextCheck("text/plain")
    faults = {check.why_not(data[:cut]), check.why_not(data[cut:]), check.why_not(b"", last=True)}
    assert (faults == {None}) is good
