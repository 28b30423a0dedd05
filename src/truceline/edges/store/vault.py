"""A store in which what is personal can be forgotten: the same door, envelopes behind it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from truceline.custody.canonical import canonical_json
from truceline.custody.checkpoint import Checkpoint
from truceline.custody.personal import Personal, may_name, personal, pseudonymous, read_envelope
from truceline.edges.store.door import Kept, Receipt, Received, Sealed, Status, Store
from truceline.edges.store.keyring import Keyring, Plain
from truceline.model.problem import Place, Problem, Unusable

FORGOTTEN = b""  # what is given for bytes whose key was destroyed


class Vault:
    """A store and its keyring behind one door. Bytes that were forgotten are given as none."""

    def __init__(self, store: Store, keys: Keyring) -> None:
        self._store, self._keys = store, keys

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self._store.origin

    @property
    def status(self) -> Status:
        """Whether the inputs are real."""
        return self._store.status

    @property
    def size(self) -> int:
        """How many inputs are kept."""
        return self._store.size

    def append(self, inputs: Sequence[Received]) -> tuple[Receipt, ...]:
        """Keep inputs, all or none; what is personal in envelopes, statements with consent and under pseudonyms."""
        named = [self._without_name(number, one) for number, one in enumerate(inputs)]
        known: dict[int, Receipt] = {}
        plain: dict[int, Plain] = {}
        for number, one in enumerate(named):
            what = personal(one.kind, one.id, one.data)
            if what is None:
                continue
            group = what.group
            if self._keys.is_gone(group):
                # What was forgotten is not learnt again; what comes late under such a key has a key of its own.
                kept = self._store.find(one.kind, one.id)
                if kept is not None:
                    known[number] = Receipt("known", kept.index)
                    continue
                group = f"{group} late {one.id}"
            plain[number] = Plain(one.kind, one.id, group, one.data)
        closed = dict(zip(plain, self._keys.closed(list(plain.values())), strict=True))
        wrapped = [
            Received(one.kind, one.id, closed[number]) if number in closed else one
            for number, one in enumerate(named)
            if number not in known
        ]
        receipts = self._store.append(wrapped)
        if not known:
            return receipts
        following = iter(receipts)
        return tuple(known[number] if number in known else next(following) for number in range(len(named)))

    def inputs(self, start: int = 0, stop: int | None = None) -> Iterator[Kept]:
        """The inputs from `start` up to `stop`, opened."""
        return map(self._opened, self._store.inputs(start, stop))

    def find(self, kind: str, id_: str) -> Kept | None:
        """The input of this kind and id, opened."""
        kept = self._store.find(kind, id_)
        return None if kept is None else self._opened(kept)

    def seal(self) -> Checkpoint:
        """Put all that is kept under a root."""
        return self._store.seal()

    def sealed(self) -> Sequence[Sealed]:
        """Every checkpoint made."""
        return self._store.sealed()

    def tile(self, level: int, index: int) -> bytes:
        """The hashes of a tile as far as sealed."""
        return self._store.tile(level, index)

    def arrivals(self) -> Iterator[tuple[int, int, int]]:
        """(first index, count, microseconds) of each batch."""
        return self._store.arrivals()

    def engine_faults(self) -> tuple[Problem, ...]:
        """What the database finds wrong with itself."""
        return self._store.engine_faults()

    def backup(self, to: Path) -> None:
        """A copy of the store, in which envelopes stay closed: the keys are not in it."""
        self._store.backup(to)

    def close(self) -> None:
        """Let go of store and keys."""
        self._store.close()
        self._keys.close()

    def holders(self, start: int = 0) -> Iterator[tuple[Kept, Personal]]:
        """Every input from `start` on in an envelope that can still be opened, and what it is, under the key that opens
        it."""
        for kept in self._store.inputs(start):
            envelope = read_envelope(kept.data)
            opened = self._opened(kept)
            if envelope is not None and opened.data != FORGOTTEN:
                what = personal(kept.entry.kind, kept.entry.id, opened.data)
                yield opened, Personal(what.what if what else "set aside", envelope.group)

    def forget(self, groups: Sequence[str], reason: str, by: str, at_us: int) -> int:
        """Destroy keys, and log which, why, by whom: the log first, so that nothing is forgotten unsaid. How many."""
        there = sorted(set(groups) & self._keys.names())
        if there:
            line = canonical_json({"at_us": at_us, "by": by, "groups": there, "reason": reason})
            self._store.append([Received("erasure", f"{at_us} {there[0]}"[:1000], line)])
            self._keys.destroy(there)
        return len(there)

    def _without_name(self, number: int, one: Received) -> Received:
        if one.kind != "observation" or not may_name(one.data):
            return one
        try:
            data, name = pseudonymous(one.data, self._keys.secret())
        except ValueError as error:
            place = Place("input", line=number + 1)
            raise Unusable([Problem(place, str(error), "ask for consent, or leave the person out")]) from None
        return one if name is None else Received(one.kind, one.id, data)

    def _opened(self, kept: Kept) -> Kept:
        envelope = read_envelope(kept.data)
        if envelope is None:
            return kept
        # What was set aside lies in an envelope that was closed under its own kind and id.
        kind, id_ = kept.entry.kind, kept.entry.id
        if kind == "set_aside":
            kind, _, rest = id_.partition(" ")
            id_ = rest.rpartition(" ")[0]
        opened = self._keys.open(kind, id_, envelope)
        return replace(kept, data=FORGOTTEN if opened is None else opened)
