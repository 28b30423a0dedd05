"""Checkpoints, notes and cosignatures: the vectors of the specifications, and what must be refused."""

from collections.abc import Callable

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from truceline.custody.checkpoint import Checkpoint, read_checkpoint
from truceline.custody.merkle import EMPTY_ROOT
from truceline.custody.note import (
    COSIGNATURE,
    ED25519,
    Note,
    VerifierKey,
    cosigned_message,
    note_signature,
    read_note,
    read_vkey,
    verify_note,
)

# C2SP signed-note 1.0.0, "Example".
EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# golang.org/x/mod/sumdb/note, note_test.go (BSD-3-Clause): two keys, a text, a signature of each.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
BY_PETER = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
BY_ENOCH = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
# C2SP tlog-checkpoint 1.0.0 and tlog-cosignature 1.0.1: the checkpoint of all their examples.
BEHIND_THE_SOFA = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


def check(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def never(public: bytes, signature: bytes, message: bytes) -> bool:
    raise AssertionError("nothing is to be verified here")


def test_the_example_of_the_specification_verifies() -> None:
    key = read_vkey(EXAMPLE_KEY)
    note = read_note(EXAMPLE.encode())
    assert note.text == "This is an example message.\n"
    assert [v.key for v in verify_note(note, [key], check)] == [key]
    assert key.to_text() == EXAMPLE_KEY
    assert note.to_bytes() == EXAMPLE.encode()


def test_two_signatures_one_known() -> None:
    peter, enoch = read_vkey(PETER), read_vkey(ENOCH)
    note = read_note((TEXT + "\n" + BY_PETER + BY_ENOCH).encode())
    assert [v.key for v in verify_note(note, [peter, enoch], check)] == [peter, enoch]
    assert [v.key for v in verify_note(note, [enoch, enoch], check)] == [enoch]
    assert verify_note(note, [], never) == ()


def test_any_changed_byte_of_a_note_is_refused_or_leaves_it_unsigned() -> None:
    peter = read_vkey(PETER)
    whole = (TEXT + "\n" + BY_PETER).encode()
    for place in range(len(whole)):
        for bit in (1, 0x20, 0x80):
            bent = bytearray(whole)
            bent[place] ^= bit
            try:
                assert verify_note(read_note(bytes(bent)), [peter], check) == (), (place, bit)
            except ValueError:
                continue


def test_no_part_and_no_neighbour_of_a_vkey_is_a_key() -> None:
    for here in range(len(PETER) + 1):
        for end in range(here, len(PETER) + 1):
            if (here, end) != (0, len(PETER)):
                refused(read_vkey, PETER[here:end])
    for place, letter in enumerate(PETER):
        refused(read_vkey, PETER[:place] + chr(ord(letter) + 1) + PETER[place + 1 :])
    refused(read_vkey, "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==")
    refused(read_vkey, "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")


@pytest.mark.parametrize(
    ("note", "why"),
    [
        (TEXT, "no signatures"),
        (TEXT + "\n", "no signatures"),
        (TEXT + "\n" + BY_PETER[:-1], "does not end in a newline"),
        ("\x01" + TEXT + "\n" + BY_PETER, "control character"),
        ("a\ttab\n\n" + BY_PETER, "control character"),
        (TEXT + "\n" + BY_PETER.replace("PeterNeumann", "Bad Name"), "not base64"),
        (TEXT + "\n" + BY_PETER.replace("PeterNeumann", "Bad+Name"), "no key name"),
        (TEXT + "\n" + BY_PETER.replace("PeterNeumann", "Bad\u2003Name"), "no key name"),
        (TEXT + "\n" + BY_PETER + "Unexpected line.\n", "dash"),
        (TEXT + "\n— PeterNeumann AAAA\n", "too short"),
        (TEXT + "\n" + BY_PETER.replace("JnAM=", "JnAN="), "one writing"),
        (TEXT + "\n" + BY_PETER * 101, "more than 100"),
        ("x" * 1_000_001, "more than 1000000 bytes"),
    ],
)
def test_malformed_notes_are_refused(note: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_note(note.encode())
    with pytest.raises(ValueError, match="UTF-8"):
        read_note(b"\xff" + (TEXT + "\n" + BY_PETER).encode())


def test_a_text_may_hold_empty_lines() -> None:
    text = "one\n\n\ntwo\n\n"
    note = Note(text, read_note((TEXT + "\n" + BY_PETER).encode()).signatures)
    assert read_note(note.to_bytes()) == note


def test_the_cosigned_message_of_the_specification() -> None:
    assert cosigned_message(BEHIND_THE_SOFA, 1679315147).decode() == (
        "cosignature/v1\ntime 1679315147\n"
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )
    line = "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"  # noqa: E501
    cosigned = read_note((BEHIND_THE_SOFA + "\n" + line).encode()).signatures[0]
    assert int.from_bytes(cosigned.data[:8], "big") == 1679315147
    assert len(cosigned.data) == 72


def signed(seed: int, type_: int, text: str, seconds: int | None) -> tuple[VerifierKey, Note]:
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    key = VerifierKey(f"test.example/{seed}", type_, private.public_key().public_bytes_raw())
    message = text.encode() if seconds is None else cosigned_message(text, seconds)
    return key, Note(text, (note_signature(key, private.sign(message), seconds),))


def test_a_cosignature_says_when_and_covers_the_time() -> None:
    key, note = signed(7, COSIGNATURE, BEHIND_THE_SOFA, 1_700_000_000)
    (verified,) = verify_note(read_note(note.to_bytes()), [read_vkey(key.to_text())], check)
    assert (verified.key, verified.seconds) == (key, 1_700_000_000)
    line = note.signatures[0]
    earlier = Note(note.text, (type(line)(line.name, line.key_id, (1).to_bytes(8, "big") + line.data[8:]),))
    with pytest.raises(ValueError, match="is not that key"):
        verify_note(earlier, [key], check)


def test_one_key_under_two_types_has_two_ids() -> None:
    plain, note = signed(7, ED25519, BEHIND_THE_SOFA, None)
    cosigner = VerifierKey(plain.name, COSIGNATURE, plain.public)
    assert plain.key_id != cosigner.key_id
    assert verify_note(note, [cosigner], never) == ()


def test_a_false_line_under_a_known_name_and_id_spoils_the_note() -> None:
    key, note = signed(7, ED25519, BEHIND_THE_SOFA, None)
    _, other = signed(7, ED25519, BEHIND_THE_SOFA.replace("20852163", "20852164"), None)
    with pytest.raises(ValueError, match="is not that key"):
        verify_note(Note(note.text, note.signatures + other.signatures), [key], check)


def test_checkpoints_are_read_and_written() -> None:
    checkpoint = read_checkpoint(BEHIND_THE_SOFA)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root.hex().startswith("0ac5186a91863e8e1d90c808")
    assert checkpoint.to_text() == BEHIND_THE_SOFA
    extended = read_checkpoint(BEHIND_THE_SOFA + "an extension\n")
    assert extended.extensions == ("an extension",)
    empty = Checkpoint("a b", 0, EMPTY_ROOT)
    assert read_checkpoint(empty.to_text()) == empty


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("q2I=\n", "q2I=", "does not end"),
        ("20852163", "020852163", "no number of entries"),
        ("20852163", "-1", "no number of entries"),
        ("20852163", "9223372036854775808", "no number of entries"),
        ("20852163", "٣", "no number of entries"),
        ("q2I=", "q2J=", "one writing"),
        ("q2I=", "q2I", "not base64"),
        ("CsUY", "", "holds 29 bytes"),
        ("example.com/behind-the-sofa", "", "line 1"),
        ("q2I=\n", "q2I=\n\n", "line 4"),
        ("sofa\n", "sofa\r\n", "line 1"),
        ("20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "", "of at least three lines"),
    ],
)
def test_malformed_checkpoints_are_refused(old: str, new: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_checkpoint(BEHIND_THE_SOFA.replace(old, new))


def refused(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(text)
