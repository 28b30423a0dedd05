"""HTML as values: text is escaped where it enters, so that no name of a mission can become markup.

Characters that would turn the direction of what follows, or that cannot be seen, are shown by their number.
"""

import unicodedata
from collections.abc import Iterable
from html import escape
from typing import TypeAlias

MOST_CHARACTERS = 300  # of a name or id
MOST_IN_A_SENTENCE = 2_000
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})  # Unicode categories: controls, format, surrogates, …
JOINERS = frozenset({"\u200c", "\u200d"})  # letters of several scripts need them
VOID = frozenset({"meta", "input", "br", "col", "link"})


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


Content: TypeAlias = "str | Iterable[Content]"


def plain(text: str, most: int = MOST_CHARACTERS) -> str:
    """Somebody's words made fit to be shown: nothing hidden, nothing that turns direction, not without end."""
    seen = "".join(_visible(character) for character in text[:most])
    return f"{seen}… ({len(text)} characters)" if len(text) > most else seen


def _visible(character: str) -> str:
    if character in "\n\t":
        return " "
    hidden = unicodedata.category(character) in HIDDEN and character not in JOINERS
    return f"⟨U+{ord(character):04X}⟩" if hidden else character


def content(*parts: Content) -> Markup:
    """Parts joined: Markup as it is, text escaped, what holds parts taken apart."""
    found: list[str] = []
    for part in parts:
        if isinstance(part, Markup):
            found.append(part)
        elif isinstance(part, str):
            found.append(escape(plain(part, MOST_IN_A_SENTENCE), quote=False))
        else:
            found.append(content(*part))
    return Markup("".join(found))


def tag(element: str, /, *parts: Content, **attributes: str | float | bool | None) -> Markup:
    """An element. `class_` is the attribute class, an underscore within a name a hyphen; None and False are left
    out, True stands alone."""
    opening = [element]
    for key, value in attributes.items():
        attribute = key.rstrip("_").replace("_", "-")
        if value is True:
            opening.append(attribute)
        elif value is not None and value is not False:
            shown = plain(value, MOST_IN_A_SENTENCE) if isinstance(value, str) else short(value)
            opening.append(f'{attribute}="{escape(shown)}"')
    if element in VOID:
        return Markup(f"<{' '.join(opening)}>")
    return Markup(f"<{' '.join(opening)}>{content(*parts)}</{element}>")


def short(value: float, digits: int = 1) -> str:
    """A number of a drawing, as short as it goes."""
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def name(text: str) -> Markup:
    """Somebody's name or id, kept apart from the direction of the text around it."""
    return tag("bdi", plain(text))
