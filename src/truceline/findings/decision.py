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


class AccessChanged(msgspec.Struct, frozen=True, kw_only=True, tag_field="what", tag="access"):
    """A way in (passkey, provider, program) was added to an account or removed from it, or a session of it was ended by
    somebody. What opens it stays out of the log."""

    change: int
    account: str
    done: str
    kind: str


class WatchSet(msgspec.Struct, frozen=True, kw_only=True, tag_field="what", tag="watch"):
    """Somebody keeps the watch at a post, until excluded."""

    post: str
    account: str
    from_us: Instant
    until_us: Instant


class Matter(msgspec.Struct, frozen=True, kw_only=True):
    """Something that stands open at the duty desk: of which kind (alarm, clock, overdue, contested, blind), what it is,
    and the id of the sensor, patrol or finding that it is about."""

    kind: str
    what: str
    id: str


class HandedOver(msgspec.Struct, frozen=True, kw_only=True, tag_field="what", tag="handed_over"):
    """Whoever decides this takes a watch over from somebody (None: nobody kept it), with each matter that stood open
    then, and with these words."""

    post: str
    from_account: str | None
    matters: tuple[Matter, ...]
    words: str


class AlertSent(msgspec.Struct, frozen=True, kw_only=True, tag_field="what", tag="alert"):
    """A named person sends an alert: to whom, over which outline (lon, lat; closed), until when. of: the decision whose
    alert it updates or calls off."""

    audience: str
    kind: str
    of: int | None
    headline: str
    words: str
    instruction: str
    area: str
    ring: tuple[tuple[float, float], ...]
    urgency: str
    severity: str
    certainty: str
    response: str
    until_us: Instant
    person: str


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """What the machine said of a settled finding, why it is to be reviewed (nothing: it is not), and the number drawn
    for it, of a million."""

    outcome: str
    party: str | None
    provisions: tuple[str, ...]
    time_us: Instant
    reasons: tuple[str, ...]
    draw: int


class Triaged(msgspec.Struct, frozen=True, kw_only=True, tag_field="what", tag="triaged"):
    """Settled findings, each with what became of it, by id."""

    findings: dict[str, Drawn]


class TakenUp(msgspec.Struct, frozen=True, kw_only=True, tag_field="what", tag="taken_up"):
    """Somebody takes up a review and says what ties them to whom it concerns. Masked: the sheet is mirrored or not,
    turned, and its parties are called sides, in this order."""

    finding: str
    ties: str
    tied: bool
    masked: bool
    mirrored: bool = False
    turn_deg: int = 0
    sides: tuple[str, ...] = ()


class Answered(msgspec.Struct, frozen=True, kw_only=True, tag_field="what", tag="answered"):
    """A reviewer's answer, given before the machine's was seen: did what the article forbids happen (yes, no,
    cannot_tell), and who did it (a party, other, cannot_tell)."""

    finding: str
    forbidden: str
    who: str
    words: str


class Dissented(msgspec.Struct, frozen=True, kw_only=True, tag_field="what", tag="dissented"):
    """A reviewer does not agree with what the others found; it goes with the finding wherever that goes."""

    finding: str
    words: str


class TeamAsked(msgspec.Struct, frozen=True, kw_only=True, tag_field="what", tag="team_asked"):
    """A field team is asked to look. kind: one of looking (`coalition/command`)."""

    finding: str
    kind: str
    post: str
    words: str


class TeamReported(msgspec.Struct, frozen=True, kw_only=True, tag_field="what", tag="team_reported"):
    """What a field team found, in words and by exhibits (their digests)."""

    finding: str
    words: str
    exhibits: tuple[str, ...] = ()


class Notified(msgspec.Struct, frozen=True, kw_only=True, tag_field="what", tag="notified"):
    """The parties are told of a reviewed finding, and until when they may reply."""

    finding: str
    parties: tuple[str, ...]
    reply_by_us: Instant


class Replied(msgspec.Struct, frozen=True, kw_only=True, tag_field="what", tag="replied"):
    """What a party says to it. That a party says nothing is no admission."""

    finding: str
    party: str
    words: str


class Concluded(msgspec.Struct, frozen=True, kw_only=True, tag_field="what", tag="concluded"):
    """upheld, amended, withdrawn or undetermined; who is responsible, if anyone is named; and the number drawn, of a
    million, that says whether the case is reviewed again."""

    finding: str
    outcome: str
    party: str | None
    words: str
    draw: int


class Published(msgspec.Struct, frozen=True, kw_only=True, tag_field="what", tag="published"):
    """A conclusion is made known, in these words."""

    finding: str
    words: str


class ClockStarted(msgspec.Struct, frozen=True, kw_only=True, tag_field="what", tag="clock"):
    """A named person starts a clock on a reviewed finding, and says why. It counts; nothing follows by itself."""

    finding: str
    hours: int
    basis: str
    person: str


Step: TypeAlias = (
    TakenUp
    | Answered
    | Dissented
    | TeamAsked
    | TeamReported
    | Notified
    | Replied
    | Concluded
    | Published
    | ClockStarted
)
Said: TypeAlias = AccountGiven | AccessChanged | WatchSet | HandedOver | AlertSent | Triaged | Step


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
