"""What a run is given, as bytes: whole files and lines. The same from a mission folder and from a log."""

from collections.abc import Iterable
from dataclasses import dataclass

WHOLE_KINDS = ("code", "mission", "agreement", "areas", "network", "control", "weather", "places")


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A file that is one input: its kind, its path inside the mission folder, its bytes as received."""

    kind: str
    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file of lines, without its newline. `number` is 1-based; 0: not known any more."""

    kind: str
    file: str
    number: int
    data: bytes


@dataclass(frozen=True)
class Inputs:
    """Everything a run is given."""

    files: tuple[WholeFile, ...]
    lines: tuple[Line, ...]

    def of_kind(self, kind: str) -> tuple[WholeFile, ...]:
        """The whole files of a kind, in order of path."""
        return tuple(sorted((one for one in self.files if one.kind == kind), key=lambda one: one.path))

    def one(self, kind: str) -> WholeFile:
        """The only file of a kind."""
        (found,) = self.of_kind(kind)
        return found


def lines_of(kind: str, file: str, data: bytes) -> Iterable[Line]:
    """The lines of a file that hold something."""
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            yield Line(kind, file, number, line)
