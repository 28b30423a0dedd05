"""Events as report.html lists them: when, what, where, how well known, and who heard."""

from collections.abc import Sequence

from truceline.model.event import Event
from truceline.reports.figures import clock, day, lapse, metres, percent, place
from truceline.reports.markup import Content, Markup, content, name, tag
from truceline.reports.symbols import in_text, shown_class
from truceline.reports.tables import table
from truceline.reports.texts import Texts

HEADS = ("id", "when", "what", "where", "ellipse", "exists", "heard")
LEAST_LABEL = 0.05  # of a class's probability, to be named beside the likeliest


def event_table(events: Sequence[Event], texts: Texts, caption: str) -> Markup:
    """Each event stands in one table of the page only, where its id is its anchor."""
    heads = [texts.say(f"events.{head}") for head in HEADS]
    return table(caption, heads, (_row(event, texts) for event in events), numeric=(5,), class_="events")


def _row(event: Event, texts: Texts) -> list[Content]:
    origin = event.origin
    ellipse = origin.ellipse90
    size = f"{metres(ellipse.semi_major_m)} × {metres(ellipse.semi_minor_m)}"
    if ellipse.semi_major_m > 1.1 * ellipse.semi_minor_m:
        size += " " + texts.say("events.axis", azimuth=f"{ellipse.azimuth_deg:.0f}")
    return [
        tag("span", name(event.id), id=event.id),
        content(
            tag("span", day(origin.time_us), class_="small"), " ", clock(origin.time_us, origin.time_sigma_s),
            tag("span", f" ± {lapse(origin.time_sigma_s)}", class_="small"),
        ),
        content(in_text(shown_class(event)), " ", _labels(event, texts)),
        place(origin),
        size,
        percent(event.existence),
        content(texts.count("noun.sensor", event.sensors), ", ", [content(", " * bool(i), name(one))
                                                                 for i, one in enumerate(event.providers)]),
    ]  # fmt: skip


def _labels(event: Event, texts: Texts) -> str:
    """The likeliest class, and the others that are not negligible, each with its probability."""
    ranked = sorted(event.labels, key=lambda label: (-label[1], label[0]))
    shown = [ranked[0], *(label for label in ranked[1:] if label[1] >= LEAST_LABEL)]
    words = [f"{texts.class_(class_)} {percent(share)}" for class_, share in shown]
    return ", ".join(words)
