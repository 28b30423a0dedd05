"""Keys in shares, keys that follow one another, keys that are revoked."""

import random
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.custody.checkpoint import Checkpoint
from truceline.custody.entry import entry_of
from truceline.custody.merkle import leaf_hash
from truceline.custody.note import Note
from truceline.custody.permit import Officer
from truceline.custody.policy import read_policy
from truceline.custody.seal import Standing, Statement, Tree, standing
from truceline.custody.shares import Share, join, read_share, split
from truceline.custody.succession import Revocation, Rotation, followed, read_revocation, read_rotation
from truceline.custody.tlog_proof import TlogProof
from truceline.edges.keys import Signer, check_ed25519, new_signer

OLD, NEW, THIRD = (new_signer("log", "log.example") for _ in range(3))
WITNESS = new_signer("witness", "w.example")
OFFICERS = [new_signer("officer", f"o{i}.example") for i in range(3)]
KNOWN = [Officer(f"o{i}", nation, one.key) for i, (nation, one) in enumerate(zip("aab", OFFICERS, strict=True))]


@settings(max_examples=40, deadline=None)
@given(secret=st.binary(min_size=1, max_size=40), need=st.integers(2, 5), more=st.integers(0, 3), seed=st.integers())
def test_any_k_make_the_secret_and_fewer_do_not(secret: bytes, need: int, more: int, seed: int) -> None:
    chance = random.Random(seed)
    shares = split(secret, "f", need, need + more, chance.randbytes)
    for some in list(combinations(shares, need))[:6]:
        assert join([read_share(one.to_text()) for one in some]) == secret
    assert join(shares) == secret
    with pytest.raises(ValueError, match="too few"):
        join(shares[: need - 1])
    with pytest.raises(ValueError, match="too few"):
        join([shares[0]] * need)


def test_one_share_short_every_secret_is_as_likely_as_any_other() -> None:
    """With one share of two, each secret byte is met by exactly one other share."""
    share = split(b"s", "f", 2, 2, random.Random(1).randbytes)[0]
    made = {join([share, Share("f", 2, 2, bytes([other]))]) for other in range(256)}
    assert made == {bytes([one]) for one in range(256)}


def test_shares_that_cannot_be() -> None:
    for need, count in ((1, 2), (3, 2), (2, 256)):
        with pytest.raises(ValueError, match="cannot be"):
            split(b"s", "f", need, count, random.Random(1).randbytes)
    one, two = split(b"secret", "f", 2, 2, random.Random(1).randbytes)
    with pytest.raises(ValueError, match="not of one secret"):
        join([one, split(b"secret", "other", 2, 2, random.Random(2).randbytes)[1]])
    text = two.to_text()
    for place in range(len(text)):
        bent = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
        with pytest.raises(ValueError, match=r"share"):
            read_share(bent)


def signed(text: str, *signers: Signer) -> Note:
    return Note(text, tuple(line for one in signers for line in one.signed(text).signatures))


def test_a_rotation_is_signed_by_both() -> None:
    text = Rotation(OLD.key, NEW.key).to_text()
    assert read_rotation(signed(text, OLD, NEW), check_ed25519) == Rotation(OLD.key, NEW.key)
    for note in (signed(text, OLD), signed(text, NEW), signed(text, NEW, THIRD)):
        with pytest.raises(ValueError, match="by the old key and by the new one"):
            read_rotation(note, check_ed25519)
    other = new_signer("log", "other.example")
    with pytest.raises(ValueError, match="keeps its name"):
        read_rotation(signed(Rotation(OLD.key, other.key).to_text(), OLD, other), check_ed25519)
    with pytest.raises(ValueError, match="lines"):
        read_rotation(signed(text + "more x\n", OLD, NEW), check_ed25519)


def test_whoever_believed_the_old_key_believes_the_newest() -> None:
    policy = read_policy("p", f"log {OLD.key.to_text()}\nquorum none\n".encode())
    rotations = [Rotation(NEW.key, THIRD.key), Rotation(OLD.key, NEW.key)]
    assert followed(policy, rotations).logs == (OLD.key, NEW.key, THIRD.key)
    assert followed(policy, rotations[:1]).logs == (OLD.key,), "not from a key that nobody believed"


def test_a_revocation_is_signed_by_the_key_or_by_two_officers() -> None:
    text = Revocation(OLD.key, 1000).to_text()
    assert read_revocation(signed(text, OLD), KNOWN, check_ed25519) == Revocation(OLD.key, 1000)
    assert read_revocation(signed(text, OFFICERS[0], OFFICERS[2]), KNOWN, check_ed25519).since == 1000
    for note in (signed(text, NEW), signed(text, OFFICERS[0]), signed(text, OFFICERS[0], OFFICERS[1])):
        with pytest.raises(ValueError, match="two officers"):
            read_revocation(note, KNOWN, check_ed25519)
    witness = Revocation(WITNESS.key, 5)
    assert read_revocation(signed(witness.to_text(), OFFICERS[1], OFFICERS[2]), KNOWN, check_ed25519) == witness


def stands(at_s: int | None, *revoked: tuple[Signer, int]) -> Standing:
    statement = Statement("o", Tree(1, "a" * 64), "b" * 64, Tree(1, "c" * 64))
    leaf = leaf_hash(entry_of("result", statement.id, statement.to_bytes()).to_bytes())
    note = OLD.signed(Checkpoint("log.example", 1, leaf).to_text())
    if at_s is not None:
        note = Note(note.text, (*note.signatures, WITNESS.cosignature(note.text, at_s)))
    policy = read_policy("p", f"log {OLD.key.to_text()}\nwitness w {WITNESS.key.to_text()}\nquorum w\n".encode())
    policy = followed(policy, [], [Revocation(signer.key, since) for signer, since in revoked])
    return standing(statement.to_bytes(), TlogProof(0, (), note), policy, check_ed25519)


def test_after_a_revocation_only_what_a_witness_saw_before_counts() -> None:
    assert stands(500).good
    assert stands(500, (OLD, 1000)).good
    assert "is revoked" in stands(1500, (OLD, 1000)).faults[0]
    assert "is revoked" in stands(None, (OLD, 1000)).faults[0]
    assert not stands(1500, (WITNESS, 1000)).quorum
    assert stands(500, (WITNESS, 1000)).quorum
