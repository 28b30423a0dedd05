"""The numbers by which a page calls its findings: 1, 2, … in order of time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from truceline.model.finding import Finding

OPEN: frozenset[str] = frozenset({"attributed", "undetermined"})  # outcomes that a map or a timeline points out


@dataclass(frozen=True)
class Numbered:
    """Findings in order of time, each called by its place."""

    findings: Sequence[Finding]

    @cached_property
    def of_event(self) -> Mapping[str, int]:
        """The number of the finding that an event is in."""
        return {id_: number for number, finding in self.items for id_ in finding.events}

    @cached_property
    def of_incident(self) -> Mapping[str, list[int]]:
        """The numbers of an incident's findings."""
        found: dict[str, list[int]] = {}
        for number, finding in self.items:
            found.setdefault(finding.incident, []).append(number)
        return found

    @property
    def items(self) -> list[tuple[int, Finding]]:
        return list(enumerate(self.findings, 1))

    def finding(self, number: int) -> Finding:
        return self.findings[number - 1]

    def pointed_out(self, id_: str) -> int:
        """The number of an event's finding if it says or leaves open that the text was broken, else 0."""
        number = self.of_event.get(id_, 0)
        return number if number and self.finding(number).outcome in OPEN else 0


def anchor(number: int) -> str:
    """The id of a finding's place in the page."""
    return f"finding-{number}"
