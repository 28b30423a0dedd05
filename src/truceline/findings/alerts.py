"""Alerts that a named person sends: to monitors for their own safety, and, only where the mandate says so, over an area
to civil protection. From what was decided: which stand, and why one may not be sent. Pure; nothing sends itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from truceline.findings.decision import AlertSent, Decision, too_long
from truceline.geo.outline import outline_area_m2
from truceline.model.agreement import Agreement
from truceline.model.instant import US_PER_HOUR, Instant

MONITORS, CIVIL_PROTECTION = "monitors", "civil_protection"
AUDIENCES = (MONITORS, CIVIL_PROTECTION)
CIVIL_AUTHORITY = "civil_authority"  # how a mandate names whom it lets the mission warn civilians through
KINDS = ("alert", "update", "cancel")
URGENCIES = ("immediate", "expected", "future", "past", "unknown")
SEVERITIES = ("extreme", "severe", "moderate", "minor", "unknown")
CERTAINTIES = ("observed", "likely", "possible", "unlikely", "unknown")
RESPONSES = ("shelter", "evacuate", "prepare", "avoid", "monitor", "all_clear", "none")
LEAST_WORDS, MOST_HEADLINE = 10, 160
MOST_US = 72 * US_PER_HOUR  # an alert lasts no longer: whoever still means it says so again
LEAST_AREA_M2 = {MONITORS: 5e6, CIVIL_PROTECTION: 1e8}


@dataclass(frozen=True, slots=True)
class Sent:
    """An alert, the decision by which it was sent, and whether a later one took its place or called it off."""

    number: int
    at_us: Instant
    by: str
    alert: AlertSent
    replaced: bool


def alerts_of(decisions: Sequence[Decision]) -> tuple[Sent, ...]:
    """Every alert in the order in which they were sent."""
    gone = {one.said.of for one in decisions if isinstance(one.said, AlertSent) and one.said.of is not None}
    return tuple(
        Sent(one.number, one.at_us, one.by, one.said, one.number in gone)
        for one in decisions
        if isinstance(one.said, AlertSent)
    )


def stands(one: Sent, now_us: Instant) -> bool:
    """Whether an alert is to be heeded still."""
    return not one.replaced and one.alert.kind != "cancel" and now_us < one.alert.until_us


def may_go_to_civilians(agreement: Agreement) -> bool:
    """Whether the mandate says that civilians may be told. Silence is no leave here: it must be written."""
    said = dict(agreement.mandate).get("warn_civilians", False)
    return said if isinstance(said, bool) else CIVIL_AUTHORITY in said or CIVIL_PROTECTION in said


def alert_fault(said: AlertSent, decisions: Sequence[Decision], at_us: Instant, *, to_civilians: bool) -> str | None:
    """Why an alert cannot be sent, and what to do; None if it can. to_civilians: whether the mandate says so."""
    if said.audience not in AUDIENCES or said.kind not in KINDS:
        return f"an alert goes to {' or '.join(AUDIENCES)}, and is one of {', '.join(KINDS)}; choose"
    if said.audience == CIVIL_PROTECTION and not to_civilians:
        return "the mandate does not say that the mission may warn civilians; ask whoever may change the agreement"
    if too_long([said.headline, said.words, said.instruction, said.area]):
        return "the words are too long; write less"
    return _words_fault(said) or _choices_fault(said) or _place_fault(said) or _before_fault(said, decisions, at_us)


def _words_fault(said: AlertSent) -> str | None:
    if not said.person.strip():
        return "a named person sends an alert; sign in with an account that has a name"
    if not 0 < len(said.headline.strip()) <= MOST_HEADLINE:
        return f"the headline has 1 to {MOST_HEADLINE} characters; write one"
    if min(len(said.words.strip()), len(said.instruction.strip())) < LEAST_WORDS:
        return "say what is happening and what to do; write a sentence for each"
    return None


def _choices_fault(said: AlertSent) -> str | None:
    for field, value, known in (
        ("urgency", said.urgency, URGENCIES), ("severity", said.severity, SEVERITIES),
        ("certainty", said.certainty, CERTAINTIES), ("response", said.response, RESPONSES),
    ):  # fmt: skip
        if value not in known:
            return f"the {field} is one of {', '.join(known)}; choose one"
    return None


def _place_fault(said: AlertSent) -> str | None:
    if not said.area.strip():
        return "an alert is over an area; name it"
    if len(said.ring) < 4 or said.ring[0] != said.ring[-1]:
        return "the area has no closed outline; choose one of the areas offered"
    if outline_area_m2(said.ring) < LEAST_AREA_M2[said.audience]:
        least = LEAST_AREA_M2[said.audience] / 1e6
        return f"the area is smaller than {least:.0f} km² and would show a place; choose a larger one"
    return None


def _before_fault(said: AlertSent, decisions: Sequence[Decision], at_us: Instant) -> str | None:
    if not at_us < said.until_us <= at_us + MOST_US:
        return f"an alert ends after now and within {MOST_US // US_PER_HOUR} hours; set its end"
    if (said.of is None) is not (said.kind == "alert"):
        return "an update or a call-off names the alert before, a first alert none; choose"
    if said.of is None:
        return None
    known = {one.number: one for one in alerts_of(decisions)}
    before = known.get(said.of)
    if before is None or before.replaced or before.alert.kind == "cancel":
        return "there is no such alert, or a later one took its place; look at the list"
    if before.alert.audience != said.audience:
        return "an update goes to whom the alert before went; choose the same"
    return None
