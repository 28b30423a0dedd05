"""The one door to where inputs are kept. Whoever stands behind it must pass the exam in tests/edges/store_exam.py.

An input is *acknowledged* when `append` returns: it is then on disk, and nothing short of losing the disk takes it
away. Inputs are numbered from 0 in the order in which they were acknowledged: the order of the log. Nothing is ever
changed or removed. Times are microseconds since 1970 by the clock of this machine and order nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

import msgspec

from truceline.custody.checkpoint import Checkpoint
from truceline.custody.entry import KINDS, Entry
from truceline.model.problem import Place, Problem, Unusable

MOST_ID = 1024  # characters
MOST_DATA = 16 * 1024**2  # bytes of one input; what is longer is an exhibit

MAKE_ONE = "make one: truceline keep STORE KIND FILE --origin NAME --status STATUS"

Outcome: TypeAlias = Literal["new", "known", "set_aside"]
Status: TypeAlias = Literal["actual", "exercise", "test"]


class Received(msgspec.Struct, frozen=True, gc=False):
    """An input as it came: which kind, its own id, its bytes."""

    kind: str
    id: str
    data: bytes


class Receipt(msgspec.Struct, frozen=True, gc=False):
    """What became of an input: it is entry `index` (new), was entry `index` already (known), or has the id of another
    input and other content, and was kept as entry `index` of kind set_aside."""

    outcome: Outcome
    index: int


@dataclass(frozen=True, slots=True)
class Kept:
    """An input as it is kept."""

    index: int
    entry: Entry
    data: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """A checkpoint and when it was made."""

    checkpoint: Checkpoint
    at_us: int


class Store(Protocol):
    """Keeps the inputs of one log. Every method raises Unusable if the disk or database fails; what was acknowledged
    before then stands, and the call can be made again."""

    @property
    def origin(self) -> str:
        """The name of the log."""
        ...

    @property
    def status(self) -> Status:
        """Whether the inputs are real. Exercise and reality are never mixed."""
        ...

    @property
    def size(self) -> int:
        """How many inputs are kept."""
        ...

    def append(self, inputs: Sequence[Received]) -> tuple[Receipt, ...]:
        """Keep inputs, all or none. On return they are durable. The same input again is known, not kept twice."""
        ...

    def inputs(self, start: int = 0, stop: int | None = None) -> Iterator[Kept]:
        """The inputs from `start` up to `stop`, in order."""
        ...

    def find(self, kind: str, id_: str) -> Kept | None:
        """The input of this kind and id."""
        ...

    def seal(self) -> Checkpoint:
        """Put all that is kept under a root, durably; without new inputs the last checkpoint again."""
        ...

    def sealed(self) -> Sequence[Sealed]:
        """Every checkpoint made, in order."""
        ...

    def tile(self, level: int, index: int) -> bytes:
        """The hashes of a tile as far as sealed, side by side; empty if there is none."""
        ...

    def arrivals(self) -> Iterator[tuple[int, int, int]]:
        """(first index, count, microseconds) of each batch, in order."""
        ...

    def engine_faults(self) -> tuple[Problem, ...]:
        """What the database itself finds wrong with its files."""
        ...

    def backup(self, to: Path) -> None:
        """Write a whole copy, checked, while others go on appending. The copy holds all that was acknowledged when
        it began."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


def checked(inputs: Sequence[Received]) -> None:
    """Raises Unusable, naming each, if an input cannot be kept."""
    faults = []
    for number, one in enumerate(inputs):
        if one.kind not in KINDS:
            faults.append((number, f"{one.kind[:40]!r} is no kind of input", f"give one of {', '.join(KINDS)}"))
        elif not 0 < len(one.id) <= MOST_ID:
            faults.append((number, f"the id has {len(one.id)} characters", f"give 1 to {MOST_ID}"))
        elif "\x00" in one.id or not one.id.isprintable():
            faults.append((number, "the id holds characters that cannot be printed", "use letters, digits and signs"))
        elif len(one.data) > MOST_DATA:
            faults.append((number, f"the input has {len(one.data)} bytes", "send what is long as an exhibit"))
    if faults:
        raise Unusable([Problem(Place("input", line=number + 1), what, remedy) for number, what, remedy in faults])
