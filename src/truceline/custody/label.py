"""To whom a thing may go, as a label that goes with it (in the shape of STANAG 4774).

`(aland OR borea) AND monitor` lets whoever has `monitor` and one of the two see it: every bracket must be met, each by
one of its members. In the XML each bracket is a permissive category "Releasable To".
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

EVERYONE = "everyone"  # the rule that lets every reader see a thing
NAMESPACE = "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"

_NAME = re.compile(r"[^\s()]{1,100}")


@dataclass(frozen=True, slots=True)
class Label:
    """Whose a thing is, how it is classed, and to whom it may go: of each group at least one must fit."""

    owner: str
    classification: str
    groups: tuple[tuple[str, ...], ...]

    def lets(self, attributes: Collection[str]) -> bool:
        """Whether a reader with these attributes (nation, role, …) may see it. The owner always may."""
        return self.owner in attributes or all(any(one in attributes for one in group) for group in self.groups)

    def rule(self) -> str:
        """The groups in words."""
        return " AND ".join(f"({' OR '.join(group)})" if len(group) > 1 else group[0] for group in self.groups)

    def to_xml(self) -> bytes:
        """The label as a document of its own."""
        categories = "".join(
            '<Category TagName="Releasable To" Type="PERMISSIVE">'
            + "".join(f"<GenericValue>{escape(one)}</GenericValue>" for one in group)
            + "</Category>"
            for group in self.groups
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<originatorConfidentialityLabel xmlns={quoteattr(NAMESPACE)}><ConfidentialityInformation>"
            f"<PolicyIdentifier>{escape(self.owner)}</PolicyIdentifier>"
            f"<Classification>{escape(self.classification)}</Classification>{categories}"
            "</ConfidentialityInformation></originatorConfidentialityLabel>\n"
        ).encode()


def read_rule(text: str) -> tuple[tuple[str, ...], ...]:
    """The groups of a rule: names joined by OR, in brackets if more than one, joined by AND. Raises ValueError."""
    groups: list[tuple[str, ...]] = []
    for part in re.split(r"\s+AND\s+", text.strip()):
        inner = part[1:-1] if part.startswith("(") and part.endswith(")") else part
        names = tuple(re.split(r"\s+OR\s+", inner.strip()))
        if not all(_NAME.fullmatch(name) and name not in ("AND", "OR") for name in names) or (
            len(names) > 1 and inner == part
        ):
            raise ValueError(f"{part[:80]!r} is no name, nor names in brackets joined by OR")
        groups.append(names)
    return tuple(groups)


def labels_of(table: Mapping[str, object], providers: Collection[str]) -> dict[str, Label]:
    """The labels of what providers bring, from the table [releasability] of mission.toml: provider = rule. What has no
    rule goes to everyone of the mission. Raises ValueError."""
    labels = {one: Label(one, "", ()) for one in providers}
    for provider, rule in table.items():
        if provider not in labels or not isinstance(rule, str):
            raise ValueError(
                f'{provider!r} is no provider with a rule; write: {min(labels, default="nation")} = "(a OR b)"'
            )
        labels[provider] = Label(provider, "", read_rule(rule))
    return labels


def conclusion_labels_of(table: Mapping[str, object], sensors: Mapping[str, Label]) -> dict[str, Label]:
    """The labels of what was concluded with what providers bring, from the table [conclusions] of mission.toml:
    provider = rule, or "everyone". What has no rule goes where the provider's sensors go (`sensors`). Raises
    ValueError."""
    own = {provider: rule for provider, rule in table.items() if rule != EVERYONE}
    read = labels_of(own, sensors)
    labels = {one: read[one] if one in own else label for one, label in sensors.items()}
    for provider in table.keys() - own.keys():
        if provider not in sensors:
            raise ValueError(f"{provider!r} is no provider; name one of {', '.join(sorted(sensors))}")
        labels[provider] = Label(provider, "", ())
    return labels
