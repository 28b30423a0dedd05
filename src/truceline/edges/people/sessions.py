"""Who is signed in. Keys that work once (links, invitations, attempts) and sessions, each known by its digest alone;
no passwords."""

import secrets
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from truceline.edges import clock
from truceline.edges.people.access import SESSION_ID, Access
from truceline.edges.people.accounts import Accounts
from truceline.edges.people.database import Database, digest
from truceline.edges.people.roles import Account, Seat
from truceline.model.instant import US_PER_S, Instant

Purpose: TypeAlias = Literal["link", "invitation", "passkey", "openid"]

KEY_BYTES = 32
LINK_US = 15 * 60 * US_PER_S
INVITATION_US = 24 * 3_600 * US_PER_S
ATTEMPT_US = 5 * 60 * US_PER_S
FRESH_US = 30 * 60 * US_PER_S  # how long somebody who showed who they are may do what is grave
OFFERED_US = FRESH_US // 2  # how long they are offered to: what they write then is not refused
USED_US = 60 * US_PER_S  # between two notes that a session is used
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
        self.accounts, self.access = Accounts(self.database), Access(self.database)

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

    def begin(self, account: str, exercise: bytes | None = None, way: str = "link") -> str:
        """The key of a new session of an account that has shown who it is, and how."""
        key, now_us = secrets.token_urlsafe(KEY_BYTES), self.database.now_us()
        self.database.rows("DELETE FROM session WHERE until_us < ?", (now_us,))
        row = (digest(key), account, exercise, way, now_us, now_us, now_us, now_us + SESSION_US)
        self.database.rows("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        return key

    def seat(self, key: str) -> Seat | None:
        """Who has this session, with the roles of this moment, if it is one and not over."""
        named, now_us = digest(key), self.database.now_us()
        rows = self.database.rows(
            "SELECT holder, exercise, until_us, last_us, proven_us FROM session WHERE key = ?", (named,)
        )
        if not rows or rows[0][2] < now_us:
            return None
        holder, linked, _, last_us, proven_us = rows[0]
        if now_us - last_us >= USED_US:
            self.database.rows("UPDATE session SET last_us = ? WHERE key = ?", (now_us, named))
        token, id_ = sha256(b"form " + key.encode()).hexdigest(), named.hex()[:16]
        if linked is not None:
            exercise = msgspec.json.decode(linked, type=Exercise)
            return Seat(exercise.account, token, exercise=True, standing_watch=exercise.standing_watch, session=id_)
        account = self._active(holder)
        return None if account is None else Seat(account, token, session=id_, proven_us=proven_us)

    def prove(self, account: str, session: str) -> bool:
        """Remember that somebody has shown again who they are; whether that session is theirs and not over."""
        now_us = self.database.now_us()
        return bool(self.database.rows(
            f"UPDATE session SET proven_us = ? WHERE holder = ? AND {SESSION_ID} = ? AND until_us >= ?"  # noqa: S608
            " RETURNING 1",
            (now_us, account, session, now_us),
        ))  # fmt: skip

    def is_fresh(self, seat: Seat, within_us: Instant = FRESH_US) -> bool:
        """Whether somebody showed lately who they are. A seat of an exercise's link has nothing to show again."""
        return seat.exercise or self.database.now_us() - seat.proven_us < within_us

    def new_device(self, account: str) -> str:
        """A key with which a program of forms reports for an account; it ends the one before."""
        key = secrets.token_urlsafe(KEY_BYTES)
        row = (account, digest(key), self.database.now_us())
        self.database.rows("INSERT OR REPLACE INTO device VALUES (?, ?, ?)", row)
        self.access.note(account, "added", "program", account)
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
