"""What leaves the mission, to whom: the fields of each record that an audience is shown. All else is hidden.

Hiding a position hides every measurement that would reveal it: of an observation whose sensor an audience does not
know already, nothing is shown, and of an event neither its moment nor its ellipse, which the sensors around it shape.
Places go as cells of some 36 km², hours instead of moments, a day late. What is heard from near by only (small arms
and the like) is withheld whole: who knows where he fired would learn where somebody listened.

An audience is `public`, `party:ID` or `nation:ID`. Exact places leave only by a permit that two officers of different
nations have signed (permit.py).
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from truceline.custody.fields import WHOLE
from truceline.custody.reading import texts
from truceline.model.instant import US_PER_HOUR, Instant, parse_utc
from truceline.model.observation import AIRBURST, DEMOLITION, EXPLOSION, IMPACT, MISSILE, OUTGOING, QUARRY_BLAST

LEAST_AGE_US = 24 * US_PER_HOUR
FAR_HEARD = frozenset({OUTGOING, IMPACT, AIRBURST, EXPLOSION, MISSILE, DEMOLITION, QUARRY_BLAST})

NEAR = "it was heard from near by only"

Properties: TypeAlias = Mapping[str, Any]

# Fields by kind of record: for everyone, and what a delegation is shown beside.
_PUBLIC: Mapping[str, tuple[str, ...]] = {
    "finding": ("~hour", "~cells", "provisions", "status", "outcome", "party"),
    "incident": ("~hour", "~cells", "counts"),
}
_DELEGATION: Mapping[str, tuple[str, ...]] = {
    "finding": ("occurrence", "responsibility", "robustness", "evidence"),
    "incident": ("opened_by",),
}
_NATION: Mapping[str, tuple[str, ...]] = {"finding": ("independence",)}
_EXACT: Mapping[str, tuple[str, ...]] = {  # of records that a permit names
    "finding": ("time", "geometry", "words"),
    "incident": ("from", "until", "geometry"),
}
_OPEN_KINDS = ("agreement", "areas")  # inputs that everyone may see whole

_AUDIENCE = re.compile(r"public|(party|nation):(\S{1,100})")


@dataclass(frozen=True, slots=True)
class Audience:
    """To whom an edition goes."""

    kind: str  # public, party or nation
    id: str = ""

    def __str__(self) -> str:
        return self.kind if self.kind == "public" else f"{self.kind}:{self.id}"


def read_audience(text: str) -> Audience:
    """The audience that a text names. Raises ValueError."""
    match = _AUDIENCE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text[:80]!r} is no audience; write public, party:ID or nation:ID")
    return Audience(match[1] or "public", match[2] or "")


@dataclass(frozen=True)
class Known:
    """What decides what is shown. `exact`: ids of findings whose exact place and time a permit releases.
    `nameable`: ids of findings in which a party may be named to this audience."""

    audience: Audience
    as_of_us: Instant
    exact: frozenset[str] = frozenset()
    nameable: frozenset[str] = frozenset()


def sees_sensor(audience: Audience, sensor: Properties) -> bool:
    """Whether an audience knows a sensor and all that it measures: it runs it, supplied it, or may be shown it."""
    if str(audience) in texts(sensor.get("releasable_to")) or "public" in texts(sensor.get("releasable_to")):
        return True
    if audience.kind == "nation":
        return sensor.get("provider") == audience.id
    return audience.kind == "party" and audience.id in (sensor.get("supplied_by"), sensor.get("provider"))


def why_withheld(known: Known, finding: Properties, events: Collection[Properties]) -> str | None:
    """Why an audience is not shown a finding at all; None if it is."""
    if known.audience.kind == "public" and finding.get("outcome") == "no_breach":
        return "nothing was breached"
    if finding.get("id") in known.exact:
        return None
    if any(_class(event) not in FAR_HEARD for event in events):
        return NEAR
    latest = max((parse_utc(str(event["time"])) for event in events), default=known.as_of_us)
    if latest > known.as_of_us - LEAST_AGE_US:
        return "it is not a day old"
    if (
        known.audience.kind == "public"
        and finding.get("outcome") == "attributed"
        and finding["id"] not in known.nameable
    ):
        return "what may be shown does not carry the naming"
    return None


def told_as_withheld(reasons: Collection[str | None]) -> Mapping[str, int]:
    """Why → how many findings, of those withheld, as an audience is told. What was heard from near by only is not
    counted: who fired alone, and saw the count grow, would know that somebody listened close to him."""
    return Counter(why for why in reasons if why is not None and why != NEAR)


def fields_shown(known: Known, kind: str, record_id: str) -> tuple[str, ...]:
    """The fields of a finding or incident that an audience is shown, once it is not withheld."""
    shown = list(_PUBLIC.get(kind, ()))
    if known.audience.kind != "public":
        shown += _DELEGATION.get(kind, ())
    if known.audience.kind == "nation":
        shown += _NATION.get(kind, ())
    if record_id in known.exact:
        shown += _EXACT.get(kind, ())
    return tuple(shown)


def input_shown(known: Known, kind: str, sensor: Properties | None) -> tuple[str, ...]:
    """The fields of an input that an audience is shown: the whole of it, or nothing."""
    if kind in _OPEN_KINDS:
        return (WHOLE,)
    if kind == "observation" and sensor is not None and sees_sensor(known.audience, sensor):
        return (WHOLE,)
    return ()


def _class(event: Properties) -> str:
    labels: Mapping[str, float] = event.get("labels") or {}
    return min(labels, key=lambda class_: (-labels[class_], class_), default="other")
