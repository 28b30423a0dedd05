"""The register of notices: received in time or late, too broad, and whether more happened than was announced."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from truceline.model.filing import Notice
from truceline.terms.prepare import Prepared

Reception: TypeAlias = Literal["in_time", "late", "too_broad", "no_article"]


@dataclass(frozen=True, slots=True)
class NoticeEntry:
    """One notice before one article (empty: no article asks for it).

    `used_by`: events that it covered; `beyond`: events in its place and time that came after its count was used up.
    """

    notice: Notice
    provision: str
    reception: Reception
    words: str
    used_by: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()

    @property
    def more_than_declared(self) -> bool:
        return bool(self.beyond)


def notices_register(prepared: Prepared, notices: tuple[Notice, ...]) -> tuple[NoticeEntry, ...]:
    """Every notice before every article that asks for it, in order of receipt, then of id."""
    found = [entry for clause in prepared.exceptions for entry in getattr(clause.state, "entries", ())]
    told = {entry.notice.id for entry in found}
    found += [
        NoticeEntry(one, "", "no_article", f"no article in force for {one.party} speaks of notices of {one.activity}")
        for one in notices
        if one.id not in told
    ]
    return tuple(sorted(found, key=lambda entry: (entry.notice.received_us, entry.notice.id, entry.provision)))
