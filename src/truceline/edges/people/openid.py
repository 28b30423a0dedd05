"""Signing in with a nation's or body's own provider (OpenID Connect: code flow with PKCE, state and nonce).

The provider says who somebody is. What they may do is said here alone, by their account: no claim of a provider gives a
role. DATA/openid.toml, readable by its owner alone:

    name = "Ministry of Aland"
    issuer = "https://login.example.org"
    client_id = "truceline"
    client_secret = "…"
"""

import secrets
import threading
import urllib.request
from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from truceline.edges.addresses import is_private
from truceline.edges.given_file import refuse_shared
from truceline.edges.people.roles import Account
from truceline.edges.people.sessions import ATTEMPT_US, People
from truceline.formats.fields import Fields
from truceline.formats.toml_document import read_toml
from truceline.model.instant import US_PER_S
from truceline.model.problem import Unusable

T = TypeVar("T")

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
PATIENCE_S = 10.0
LEEWAY_S = 60
MOST_ANSWER = 1024**2
CALLBACK = "/sign-in/openid/back"


class Settings(msgspec.Struct, frozen=True):
    """Which provider, and as what this service is known to it."""

    name: str
    issuer: str
    client_id: str
    client_secret: str


class _Provider(msgspec.Struct, frozen=True):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _Tokens(msgspec.Struct):
    id_token: str


class _Begun(msgspec.Struct, frozen=True):
    nonce: str
    verifier: str
    browser: bytes  # digest of what only the browser that began has
    invitation: str | None = None
    confirming: tuple[str, str, str] | None = None  # who shows again who they are: account, session, where they go on


class Refused(Exception):
    """The provider, or what came back from it, is not to be trusted; in words."""


def read_settings(path: Path) -> Settings | None:
    """The settings of a service; None if it has no provider. Raises Unusable."""
    if not path.exists():
        return None
    refuse_shared(path, "others than its owner can read the secret", f"chmod 600 {path.name}")
    document = read_toml(path.name, path.read_bytes())
    fields = Fields(document.table, document.place)
    settings = Settings(*(fields.text(field) for field in ("name", "issuer", "client_id", "client_secret")))
    if not fields.faulty and not is_private(settings.issuer):
        fields.fault("issuer", f"{settings.issuer!r} is not an https address", "give the issuer as its provider does")
    if fields.faulty:
        raise Unusable(fields.problems)
    return settings


