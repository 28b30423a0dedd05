"""Who is signed in. Keys that work once (links, invitations, attempts) and sessions, each known by its digest alone;
no passwords."""

import secrets
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from truceline.edges import clock
from truceline.edges.people.accounts import Accounts
from truceline.edges.people.database import Database, digest
from truceline.edges.people.roles import Account, Seat
from truceline.model.instant import US_PER_S

Purpose: TypeAlias = Literal["link", "invitation", "passkey", "openid"]

KEY_BYTES = 32
LINK_US = 15 * 60 * US_PER_S
INVITATION_US = 24 * 3_600 * US_PER_S
ATTEMPT_US = 5 * 60 * US_PER_S
SESSION_US = 12 * 3_600 * US_PER_S  # a shift
LASTS_US = {"link": LINK_US, "invitation": INVITATION_US, "passkey": ATTEMPT_US, "openid": ATTEMPT_US}


class Exercise(msgspec.Struct, frozen=True):
    """The seat that a one-time link of an exercise gives."""

    account: Account
    standing_watch: bool


class People:
    """Accounts and sessions in one small database; several threads and processes may use it."""

    def __init__(self, path: Path, *, now_us: Callable[[], int] = clock.now_us, read_only: bool = False) -> None:
        self.database = Database(path, now_us=now_us, read_only=read_only)
        self.accounts = Accounts(self.database)

    def new_link(self, *roles: str, nation: str = "exercise", party: str | None = None) -> str:
        """The key of a link that signs one person in to an exercise, once, within a quarter of an hour. Without a role
        the seat keeps the watch."""
        number = secrets.token_hex(3)
        held = roles or ("watchkeeper", "analyst")
        name = f"Exercise seat {number} ({', '.join(held)} of {nation})"
        account = Account(id=f"seat-{number}", name=name, nation=nation, roles=held, party=party)
        return self.once("link", Exercise(account, "watchkeeper" in held))

    def invite(self, account: str) -> str:
        """The key with which somebody adds a way to sign in to their account, once, within a day."""
        return self.once("invitation", account)

    def once(self, purpose: Purpose, data: object) -> str:
        """A new key that works once and for a while, and brings this back."""
        key, now_us = secrets.token_urlsafe(KEY_BYTES), self.database.now_us()
        self.database.rows("DELETE FROM once WHERE until_us < ?", (now_us,))
        row = (digest(key), purpose, msgspec.json.encode(data), now_us + LASTS_US[purpose])
        self.database.rows("INSERT INTO once VALUES (?, ?, ?, ?)", row)
        return key

    def invited(self, key: str) -> Account | None:
        """Whose invitation this is, without using it up."""
        rows = self.database.rows(
            "SELECT data FROM once WHERE key = ? AND purpose = 'invitation' AND until_us >= ?",
            (digest(key), self.database.now_us()),
        )
        return self._active(msgspec.json.decode(rows[0][0], type=str)) if rows else None

    def use(self, key: str, purpose: Purpose) -> bytes | None:
        """What a key brings back, if it is one and still works. It is then used up."""
        rows = self.database.rows(
            "DELETE FROM once WHERE key = ? AND purpose = ? RETURNING data, until_us", (digest(key), purpose)
        )
        return rows[0][0] if rows and rows[0][1] >= self.database.now_us() else None

    def sign_in(self, key: str) -> str | None:
        """The key of a new session, if this is the key of an exercise's link that was not used yet."""
        data = self.use(key, "link")
        if data is None:
            return None
        exercise = msgspec.json.decode(data, type=Exercise)
        return self.begin(exercise.account.id, data)

    def begin(self, account: str, exercise: bytes | None = None) -> str:
        """The key of a new session of an account that has shown who it is."""
        key, now_us = secrets.token_urlsafe(KEY_BYTES), self.database.now_us()
        self.database.rows("DELETE FROM session WHERE until_us < ?", (now_us,))
        row = (digest(key), account, exercise, now_us + SESSION_US)
        self.database.rows("INSERT INTO session VALUES (?, ?, ?, ?)", row)
        return key

    def seat(self, key: str) -> Seat | None:
        """Who has this session, with the roles of this moment, if it is one and not over."""
        rows = self.database.rows("SELECT account, exercise, until_us FROM session WHERE key = ?", (digest(key),))
        if not rows or rows[0][2] < self.database.now_us():
            return None
        token = sha256(b"form " + key.encode()).hexdigest()
        if rows[0][1] is not None:
            exercise = msgspec.json.decode(rows[0][1], type=Exercise)
            return Seat(exercise.account, token, exercise=True, standing_watch=exercise.standing_watch)
        account = self._active(rows[0][0])
        return None if account is None else Seat(account, token)

    def new_device(self, account: str) -> str:
        """A key with which a program of forms reports for an account; it ends the one before."""
        key = secrets.token_urlsafe(KEY_BYTES)
        row = (account, digest(key), self.database.now_us())
        self.database.rows("INSERT OR REPLACE INTO device VALUES (?, ?, ?)", row)
        return key

    def device_seat(self, account: str, key: str) -> Seat | None:
        """The seat of a program that shows this key. It has no page, and so no form of one."""
        rows = self.database.rows("SELECT 1 FROM device WHERE account = ? AND key = ?", (account, digest(key)))
        known = self._active(account) if rows else None
        return None if known is None else Seat(known, "")

    def devices(self) -> tuple[tuple[str, int], ...]:
        """Whose programs have keys, and since when (microseconds)."""
        return tuple(self.database.rows("SELECT account, added_us FROM device ORDER BY account"))

    def sign_out(self, key: str) -> None:
        """End a session."""
        self.database.rows("DELETE FROM session WHERE key = ?", (digest(key),))

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def _active(self, id_: str) -> Account | None:
        account = self.accounts.account(id_)
        return account if account is not None and account.active else None
