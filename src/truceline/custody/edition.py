"""An edition: what of a result goes to one audience, as the payload of a bag. What is shown is proven, field by field.

    README.txt             what this is and how to check it
    edition.json           to whom, as of when, of which result; how many findings are withheld, and why
    findings.txt           what is shown, in words
    label.xml              to whom it may go (label.py)
    disclosures.ndjson     each record shown: its place in the log of commitments, the fields shown with their salts,
                           the commitments of those hidden
    proof                  one proof for all of them
    seal/…                 statements of result and release, each proven to be in the register; policy; stamps

The register says of each edition to whom it went, and when.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypeAlias, TypeVar

import msgspec

from truceline.custody.base64_text import decode_base64
from truceline.custody.canonical import Json, canonical_json
from truceline.custody.dossier import POLICY, REGISTER_PROOF, SEAL, STATEMENT, is_seal
from truceline.custody.fields import Disclosure, Shown, is_commitment
from truceline.custody.many import root_by_many
from truceline.custody.note import CheckEd25519
from truceline.custody.policy import Policy, read_policy
from truceline.custody.reading import decode
from truceline.custody.seal import Standing, Statement, read_statement, standing
from truceline.custody.tlog_proof import read_tlog_proof
from truceline.model.problem import Place, Problem, Unusable

VERSION = 1
KIND = "release"
INDEX, PAGE, README, DISCLOSURES, PROOF = "edition.json", "findings.txt", "README.txt", "disclosures.ndjson", "proof"
LABEL = "label.xml"
RELEASE, RELEASE_PROOF, PERMIT = "seal/release.json", "seal/release.tlog-proof", "seal/permit"
EXACT, EXACT_KINDS = frozenset({"time", "geometry", "words", "from", "until"}), ("event", "incident", "finding")
ASK = "ask for the edition again from whoever made it"


class Edition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To whom, as of when, of which result. withheld: why → how many findings."""

    v: int
    to: str
    as_of: str
    result: str
    withheld: dict[str, int]

    def to_bytes(self) -> bytes:
        """The bytes of edition.json."""
        table: Json = msgspec.to_builtins(self)
        return canonical_json(table) + b"\n"


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the register says of an edition: digests in hex; permit: that to show exact places, or empty."""

    v: int
    to: str
    as_of: str
    result: str
    edition: str
    disclosures: str
    permit: str

    def to_bytes(self) -> bytes:
        """The bytes that are entered."""
        table: Json = msgspec.to_builtins(self)
        return canonical_json(table)


T = TypeVar("T", Edition, Release)
Say: TypeAlias = Callable[..., None]  # (path, what, line)


def write_disclosures(records: Sequence[Disclosure]) -> bytes:
    """The records shown, one a line."""
    return b"".join(
        canonical_json(
            {
                "index": one.index,
                "kind": one.kind,
                "shown": {name: [shown.value.decode(), shown.salt.hex()] for name, shown in one.shown.items()},
                "hidden": dict(one.hidden),
            }
        )
        + b"\n"
        for one in records
    )


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    index: int
    kind: str
    shown: dict[str, tuple[str, str]]
    hidden: dict[str, str]


def read_disclosure(line: bytes) -> Disclosure:
    """The record that a line shows. Raises ValueError."""
    try:
        read = decode(line, _Line)
        shown = {name: Shown(value.encode(), bytes.fromhex(salt)) for name, (value, salt) in read.shown.items()}
    except ValueError as error:
        raise ValueError(f"it is no record shown in part ({error})") from None
    if not all(map(is_commitment, read.hidden.values())) or set(shown) & set(read.hidden):
        raise ValueError("a commitment is none, or a field is both shown and hidden")
    disclosure = Disclosure(read.index, read.kind, shown, read.hidden)
    if write_disclosures([disclosure]) != line + b"\n":
        raise ValueError("it is not written canonically")
    return disclosure


@dataclass(frozen=True)
class CheckedEdition:
    """What checking found."""

    problems: tuple[Problem, ...]
    edition: Edition | None = None
    statement: Statement | None = None
    standing: Standing | None = None
    records: tuple[Disclosure, ...] = ()
    exact_by_permit: bool = False
    shown: Mapping[str, int] = field(default_factory=dict)  # kind → how many

    @property
    def holds(self) -> bool:
        """Whether nothing in it contradicts anything else in it."""
        return not self.problems


def check_edition(files: Mapping[str, bytes], policy: Policy | None, check: CheckEd25519) -> CheckedEdition:
    """Check an edition's payload. policy: whom the checker believes; None: whom the edition itself names."""
    problems: list[Problem] = []

    def say(path: str, what: str, line: int = 0) -> None:
        problems.append(Problem(Place(path, line=line), what, ASK))

    edition = _read(files, INDEX, Edition, say)
    release = _read(files, RELEASE, Release, say)
    records = _disclosures(files, say)
    try:
        statement = read_statement(files.get(STATEMENT, b""))
        proof = [decode_base64(line, "a hash") for line in files.get(PROOF, b"").decode("ascii").split("\n")[:-1]]
        enclosed = read_policy(POLICY, files.get(POLICY, b""))
        believed = policy or enclosed
        found = standing(files[STATEMENT], read_tlog_proof(files.get(REGISTER_PROOF, b"")), believed, check)
        proven = read_tlog_proof(files.get(RELEASE_PROOF, b""))
        entered = standing(files.get(RELEASE, b""), proven, believed, check, kind=KIND)
    except ValueError as error:
        say(SEAL, f"a part of the seal is missing, or not what it should be ({error})")
        return CheckedEdition(tuple(problems), edition)
    except Unusable as unusable:
        return CheckedEdition((*problems, *unusable.problems), edition)
    for path, standing_ in ((REGISTER_PROOF, found), (RELEASE_PROOF, entered)):
        for fault in standing_.faults:
            say(path, fault)
    leaves = {one.index: one.leaf() for one in records}
    root = root_by_many(statement.fields.size, leaves, proof)
    if root is None or root.hex() != statement.fields.root or len(leaves) != len(records):
        say(DISCLOSURES, f"the records shown, with {PROOF}, are not those of which {STATEMENT} speaks")
    if edition is not None and release is not None:
        _agree(files, edition, release, statement, say)
    if PERMIT not in files and any(EXACT & one.shown.keys() for one in records if one.kind in EXACT_KINDS):
        say(DISCLOSURES, "shows an exact time or place, and no permit is enclosed")
    _strays(files, say)
    counts: dict[str, int] = {}
    for one in records:
        counts[one.kind] = counts.get(one.kind, 0) + 1
    both = Standing(found.faults, found.log_keys, found.cosigned, found.quorum and entered.quorum)
    return CheckedEdition(
        tuple(dict.fromkeys(problems)), edition, statement, both, tuple(records), PERMIT in files, counts
    )


