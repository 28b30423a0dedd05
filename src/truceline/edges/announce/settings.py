"""DATA/announce.toml, readable by its owner alone: who is told of what was published.

[[webhook]]
name = "ministry-of-aland"
url = "https://hooks.example.org/truceline"
secret = "…"                          # 32 characters or more; signs what is sent

[mail]
server = "mail.example.org"
port = 587
security = "starttls"                 # or tls; none only to this machine
from = "mission@example.org"
to = ["desk@example.org"]
user = "mission"                      # optional, with password
password = "…"
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from truceline.edges.addresses import LOOPBACK, is_private
from truceline.edges.given_file import refuse_shared
from truceline.formats.fields import Fields
from truceline.formats.toml_document import TomlDocument, read_toml
from truceline.model.problem import Place, Problem, Unusable

LEAST_SECRET = 32  # characters
MOST_TARGETS = 20
SECURITY = ("starttls", "tls", "none")
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,59}")
_ADDRESS = re.compile(r"[^\s@<>,;\x00-\x1f]+@[^\s@<>,;\x00-\x1f]+")


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told, and the secret that it knows us by."""

    name: str
    url: str
    secret: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server, whose mail it is, and who gets it."""

    server: str
    port: int
    security: str
    sender: str
    to: tuple[str, ...]
    user: str | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """All who are told."""

    webhooks: tuple[Webhook, ...] = ()
    mail: Mail | None = None


def read_settings(path: Path) -> Settings:
    """The settings of a service; nobody is told if there are none. Raises Unusable."""
    if not path.exists():
        return Settings()
    refuse_shared(path, "others than its owner can read the secrets", f"chmod 600 {path.name}")
    document = read_toml(path.name, path.read_bytes())
    problems: list[Problem] = []
    tables = document.table.get("webhook", [])
    if not isinstance(tables, list) or len(tables) > MOST_TARGETS or not all(isinstance(one, dict) for one in tables):
        problem = Problem(document.place("webhook"), f"there are not 0 to {MOST_TARGETS} webhooks", "write [[webhook]]")
        raise Unusable([problem])
    hooks = [_webhook(Fields(table, _within(document, "webhook", n)), problems) for n, table in enumerate(tables)]
    if len({one.name for one in hooks}) != len(hooks):
        problems.append(Problem(document.place("webhook"), "two webhooks have one name", "give each a name of its own"))
    table = document.table.get("mail")
    if table is not None and not isinstance(table, dict):
        raise Unusable([Problem(document.place("mail"), "it is no table", "write [mail]")])
    mail = _mail(Fields(table, _within(document, "mail")), problems) if table is not None else None
    if problems:
        raise Unusable(problems)
    return Settings(tuple(hooks), mail)


def _within(document: TomlDocument, *path: str | int) -> Callable[[str], Place]:
    return lambda field: document.place(*path, field)


def is_safe(url: str) -> bool:
    """Whether an address is https, or leads to this machine alone; without a name and password in it."""
    parts = urlsplit(url)
    return is_private(url) and bool(parts.hostname) and parts.username is None and parts.password is None


def _webhook(fields: Fields, problems: list[Problem]) -> Webhook:
    found = Webhook(fields.text("name"), fields.text("url"), fields.text("secret"))
    if found.name and not _NAME.fullmatch(found.name):
        fields.fault("name", "it is no name", "use small letters, digits, dots and hyphens")
    if found.url and not is_safe(found.url):
        fields.fault("url", "it is not an https address, or has a password in it", "give the receiver's https address")
    if found.secret and len(found.secret) < LEAST_SECRET:
        fields.fault("secret", "it is short enough to be guessed", f"use {LEAST_SECRET} random characters or more")
    problems += fields.problems
    return found


def _mail(fields: Fields, problems: list[Problem]) -> Mail:
    to = fields.table.get("to")
    addresses = tuple(one for one in to if isinstance(one, str)) if isinstance(to, list) else ()
    found = Mail(
        server=fields.text("server"), port=fields.whole_or_none("port", least=1) or 587,
        security=fields.text_or_none("security") or "starttls", sender=fields.text("from"), to=addresses,
        user=fields.text_or_none("user"), password=fields.text_or_none("password"),
    )  # fmt: skip
    wrong = [one for one in (found.sender, *addresses) if one and not _ADDRESS.fullmatch(one)]
    if wrong or not 0 < len(addresses) <= MOST_TARGETS or (isinstance(to, list) and len(to) != len(addresses)):
        fields.fault(
            "to", "an address of mail is missing or wrong", f"give 1 to {MOST_TARGETS} addresses, and from one"
        )
    if found.security not in SECURITY:
        fields.fault("security", "it is not known", f"give one of {', '.join(SECURITY)}")
    if found.security == "none" and found.server not in LOOPBACK:
        fields.fault("security", "mail would go over the network in the open", "use starttls or tls")
    if (found.user is None) is not (found.password is None):
        fields.fault("user", "user and password go together", "give both, or neither")
    problems += fields.problems
    return found
