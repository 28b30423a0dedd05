"""What the signs of a picture mean, beside it."""

from collections.abc import Mapping, Sequence

from truceline.model.observation import CLASSES
from truceline.reports.markup import Content, Markup, content, tag
from truceline.reports.symbols import in_text
from truceline.reports.texts import Texts


def legend(groups: Sequence[tuple[str, Sequence[Content]]], texts: Texts) -> Markup:
    """Groups of keys, each under its heading (a message); groups without keys are left out."""
    lists = (
        tag("div", tag("h3", texts.say(title)), tag("ul", *(tag("li", key) for key in keys)))
        for title, keys in groups
        if keys
    )
    return tag("div", *lists, class_="legend")


def class_keys(counts: Mapping[str, int], texts: Texts) -> list[Content]:
    """The symbol, count and name of each class."""
    return [
        content(in_text(class_), " ", texts.count(f"class.{class_}", counts[class_]))
        for class_ in CLASSES
        if counts.get(class_)
    ]


def finding_keys(texts: Texts) -> list[Content]:
    """The frames around labels that a finding speaks of."""
    return [
        content(tag("span", "7", class_=f"key plate-{state}"), " ", texts.say(f"legend.{state}"))
        for state in ("attributed", "undetermined")
    ]


def swatch(drawn: Markup) -> Markup:
    """A small piece of a line or a fill."""
    return tag("svg", drawn, class_="swatch", viewBox="0 0 26 14", aria_hidden="true")