def _read(files: Mapping[str, bytes], path: str, type_: type[T], say: Say) -> T | None:
    """The table that a file holds, if it is written as ours are."""
    data = files.get(path, b"")
    try:
        read = decode(data, type_)
        if read.v != VERSION or read.to_bytes() != data:
            raise ValueError(f"it is not of version {VERSION}, or not written canonically")
    except ValueError as error:
        say(path, f"missing, or not what it should be ({error})")
        return None
    return read


def _disclosures(files: Mapping[str, bytes], say: Say) -> list[Disclosure]:
    records: list[Disclosure] = []
    lines = files.get(DISCLOSURES, b"").split(b"\n")
    if lines[-1]:
        say(DISCLOSURES, "the last line does not end in a newline", len(lines))
    for number, line in enumerate(lines[:-1], start=1):
        try:
            records.append(read_disclosure(line))
        except ValueError as error:
            say(DISCLOSURES, str(error), number)
    return records


def _agree(files: Mapping[str, bytes], edition: Edition, release: Release, statement: Statement, say: Say) -> None:
    """Whether the edition is the one that the register speaks of."""
    if edition.result != statement.id:
        say(INDEX, f"is not of the result of which {STATEMENT} speaks")
    digests = {path: sha256(files.get(path, b"")).hexdigest() for path in (INDEX, DISCLOSURES, PERMIT)}
    permit = digests[PERMIT] if PERMIT in files else ""
    given = (release.to, release.as_of, release.result, release.edition, release.disclosures, release.permit)
    if given != (edition.to, edition.as_of, edition.result, digests[INDEX], digests[DISCLOSURES], permit):
        say(RELEASE, "speaks of another edition than this one")


def _strays(files: Mapping[str, bytes], say: Say) -> None:
    known = {INDEX, PAGE, README, LABEL, DISCLOSURES, PROOF, RELEASE, RELEASE_PROOF, PERMIT}
    for path in sorted(files):
        if path not in known and not is_seal(path, files):
            say(path, "nothing in the edition speaks of this file")
