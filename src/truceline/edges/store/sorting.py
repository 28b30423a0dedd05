"""What becomes of inputs that come: new, known already, or with the id of another and other content. The same for all
stores."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import TypeAlias

from truceline.edges.store.door import Outcome, Receipt, Received

Known: TypeAlias = Mapping[tuple[str, str], tuple[int, bytes]]
"""(kind, id) → (index, digest) of inputs that are kept."""


def sorted_out(
    inputs: Sequence[Received], first: int, known_of: Callable[[Sequence[Received]], Known]
) -> tuple[tuple[Receipt, ...], list[tuple[Received, bytes]]]:
    """The receipts in order, and those inputs that are new, with their digests; they are numbered from `first`."""
    receipts: list[Receipt] = []
    new: list[tuple[Received, bytes]] = []
    known = dict(known_of(inputs))
    for one in inputs:
        digest = sha256(one.data).digest()
        there = known.get((one.kind, one.id))
        outcome: Outcome = "new" if there is None else "known"
        if there is not None and there[1] != digest:
            outcome = "set_aside"
            one = Received("set_aside", aside_id(one, digest.hex()), one.data)
            there = known.get((one.kind, one.id)) or known_of([one]).get((one.kind, one.id))
        if there is None:
            there = known[one.kind, one.id] = (first + len(new), digest)
            new.append((one, digest))
        receipts.append(Receipt(outcome, there[0]))
    return tuple(receipts), new


def aside_id(one: Received, sha256_hex: str) -> str:
    """The id under which an input with the id of another and other content is kept. The same again has the same."""
    return f"{one.kind} {one.id} {sha256_hex[:32]}"
