"""Proofs as one text: the layout of the specification, and what is no proof."""

import pytest

from truceline.custody.checkpoint import Checkpoint
from truceline.custody.merkle import inclusion_proof, leaf_hash, root_of
from truceline.custody.note import Note, Signature
from truceline.custody.tlog_proof import TlogProof, read_tlog_proof

ENTRIES = [f"entry {i}".encode() for i in range(11)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
NOTE = Note(Checkpoint("log.example", 11, root_of(LEAVES)).to_text(), (Signature("log.example", b"abcd", b"x" * 64),))


@pytest.mark.parametrize("index", range(11))
def test_what_is_written_is_read_and_proves(index: int) -> None:
    proof = TlogProof(index, inclusion_proof(LEAVES, index), NOTE)
    assert read_tlog_proof(proof.to_bytes()) == proof
    assert proof.proves(ENTRIES[index])
    assert not proof.proves(ENTRIES[index - 1])


def test_the_layout_of_the_specification() -> None:
    lines = TlogProof(5, inclusion_proof(LEAVES, 5), NOTE).to_bytes().decode().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1] == "index 5"
    assert [len(line) for line in lines[2:7]] == [44, 44, 44, 44, 0]
    assert lines[7:10] == NOTE.text.split("\n")[:3]


def test_extra_data_is_passed_over() -> None:
    data = TlogProof(5, inclusion_proof(LEAVES, 5), NOTE).to_bytes()
    assert read_tlog_proof(data.replace(b"index", b"extra AAAA\nindex", 1)).proves(ENTRIES[5])


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("c2sp.org", "c3sp.org", "does not begin"),
        ("index 5", "extra !!\nindex 5", "extra line"),
        ("index 5", "index five", "number of entries"),
        ("index 5", "index -5", "number of entries"),
        ("index 5", "index 05", "number of entries"),
        ("index 5\n", "", "no index line"),
        ("index 5", "index 5\n!!", "a hash of the proof is not base64"),
        ("index 5", "index 5\nAAAA", "not of 32 bytes"),
        ("index 5", "index 5" + ("\n" + "A" * 43 + "=") * 64, "more than 63"),
        ("index 5", "index 5\nä", "not ASCII"),
        ("\n\n", "\n", "not ASCII"),
        ("— log", "- log", "dash"),
    ],
)
def test_what_is_no_proof_is_refused(old: str, new: str, why: str) -> None:
    text = TlogProof(5, inclusion_proof(LEAVES, 5), NOTE).to_bytes().decode()
    with pytest.raises(ValueError, match=why):
        read_tlog_proof(text.replace(old, new).encode())
