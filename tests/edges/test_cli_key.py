"""Keys from the command line: shared among officers, followed by others, revoked; and what verifying makes of it."""

import json
from pathlib import Path

import pytest

from truceline.custody.seal import standing
from truceline.custody.tlog_proof import read_tlog_proof
from truceline.edges.cli.key import in_time
from truceline.edges.cli.main import main
from truceline.edges.cli.seal import open_policy
from truceline.edges.keys import check_ed25519
from truceline.edges.store.sqlite import SqliteStore

from .small_result import small_result


def new(folder: Path, kind: str, name: str, file: str) -> str:
    assert main(["key", "new", kind, name, str(folder / file)]) == 0
    return (folder / f"{file}.vkey").read_text().strip()


def test_five_officers_any_three_of_whom_open_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = new(tmp_path, "log", "log.example", "k")
    data = (tmp_path / "k").read_bytes()
    shares = str(tmp_path / "shares")
    assert main(["key", "split", str(tmp_path / "k"), "--need", "3", "--count", "5", "--to", shares]) == 0
    assert all((tmp_path / "shares" / str(n)).stat().st_mode & 0o077 == 0 for n in range(1, 6))
    (tmp_path / "k").unlink()
    chosen = [f"{shares}/{n}" for n in (5, 1, 4)]
    assert main(["key", "join", str(tmp_path / "k"), *chosen[:2]]) == 1
    assert "too few" in capsys.readouterr().err
    assert main(["key", "join", str(tmp_path / "k"), *chosen]) == 0
    assert (tmp_path / "k").read_bytes() == data and key in capsys.readouterr().out
    assert main(["key", "join", str(tmp_path / "k"), *chosen]) == 1
    Path(chosen[0]).write_text(Path(chosen[0]).read_text().replace("need 3", "need 2"))
    assert main(["key", "join", str(tmp_path / "l"), *chosen]) == 1
    assert "copied wrongly" in capsys.readouterr().err
    assert main(["key", "split", str(tmp_path / "k"), "--need", "1", "--count", "5", "--to", str(tmp_path / "z")]) == 1


def sealed(folder: Path) -> None:
    """A result sealed with the key `old`, witnessed by nobody."""
    vkey = new(folder, "log", "log.example", "old")
    (folder / "policy").write_text(f"log {vkey}\nquorum none\n")
    for name, data in small_result().items():
        (folder / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "out" / name).write_bytes(data)
    seal(folder, "old")


def seal(folder: Path, key: str) -> None:
    options = ["--register", str(folder / "register"), "--key", str(folder / key), "--policy", str(folder / "policy")]
    assert main(["seal", str(folder / "out"), *options, "--status", "test"]) == 0


def good(folder: Path, *succession: str) -> bool:
    """Whether the seal is good by the first policy, with these statements."""
    policy, _ = open_policy(folder / "first-policy")
    policy = in_time(policy, [str(folder / one) for one in succession], str(folder / "officers"))
    statement = (folder / "out.seal" / "result.json").read_bytes()
    proof = read_tlog_proof((folder / "out.seal" / "proof.tlog-proof").read_bytes())
    return standing(statement, proof, policy, check_ed25519).good


def test_a_key_follows_another_and_is_revoked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sealed(tmp_path)
    (tmp_path / "first-policy").write_bytes((tmp_path / "policy").read_bytes())
    officers = [(n, nation, new(tmp_path, "officer", f"{n}.example", n)) for n, nation in (("ada", "a"), ("ben", "b"))]
    (tmp_path / "officers").write_text("".join(f"officer {' '.join(one)}\n" for one in officers))
    follower = new(tmp_path, "log", "log.example", "new")
    stranger = new(tmp_path, "log", "other.example", "stranger")
    assert stranger
    register = ["--register", str(tmp_path / "register")]
    rotate = ["key", "rotate", str(tmp_path / "old"), str(tmp_path / "new"), str(tmp_path / "rotation"), *register]
    assert main(rotate) == 0
    assert main(["key", "rotate", str(tmp_path / "old"), str(tmp_path / "stranger"), str(tmp_path / "x")]) == 1
    (tmp_path / "policy").write_text(f"log {follower}\nquorum none\n")
    (tmp_path / "new.signed").write_bytes((tmp_path / "old.signed").read_bytes())
    seal(tmp_path, "new")
    assert not good(tmp_path), "the new key is not in the first policy"
    assert good(tmp_path, "rotation"), "but follows from it"
    assert (
        main(["key", "revoke", str(tmp_path / "new.vkey"), str(tmp_path / "gone"), "--key", str(tmp_path / "new")]) == 0
    )
    assert not good(tmp_path, "rotation", "gone")
    assert main(["key", "revoke", str(tmp_path / "old.vkey"), str(tmp_path / "gone-2")]) == 0
    for officer in ("ada", "ben"):
        assert main(["permit", "sign", str(tmp_path / "gone-2"), "--key", str(tmp_path / officer)]) == 0
    assert in_time(open_policy(tmp_path / "policy")[0], [str(tmp_path / "gone-2")], str(tmp_path / "officers")).revoked
    store = SqliteStore(tmp_path / "register", read_only=True)
    kinds = [one.entry.kind for one in store.inputs()]
    store.close()
    assert kinds == ["result", "key"]
    capsys.readouterr()
    assert main(["key", "revoke", str(tmp_path / "old.vkey"), str(tmp_path / "y"), "--key", str(tmp_path / "new")]) == 1
    assert "another key" in capsys.readouterr().err


def test_a_dossier_is_verified_with_the_succession_of_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sealed(tmp_path)
    finding = json.loads(small_result()["findings.geojsonl"].splitlines()[0])["properties"]["id"]
    file = str(tmp_path / "d.zip")
    assert main(["dossier", str(tmp_path / "out"), finding, "--out", file, "--whole", "--jobs", "1"]) == 0
    check = ["verify", file, "--policy", str(tmp_path / "policy"), "--no-recompute"]
    assert main(check) == 0
    assert (
        main(["key", "revoke", str(tmp_path / "old.vkey"), str(tmp_path / "gone"), "--key", str(tmp_path / "old")]) == 0
    )
    capsys.readouterr()
    assert main([*check, "--succession", str(tmp_path / "gone")]) == 1
    assert "is revoked" in capsys.readouterr().out
    (tmp_path / "nonsense").write_text("nonsense")
    assert main([*check, "--succession", str(tmp_path / "nonsense")]) == 1
