"""The evidence log as files: every input as received, its entry, the tiles over the entries, the checkpoint.

log/checkpoint               origin, size and root (C2SP tlog-checkpoint, unsigned; seals are kept beside OUT)
log/tile/…                   tiles and bundles of entries (C2SP tlog-tiles)
log/files/KIND/PATH          a whole file as received
log/lines/KIND.ndjson        lines as received: the n-th is that of the n-th entry of its kind
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from truceline.custody import tiles
from truceline.custody.checkpoint import Checkpoint, read_checkpoint
from truceline.custody.entry import LINE_KINDS, Entry, read_entry
from truceline.custody.merkle import leaf_hash, root_of
from truceline.model.problem import Place, Problem

Logged = tuple[Entry, bytes]  # an entry and the bytes it is of

CHECKPOINT, TILES, FILES, LINES = "log/checkpoint", "log/tile/", "log/files/", "log/lines/"
ASK = "ask for the folder again from whoever made it"


@dataclass(frozen=True)
class LogRead:
    """A log read back: what it holds, its root, and every fault found on the way."""

    origin: str
    root: bytes
    logged: tuple[Logged, ...]
    problems: tuple[Problem, ...]


def root_over(entries: Sequence[Entry]) -> bytes:
    """The root of the tree over these entries."""
    return root_of([leaf_hash(entry.to_bytes()) for entry in entries])


def log_files(origin: str, logged: Sequence[Logged]) -> dict[str, bytes]:
    """All files of the log, by path within the result folder. logged: entries in the order of the log."""
    entries = [entry for entry, _ in logged]
    files = {CHECKPOINT: Checkpoint(origin, len(entries), root_over(entries)).to_text().encode()}
    files |= {f"log/{path}": data for path, data in tiles.tiles_of([entry.to_bytes() for entry in entries]).items()}
    return files | input_files(logged)


def input_files(logged: Sequence[Logged]) -> dict[str, bytes]:
    """The inputs as received: whole files, and one file for all lines of a kind."""
    files: dict[str, bytes] = {}
    lines: dict[str, list[bytes]] = {}
    for entry, data in logged:
        if entry.kind in LINE_KINDS:
            lines.setdefault(entry.kind, []).append(data)
        else:
            files[_path(entry)] = data
    return files | {f"{LINES}{kind}.ndjson": b"\n".join([*some, b""]) for kind, some in lines.items()}


def read_log(files: Mapping[str, bytes]) -> LogRead:
    """The log of a result folder, and what is wrong with it: tiles, entries and inputs are held against each other.

    files: all files of the folder, by path. With any problem, what is read stands only as far as it goes.
    """
    try:
        checkpoint = read_checkpoint(files.get(CHECKPOINT, b"").decode("utf-8"))
    except ValueError as error:
        return LogRead("", b"", (), (_fault(CHECKPOINT, f"missing, or not a checkpoint ({error})"),))
    held = {path.removeprefix("log/"): data for path, data in files.items() if path.startswith(TILES)}
    tiled = tiles.read_log(held, checkpoint)
    problems = [replace(one, place=replace(one.place, file=f"log/{one.place.file}")) for one in tiled.problems]
    entries = []
    for number, raw in enumerate(tiled.entries):
        try:
            entries.append(read_entry(raw))
        except ValueError as error:
            problems.append(_fault(TILES, f"entry {number}: {error}"))
    if problems:
        return LogRead(checkpoint.origin, checkpoint.root, (), tuple(problems))
    logged, faults = match_inputs(files, entries)
    return LogRead(checkpoint.origin, checkpoint.root, tuple(logged), tuple(faults))


def match_inputs(files: Mapping[str, bytes], entries: Sequence[Entry]) -> tuple[list[Logged], list[Problem]]:
    """Every entry with the bytes it is of, each held against its digest; files lie as `input_files` lays them."""
    logged: list[Logged] = []
    problems: list[Problem] = []
    lines = {kind: files[path].split(b"\n") for kind in LINE_KINDS if (path := f"{LINES}{kind}.ndjson") in files}
    taken = dict.fromkeys(LINE_KINDS, 0)
    named = {f"{LINES}{kind}.ndjson" for kind in LINE_KINDS}
    for number, entry in enumerate(entries):
        data, place = _data_of(files, lines, taken, entry)
        named.add(place.file)
        if data is None:
            problems.append(
                Problem(place, f"entry {number} ({entry.kind} {entry.id}) is of bytes that are missing", ASK)
            )
        elif sha256(data).hexdigest() != entry.sha256:
            problems.append(Problem(place, f"not the bytes that entry {number} ({entry.kind} {entry.id}) seals", ASK))
        else:
            logged.append((entry, data))
    for kind, some in lines.items():
        if len(some) != taken[kind] + 1 or some[-1]:
            place = Place(f"{LINES}{kind}.ndjson", line=min(taken[kind] + 1, len(some)))
            problems.append(Problem(place, "more, or fewer, lines than there are entries", ASK))
    strays = (path for path in files if path.startswith((FILES, LINES)) and path not in named)
    return logged, problems + [_fault(path, "no entry is of this file") for path in sorted(strays)]


def _data_of(
    files: Mapping[str, bytes], lines: Mapping[str, list[bytes]], taken: dict[str, int], entry: Entry
) -> tuple[bytes | None, Place]:
    """The bytes that should be an entry's, if they are there, and where; counts the lines taken."""
    if entry.kind not in LINE_KINDS:
        return files.get(_path(entry)), Place(_path(entry))
    taken[entry.kind] += 1
    line = taken[entry.kind]
    some = lines.get(entry.kind, [])
    return (some[line - 1] if line < len(some) else None), Place(f"{LINES}{entry.kind}.ndjson", line=line)


def _path(entry: Entry) -> str:
    return f"{FILES}{entry.kind}/{entry.id}"


def _fault(path: str, what: str) -> Problem:
    return Problem(Place(path), what, ASK)
