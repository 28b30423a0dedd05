"""Every parser that reads bytes of strangers, as a function that takes any bytes, or says what is wrong with them.

`TARGETS`: name → (function, seeds). A function lets through ValueError and Unusable, and nothing else.
"""

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from truceline.custody.archive import read_archive
from truceline.custody.bag import unbag
from truceline.custody.checkpoint import Checkpoint, read_checkpoint
from truceline.custody.dossier import check_dossier
from truceline.custody.edition import check_edition, read_disclosure
from truceline.custody.entry import entry_of, read_entry
from truceline.custody.fields import committed, fields_of
from truceline.custody.merkle import leaf_hash, root_of
from truceline.custody.note import Note, Signature, VerifierKey, read_note, read_vkey, verify_note
from truceline.custody.permit import read_export_permit, read_officers, read_permit, read_sunset_permit
from truceline.custody.personal import personal, pseudonymous, read_envelope
from truceline.custody.policy import read_policy
from truceline.custody.seal import Statement, Tree, read_statement
from truceline.custody.shares import read_share, split
from truceline.custody.succession import Revocation, Rotation, read_rotation, revocation_of
from truceline.custody.tiles import read_bundle, read_log, tiles_of
from truceline.custody.tlog_proof import TlogProof, read_tlog_proof
from truceline.custody.witness import read_request, why_refused
from truceline.edges.dossier.words import words
from truceline.edges.keys import check_ed25519
from truceline.edges.seal.der import sorted_certificates
from truceline.edges.store.door import Received
from truceline.edges.store.journal import Batch, Header, Journal
from truceline.edges.store.sunset import Custodian, opened_by, sealed_for
from truceline.model.problem import Unusable

from .hostile_feeds import FEEDS

KEY = VerifierKey("log.example", 1, bytes(range(32)))
WITNESS = VerifierKey("w.example", 4, bytes(range(32)))
ENTRIES = [entry_of("claim", str(i), b"%d" % i).to_bytes() for i in range(5)]
ROOT = root_of([leaf_hash(entry) for entry in ENTRIES])
CHECKPOINT = Checkpoint("log.example", 5, ROOT)
NOTE = Note(CHECKPOINT.to_text(), (Signature("log.example", KEY.key_id, bytes(64)),))
POLICY = f"log {KEY.to_text()}\nwitness w {WITNESS.to_text()} https://w.example/\ngroup g any w\nquorum g\n".encode()
STATEMENT = Statement("log.example", Tree(5, ROOT.hex()), "a" * 64, Tree(9, "b" * 64)).to_bytes()
DISCLOSURE = (
    b'{"hidden":{"a":"' + b"c" * 64 + b'"},"index":3,"kind":"finding","shown":{"b":["1","' + b"d" * 64 + b'"]}}'
)


def payload_of(data: bytes) -> Mapping[str, bytes]:
    """Some files of a payload: parts of the bytes, between lines that begin with a name."""
    files: dict[str, bytes] = {}
    for part in data.split(b"\n=== "):
        name, _, rest = part.partition(b"\n")
        files[name.decode("utf-8", "replace")] = rest
    return files


