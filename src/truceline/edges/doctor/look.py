"""What a look at a machine or folder found: one line, its level, and what to do about it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from truceline.model.problem import Unusable

Level: TypeAlias = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Look:
    """`about`: a word for what was looked at. `remedy`: empty where there is nothing to do."""

    level: Level
    about: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.level:<5}{self.about}: {self.what}." + (f" {self.remedy}." if self.remedy else "")


Question: TypeAlias = Callable[[], Iterable[Look]]


def asked(about: str, question: Question) -> Iterator[Look]:
    """The answers to a question; what stands in the way of an answer is one too."""
    try:
        yield from question()
    except Unusable as unusable:
        for problem in unusable.problems:
            yield Look("fail", about, f"{problem.place}: {problem.what}", problem.remedy)
    except OSError as error:
        yield Look("fail", about, f"{error.filename or 'the disk'} cannot be read ({error.strerror or error})",
                   "give its owner the right to, or mend the disk")  # fmt: skip
