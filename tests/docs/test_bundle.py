"""What is shipped to operate by: the bundle's packages are the lock's, unit and container file stay closed."""

import re
import runpy
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from .pages import ROOT

BUNDLE = runpy.run_path(str(ROOT / "scripts" / "bundle.py"))
DEPLOY = ROOT / "deploy"
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
UNIT = (DEPLOY / "truceline.service").read_text("utf-8")
CONTAINER = (DEPLOY / "Containerfile").read_text("utf-8")


def test_the_bundle_has_what_serving_needs_with_hashes_and_nothing_of_development() -> None:
    names = BUNDLE["closure"](BUNDLE["wanted"]())
    assert {"fastapi", "uvicorn", "starlette", "webauthn", "numpy", "shapely", "typst", "cffi"} <= names
    assert not {"pytest", "mypy", "ruff", "playwright", "hypothesis", "hatchling", "psycopg"} & names
    text = BUNDLE["locked"](names, LOCK)
    pinned = re.findall(
        r"^([a-z0-9-]+)==\S+(?: ; .*)? \\\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)+)", text, re.MULTILINE
    )
    assert {name for name, _ in pinned} == names
    with pytest.raises(ValueError, match="no-such-package"):
        BUNDLE["locked"]({"no-such-package"}, LOCK)


def test_an_archive_is_the_same_twice_and_holds_no_time_and_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    (folder / "wheels").mkdir(parents=True)
    (folder / "wheels" / "b").write_bytes(b"b")
    (folder / "a").write_bytes(b"a")
    BUNDLE["pack"](folder, tmp_path / "one.tar")
    (folder / "a").touch()
    BUNDLE["pack"](folder, tmp_path / "two.tar")
    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "two.tar").read_bytes()
    with tarfile.open(tmp_path / "one.tar") as archive:
        assert [(one.name, one.mtime, one.uid, one.uname) for one in archive.getmembers()] == [
            ("bundle/a", 0, 0, ""), ("bundle/wheels/b", 0, 0, ""),
        ]  # fmt: skip


def test_every_file_of_the_bundle_is_there() -> None:
    assert [path for path in BUNDLE["WITH"] if not (ROOT / path).is_file()] == []


def install(folder: Path, to: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["sh", str(folder / "install.sh"), str(to)], capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHON": sys.executable},
    )  # fmt: skip


def test_a_bundle_that_is_not_whole_or_for_another_machine_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "install.sh").write_bytes((DEPLOY / "install.sh").read_bytes())
    (folder / "MADE_FOR").write_text("2.7 pdp11\n")
    (folder / "SHA256SUMS").write_text(f"{'0' * 64}  MADE_FOR\n")
    changed = install(folder, tmp_path / "to")
    assert (changed.returncode, "not whole" in changed.stderr) == (1, True)
    (folder / "SHA256SUMS").write_text(
        subprocess.run(["sha256sum", "MADE_FOR"], cwd=folder, capture_output=True, text=True, check=True).stdout
    )
    other = install(folder, tmp_path / "to")
    assert (other.returncode, "2.7 pdp11" in other.stderr) == (1, True)
    assert not (tmp_path / "to").exists()


def settings(unit: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in unit.splitlines() if "=" in line and not line.startswith("#"))


def test_the_unit_is_closed_and_starts_only_what_is_fit() -> None:
    said = settings(UNIT)
    for key in (
        "NoNewPrivileges", "PrivateTmp", "PrivateDevices", "PrivateUsers", "ProtectClock", "ProtectKernelTunables",
        "ProtectKernelModules", "ProtectControlGroups", "RestrictNamespaces", "RestrictSUIDSGID",
    ):  # fmt: skip
        assert said[key] == "yes", key
    assert (said["CapabilityBoundingSet"], said["ProtectSystem"], said["UMask"]) == ("", "strict", "0077")
    assert said["User"] not in ("", "root")
    assert " doctor " in said["ExecStartPre"]
    assert "/var/lib/truceline" in said["ExecStart"]


def test_the_container_is_not_root_fetches_nothing_and_names_no_registry() -> None:
    lines = [line for line in CONTAINER.splitlines() if line and not line.startswith("#")]
    words = " ".join(lines)
    assert [line for line in lines if line.startswith("USER")][-1] != "USER root"
    assert lines.index(next(line for line in lines if line.startswith("USER"))) < lines.index(
        next(line for line in lines if line.startswith("ENTRYPOINT"))
    )
    assert not re.search(r"pip install|apt|curl|wget|ADD |https?://", words)
    base = next(line for line in lines if line.startswith("ARG BASE="))
    assert "/" not in base and "." not in base.partition(":")[0]
    assert "--read-only" in CONTAINER
