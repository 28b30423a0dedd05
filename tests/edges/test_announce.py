"""What was published is told to who asked for it, by ids alone; signed, tried again, bounded; over loopback."""

import json
import socketserver
import sqlite3
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from truceline.client import signed_by
from truceline.edges.announce import webhook
from truceline.edges.announce.announcer import Announcer
from truceline.edges.announce.deliveries import FIRST_PAUSE_S, LONGEST_PAUSE_S, MOST_ATTEMPTS, Deliveries
from truceline.edges.announce.product import product_of
from truceline.edges.announce.settings import Mail, Settings, Webhook, is_safe, read_settings
from truceline.findings.decision import Concluded, Decision, Published
from truceline.model.instant import US_PER_S
from truceline.model.problem import Unusable

SECRET = "0123456789abcdef0123456789abcdef"
NOW = 1_772_445_600 * US_PER_S
SAID = "North fired at the school, at 30.0217 50.0153."


def published(number: int) -> list[Decision]:
    """A conclusion and its publication, the latter of this number."""
    done = Concluded(finding="F-00000000000000aa", outcome="amended", party="north", words=SAID, draw=9)
    out = Published(finding="F-00000000000000aa", words=SAID)
    return [Decision(number=number - 1, at_us=NOW, by="d.irector", nation="aland", said=done),
            Decision(number=number, at_us=NOW, by="d.irector", nation="aland", said=out)]  # fmt: skip


class Receiver(ThreadingHTTPServer):
    """Answers with the codes it was given, the last one from then on; keeps what came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiving)
        self.codes, self.came = [200], []  # type: list[int], list[tuple[dict[str, str], bytes]]
        self.url = f"http://127.0.0.1:{self.server_address[1]}/hook"


class Receiving(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Receiver)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.append((dict(self.headers.items()), body))
        codes = self.server.codes
        self.send_response(codes.pop(0) if len(codes) > 1 else codes[0])
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST  # noqa: N815 (the name that the base class asks for)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class's name)
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as one:
        thread = threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield one
        one.shutdown()
        thread.join()


class Stand:
    """An announcer with a clock of its own."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.now_us, self.decided = NOW, []  # type: int, list[Decision]
        self.folder, self.settings = folder, settings
        self.begin()

    def begin(self) -> None:
        self.deliveries = Deliveries(self.folder / "announced.sqlite")
        self.announcer = Announcer(
            self.settings, self.deliveries, lambda: self.decided, "exercise", now_us=lambda: self.now_us
        )

    def later(self, seconds: float) -> None:
        self.now_us += round(seconds * US_PER_S)
        self.announcer.tell()


@pytest.fixture
def stand(tmp_path: Path, receiver: Receiver) -> Iterator[Stand]:
    one = Stand(tmp_path, Settings((Webhook("ministry", receiver.url, SECRET),)))
    yield one
    one.deliveries.close()


def test_a_webhook_is_told_ids_alone_and_can_tell_that_it_was_us(stand: Stand, receiver: Receiver) -> None:
    stand.decided = published(1)
    stand.later(0)
    stand.later(1)
    ((headers, body),) = receiver.came
    assert json.loads(body) == {
        "decision": "D-000001", "kind": "published", "product": "F-00000000000000aa", "status": "exercise",
        "published": "2026-03-02T10:00:00Z",
    }  # fmt: skip
    assert headers["Truceline-Delivery"] == "D-000001"
    signature, now_s = headers["Truceline-Signature"], NOW / US_PER_S
    assert signed_by(SECRET, body, signature, now_s)
    assert not signed_by(SECRET, body + b" ", signature, now_s)
    assert not signed_by("f" * 32, body, signature, now_s)
    assert not signed_by(SECRET, body, signature, now_s + 301)
    for wrong in ("", "t=,v1=", "t=x,v1=y", signature.replace("t=", "t=1"), signature.partition(",")[0]):
        assert not signed_by(SECRET, body, wrong, now_s), wrong


def test_only_publications_are_told(stand: Stand, receiver: Receiver) -> None:
    stand.decided = published(1)[:1]
    stand.later(0)
    assert receiver.came == []
    assert product_of(stand.decided[0], "exercise") is None


