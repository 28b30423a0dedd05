"""Forgetting what need not be known any longer: by the times of mission.toml, and logged."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from truceline.custody.personal import is_due
from truceline.edges.store.vault import Vault

BY = "retention"


@dataclass
class _Group:
    """The inputs under one key: what they are, the place of the last, their ids."""

    what: str
    last: int = -1
    ids: set[str] = field(default_factory=set)


class Retention:
    """Follows a store as it grows, and forgets what is due."""

    def __init__(self, vault: Vault, lives_us: Mapping[str, int]) -> None:
        """lives_us: how long each kind is kept, from its arrival."""
        self._vault, self._lives_us = vault, lives_us
        self._size = 0
        self._groups: dict[str, _Group] = {}

    def enforce(self, touched: Collection[str], now_us: int, judged: int | None = None) -> Mapping[str, int]:
        """Forget what is due: kind of thing → how many keys. Raises Unusable.

        touched: ids of observations that a finding rests on: what one of them is under stays as long as the finding.
        judged: how many inputs the findings take account of; what came later is not forgotten before they do.
        """
        self._catch_up()
        arrivals = list(self._vault.arrivals())
        firsts = [first for first, _, _ in arrivals]
        due = []
        for name, group in self._groups.items():
            at_us = arrivals[bisect_right(firsts, group.last) - 1][2]
            counted = judged is None or group.last < judged
            if counted and is_due(group.what, at_us, now_us, self._lives_us) and group.ids.isdisjoint(touched):
                due.append(name)
        if due:
            self._vault.forget(due, "its time is over", BY, now_us)
        return Counter(self._groups.pop(name).what for name in due)

    def _catch_up(self) -> None:
        size = self._vault.size
        for kept, what in self._vault.holders(self._size):
            group = self._groups.setdefault(what.group, _Group(what.what))
            group.last = kept.index
            group.ids.add(kept.entry.id)
        self._size = size


def enforce(vault: Vault, lives_us: Mapping[str, int], touched: Collection[str], now_us: int) -> Mapping[str, int]:
    """Forget once what is due (see Retention.enforce)."""
    return Retention(vault, lives_us).enforce(touched, now_us)
