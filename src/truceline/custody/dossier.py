"""The dossier: one finding, all that it rests on, and the proofs, as the payload of a bag.

    README.txt                  what this is and how to check it
    dossier.json                which finding; what it relies on; what is not enclosed
    explanation.txt             why the finding says what it says
    records/KIND.geojsonl       the finding, its incident and events, as the result folder has them
    records/proof.json          sealed only: their places in the log of commitments, their keys, one proof for all
    log/checkpoint              origin, size and root of the log of inputs
    log/entries                 the entries enclosed, one a line: index, blank, entry
    log/proof                   one proof for all of them: base64 of a hash a line
    log/files/… log/lines/…     the inputs as received
    exhibits/SHA256             pictures, sound, forms
    seal/…                      sealed only: statement, proof that it is in the register, policy, stamps

Every input between the first and the last observation enclosed is there: the indices show it. Pure: what is recomputed
from the inputs is held against the records by whoever can run the engine.
"""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import msgspec

from truceline.custody.base64_text import decode_base64
from truceline.custody.canonical import Json, canonical_json
from truceline.custody.checkpoint import Checkpoint, read_checkpoint, read_size
from truceline.custody.derived import derived
from truceline.custody.entry import Entry, read_entry
from truceline.custody.exhibit import is_digest
from truceline.custody.fields import committed, entry_v2, fields_of
from truceline.custody.log_folder import Logged, match_inputs
from truceline.custody.many import root_by_many
from truceline.custody.merkle import leaf_hash
from truceline.custody.note import CheckEd25519
from truceline.custody.policy import Policy, read_policy
from truceline.custody.reading import decode, texts
from truceline.custody.seal import Standing, Statement, read_statement, standing
from truceline.custody.tlog_proof import read_tlog_proof
from truceline.model.problem import Place, Problem, Unusable

VERSION = 1
INDEX, EXPLANATION, README = "dossier.json", "explanation.txt", "README.txt"
CHECKPOINT, ENTRIES, PROOF = "log/checkpoint", "log/entries", "log/proof"
RECORDS, RECORDS_PROOF, EXHIBITS, SEAL = "records/", "records/proof.json", "exhibits/", "seal/"
STATEMENT, REGISTER_PROOF, POLICY = "seal/result.json", "seal/proof.tlog-proof", "seal/policy"
KINDS = {"event": "events", "incident": "incidents", "finding": "findings"}
ASK = "ask for the dossier again from whoever made it"

_STAMP = re.compile(r"(seal/stamps/.+)\.(?:tsr|pem)")


class ExhibitNamed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An exhibit that an observation names, and whether it is enclosed."""

    sha256: str
    media_type: str
    observation: str
    enclosed: bool


class Index(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a dossier is of. observations: the first and last index enclosed, of all that the log holds."""

    v: int
    finding: str
    relied_on: tuple[str, ...]
    observations: tuple[int, int]
    whole: bool
    exhibits: tuple[ExhibitNamed, ...] = ()

    def to_bytes(self) -> bytes:
        """The bytes of dossier.json."""
        table: dict[str, Json] = {
            "v": self.v,
            "finding": self.finding,
            "relied_on": list(self.relied_on),
            "observations": list(self.observations),
            "whole": self.whole,
            "exhibits": [msgspec.structs.asdict(one) for one in self.exhibits],
        }
        return canonical_json(table) + b"\n"


class RecordProven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A record's place in the log of commitments, and its key in hex, which opens all its commitments."""

    kind: str
    id: str
    index: int
    key: str
    derived: dict[str, str] = {}


class RecordsProof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the records stand in the log of commitments, and one proof for all: hashes in base64."""

    records: tuple[RecordProven, ...]
    proof: tuple[str, ...]

    def to_bytes(self) -> bytes:
        """The bytes of proof.json."""
        table: Json = msgspec.to_builtins(self)
        return canonical_json(table) + b"\n"


@dataclass(frozen=True)
class Checked:
    """What checking found. `standing` is None for a dossier that nobody has sealed."""

    problems: tuple[Problem, ...]
    index: Index | None = None
    checkpoint: Checkpoint | None = None
    statement: Statement | None = None
    standing: Standing | None = None
    logged: tuple[Logged, ...] = ()
    records: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether nothing in it contradicts anything else in it."""
        return not self.problems


def write_entries(entries: Sequence[tuple[int, Entry]]) -> bytes:
    """The entries enclosed, one a line."""
    return b"".join(b"%d %s\n" % (index, entry.to_bytes()) for index, entry in entries)


def write_proof(proof: Sequence[bytes]) -> bytes:
    """A proof for many, one hash a line."""
    return b"".join(b64encode(step) + b"\n" for step in proof)


def check_dossier(files: Mapping[str, bytes], policy: Policy | None, check: CheckEd25519) -> Checked:
    """Check a dossier's payload. policy: whom the checker believes; None: whom the dossier itself names."""
    return _Check(files, policy, check).checked()