def test_what_could_not_be_kept_is_taken_up_again(
    stand: Stand, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    stand.decided = published(1)
    with monkeypatch.context() as broken:
        broken.setattr(stand.deliveries, "want", full)
        with pytest.raises(sqlite3.OperationalError):
            stand.later(0)
    assert receiver.came == []
    stand.later(1)
    assert [headers["Truceline-Delivery"] for headers, _ in receiver.came] == ["D-000001"]


def test_a_new_target_is_told_of_what_is_published_from_then_on(tmp_path: Path, receiver: Receiver) -> None:
    one = Stand(tmp_path, Settings())
    one.decided = published(1)
    one.deliveries.close()
    one.settings = Settings((Webhook("ministry", receiver.url, SECRET),))
    one.begin()
    one.decided = [*one.decided, *published(3)]
    one.later(0)
    assert [headers["Truceline-Delivery"] for headers, _ in receiver.came] == ["D-000003"]
    one.deliveries.close()


def test_it_is_tried_again_after_pauses_that_double_and_goes_on_after_a_restart(
    stand: Stand, receiver: Receiver
) -> None:
    receiver.codes = [500, 302, 204]
    stand.decided = published(1)
    stand.later(0)
    stand.later(FIRST_PAUSE_S - 1)
    assert len(receiver.came) == 1
    assert stand.deliveries.waiting() == 1
    stand.later(1)
    assert len(receiver.came) == 2  # a redirect is not followed, and not taken as received
    stand.deliveries.close()
    stand.begin()
    stand.later(2 * FIRST_PAUSE_S - 1)
    assert len(receiver.came) == 2
    stand.later(1)
    assert len(receiver.came) == 3
    assert {headers["Truceline-Delivery"] for headers, _ in receiver.came} == {"D-000001"}
    assert stand.deliveries.waiting() == 0
    stand.later(10 * LONGEST_PAUSE_S)
    assert len(receiver.came) == 3


def test_it_is_not_tried_without_end_and_what_was_given_up_is_said(stand: Stand, receiver: Receiver) -> None:
    receiver.codes = [503]
    stand.decided = published(1)
    for _ in range(MOST_ATTEMPTS + 5):
        stand.later(LONGEST_PAUSE_S)
    assert len(receiver.came) == MOST_ATTEMPTS
    assert stand.deliveries.given_up() == [("webhook ministry", "F-00000000000000aa")]
    assert stand.deliveries.waiting() == 0


def test_one_who_is_away_holds_up_nobody(tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    away = Webhook("away", receiver.url.replace(str(receiver.server_address[1]), "1"), SECRET)
    one = Stand(tmp_path, Settings((away, Webhook("there", receiver.url, SECRET))))
    one.decided = published(1)
    one.later(0)
    assert len(receiver.came) == 1
    assert one.deliveries.waiting() == 1
    one.deliveries.close()


class MailServer(socketserver.ThreadingTCPServer):
    """As much of an SMTP server as a message needs."""

    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Mailing)
        self.came: list[tuple[list[str], bytes]] = []
        self.refuses = ""


class Mailing(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, MailServer)
        to: list[str] = []
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                body = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    body += part
                self.server.came.append((to, body))
            if word == b"RCPT":
                to.append(line.decode().strip())
                if self.server.refuses and self.server.refuses in to[-1]:
                    self.wfile.write(b"550 no\r\n")
                    continue
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return


def test_mail_carries_ids_alone_and_is_marked_as_exercise(tmp_path: Path) -> None:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        mail = Mail("127.0.0.1", server.server_address[1], "none", "m@example.org", ("a@example.org", "b@example.org"))
        one = Stand(tmp_path, Settings(mail=mail))
        one.decided = published(1)
        one.later(0)
        one.later(LONGEST_PAUSE_S)
        ((to, body),) = server.came
        assert len(to) == 2
        made = message_from_bytes(body, policy=policy.default)
        assert made["Subject"] == "EXERCISE: published: F-00000000000000aa"
        assert made["Message-ID"] == "<D-000001.F-00000000000000aa@example.org>"
        text = body.decode()
        assert [
            word
            for word in ("north", "North", "school", "30.02", "d.irector", "aland", "amended", "http")
            if word in text
        ] == []
        server.refuses = "b@"
        one.decided = [*one.decided, *published(3)]
        one.later(0)
        assert one.deliveries.waiting() == 1
        one.deliveries.close()
        server.shutdown()
        thread.join()


GOOD = f"""
[[webhook]]
name = "ministry"
url = "https://hooks.example.org/t"
secret = "{SECRET}"

[mail]
server = "mail.example.org"
from = "m@example.org"
to = ["a@example.org"]
user = "m"
password = "p"
"""


def settings_file(tmp_path: Path, text: str, mode: int = 0o600) -> Path:
    path = tmp_path / "announce.toml"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_settings_are_read_and_nobody_is_told_without(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "announce.toml") == Settings()
    found = read_settings(settings_file(tmp_path, GOOD))
    assert found.webhooks == (Webhook("ministry", "https://hooks.example.org/t", SECRET),)
    assert found.mail == Mail("mail.example.org", 587, "starttls", "m@example.org", ("a@example.org",), "m", "p")


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("https://hooks", "http://hooks"), ("https://hooks", "https://u:p@hooks"), (SECRET, "short"),
        ('"ministry"', '"A B"'), ('name = "ministry"\n', ""), ("[[webhook]]", "[webhook]"),
        ('["a@example.org"]', "[]"), ('["a@example.org"]', "[1]"),
        ('["a@example.org"]', '["a@example.org\\r\\nBcc: x@y.z"]'), ('password = "p"\n', ""),
        ('user = "m"', 'user = "m"\nsecurity = "none"'), ('user = "m"', 'user = "m"\nsecurity = "plain"'),
        ("[mail]", "[[mail]]"), ('user = "m"', 'user = "m"\nport = 0'),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_are_refused_with_their_place_and_no_secret(
    tmp_path: Path, good: str, bad: str
) -> None:
    assert good in GOOD
    with pytest.raises(Unusable) as refused:
        read_settings(settings_file(tmp_path, GOOD.replace(good, bad, 1)))
    assert all(one.place.file == "announce.toml" and one.remedy for one in refused.value.problems)
    assert SECRET not in str(refused.value)


def test_settings_that_others_can_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="chmod 600"):
        read_settings(settings_file(tmp_path, GOOD, 0o640))


def test_addresses_that_secrets_may_be_sent_to() -> None:
    safe = {
        one: is_safe(one) for one in ("https://a.example", "http://127.0.0.1:1/x", "http://a.example", "ftp://a", "")
    }
    assert [one for one, may in safe.items() if may] == ["https://a.example", "http://127.0.0.1:1/x"]
    assert webhook.PATIENCE_S <= 10
