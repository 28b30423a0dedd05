"""Roles, seats, and what an account must be like."""

import re
from collections.abc import Collection
from dataclasses import dataclass

import msgspec

from truceline.model.instant import Instant

ROLES = (
    "monitor", "watchkeeper", "analyst", "reviewer", "director", "delegate", "party_liaison", "auditor", "planner",
    "administrator",
)  # fmt: skip
MOST_NAME = 100
_ID = re.compile(r"[a-z][a-z0-9.-]{1,39}")
_NATION = re.compile(r"[a-z][a-z0-9._-]{0,59}", re.IGNORECASE)


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A person as the mission knows them. party: for whom a party's liaison speaks. The name stays out of the log."""

    id: str
    name: str
    nation: str
    roles: tuple[str, ...]
    party: str | None = None
    active: bool = True


@dataclass(frozen=True)
class Seat:
    """Who asks. standing_watch: an exercise's seat that is on duty whatever the roster says. token: what a form of
    theirs must carry, so that no other page can act for them. session: its id, empty for a program; proven_us: when
    they last showed who they are."""

    account: Account
    token: str
    exercise: bool = False
    standing_watch: bool = False
    session: str = ""
    proven_us: Instant = 0

    def has(self, *roles: str) -> bool:
        """Whether they have one of these roles."""
        return any(role in self.account.roles for role in roles)

    @property
    def id(self) -> str:
        return self.account.id

    @property
    def nation(self) -> str:
        return self.account.nation

    @property
    def attributes(self) -> tuple[str, ...]:
        """What a label is held against: nation and roles."""
        return (self.account.nation, *self.account.roles)


def of_a_party(account: Account, parties: Collection[str]) -> bool:
    """Whether somebody speaks for a party, or comes from one."""
    return account.party is not None or account.nation in parties


def account_fault(account: Account, parties: Collection[str]) -> str | None:
    """What is wrong with an account; None if nothing is."""
    liaison = "party_liaison" in account.roles
    if not _ID.fullmatch(account.id):
        return f"{account.id[:40]!r} is no id; write 2 to 40 small letters, digits, dots or hyphens"
    if not 0 < len(account.name.strip()) <= MOST_NAME or not account.name.isprintable():
        return f"the name is missing or longer than {MOST_NAME} characters; write it out"
    if not _NATION.fullmatch(account.nation):
        return f"{account.nation[:60]!r} is no nation or body; write its id"
    unknown = [role for role in account.roles if role not in ROLES]
    if unknown or not account.roles or len(set(account.roles)) != len(account.roles):
        return f"the roles are {', '.join(account.roles) or 'none'}; give some of {', '.join(ROLES)}, each once"
    if (account.nation in parties or liaison) and account.roles != ("party_liaison",):
        return "who comes from a party is its liaison and nothing else; give the role party_liaison alone"
    if liaison and account.party not in parties:
        return f"a liaison speaks for a party; name one of {', '.join(parties)}"
    if not liaison and account.party is not None:
        return "only a party's liaison speaks for a party; leave the party out"
    return None
