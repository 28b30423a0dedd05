"""What people decide, as it stands in the log: one numbered line a decision, canonical JSON, never changed.

    {"at_us": …, "by": account, "nation": …, "number": n, "said": {"what": …, …}, "v": 1}

What a decision changes is worked out from all of them in order (`findings/review`, `coalition/roster`,
`coalition/started`), so that whoever has the log can work it out again.
"""

from collections.abc import Iterable
from typing import TypeAlias

import msgspec

from truceline.custody.canonical import canonical_json
from truceline.custody.reading import decode
from truceline.model.instant import Instant

VERSION = 1
MOST_WORDS = 10_000  # characters of somebody's own words


class AccountGiven(msgspec.Struct, frozen=True, kw_only=True, tag_field="what", tag="account"):
    """Who may do what from now on. The person's name stays out of the log."""

    change: int
    account: str
    nation: str
    roles: tuple[str, ...]
    party: str | None
    active: bool


class WatchSet(msgspec.Struct, frozen=True, kw_only=True, tag_field="what", tag="watch"):
    """Somebody keeps the watch at a post, until excluded."""

    post: str
    account: str
    from_us: Instant
    until_us: Instant


Said: TypeAlias = AccountGiven | WatchSet


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One decision: the how-manieth, when, by whose account and of which nation, and what was said."""

    number: int
    at_us: Instant
    by: str
    nation: str
    said: Said
    v: int = VERSION


def to_line(decision: Decision) -> bytes:
    """The decision as it is logged."""
    return canonical_json(msgspec.to_builtins(decision))


def id_of(number: int) -> str:
    """The id of a decision in the log."""
    return f"D-{number:06d}"


def read_decision(line: bytes) -> Decision:
    """The decision that a line is. Raises ValueError for any other line."""
    decision = decode(line, Decision)
    if decision.v != VERSION or to_line(decision) != line:
        raise ValueError(f"the decision is not of version {VERSION}, or not written as decisions are")
    return decision


def too_long(words: Iterable[str]) -> bool:
    """Whether somebody's words are longer than a decision may carry."""
    return any(len(one) > MOST_WORDS for one in words)
