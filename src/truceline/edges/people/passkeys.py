"""Passkeys (WebAuthn): a device that the person unlocks signs a challenge of ours. Nothing that could be typed, guessed
or given to another site."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from truceline.edges.people.roles import Account, Seat
from truceline.edges.people.sessions import People

NAME = "Truceline"
LOOPBACK = ("127.0.0.1", "::1")


@dataclass(frozen=True)
class Site:
    """Where people reach the service: the origin their browsers see, and the name that passkeys are bound to."""

    origin: str
    name: str


def site_of(url: str) -> Site | None:
    """The site of an address. On this machine it is `localhost`; other bare numbers can have no passkeys."""
    parts = urlsplit(url)
    host = "localhost" if parts.hostname in LOOPBACK else parts.hostname
    if not host or ":" in host or host.replace(".", "").isdecimal():
        return None
    port = f":{parts.port}" if parts.port is not None else ""
    return Site(f"{parts.scheme}://{host}{port}", host)


class Begun(msgspec.Struct, frozen=True):
    """An attempt: its key, and what the browser is asked (WebAuthn options as JSON)."""

    attempt: str
    options: msgspec.Raw


class _Asked(msgspec.Struct, frozen=True):
    challenge: str
    invitation: str | None = None


class _Id(msgspec.Struct):
    id: str


class Passkeys:
    """Adding a passkey with an invitation, and signing in with one."""

    def __init__(self, people: People, site: Site) -> None:
        self._people, self._site = people, site

    def begin_adding(self, invitation: str) -> Begun | None:
        """What to ask the browser of somebody who was invited; None if the invitation does not work."""
        account = self._people.invited(invitation)
        if account is None:
            return None
        options = generate_registration_options(
            rp_id=self._site.name, rp_name=NAME, user_id=account.id.encode(), user_name=account.id,
            user_display_name=account.name,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
        )  # fmt: skip
        asked = _Asked(bytes_to_base64url(options.challenge), invitation)
        return Begun(self._people.once("passkey", asked), msgspec.Raw(options_to_json(options).encode()))

    def finish_adding(self, attempt: str, credential: bytes) -> Account | None:
        """Whose passkey was added. The invitation is then used up."""
        asked = self._asked(attempt)
        if asked is None or asked.invitation is None:
            return None
        try:
            verified = verify_registration_response(
                credential=credential.decode("utf-8", "replace"),
                expected_challenge=base64url_to_bytes(asked.challenge),
                expected_rp_id=self._site.name, expected_origin=self._site.origin, require_user_verification=True,
            )  # fmt: skip
        except WebAuthnException:
            return None
        account = self._people.invited(asked.invitation)
        if account is None or self._people.use(asked.invitation, "invitation") is None:
            return None
        database = self._people.database
        row = (verified.credential_id, account.id, verified.credential_public_key, verified.sign_count)
        kept = database.rows(
            "INSERT INTO passkey VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING account",
            (*row, database.now_us()),
        )
        if kept:
            self._people.access.note(account.id, "added", "passkey", account.id)
        return account if kept else None

    def begin_signing_in(self) -> Begun:
        """What to ask the browser of somebody who wants to sign in."""
        options = generate_authentication_options(
            rp_id=self._site.name, user_verification=UserVerificationRequirement.REQUIRED
        )
        asked = _Asked(bytes_to_base64url(options.challenge))
        return Begun(self._people.once("passkey", asked), msgspec.Raw(options_to_json(options).encode()))

    def finish_signing_in(self, attempt: str, credential: bytes) -> str | None:
        """The key of a new session, if a passkey of an account that is active signed the challenge."""
        account = self._shown(attempt, credential)
        return None if account is None else self._people.begin(account.id, way="passkey")

    def finish_confirming(self, attempt: str, credential: bytes, seat: Seat) -> bool:
        """Whether a passkey of the very person whose session it is signed the challenge; the session knows it then."""
        account = self._shown(attempt, credential)
        return account is not None and account.id == seat.id and self._people.prove(seat.id, seat.session)

    def _shown(self, attempt: str, credential: bytes) -> Account | None:
        """Whose passkey signed the challenge."""
        asked = self._asked(attempt)
        if asked is None or asked.invitation is not None:
            return None
        database = self._people.database
        try:
            id_ = base64url_to_bytes(msgspec.json.decode(credential, type=_Id).id)
            rows = database.rows("SELECT account, public_key, count FROM passkey WHERE credential = ?", (id_,))
            if not rows:
                return None
            verified = verify_authentication_response(
                credential=credential.decode("utf-8", "replace"),
                expected_challenge=base64url_to_bytes(asked.challenge),
                expected_rp_id=self._site.name, expected_origin=self._site.origin, credential_public_key=rows[0][1],
                credential_current_sign_count=rows[0][2], require_user_verification=True,
            )  # fmt: skip
        except (WebAuthnException, msgspec.MsgspecError, ValueError):
            return None
        account = self._people.accounts.account(rows[0][0])
        if account is None or not account.active:
            return None
        database.rows("UPDATE passkey SET count = ? WHERE credential = ?", (verified.new_sign_count, id_))
        return account

    def _asked(self, attempt: str) -> _Asked | None:
        data = self._people.use(attempt, "passkey")
        return None if data is None else msgspec.json.decode(data, type=_Asked)
