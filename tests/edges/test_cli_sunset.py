"""The end of a mission: everything handed over, checked and signed; the keys gone; custodians can read it all."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from truceline.custody.note import read_note, read_vkey, verify_note
from truceline.edges.cli.main import main
from truceline.edges.keys import check_ed25519, new_signer, write_key
from truceline.edges.store.exhibits import Exhibits
from truceline.edges.store.keyring import Keyring
from truceline.edges.store.sqlite import SqliteStore
from truceline.edges.store.vault import Vault

REPORT = {"id": "R-1", "kind": "report", "sensor": "P", "time": "2026-03-01T10:00:00Z", "text": "Mill Street"}


@pytest.fixture
def mission(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    lines = tmp_path / "o.ndjson"
    lines.write_text(f"{json.dumps(REPORT)}\n")
    common = ["--origin", "example.org/m", "--status", "test", "--keys", str(tmp_path / "m.keys")]
    assert main(["keep", str(tmp_path / "m.store"), "observation", str(lines), *common]) == 0
    write_key(tmp_path / "log", "log", new_signer("log", "example.org/register"), None)
    SqliteStore.create(tmp_path / "register", "example.org/register", "test").close()
    Exhibits(tmp_path / "exhibits").receive([b"a picture in words"], "text/plain")
    officers = []
    for name, nation in (("ada", "aland"), ("cleo", "borea")):
        signer = new_signer("officer", f"{name}.example")
        write_key(tmp_path / name, "officer", signer, None)
        officers.append(f"officer {name} {nation} {signer.key.to_text()}\n")
    (tmp_path / "officers").write_text("".join(officers))
    capsys.readouterr()
    for name in ("archive", "court"):
        assert main(["sunset", "custodian", name, str(tmp_path / f"{name}.key")]) == 0
    (tmp_path / "custodians").write_text(capsys.readouterr().out)
    because = ["--because", "termination", "--custodians", str(tmp_path / "custodians")]
    assert main(["sunset", "permit", str(tmp_path / "m.store"), str(tmp_path / "permit"), *because]) == 0
    return tmp_path


def end(mission: Path, out: str = "out", *further: str) -> int:
    named = {"permit": "permit", "officers": "officers", "custodians": "custodians", "register": "register",
             "key": "log", "keys": "m.keys", "exhibits": "exhibits", "out": out}  # fmt: skip
    common = [f"--{name}={mission / one}" for name, one in named.items()]
    return main(["sunset", "run", str(mission / "m.store"), *common, *further])


def sign(mission: Path, *names: str) -> None:
    for name in names:
        assert main(["permit", "sign", str(mission / "permit"), "--key", str(mission / name)]) == 0


def test_everything_is_handed_over_and_the_keys_are_gone(mission: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sign(mission, "ada", "cleo")
    vkey = read_vkey((mission / "log.vkey").read_text().strip())
    secret = (mission / "log").read_bytes()
    assert end(mission) == 0
    assert "The keys are destroyed" in capsys.readouterr().out
    assert not (mission / "log").exists() and not (mission / "m.keys").exists()
    out = mission / "out"
    note = read_note((out / "manifest-sha256.txt.note").read_bytes())
    assert verify_note(note, [vkey], check_ed25519)
    listed = {line[66:]: line[:64] for line in note.text.splitlines()}
    assert set(listed) >= {"store", "register", "keyring.sealed", "sunset", "public-register/checkpoint"}
    assert all(sha256((out / path).read_bytes()).hexdigest() == digest for path, digest in listed.items())
    assert any(path.startswith("exhibits/") for path in listed)
    assert all(secret[-80:-40] not in path.read_bytes() for path in mission.rglob("*") if path.is_file())
    keyring = str(mission / "again.keys")
    assert main(["sunset", "open", str(out / "keyring.sealed"), "court", str(mission / "archive.key"), keyring]) == 1
    assert main(["sunset", "open", str(out / "keyring.sealed"), "court", str(mission / "court.key"), keyring]) == 0
    vault = Vault(SqliteStore(out / "store"), Keyring(Path(keyring)))
    kept = list(vault.inputs())
    vault.close()
    assert json.loads(kept[0].data) == REPORT
    assert [one.entry.kind for one in kept] == ["observation", "key"]


def test_results_are_handed_over_and_the_secrets_of_their_seals_too(mission: Path) -> None:
    """Without its secret a seal proves no further finding: custodians can open it, and it is nowhere else."""
    sign(mission, "ada", "cleo")
    result, seal = mission / "salvos", mission / "salvos.seal"
    (seal / "secret").mkdir(parents=True)
    result.mkdir()
    (result / "findings.geojsonl").write_bytes(b"{}\n")
    (seal / "result.json").write_bytes(b"{}")
    seed = "ab" * 32
    (seal / "secret" / "seed").write_text(f"{seed}\n")
    assert end(mission, "out", f"--result={result}") == 0
    handed = mission / "out" / "results"
    assert (handed / "salvos" / "findings.geojsonl").exists() and (handed / "salvos.seal" / "result.json").exists()
    assert all(seed.encode() not in path.read_bytes() for path in mission.rglob("*") if path.is_file())
    assert not (seal / "secret" / "seed").exists()
    again = mission / "seed"
    opening = ["sunset", "open", str(handed / "salvos.seal" / "seed.sealed"), "court", str(mission / "court.key")]
    assert main([*opening, str(again)]) == 0
    assert again.read_text().strip() == seed


def test_keys_that_open_something_are_not_left_out(mission: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Else they would be said to be destroyed, and lie about."""
    sign(mission, "ada", "cleo")
    named = {"permit": "permit", "officers": "officers", "custodians": "custodians", "register": "register"}
    common = [f"--{name}={mission / one}" for name, one in named.items()]
    bare = ["sunset", "run", str(mission / "m.store"), *common, f"--key={mission / 'log'}", f"--out={mission / 'out'}"]
    assert main(bare) == 1
    assert "--keys" in capsys.readouterr().err
    assert (mission / "log").exists() and (mission / "m.keys").exists() and not (mission / "out").exists()


def test_nothing_is_destroyed_without_the_permit_of_two(mission: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sign(mission, "ada")
    assert end(mission) == 1
    assert "two officers" in capsys.readouterr().err
    sign(mission, "cleo")
    (mission / "custodians").write_text((mission / "custodians").read_text().replace("court", "club"))
    assert end(mission) == 1
    assert "names archive court" in capsys.readouterr().err
    assert (mission / "log").exists() and (mission / "m.keys").exists()


def test_nothing_is_destroyed_if_a_copy_is_not_whole(mission: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sign(mission, "ada", "cleo")
    (mission / "out").mkdir()
    assert end(mission) == 1
    assert "exists already" in capsys.readouterr().err
    path = mission / "m.store"
    data = bytearray(path.read_bytes())
    data[data.index(b'"cipher"') + 40] ^= 1
    path.write_bytes(bytes(data))
    assert end(mission, "out-2") == 1
    assert (mission / "log").exists() and (mission / "m.keys").exists()


def test_custodians_that_are_none(mission: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("", "custodian a\n", "custodian a AAAA\n", (mission / "custodians").read_text() * 2):
        (mission / "custodians").write_text(text)
        because = ["--because", "suspension", "--custodians", str(mission / "custodians")]
        assert main(["sunset", "permit", str(mission / "m.store"), str(mission / "p"), *because]) == 1
    assert "each name once" in capsys.readouterr().err
