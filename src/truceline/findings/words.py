"""Words for probabilities, and the sentence a reader gets.

Likelihood words follow ICD 203 (2015), §D.6.e(2)(a). Likelihood and the quality of the evidence never stand in
one sentence. The machine says where fire came from and who held that ground; it does not say who is responsible.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from truceline.model.event import Event
from truceline.model.finding import Evidence, Outcome, Probabilities
from truceline.model.instant import format_utc
from truceline.model.numbers import greatest

SCALE = (
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even chance"),
    (0.80, "likely"),
    (0.95, "very likely"),
    (1.01, "almost certain"),
)
NAMES = {
    "outgoing": ("outgoing round", "outgoing rounds"),
    "impact": ("impact", "impacts"),
    "airburst": ("airburst", "airbursts"),
    "explosion": ("explosion of undetermined kind", "explosions of undetermined kind"),
    "burst": ("burst of small-arms fire", "bursts of small-arms fire"),
    "shot": ("shot", "shots"),
    "projectile": ("projectile in flight", "projectiles in flight"),
    "missile": ("missile", "missiles"),
    "flare": ("flare", "flares"),
    "demolition": ("demolition blast", "demolition blasts"),
    "quarry_blast": ("quarry blast", "quarry blasts"),
    "thunder": ("thunderclap", "thunderclaps"),
}


def likelihood(probability: float, *, in_field: bool = False) -> str:
    """The ICD 203 words for a probability. "Almost certain" is kept for what is calibrated in the field too."""
    words = next(words for most, words in SCALE if probability < most)
    return words if in_field or words != SCALE[-1][1] else SCALE[-2][1]


def counted(events: Sequence[Event]) -> str:
    """The events by class, in words: "2 impacts and 1 outgoing round"."""
    counts: dict[str, int] = {}
    for event in events:
        counts[event.class_] = counts.get(event.class_, 0) + 1
    parts = [f"{n} {NAMES.get(c, (c, c + 's'))[n > 1]}" for c, n in sorted(counts.items(), key=lambda i: (-i[1], i[0]))]
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


@dataclass(frozen=True)
class Told:
    """What a sentence tells. why: why nobody is named, or nothing is forbidden."""

    outcome: Outcome
    events: Sequence[Event]
    occurrence: float
    responsibility: Probabilities
    why: str


def sentence(told: Told, *, interest: str | None = None, in_field: bool = False) -> str:
    """What happened, where fire came from or why that is not known. Always "not reviewed".

    interest: the interest group from which all support comes, if it all comes from one; in_field: whether enough of the
    mission's own blasts were scored to lean on.
    """
    events = told.events
    start, end = format_utc(events[0].origin.time_us, digits=0), format_utc(events[-1].origin.time_us, digits=0)
    when = f"At {start}" if start == end else f"From {start} to {end}"
    text = f"{when}: {counted(events)}"
    if told.outcome == "exempt":
        return f"{text}, exempt: {told.why}. Not reviewed."
    if told.outcome == "no_breach":
        return f"{text}; {told.why}. Not reviewed."
    text += f" ({likelihood(told.occurrence, in_field=in_field)})."
    if interest is not None:
        text += f" All who report it belong to one interest group, {interest}."
    end = "Not reviewed." if in_field else "Not reviewed; calibrated in simulation only."
    party, probability = greatest(told.responsibility)
    if told.outcome == "attributed":
        likely = likelihood(probability, in_field=in_field)
        return f"{text} It is {likely} that the fire came from ground held by {party}. {end}"
    return f"{text} Who fired is undetermined: {told.why}. {end}"


def grade(providers: int, sensors: int, robustness: str) -> Evidence:
    """How good the evidence is, by rule: strong, at least three providers and eight sensors, and it stands
    without any two providers; fair, at least two providers, and it stands without any one; otherwise weak."""
    if providers >= 3 and sensors >= 8 and robustness == "R2":
        return "strong"
    return "fair" if providers >= 2 and robustness in ("R1", "R2") else "weak"
