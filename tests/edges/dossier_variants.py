"""Many different dossiers of one result, all good or all less than sealed, and ways to damage one."""

import json
import random
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from truceline.custody import dossier as layout
from truceline.custody.archive import write_archive
from truceline.custody.bag import bag
from truceline.custody.checkpoint import Checkpoint
from truceline.custody.entry import entry_of, read_entry
from truceline.custody.log_folder import match_inputs
from truceline.custody.merkle import inclusion_proof, leaf_hash, root_of
from truceline.custody.seal import KIND
from truceline.custody.tlog_proof import TlogProof
from truceline.edges.compare import Likeness
from truceline.edges.dossier.make import Maker, _Chosen
from truceline.edges.dossier.verify import read_dossier
from truceline.edges.dossier.words import WORDS, words
from truceline.edges.seal.make import state
from truceline.edges.wiring import plugins
from truceline.model.problem import Unusable

from .sealed_dossier import LOG, WITNESSES, cosigned, policy_text
from .small_result import attributed, small_result

SEED = bytes(range(32))


class PartMaker(Maker):
    """Encloses a stretch of observations chosen by chance, without recomputing."""

    chance: random.Random

    def _choose(self, records, relied, whole, plugins, over, tell):  # type: ignore[no-untyped-def]
        logged = self._log.logged
        observed = [at for at, (entry, _) in enumerate(logged) if entry.kind == "observation"]
        wanted = [at for at in observed if logged[at][0].id in set(relied)]
        first = self.chance.randint(observed[0], min(wanted))
        last = self.chance.randint(max(wanted), observed[-1])
        others = [at for at in range(len(logged)) if at not in set(observed)]
        none: Likeness | None = None
        return _Chosen((*sorted({*others, *range(first, last + 1)}),), none, whole=False)


def seal_folder(folder: Path, chance: random.Random, stamps: Mapping[str, bytes]) -> None:
    """A seal in a register of some size, cosigned by some."""
    statement = state(small_result(), SEED).to_bytes()
    entry = entry_of(KIND, sha256(statement).hexdigest(), statement).to_bytes()
    others = [leaf_hash(f"another {n}".encode()) for n in range(chance.randint(0, 40))]
    index = chance.randint(0, len(others))
    leaves = [*others[:index], leaf_hash(entry), *others[index:]]
    note = LOG.signed(Checkpoint(LOG.key.name, len(leaves), root_of(leaves)).to_text())
    names = [name for name in WITNESSES if chance.random() < 0.7]
    proof = cosigned(TlogProof(index, inclusion_proof(leaves, index), note), *names)
    files = {"result.json": statement, "proof.tlog-proof": proof.to_bytes(), "policy": policy_text()}
    files |= {"secret/seed": f"{SEED.hex()}\n".encode()}
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    for name, data in stamps.items():
        (folder / "stamps").mkdir(exist_ok=True)
        (folder / "stamps" / name).write_bytes(data)


def variant(chance: random.Random) -> dict[str, bytes]:
    """The payload of a dossier that holds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sealed = chance.random() < 0.8
        if sealed:
            seal_folder(folder, chance, {})
        maker = PartMaker(small_result(), folder if sealed else None, None)
        maker.chance = chance
        data = maker.make(attributed(), plugins(), map, lambda what: None).data
    payload, problems = read_dossier(data)
    assert problems == ()
    return payload


def packed(payload: Mapping[str, bytes]) -> bytes:
    """The dossier of a payload, all digests made anew, and the words about it, if there are words for it."""
    proven = {path: data for path, data in payload.items() if path not in WORDS}
    with suppress(Unusable, ValueError, LookupError, TypeError):
        finding = json.loads(payload[layout.INDEX])["finding"]
        logged, _ = match_inputs(payload, [read_entry(line) for line in _entries(payload)])
        payload = proven | words(proven, finding, [data for _, data in logged])
    return write_archive(bag(payload))


def _entries(payload: Mapping[str, bytes]) -> list[bytes]:
    return [line.partition(b" ")[2] for line in payload.get(layout.ENTRIES, b"").split(b"\n")[:-1]]


def flip(data: bytes, place: int, bit: int) -> bytes:
    """The bytes with one bit turned over."""
    bent = bytearray(data)
    bent[place] ^= 1 << bit
    return bytes(bent)


def forge(files: dict[str, bytes], chance: random.Random) -> str:
    """One change to the payload that a forger would make; the place of it. All but words about it is fair game."""
    ways = [_flip, _line, _entry, _record, _digit, _seal, _remove, _add]
    return chance.choice(ways)(files, chance)


def _proven(files: Mapping[str, bytes], chance: random.Random) -> str:
    return chance.choice([path for path in sorted(files) if files[path] and path not in WORDS])


def _flip(files: dict[str, bytes], chance: random.Random) -> str:
    path = _proven(files, chance)
    files[path] = flip(files[path], chance.randrange(len(files[path])), chance.randrange(8))
    return path


def _line(files: dict[str, bytes], chance: random.Random) -> str:
    path = "log/lines/observation.ndjson"
    lines = files[path].split(b"\n")[:-1]
    at = chance.randrange(len(lines) - 1)
    way = chance.randrange(4)
    if way == 0:
        lines[at] = lines[at].replace(b'"time_sigma_s":', b'"time_sigma_s":1')
    elif way == 1:
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
    elif way == 2:
        del lines[at]
    else:
        lines.insert(at, lines[at])
    files[path] = b"\n".join([*lines, b""])
    return path


def _entry(files: dict[str, bytes], chance: random.Random) -> str:
    entries = files[layout.ENTRIES].split(b"\n")[:-1]
    at = chance.randrange(len(entries) - 1)
    if chance.random() < 0.5:
        del entries[at]
    else:
        entries[at], entries[at + 1] = entries[at + 1], entries[at]
    files[layout.ENTRIES] = b"\n".join([*entries, b""])
    return layout.ENTRIES


def _record(files: dict[str, bytes], chance: random.Random) -> str:
    path = f"records/{chance.choice(['findings', 'events', 'incidents'])}.geojsonl"
    changes = [(b"Brenn", b"Aurel"), (b'"id":"', b'"id":"x'), (b"0.", b"0.1"), (b"Z", b"Y")]
    old, new = chance.choice(changes)
    files[path] = files[path].replace(old, new, 1) if old in files[path] else files[path][:-2]
    return path


def _digit(files: dict[str, bytes], chance: random.Random) -> str:
    path = chance.choice([p for p in (layout.CHECKPOINT, layout.RECORDS_PROOF, layout.INDEX) if p in files])
    text = files[path].decode()
    at = chance.choice([i for i, letter in enumerate(text) if letter.isalnum()])
    files[path] = (text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :]).encode()
    return path


def _seal(files: dict[str, bytes], chance: random.Random) -> str:
    paths = [path for path in (layout.STATEMENT, layout.REGISTER_PROOF, layout.POLICY) if path in files]
    if not paths:
        return _line(files, chance)
    path = chance.choice(paths)
    at = chance.randrange(len(files[path]))
    files[path] = files[path][:at] + files[path][at + 1 :]
    return path


def _remove(files: dict[str, bytes], chance: random.Random) -> str:
    path = _proven(files, chance)
    del files[path]
    return path


def _add(files: dict[str, bytes], chance: random.Random) -> str:
    path = chance.choice(
        [
            "log/files/control/more",
            "log/lines/rumour.ndjson",
            "note.txt",
            "exhibits/" + "0" * 64,
            "log/more",
            "seal/more",
        ]
    )
    files[path] = b"more"
    return path