class OpenId:
    """One provider. Blocking: call it from a thread."""

    def __init__(self, people: People, settings: Settings, origin: str) -> None:
        self.name = settings.name
        self._people, self._settings, self._back = people, settings, origin + CALLBACK
        self._lock = threading.Lock()
        self._provider: _Provider | None = None

    def begin(self, invitation: str | None = None, confirming: tuple[str, str, str] | None = None) -> tuple[str, str]:
        """Where to send the browser, and what it must still have when it comes back. confirming: who is asked again, by
        the provider too, though they are signed in there: account, session, where they go on. Raises Refused."""
        provider = self._known()
        nonce, verifier, browser = (secrets.token_urlsafe(32) for _ in range(3))
        begun = _Begun(nonce, verifier, sha256(browser.encode()).digest(), invitation, confirming)
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code", "client_id": self._settings.client_id, "redirect_uri": self._back,
            "scope": "openid", "state": self._people.once("openid", begun), "nonce": nonce,
            "code_challenge": challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        if confirming is not None:
            asked |= {"prompt": "login", "max_age": "0"}
        mark = "&" if urlsplit(provider.authorization_endpoint).query else "?"
        return f"{provider.authorization_endpoint}{mark}{urlencode(asked)}", browser

    def finish(self, state: str, code: str, browser: str) -> tuple[str | None, str]:
        """The key of a new session of whoever came back (None: they had one, and have shown again who they are), and
        where they go on. Raises Refused."""
        data = self._people.use(state, "openid")
        begun = None if data is None else msgspec.json.decode(data, type=_Begun)
        if begun is None or not secrets.compare_digest(begun.browser, sha256(browser.encode()).digest()):
            raise Refused("the attempt is over, or was begun in another browser; begin again")
        subject = self._subject(code, begun)
        account = self._bound(subject, begun.invitation)
        if account is None:
            raise Refused("the provider knows you, but no account here is yours; ask an administrator to invite you")
        if begun.confirming is None:
            return self._people.begin(account.id, way="provider"), "/"
        holder, session, to = begun.confirming
        if account.id != holder or not self._people.prove(holder, session):
            raise Refused("the provider says that you are somebody else, or your session is over; sign in anew")
        return None, to

    def _bound(self, subject: str, invitation: str | None) -> Account | None:
        """Whose the subject is; with an invitation it becomes the invited account's, once."""
        database, issuer = self._people.database, self._settings.issuer
        if invitation is not None:
            invited = self._people.invited(invitation)
            if invited is None or self._people.use(invitation, "invitation") is None:
                return None
            row = (issuer, subject, invited.id, database.now_us())
            kept = database.rows("INSERT INTO subject VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING 1", row)
            if kept:
                self._people.access.note(invited.id, "added", "provider", invited.id)
        rows = database.rows("SELECT account FROM subject WHERE issuer = ? AND subject = ?", (issuer, subject))
        account = self._people.accounts.account(rows[0][0]) if rows else None
        return account if account is not None and account.active else None

    def _subject(self, code: str, begun: _Begun) -> str:
        provider = self._known()
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self._back,
            "code_verifier": begun.verifier,
        }  # fmt: skip
        pair = f"{quote(self._settings.client_id, safe='')}:{quote(self._settings.client_secret, safe='')}"
        basic = b64encode(pair.encode()).decode()
        tokens = _fetch(provider.token_endpoint, _Tokens, urlencode(form).encode(), basic)
        keys = _fetch(provider.jwks_uri, KeySetSerialization)
        wanted = jwt.JWTClaimsRegistry(
            now=self._people.database.now_us() // US_PER_S, leeway=LEEWAY_S,
            iss={"essential": True, "value": provider.issuer}, sub={"essential": True}, exp={"essential": True},
            aud={"essential": True, "value": self._settings.client_id},
            nonce={"essential": True, "value": begun.nonce},
            auth_time={"essential": begun.confirming is not None},
        )  # fmt: skip
        try:
            token = jwt.decode(tokens.id_token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)
            wanted.validate(token.claims)
        except (JoseError, ValueError) as error:
            raise Refused(f"what the provider signed does not hold ({error}); begin again") from None
        if begun.confirming is not None and not self._just_now(token.claims["auth_time"]):
            raise Refused("the provider did not ask you again; have it ask, or confirm with a passkey")
        return str(token.claims["sub"])

    def _just_now(self, auth_time: object) -> bool:
        """Whether somebody signed in with the provider within the time of an attempt."""
        now_s = self._people.database.now_us() // US_PER_S
        return isinstance(auth_time, int) and now_s - auth_time <= ATTEMPT_US // US_PER_S + LEEWAY_S

    def _known(self) -> _Provider:
        """What the provider says of itself, asked once."""
        with self._lock:
            if self._provider is None:
                address = f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration"
                found = _fetch(address, _Provider)
                if found.issuer != self._settings.issuer:
                    raise Refused(f"the provider calls itself {found.issuer[:200]!r}; set the issuer right")
                self._provider = found
            return self._provider


def _fetch(address: str, type_: type[T], form: bytes | None = None, basic: str = "") -> T:
    if not is_private(address):
        raise Refused("the provider names an address that is not https; ask whoever runs it")
    headers = {"Accept": "application/json"} | ({"Authorization": f"Basic {basic}"} if basic else {})
    request = urllib.request.Request(address, form, headers)  # noqa: S310 (checked above)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310
            return msgspec.json.decode(answer.read(MOST_ANSWER), type=type_)
    except (OSError, msgspec.MsgspecError) as error:
        raise Refused(f"the provider does not answer as it should ({error}); try again later") from None
