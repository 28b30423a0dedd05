"""How people get in, and that they are told: their sessions, their ways to sign in, and every change of these.

Changes are numbered, kept, carried into the log, and shown to their person until they say that they have read them.
"""

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from truceline.edges.people.database import Database
from truceline.model.instant import Instant

What: TypeAlias = Literal["added", "removed", "ended"]
Kind: TypeAlias = Literal["passkey", "provider", "program", "session"]
MOST_ADDRESS = 200
ADDRESS = re.compile(r"[^\s@<>,;\x00-\x1f]+@[^\s@<>,;\x00-\x1f]+")
SESSION_ID = "substr(lower(hex(key)), 1, 16)"  # of a digest: it opens nothing


@dataclass(frozen=True, slots=True)
class Session:
    """A session by its id: how it was begun, when, when it was last used, until when it lasts."""

    id: str
    way: str
    began_us: Instant
    last_us: Instant
    until_us: Instant


@dataclass(frozen=True, slots=True)
class Way:
    """A way in by its id: a passkey, a provider's word, or a program's key; since when (0: that was not kept)."""

    id: str
    kind: Kind
    added_us: Instant


@dataclass(frozen=True, slots=True)
class Change:
    """What was added to or removed from an account, or which session was ended by whom."""

    number: int
    account: str
    what: What
    kind: Kind
    at_us: Instant
    by: str


class Access:
    """The sessions and ways in of all accounts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sessions(self, account: str) -> tuple[Session, ...]:
        """The sessions of somebody that are not over, the newest first."""
        rows = self._database.rows(
            f"SELECT {SESSION_ID}, way, began_us, last_us, until_us FROM session"  # noqa: S608 (a constant)
            " WHERE holder = ? AND until_us >= ? ORDER BY began_us DESC, key",
            (account, self._database.now_us()),
        )
        return tuple(Session(*row) for row in rows)

    def end(self, account: str, session: str, by: str) -> bool:
        """End one session of somebody; whether there was one."""
        ended = self._database.rows(
            f"DELETE FROM session WHERE holder = ? AND {SESSION_ID} = ? RETURNING 1",  # noqa: S608 (a constant)
            (account, session),
        )
        if ended:
            self.note(account, "ended", "session", by)
        return bool(ended)

    def end_others(self, account: str, but: str, by: str) -> int:
        """End every session of somebody but one (or none); how many those were."""
        return sum(self.end(account, one.id, by) for one in self.sessions(account) if one.id != but)

    def ways(self, account: str) -> tuple[Way, ...]:
        """The ways in of somebody."""
        rows = self._database.rows(
            "SELECT lower(hex(credential)), 'passkey', added_us FROM passkey WHERE account = ?1 UNION ALL"
            " SELECT issuer || ' ' || subject, 'provider', added_us FROM subject WHERE account = ?1 UNION ALL"
            " SELECT account, 'program', added_us FROM device WHERE account = ?1 ORDER BY 2, 3, 1",
            (account,),
        )
        return tuple(Way(*row) for row in rows)

    def remove(self, account: str, way: str, by: str) -> bool:
        """Take a way in from somebody; whether there was one."""
        found = next((one for one in self.ways(account) if one.id == way), None)
        if found is None:
            return False
        table, column = {
            "passkey": ("passkey", "lower(hex(credential))"), "provider": ("subject", "issuer || ' ' || subject"),
            "program": ("device", "account"),
        }[found.kind]  # fmt: skip
        self._database.rows(f"DELETE FROM {table} WHERE account = ? AND {column} = ?", (account, way))  # noqa: S608
        self.note(account, "removed", found.kind, by)
        return True

    def note(self, account: str, what: What, kind: Kind, by: str) -> None:
        """Keep that something changed."""
        self._database.rows(
            "INSERT INTO access_change (account, what, kind, at_us, by) VALUES (?, ?, ?, ?, ?)",
            (account, what, kind, self._database.now_us(), by),
        )

    def changes(self, after: int) -> tuple[Change, ...]:
        """Every change after the one of this number, in order."""
        return self._changes("number > ? ORDER BY number", after)

    def unread(self, account: str) -> tuple[Change, ...]:
        """What somebody was not told yet, or has not said that they read, in order."""
        return self._changes("account = ? AND read_us IS NULL ORDER BY number", account)

    def history(self, account: str, most: int) -> tuple[Change, ...]:
        """The last changes of somebody's, the newest first."""
        return self._changes("account = ? ORDER BY number DESC LIMIT ?", account, most)

    def read(self, account: str, until: int) -> None:
        """Somebody has read what was changed, up to a number."""
        self._database.rows(
            "UPDATE access_change SET read_us = ? WHERE account = ? AND number <= ? AND read_us IS NULL",
            (self._database.now_us(), account, until),
        )

    def address(self, account: str) -> str | None:
        """Where somebody wants to be told by mail."""
        rows = self._database.rows("SELECT address FROM mail WHERE account = ?", (account,))
        return rows[0][0] if rows else None

    def set_address(self, account: str, address: str) -> None:
        """Tell somebody by mail from now on; an empty address: not any more. Raises ValueError."""
        self._database.rows("DELETE FROM mail WHERE account = ?", (account,))
        if not address:
            return
        if len(address) > MOST_ADDRESS or not ADDRESS.fullmatch(address):
            raise ValueError("that is no address of mail; write one like desk@example.org, or leave it empty")
        self._database.rows("INSERT INTO mail VALUES (?, ?)", (account, address))

    def to_mail(self, since_us: Instant) -> tuple[tuple[Change, str], ...]:
        """Changes since an instant of which their person wants to be told by mail and was not, with the address."""
        waiting = self._changes("mailed_us IS NULL AND at_us >= ? ORDER BY number", since_us)
        told = ((one, self.address(one.account)) for one in waiting)
        return tuple((one, address) for one, address in told if address is not None)

    def mailed(self, number: int) -> None:
        """Mail about a change was handed over."""
        self._database.rows(
            "UPDATE access_change SET mailed_us = ? WHERE number = ?", (self._database.now_us(), number)
        )

    def _changes(self, where: str, *values: str | int) -> tuple[Change, ...]:
        rows = self._database.rows(
            f"SELECT number, account, what, kind, at_us, by FROM access_change WHERE {where}",  # noqa: S608 (constants)
            values,
        )
        return tuple(Change(*row) for row in rows)
