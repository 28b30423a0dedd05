"""Accounts: given, changed and closed by named people; each change is numbered, kept, and carried into the log."""

from collections.abc import Collection
from dataclasses import dataclass

import msgspec

from truceline.edges.people.database import Database
from truceline.edges.people.roles import Account, account_fault
from truceline.model.instant import Instant


@dataclass(frozen=True)
class Given:
    """An account as it was given, when and by whom."""

    number: int
    account: Account
    at_us: Instant
    by: str


class Accounts:
    """The accounts in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def give(self, account: Account, by: str, parties: Collection[str]) -> Given:
        """Keep an account as it is from now on. Raises ValueError, with what to do, if it cannot be."""
        if fault := account_fault(account, parties):
            raise ValueError(fault)
        row = self._database.rows(
            "INSERT INTO given (account, record, at_us, by) VALUES (?, ?, ?, ?) RETURNING number, at_us",
            (account.id, msgspec.json.encode(account), self._database.now_us(), by),
        )[0]
        if not account.active:
            self._database.rows("DELETE FROM session WHERE holder = ?", (account.id,))
        return Given(row[0], account, row[1], by)

    def account(self, id_: str) -> Account | None:
        """An account as it is now."""
        rows = self._database.rows("SELECT record FROM given WHERE account = ? ORDER BY number DESC LIMIT 1", (id_,))
        return msgspec.json.decode(rows[0][0], type=Account) if rows else None

    def all(self) -> tuple[Account, ...]:
        """Every account as it is now, in order of id."""
        rows = self._database.rows(
            "SELECT record FROM given WHERE number IN (SELECT max(number) FROM given GROUP BY account) ORDER BY account"
        )
        return tuple(msgspec.json.decode(row[0], type=Account) for row in rows)

    def given(self, after: int) -> tuple[Given, ...]:
        """Every change after the one of this number, in order."""
        rows = self._database.rows(
            "SELECT number, record, at_us, by FROM given WHERE number > ? ORDER BY number", (after,)
        )
        return tuple(Given(row[0], msgspec.json.decode(row[1], type=Account), row[2], row[3]) for row in rows)

    def ways_in(self, id_: str) -> int:
        """By how many passkeys and subjects of a provider somebody can sign in."""
        passkeys = self._database.rows("SELECT count(*) FROM passkey WHERE account = ?", (id_,))
        subjects = self._database.rows("SELECT count(*) FROM subject WHERE account = ?", (id_,))
        return int(passkeys[0][0]) + int(subjects[0][0])

    def saw(self, id_: str, what: str) -> None:
        """Remember that somebody looked at something; the log says so too."""
        self._database.rows(
            "INSERT INTO seen VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at_us = excluded.at_us",
            (id_, what, self._database.now_us()),
        )

    def last_saw(self, id_: str, what: str) -> Instant | None:
        """When somebody last looked at something."""
        rows = self._database.rows("SELECT at_us FROM seen WHERE account = ? AND what = ?", (id_, what))
        return rows[0][0] if rows else None