def _journal(data: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        journal = Journal(Path(file.name))
        try:
            list(journal.batches())
        finally:
            journal.close()


def _journal_seed() -> bytes:
    with tempfile.TemporaryDirectory() as name:
        journal = Journal.begin(Path(name) / "j", Header(0, "o", "test"))
        journal.write(Batch(0, 1, (Received("claim", "1", b"x"),)))
        journal.write(Batch(1, 2, (Received("claim", "2", b"y"),)))
        journal.close()
        return (Path(name) / "j").read_bytes()


def _note(data: bytes) -> None:
    verify_note(read_note(data), [KEY, WITNESS], check_ed25519)


def _witness(data: bytes) -> None:
    why_refused(read_request(data), {"log.example": [KEY]}, CHECKPOINT, check_ed25519)


def _log(data: bytes) -> None:
    read_log(payload_of(data), CHECKPOINT)


def _fields(data: bytes) -> None:
    committed(bytes(32), fields_of(data))
    personal("observation", "1", data)
    read_envelope(data)


def _archive(data: bytes) -> None:
    files, _ = read_archive(data)
    unbag(files)


def _permits(data: bytes) -> None:
    text = data.decode("utf-8")
    for read in (read_permit, read_export_permit, read_sunset_permit):
        try:
            read(text)
        except ValueError:
            continue


def _joined(files: Mapping[str, bytes]) -> bytes:
    return b"\n=== ".join(name.encode() + b"\n" + data for name, data in files.items())


DOSSIER = {
    "dossier.json": json.dumps(
        {"exhibits": [], "finding": "F-1", "observations": [0, 0], "relied_on": ["1"], "v": 1, "whole": True},
        separators=(",", ":"),
    ).encode() + b"\n",
    "log/checkpoint": CHECKPOINT.to_text().encode(),
    "log/entries": b"0 " + ENTRIES[0] + b"\n",
    "log/lines/claim.ndjson": b"0\n",
    "log/proof": b"",
    "records/findings.geojsonl": b'{"geometry":null,"properties":{"id":"F-1","events":["E-1"],"incident":"I-1"}}\n',
    "seal/result.json": STATEMENT,
    "seal/proof.tlog-proof": TlogProof(0, (), NOTE).to_bytes(),
    "seal/policy": POLICY,
    "records/proof.json": b'{"proof":[],"records":[]}\n',
}  # fmt: skip

SHARE = split(bytes(40), "abcd", 2, 3, bytes)[1].to_text()
ROTATED = Note(Rotation(KEY, VerifierKey("log.example", 1, bytes(32))).to_text(), NOTE.signatures).to_bytes()
CUSTODIAN = X25519PrivateKey.from_private_bytes(bytes(range(32)))
CUSTODIANS = Custodian("a", CUSTODIAN.public_key().public_bytes_raw())
RECORDS = {
    "records/findings.geojsonl": b'{"geometry":{"coordinates":[1,2],"type":"Point"},"properties":{"id":"F-1","events":'
    b'["E-1"],"incident":"I-1","outcome":"attributed","party":"n","status":"automatic","words":"w","occurrence":0.9,'
    b'"responsibility":{"n":0.9},"provisions":["p"],"robustness":"R1","evidence":"fair","reasons":[{"words":"w",'
    b'"holds":true,"because":[]}],"made_by":{"code":"a","inputs":"b"}}}\n',
    "records/events.geojsonl": b'{"geometry":{"coordinates":[1,2],"type":"Point"},"properties":{"id":"E-1","time":'
    b'"2026-03-01T10:00:00Z","labels":{"impact":0.9},"observations":["o"],"providers":["a"]}}\n',
}


def _succession(data: bytes) -> object:
    if b"\n\n" in data:
        return read_rotation(read_note(data), check_ed25519)
    return revocation_of(data.decode("utf-8"))


TARGETS: Mapping[str, tuple[Callable[[bytes], object], tuple[bytes, ...]]] = {
    "note": (_note, (NOTE.to_bytes(),)),
    "vkey": (lambda data: read_vkey(data.decode("utf-8")), (KEY.to_text().encode(), WITNESS.to_text().encode())),
    "checkpoint": (lambda data: read_checkpoint(data.decode("utf-8")), (CHECKPOINT.to_text().encode(),)),
    "tlog_proof": (read_tlog_proof, (TlogProof(2, (ROOT, ROOT), NOTE).to_bytes(),)),
    "witness": (_witness, (b"old 5\n\n" + NOTE.to_bytes(), b"old 3\nAAAA\n\n" + NOTE.to_bytes())),
    "policy": (lambda data: read_policy("policy", data), (POLICY,)),
    "log": (_log, (_joined(tiles_of(ENTRIES)),)),
    "bundle": (lambda data: read_bundle(data, 5), (tiles_of(ENTRIES)["tile/entries/000.p/5"],)),
    "entry": (read_entry, tuple(ENTRIES[:2])),
    "statement": (read_statement, (STATEMENT,)),
    "fields": (_fields, (b'{"id":"1","kind":"report","person":"x"}', b'{"geometry":null,"properties":{"a":1}}')),
    "pseudonym": (lambda data: pseudonymous(data, bytes(32)), (b'{"kind":"report","person":"x","consent":true}',)),
    "archive": (_archive, ()),
    "dossier": (lambda data: check_dossier(payload_of(data), None, check_ed25519), (_joined(DOSSIER),)),
    "edition": (lambda data: check_edition(payload_of(data), None, check_ed25519), (_joined(DOSSIER),)),
    "disclosure": (read_disclosure, (DISCLOSURE,)),
    "permits": (
        _permits,
        (b"truceline/permit/v1\nresult " + b"a" * 64 + b"\nto public\nexact F-" + b"1" * 16 + b"\n",),
    ),
    "officers": (lambda data: read_officers("o", data), (b"officer a b " + KEY.to_text().encode() + b"\n",)),
    "share": (lambda data: read_share(data.decode("utf-8")), (SHARE.encode(),)),
    "succession": (_succession, (Revocation(KEY, 1_700_000_000).to_text().encode(), ROTATED)),
    "sealed": (lambda data: opened_by(data, "a", CUSTODIAN), (sealed_for(b"keys", [CUSTODIANS]),)),
    "words": (lambda data: words(payload_of(data), "F-1", ()), (_joined(RECORDS),)),
    "journal": (_journal, (_journal_seed(),)),
    "time_stamp": (sorted_certificates, ()),
    **FEEDS,
}


def take(name: str, data: bytes) -> None:
    """Let a parser read bytes; anything but a clear no or a yes goes through as the fault that it is."""
    try:
        TARGETS[name][0](data)
    except (ValueError, Unusable):
        return
