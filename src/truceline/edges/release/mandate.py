"""What the mandate, and the agreement's circles of disclosure, keep from an audience: computed into no edition."""

from collections.abc import Mapping, Sequence
from typing import Any

from truceline.custody.release import Audience
from truceline.model.agreement import DISCLOSURE, PUBLIC, Agreement, Disclosure

# Fields that say who, and where: whose ground it is tells who.
NAMING = frozenset({"party", "responsibility", "opened_by", "words", "~cells", "geometry"})
WIDEST: Mapping[str, Disclosure] = {PUBLIC: "public", "party": "parties", "nation": "commission"}
NOT_PUBLISHED = "the mandate does not let the mission publish"
NOT_VERIFIED = "the mandate does not let the mission say to them whether the text was broken"
NARROWER = "only a narrower circle may learn of it"


def may(agreement: Agreement, act: str, audience: Audience) -> bool:
    """Whether the mandate lets the mission do this towards an audience: what all may be told, a delegation may too."""
    names = {audience.id or PUBLIC, PUBLIC}
    return any(agreement.may(act, to=name) for name in names)


def why_forbidden(agreement: Agreement, audience: Audience, finding: Mapping[str, Any]) -> str | None:
    """Why a finding may not be told to an audience at all; None if it may."""
    if audience.kind == PUBLIC and not may(agreement, "publish", audience):
        return NOT_PUBLISHED
    if not may(agreement, "verify", audience):
        return NOT_VERIFIED
    reach = {one.id: DISCLOSURE.index(one.disclosure) for one in agreement.provisions}
    touched = max((reach[id_] for id_ in finding["provisions"] if id_ in reach), default=0)
    return NARROWER if touched > DISCLOSURE.index(WIDEST[audience.kind]) else None


def allowed(agreement: Agreement, audience: Audience, fields: Sequence[str]) -> tuple[str, ...]:
    """The fields of a record without those that say who, where the mandate lets nobody be named to an audience."""
    if may(agreement, "attribute", audience) and may(agreement, "name", audience):
        return tuple(fields)
    return tuple(one for one in fields if one not in NAMING)