class _Check:
    """One check; every step adds what it finds wrong."""

    def __init__(self, files: Mapping[str, bytes], policy: Policy | None, check: CheckEd25519) -> None:
        self._files, self._policy, self._check_ed25519 = files, policy, check
        self._problems: list[Problem] = []

    def checked(self) -> Checked:
        index = self._index()
        checkpoint, logged = self._log()
        sealed = any(path.startswith(SEAL) for path in self._files)
        statement, standing_ = self._seal(checkpoint) if sealed else (None, None)
        records = self._records(statement)
        if index is not None:
            self._whole(index, logged, records)
        self._strays(index)
        problems = tuple(dict.fromkeys(self._problems))
        return Checked(problems, index, checkpoint, statement, standing_, logged, records)

    def _say(self, path: str, what: str, line: int = 0) -> None:
        self._problems.append(Problem(Place(path, line=line), what, ASK))

    def _index(self) -> Index | None:
        data = self._files.get(INDEX, b"")
        try:
            index = decode(data, Index)
            if index.v != VERSION or index.to_bytes() != data:
                raise ValueError(f"it is not of version {VERSION}, or not written canonically")
        except ValueError as error:
            self._say(INDEX, f"missing, or not what it should be ({error})")
            return None
        return index

    def _log(self) -> tuple[Checkpoint | None, tuple[Logged, ...]]:
        """The checkpoint, and the inputs enclosed, if they are under its root."""
        try:
            checkpoint = read_checkpoint(self._files.get(CHECKPOINT, b"").decode("utf-8"))
        except ValueError as error:
            self._say(CHECKPOINT, f"missing, or not a checkpoint ({error})")
            return None, ()
        entries = self._entries()
        proof = self._hashes(PROOF)
        leaves = {index: leaf_hash(entry.to_bytes()) for index, entry in entries}
        if root_by_many(checkpoint.size, leaves, proof) != checkpoint.root:
            self._say(ENTRIES, f"the entries, with {PROOF}, do not lead to the root of {CHECKPOINT}")
        logged, faults = match_inputs(self._files, [entry for _, entry in entries])
        self._problems += [Problem(one.place, one.what, ASK) for one in faults]
        return checkpoint, tuple(logged)

    def _entries(self) -> list[tuple[int, Entry]]:
        entries: list[tuple[int, Entry]] = []
        lines = self._files.get(ENTRIES, b"").split(b"\n")
        if lines[-1]:
            self._say(ENTRIES, "the last line does not end in a newline", len(lines))
        for number, line in enumerate(lines[:-1], start=1):
            index_text, _, data = line.partition(b" ")
            try:
                index = read_size(index_text.decode("ascii"))
                if entries and index <= entries[-1][0]:
                    raise ValueError("the index is not above that of the line before")
                entries.append((index, read_entry(data)))
            except ValueError as error:
                self._say(ENTRIES, str(error), number)
        return entries

    def _hashes(self, path: str) -> list[bytes]:
        found = []
        for number, line in enumerate(self._files.get(path, b"").decode("ascii", "replace").split("\n")[:-1], start=1):
            try:
                found.append(decode_base64(line, "the hash"))
            except ValueError as error:
                self._say(path, str(error), number)
        return found

    def _seal(self, checkpoint: Checkpoint | None) -> tuple[Statement | None, Standing | None]:
        data = self._files.get(STATEMENT, b"")
        try:
            statement = read_statement(data)
        except ValueError as error:
            self._say(STATEMENT, f"missing, or not a statement ({error})")
            return None, None
        if checkpoint is not None:
            given = (statement.origin, statement.log.size, statement.log.root)
            if given != (checkpoint.origin, checkpoint.size, checkpoint.root.hex()):
                self._say(CHECKPOINT, f"is not of the log of which {STATEMENT} speaks")
        try:
            proof = read_tlog_proof(self._files.get(REGISTER_PROOF, b""))
        except ValueError as error:
            self._say(REGISTER_PROOF, f"missing, or not a proof ({error})")
            return statement, None
        try:
            enclosed = read_policy(POLICY, self._files.get(POLICY, b""))
        except Unusable as unusable:
            self._problems += [Problem(one.place, one.what, ASK) for one in unusable.problems]
            return statement, None
        found = standing(data, proof, self._policy or enclosed, self._check_ed25519)
        for fault in found.faults:
            self._say(REGISTER_PROOF, fault)
        return statement, found

    def _records(self, statement: Statement | None) -> dict[str, bytes]:
        """The record files; sealed ones are held against the log of commitments."""
        records = {kind: self._files.get(f"{RECORDS}{name}.geojsonl", b"") for kind, name in KINDS.items()}
        if statement is None:
            return records
        data = self._files.get(RECORDS_PROOF, b"")
        try:
            proven = decode(data, RecordsProof)
            proof = [decode_base64(step, "a hash") for step in proven.proof]
            if proven.to_bytes() != data or not all(is_digest(one.key) for one in proven.records):
                raise ValueError("it is not written canonically")
            keys = {(one.kind, one.id): bytes.fromhex(one.key) for one in proven.records}
        except ValueError as error:
            self._say(RECORDS_PROOF, f"missing, or not a proof ({error})")
            return records
        lines = dict(_lines(records))
        leaves: dict[int, bytes] = {}
        for one in proven.records:
            line = lines.pop((one.kind, one.id), None)
            if line is None:
                self._say(RECORDS_PROOF, f"speaks of the {one.kind} {one.id}, which is not enclosed")
                continue
            coarse = {name: value.encode() for name, value in one.derived.items()}
            if coarse != derived(line):
                self._say(RECORDS_PROOF, f"the derived fields of {one.id} are not those of the record")
            fields = fields_of(line) | coarse
            leaves[one.index] = leaf_hash(entry_v2(one.kind, committed(keys[one.kind, one.id], fields)))
        for kind, id_ in lines:
            self._say(f"{RECORDS}{KINDS[kind]}.geojsonl", f"{id_} is not proven in {RECORDS_PROOF}")
        if root_by_many(statement.fields.size, leaves, proof) != bytes.fromhex(statement.fields.root):
            self._say(RECORDS, f"the records, with {RECORDS_PROOF}, are not those of which {STATEMENT} speaks")
        return records

    def _whole(self, index: Index, logged: Sequence[Logged], records: Mapping[str, bytes]) -> None:
        """Whether the finding is there with all that it names, and no observation in between is left out."""
        lines = {key: _properties(line) for key, line in _lines(records)}
        finding = lines.get(("finding", index.finding))
        if finding is None:
            self._say(f"{RECORDS}findings.geojsonl", f"the finding {index.finding} is not there")
            return
        events = texts(finding.get("events"))
        for kind, id_ in [("incident", str(finding.get("incident"))), *(("event", id_) for id_ in events)]:
            if (kind, id_) not in lines:
                self._say(f"{RECORDS}{KINDS[kind]}.geojsonl", f"the {kind} {id_} of the finding is not there")
        relied = {o for id_ in events for o in texts(lines.get(("event", id_), {}).get("observations"))}
        if set(index.relied_on) != relied:
            self._say(INDEX, "relied_on is not what the finding's events rest on")
        held = {entry.id for entry, _ in logged if entry.kind == "observation"}
        for id_ in sorted(relied - held):
            self._say("log/lines/observation.ndjson", f"the observation {id_}, relied on, is not there")
        found = [at for at, entry in self._entries() if entry.kind == "observation"]
        first, last = index.observations
        if found != list(range(first, last + 1)):
            self._say(ENTRIES, f"not every observation from entry {first} to {last} is enclosed")

    def _strays(self, index: Index | None) -> None:
        """Files that belong to nothing, and exhibits that are not what their name says."""
        enclosed = {f"{EXHIBITS}{one.sha256}" for one in index.exhibits if one.enclosed} if index else set()
        for path in sorted(enclosed - self._files.keys()):
            self._say(path, "the exhibit is missing")
        known = {INDEX, EXPLANATION, README, CHECKPOINT, ENTRIES, PROOF, RECORDS_PROOF, "ro-crate-metadata.json"}
        known |= {f"{RECORDS}{name}.geojsonl" for name in KINDS.values()} | enclosed
        for path, data in self._files.items():
            if path in enclosed and sha256(data).hexdigest() != path.removeprefix(EXHIBITS):
                self._say(path, "the exhibit's bytes have another digest than its name")
            elif (
                path not in known
                and not path.startswith(("log/files/", "log/lines/"))
                and not is_seal(path, self._files)
            ):
                self._say(path, "nothing in the dossier speaks of this file")


def is_seal(path: str, files: Mapping[str, bytes]) -> bool:
    """Whether a path is that of a part of a seal: a stamp's certificates are one only beside the stamp."""
    if path in (STATEMENT, REGISTER_PROOF, POLICY):
        return True
    stamp = _STAMP.fullmatch(path)
    return stamp is not None and f"{stamp[1]}.tsr" in files


def _lines(records: Mapping[str, bytes]) -> list[tuple[tuple[str, str], bytes]]:
    """((kind, id), line) of every record."""
    found = []
    for kind, data in records.items():
        for line in data.split(b"\n"):
            if line:
                found.append(((kind, str(_properties(line).get("id", ""))), line))
    return found


class _Feature(msgspec.Struct):
    properties: dict[str, Any]


def _properties(line: bytes) -> dict[str, Any]:
    try:
        return decode(line, _Feature).properties
    except ValueError:
        return {}
