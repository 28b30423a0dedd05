"""CAP 1.2, the Common Alerting Protocol of OASIS (urn:oasis:names:tc:emergency:cap:1.2): one alert as XML.

Elements stand in the order of the schema. What CAP requires is required here too:

    alert: identifier, sender, sent, status, msgType, scope; restriction if Restricted, addresses if Private;
           references for an Update or Cancel
    info:  language, category, event, responseType, urgency, severity, certainty, expires, senderName, headline,
           description, instruction
    area:  areaDesc, polygon (lat,lon pairs, the first again at the end)

Same alert, same bytes. Written only; nothing here sends anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias
from xml.sax.saxutils import escape

from truceline.model.ground import Ring
from truceline.model.instant import Instant, format_utc

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MEDIA_TYPE = "application/cap+xml"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'

Status: TypeAlias = Literal["Actual", "Exercise", "System", "Test", "Draft"]
Kind: TypeAlias = Literal["Alert", "Update", "Cancel"]
Scope: TypeAlias = Literal["Public", "Restricted", "Private"]
STATUS: dict[str, Status] = {"actual": "Actual", "exercise": "Exercise", "test": "Test"}
_NO_IDENTIFIER = frozenset(" ,<&")
_NO_CHARACTER = {code: None for code in range(32) if chr(code) not in "\t\n\r"} | {0xFFFE: None, 0xFFFF: None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An earlier message: who sent it, its identifier, when."""

    sender: str
    identifier: str
    sent_us: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class CapAlert:
    """One message with one info and one area. audience: whom a Restricted scope is for, or a Private one's addresses.

    ring: WGS84 degrees, longitude first, closed. Choices (urgency and the like) are CAP's own words.
    """

    identifier: str
    sender: str
    sent_us: Instant
    status: Status
    kind: Kind
    scope: Scope
    audience: str
    category: str
    event: str
    response: str
    urgency: str
    severity: str
    certainty: str
    expires_us: Instant
    sender_name: str
    headline: str
    description: str
    instruction: str
    area: str
    ring: Ring
    references: tuple[Reference, ...] = ()
    language: str = "en"


def write_cap(alert: CapAlert) -> bytes:
    """The message. Raises ValueError for one that CAP does not allow."""
    if fault := _fault(alert):
        raise ValueError(fault)
    audience = {"Restricted": "restriction", "Private": "addresses"}.get(alert.scope)
    references = " ".join(f"{one.sender},{one.identifier},{_time(one.sent_us)}" for one in alert.references)
    lines = [
        f'{HEAD}<alert xmlns="{NAMESPACE}">',
        *_elements(1, ("identifier", alert.identifier), ("sender", alert.sender), ("sent", _time(alert.sent_us)),
                   ("status", alert.status), ("msgType", alert.kind), ("scope", alert.scope)),
        *_elements(1, *([(audience, alert.audience)] if audience else [])),
        *_elements(1, *([("references", references)] if references else [])),
        "  <info>",
        *_elements(2, ("language", alert.language), ("category", alert.category), ("event", alert.event),
                   ("responseType", alert.response), ("urgency", alert.urgency), ("severity", alert.severity),
                   ("certainty", alert.certainty), ("expires", _time(alert.expires_us)),
                   ("senderName", alert.sender_name), ("headline", alert.headline),
                   ("description", alert.description), ("instruction", alert.instruction)),
        "    <area>",
        *_elements(3, ("areaDesc", alert.area), ("polygon", _polygon(alert.ring))),
        "    </area>", "  </info>", "</alert>", "",
    ]  # fmt: skip
    return "\n".join(lines).encode()


def _fault(alert: CapAlert) -> str | None:
    for name, text in (("identifier", alert.identifier), ("sender", alert.sender)):
        if not text or _NO_IDENTIFIER & set(text):
            return f"the {name} is empty, or holds a blank, a comma, < or &"
    if alert.scope != "Public" and not alert.audience.strip():
        return f"a message of scope {alert.scope} says whom it is for"
    if bool(alert.references) is (alert.kind == "Alert"):
        return "an Update or Cancel refers to what it updates, an Alert to nothing"
    if len(alert.ring) < 4 or alert.ring[0] != alert.ring[-1]:
        return "the polygon is not closed, or has fewer than three corners"
    return None


def _elements(depth: int, *pairs: tuple[str, str]) -> Sequence[str]:
    return [f"{'  ' * depth}<{name}>{_text(text)}</{name}>" for name, text in pairs]


def _text(text: str) -> str:
    """Text without what XML has no way to write."""
    return escape("".join(one for one in text.translate(_NO_CHARACTER) if not 0xD800 <= ord(one) <= 0xDFFF))


def _time(instant: Instant) -> str:
    """CAP's dateTime: whole seconds, and UTC as -00:00."""
    return format_utc(instant, digits=0).removesuffix("Z") + "-00:00"


def _polygon(ring: Ring) -> str:
    return " ".join(f"{lat:.4f},{lon:.4f}" for lon, lat in ring)
