"""The words of the pages, apart from the pages: one catalogue a language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from truceline.reports.markup import Content, Markup, content, plain


@dataclass(frozen=True)
class Texts:
    """One language. `plural`: which of a message's forms, parted by `|`, goes with a number."""

    language: str  # BCP 47
    direction: str  # ltr or rtl
    messages: Mapping[str, str]
    plural: Callable[[int], int]

    def say(self, key: str, **values: str) -> str:
        """The message, as plain text, its places filled."""
        return self.messages[key].format(**values)

    def write(self, key: str, **values: Content) -> Markup:
        """The message as markup, its places filled with text (which is escaped) or markup."""
        return Markup(content(self.messages[key]).format(**{at: content(value) for at, value in values.items()}))

    def class_(self, class_: str) -> str:
        """The name of a class of event; one that the language has no word for by the word that was given."""
        known = self.messages.get(f"class.{class_}")
        return known.split("|")[0] if known else plain(class_, 60)

    def count_class(self, class_: str, number: int) -> str:
        """A number and the class that is counted: "3 impacts"."""
        known = f"class.{class_}" in self.messages
        return self.count(f"class.{class_}", number) if known else f"{number} {plain(class_, 60)}"

    def count(self, key: str, number: int) -> str:
        """A number and what is counted: "3 impacts"."""
        forms = self.messages[key].split("|")
        return f"{number:,} {forms[self.plural(number)]}".replace(",", "\u202f")
