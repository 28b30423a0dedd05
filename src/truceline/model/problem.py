"""What is wrong with an input, where, and what to do: bad input is a value, not an exception swallowed."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in the input: a file of the mission folder, then a line, or a feature and field."""

    file: str
    line: int = 0  # 1-based; 0: not of a line
    feature: str = ""  # GeoJSON feature: its id or its 0-based position
    field: str = ""
    column: int = 0  # 1-based; 0: not known

    def __str__(self) -> str:
        text = self.file
        if self.line:
            text += f":{self.line}"
            if self.column:
                text += f":{self.column}"
        if self.feature:
            text += f", feature {self.feature}"
        if self.field:
            text += f", field {self.field}"
        return text


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault of the input. `remedy` says what to do about it; `fatal` stops a run."""

    place: Place
    what: str
    remedy: str
    fatal: bool = True

    def __str__(self) -> str:
        return f"{self.place}: {self.what}. {self.remedy}."


class Unusable(Exception):
    """The input cannot be understood; carries every problem found. Raised at doors, caught at the edge."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))
