"""One readable case: facts, and what the text is expected to say of them."""

from dataclasses import dataclass

from truceline.model.finding import Verdict
from truceline.terms.facts import Facts

OUTCOMES: dict[str, Verdict] = {
    "breach of": "breach",
    "open under": "indeterminate",
    "exempt under": "exempt",
    "nothing under": "not_applicable",
}


@dataclass(frozen=True, slots=True)
class Expectation:
    """If `actor` did what is named in `about` (empty: all of it), the provision is expected to say this, and why."""

    line: int
    actor: str
    about: tuple[str, ...]
    verdict: Verdict
    provision: str
    because: str


@dataclass(frozen=True, slots=True)
class Case:
    """One case of the file. `line` is that of its title, `article_line` that of its article."""

    title: str
    line: int
    article: str
    article_line: int
    facts: Facts
    expectations: tuple[Expectation, ...]
