"""Forgetting what need not be known any longer: by the times of mission.toml, and logged."""

from collections import Counter
from collections.abc import Collection, Mapping

from truceline.custody.personal import is_due
from truceline.edges.store.vault import Vault

BY = "retention"


def enforce(vault: Vault, lives_us: Mapping[str, int], touched: Collection[str], now_us: int) -> Mapping[str, int]:
    """Forget what is due: kind of thing → how many keys. Raises Unusable.

    lives_us: how long each kind is kept, from its arrival. touched: ids of observations that a finding rests on: a
    track of which one is among them stays for as long as the finding does.
    """
    arrived = _arrivals(vault)
    latest: dict[str, int] = {}
    kinds: dict[str, str] = {}
    kept: set[str] = set()
    for one, what in vault.holders():
        latest[what.group] = max(latest.get(what.group, 0), arrived[one.index])
        kinds[what.group] = what.what
        if one.entry.id in touched:
            kept.add(what.group)
    due = [
        group for group, at_us in latest.items() if group not in kept and is_due(kinds[group], at_us, now_us, lives_us)
    ]
    if due:
        vault.forget(due, "its time is over", BY, now_us)
    return Counter(kinds[group] for group in due)


def _arrivals(vault: Vault) -> dict[int, int]:
    """When each input arrived, by index, microseconds since 1970."""
    return {index: at_us for first, count, at_us in vault.arrivals() for index in range(first, first + count)}
