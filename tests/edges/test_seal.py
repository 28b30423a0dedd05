"""Sealing from the command line, with witnesses and authorities of time that run on this machine."""

import argparse
import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from truceline.custody.checkpoint import Checkpoint, read_checkpoint
from truceline.custody.merkle import leaf_hash, root_of
from truceline.custody.note import Note, read_vkey
from truceline.custody.policy import read_policy
from truceline.custody.seal import read_statement, standing
from truceline.custody.tlog_proof import TlogProof, read_tlog_proof
from truceline.edges.cli import key
from truceline.edges.cli import seal as commands
from truceline.edges.keys import check_ed25519, new_signer, read_key, write_key
from truceline.edges.seal.register import sign
from truceline.edges.seal.stamps import read_authority, verify_stamp
from truceline.edges.witness.answering import Witness, serve
from truceline.edges.witness.memory import Memory
from truceline.model.problem import Unusable

from .authority import TestAuthority
from .small_result import small_result

LOG = "log.example/mission"
pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="trusted time is tested with openssl ts")


def run(*argv: str) -> int:
    top = argparse.ArgumentParser()
    below = top.add_subparsers(required=True)
    for module in (key, commands):
        module.add_parser(below)
    args = top.parse_args(argv)
    code: int = args.run(args)
    return code


