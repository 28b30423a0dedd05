"""What is told of something published: its id, the decision that published it, when, and whether it is real. Nothing of
what it says: whoever wants to know asks the service, which knows who they are."""

import msgspec

from truceline.custody.canonical import canonical_json
from truceline.findings.decision import Decision, Published, id_of
from truceline.model.instant import format_utc


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """A published conclusion, by its ids."""

    number: int  # of the decision
    finding: str
    at_us: int
    status: str

    @property
    def id(self) -> str:
        """The id of the decision: a message about it that comes twice is known by it."""
        return id_of(self.number)

    def to_bytes(self) -> bytes:
        """The body of a message."""
        return canonical_json(
            {"decision": self.id, "kind": "published", "product": self.finding, "status": self.status,
             "published": format_utc(self.at_us, digits=0)}
        )  # fmt: skip


def product_of(decision: Decision, status: str) -> Product | None:
    """The product that a decision publishes; None if it publishes none."""
    said = decision.said
    if not isinstance(said, Published):
        return None
    return Product(number=decision.number, finding=said.finding, at_us=decision.at_us, status=status)