@contextmanager
def witness_at(folder: Path, name: str, log_vkey: str) -> Iterator[tuple[str, str]]:
    """(vkey, address) of a running witness."""
    path = folder / f"{name}.key"
    if not path.exists():
        write_key(path, "witness", new_signer("witness", f"{name}.example"), None)
    signer = read_key(path, "witness", lambda: "")
    key = read_vkey(log_vkey)
    server = serve(Witness(signer, {key.name: [key]}, Memory(folder / name), say=lambda _: None), "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield signer.key.to_text(), f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Floor:
    """A mission's folder with key, result and policy."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        assert run("key", "new", "log", LOG, str(folder / "mission.key")) == 0
        self.vkey = (folder / "mission.key.vkey").read_text().strip()
        self.out = folder / "out"
        for name, data in small_result().items():
            (self.out / name).parent.mkdir(parents=True, exist_ok=True)
            (self.out / name).write_bytes(data)

    def write_policy(self, witnesses: dict[str, tuple[str, str]], quorum: str) -> None:
        lines = [f"log {self.vkey}", *(f"witness {name} {key} {url}" for name, (key, url) in witnesses.items()), quorum]
        (self.folder / "policy").write_text("".join(f"{line}\n" for line in lines))

    def seal(self, *more: str) -> int:
        options = ["--register", "register.store", "--key", "mission.key", "--policy", "policy"]
        paths = [str(self.folder / one) if not one.startswith("--") else one for one in options]
        return run("seal", str(self.out), *paths, "--status", "test", *more)

    def standing(self) -> tuple[bool, list[str]]:
        folder = self.folder / "out.seal"
        policy = read_policy("policy", (self.folder / "policy").read_bytes())
        proof = read_tlog_proof((folder / "proof.tlog-proof").read_bytes())
        found = standing((folder / "result.json").read_bytes(), proof, policy, check_ed25519)
        return found.good, [name for name, _ in found.cosigned]


@pytest.fixture
def floor(tmp_path: Path) -> Floor:
    return Floor(tmp_path)


def test_two_of_three_guarantors_and_a_neutral_one_and_two_authorities_of_time(
    floor: Floor, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("aland", "borea", "corva", "neutral", "north")
    with ExitStack() as stack:
        witnesses = {name: stack.enter_context(witness_at(floor.folder, name, floor.vkey)) for name in names}
        witnesses["corva"] = (witnesses["corva"][0], "http://127.0.0.1:1")  # does not answer
        witnesses["north"] = (witnesses["north"][0], "http://127.0.0.1:1")  # a party that keeps silent
        rule = "group guarantors 2 aland borea corva\ngroup good all guarantors neutral\nquorum good"
        floor.write_policy(witnesses, rule)
        authorities = [TestAuthority(floor.folder / "tsa" / name) for name in ("one", "two")]
        urls = [stack.enter_context(one.serving()) for one in authorities]
        stamps = [f"--stamp=t{i}={url},{one.root}" for i, (url, one) in enumerate(zip(urls, authorities, strict=True))]
        assert floor.seal(*stamps, "--publish", str(floor.folder / "public")) == 0
        said = capsys.readouterr().out
        assert "guarantors (2 of 3): reached" in said and "corva: not cosigned" in said and "SEALED." in said
        assert floor.standing() == (True, ["aland", "borea", "neutral"])
        proof = read_tlog_proof((floor.folder / "out.seal" / "proof.tlog-proof").read_bytes())
        for name, one in zip(("t0", "t1"), authorities, strict=True):
            path = floor.folder / "out.seal" / "stamps" / f"{name}.tsr"
            assert one.check(path, proof.note.text.encode()), "openssl agrees"
        before = {p: p.read_bytes() for p in (floor.folder / "out.seal").rglob("*") if p.is_file()}
        assert floor.seal(*stamps) == 0, "sealing again changes nothing"
        assert before == {p: p.read_bytes() for p in (floor.folder / "out.seal").rglob("*") if p.is_file()}
        assert (floor.folder / "out.seal/secret/seed").stat().st_mode & 0o077 == 0
        capsys.readouterr()
        assert run("views", "--policy", str(floor.folder / "policy"), "--published", str(floor.folder / "public")) == 0
        assert "NO SPLIT is seen in 3 views" in capsys.readouterr().out


def test_a_policy_by_which_a_party_could_veto_is_refused(floor: Floor) -> None:
    """Silent alone, or with the other party, it could keep every checkpoint from its quorum."""
    keys = {name: new_signer("witness", f"{name}.example").key.to_text() for name in ("Aurel", "Brenn", "neutral")}
    witnesses = {name: (key, "http://127.0.0.1:1") for name, key in keys.items()}
    both = "Aurel and Brenn"
    for group, who in (
        ("all neutral Brenn", "Brenn"),
        ("all Aurel Brenn neutral", both),
        ("2 Aurel Brenn neutral", both),
    ):
        named = {name: one for name, one in witnesses.items() if name in group}
        floor.write_policy(named, f"group good {group}\nquorum good")
        with pytest.raises(Unusable, match=f"{who}, of the agreement's parties, could keep"):
            floor.seal()
    floor.write_policy(witnesses, "group good any Aurel Brenn neutral\nquorum good")
    assert floor.seal() == 1, "they may witness; nobody answers here"


def test_a_published_checkpoint_that_no_known_log_signed_is_no_ground_to_compare_on(floor: Floor) -> None:
    floor.write_policy({}, "quorum none")
    assert floor.seal("--publish", str(floor.folder / "public")) == 0
    views = ["views", "--policy", str(floor.folder / "policy"), "--published", str(floor.folder / "public")]
    assert run(*views) == 0
    checkpoint = floor.folder / "public" / "checkpoint"
    text = checkpoint.read_text().partition("\n\n")[0] + "\n"
    checkpoint.write_bytes(new_signer("log", LOG).signed(text).to_bytes())
    with pytest.raises(Unusable, match="signed by no log that the policy names"):
        run(*views)


def test_who_did_not_answer_is_asked_again(floor: Floor, capsys: pytest.CaptureFixture[str]) -> None:
    with witness_at(floor.folder, "aland", floor.vkey) as (key, url):
        floor.write_policy({"aland": (key, "http://127.0.0.1:1")}, "quorum aland")
        authority = TestAuthority(floor.folder / "tsa")
        assert floor.seal(f"--stamp=t=http://127.0.0.1:1,{authority.root}") == 1
        said = capsys.readouterr()
        assert "NOT YET SEALED" in said.out and "no answer" in said.err and "no stamp" in said.err
        assert floor.standing() == (False, [])
        floor.write_policy({"aland": (key, url)}, "quorum aland")
        with authority.serving() as there:
            assert floor.seal(f"--stamp=t={there},{authority.root}") == 0
        assert floor.standing() == (True, ["aland"])
        assert len(list((floor.folder / "out.seal" / "earlier").iterdir())) == 1, "the earlier proof is kept"


def test_a_result_that_does_not_hold_is_not_sealed(floor: Floor) -> None:
    floor.write_policy({}, "quorum none")
    path = floor.out / "findings.geojsonl"
    path.write_bytes(path.read_bytes().replace(b"Brenn", b"Aurel"))
    with pytest.raises(Unusable, match=r"findings.geojsonl"):
        floor.seal()
    assert not (floor.folder / "mission.key.signed").exists(), "nothing was signed"


def test_a_register_rolled_back_or_rewritten_is_not_signed(floor: Floor, tmp_path: Path) -> None:
    floor.write_policy({}, "quorum none")
    assert floor.seal() == 0
    signed = (tmp_path / "mission.key.signed").read_text()
    for path in tmp_path.glob("register.store*"):
        path.unlink()
    (tmp_path / "out.seal" / "proof.tlog-proof").unlink()
    (tmp_path / "out.seal" / "secret" / "seed").unlink()
    with pytest.raises(Unusable, match="not those that this key has signed"):
        floor.seal()
    assert (tmp_path / "mission.key.signed").read_text() == signed
    signer = read_key(tmp_path / "mission.key", "log", lambda: "")
    with pytest.raises(Unusable, match="has signed 1 entries, and the register holds 0"):
        sign(signer, Checkpoint(LOG, 0, b"x" * 32), lambda size: b"", tmp_path / "mission.key.signed")
    with pytest.raises(Unusable, match="has signed the log"):
        sign(signer, Checkpoint("other", 9, b"x" * 32), lambda size: b"", tmp_path / "mission.key.signed")


def test_another_key_a_foreign_policy_a_key_others_may_read(floor: Floor, tmp_path: Path) -> None:
    (tmp_path / "policy").write_text("quorum none\n")
    with pytest.raises(Unusable, match="does not name the key"):
        floor.seal()
    floor.write_policy({}, "quorum none")
    (tmp_path / "mission.key").chmod(0o644)
    with pytest.raises(Unusable, match="may read the key file"):
        floor.seal()
    with pytest.raises(Unusable, match="keys are not replaced"):
        run("key", "new", "log", LOG, str(tmp_path / "mission.key"))
    with pytest.raises(Unusable, match="not witness"):
        (tmp_path / "mission.key").chmod(0o600)
        read_key(tmp_path / "mission.key", "witness", lambda: "")


def test_a_key_behind_a_passphrase(tmp_path: Path) -> None:
    signer = new_signer("witness", "w.example")
    write_key(tmp_path / "k", "witness", signer, "a long passphrase")
    assert b"ENCRYPTED" in (tmp_path / "k").read_bytes()
    again = read_key(tmp_path / "k", "witness", lambda: "a long passphrase")
    assert again.key == signer.key
    with pytest.raises(Unusable, match="cannot be opened"):
        read_key(tmp_path / "k", "witness", lambda: "another")
    with pytest.raises(Unusable, match="no key name"):
        new_signer("log", "two words")


def forked(floor: Floor) -> None:
    """Let the mission's key sign another past of the register, as a dishonest mission would, and publish it."""
    signer = read_key(floor.folder / "mission.key", "log", lambda: "")
    forged = [leaf_hash(b"another statement")]
    note = signer.signed(Checkpoint(LOG, 1, root_of(forged)).to_text())
    public = floor.folder / "forked"
    (public / "tile/0/000.p").mkdir(parents=True)
    (public / "tile/0/000.p/1").write_bytes(forged[0])
    (public / "checkpoint").write_bytes(note.to_bytes())


def test_a_split_view_is_found_and_proven(floor: Floor, capsys: pytest.CaptureFixture[str]) -> None:
    with witness_at(floor.folder, "aland", floor.vkey) as (key, url):
        floor.write_policy({"aland": (key, url)}, "quorum aland")
        assert floor.seal() == 0
        forked(floor)
        evidence = floor.folder / "evidence"
        policy, published = str(floor.folder / "policy"), str(floor.folder / "forked")
        arguments = ["--policy", policy, "--published", published, "--evidence", str(evidence)]
        assert run("views", *arguments) == 1
        assert "SPLIT VIEW" in capsys.readouterr().out
        texts = {read_checkpoint(note_text(path)).root for path in (evidence / "1").iterdir()}
        assert len(texts) == 2
        unsigned = floor.folder / "unsigned"
        unsigned.write_bytes(
            Note(Checkpoint(LOG, 5, b"z" * 32).to_text(), new_signer("log", LOG).signed("x\n").signatures).to_bytes()
        )
        real = ["--policy", policy, "--published", str(floor.folder / "real")]
        assert floor.seal("--publish", str(floor.folder / "real")) == 0
        capsys.readouterr()
        assert run("views", *real, "--note", str(unsigned)) == 0
        assert "the log has not signed it" in capsys.readouterr().out, "anyone can write a checkpoint"


def note_text(path: Path) -> str:
    return path.read_text().partition("\n\n")[0] + "\n"


def test_a_statement_reads_in_one_way_only(floor: Floor) -> None:
    floor.write_policy({}, "quorum none")
    assert floor.seal() == 0
    data = (floor.folder / "out.seal" / "result.json").read_bytes()
    statement = read_statement(data)
    assert statement.to_bytes() == data
    assert statement.log.root in small_result()["manifest.json"].decode()
    for bent in (data + b"\n", data.replace(b'"v":1', b'"v":2'), data.replace(b"{", b"{ ", 1), b"{}", b"\xff"):
        with pytest.raises(ValueError, match="statement"):
            read_statement(bent)
    proof = read_tlog_proof((floor.folder / "out.seal" / "proof.tlog-proof").read_bytes())
    policy = read_policy("policy", (floor.folder / "policy").read_bytes())
    forged = data.replace(b'"size":', b'"size":1', 1)
    assert "not in the register" in standing(forged, proof, policy, check_ed25519).faults[0]
    moved = TlogProof(proof.index + 1, proof.path, proof.note)
    assert standing(data, moved, policy, check_ed25519).faults


def test_a_stamp_on_another_text_or_of_another_authority_is_refused(tmp_path: Path) -> None:
    one, two = TestAuthority(tmp_path / "one"), TestAuthority(tmp_path / "two")
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    asked = TimestampRequestBuilder().data(b"text").hash_algorithm(HashAlgorithm.SHA256).build()
    answer = one.stamp(asked.as_bytes())
    first, second = (read_authority("a", "http://x", each.root) for each in (one, two))
    assert verify_stamp(first, answer, b"text").at.year >= 2024
    for authority, text, given in (
        (first, b"other", answer),
        (second, b"text", answer),
        (first, b"text", answer[:-1]),
        (first, b"text", b""),
        (first, b"text", b"\x30\x05\x30\x03\x02\x01\x02"),
    ):
        with pytest.raises(ValueError, match=r"stamp"):
            verify_stamp(authority, given, text)
    with pytest.raises(ValueError, match="stamp"):
        verify_stamp(first, answer, b"text", nonce=(asked.nonce or 0) + 1)
