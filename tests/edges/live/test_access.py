"""How people get in: they see their sessions and end any, are asked again before what is grave, and are told what was
changed; an administrator does so for anybody. Each change is a decision in the log."""

import re
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra `service` is not installed")

from truceline.edges.api.rights import TABLE, Right
from truceline.edges.people.roles import ROLES, Account
from truceline.edges.people.sessions import FRESH_US, OFFERED_US, SESSION_US, People
from truceline.findings.decision import AccessChanged

from .conftest import Stage
from .test_people import decisions
from .test_rights import address

PARTIES = ("north", "south")


class Person:
    """Somebody with an account, in one session."""

    def __init__(self, stage: Stage, id_: str, *roles: str) -> None:
        self.stage, self.id, self.people = stage, id_, stage.service.people
        if roles:
            account = Account(id=id_, name=f"Person {id_}", nation="cordia", roles=roles)
            self.people.accounts.give(account, "test", PARTIES)
        self.key = self.people.begin(id_, way="passkey")

    def get(self, path: str) -> tuple[int, str]:
        self.stage.client.cookies.clear()
        answer = self.stage.client.get(path, headers=self._cookie(), follow_redirects=False)
        return answer.status_code, answer.text

    def send(self, path: str, /, **form: str) -> tuple[int, str]:
        """Send a form as the page of it would: the status, and where it leads."""
        seat = self.people.seat(self.key)
        assert seat is not None
        self.stage.client.cookies.clear()
        headers = self._cookie() | {"Referer": f"http://127.0.0.1{path.rpartition('/')[0] or path}"}
        answer = self.stage.client.post(
            path, data=form | {"token": seat.token}, headers=headers, follow_redirects=False
        )
        return answer.status_code, answer.headers.get("location", answer.text)

    @property
    def session(self) -> str:
        seat = self.people.seat(self.key)
        assert seat is not None
        return seat.session

    @property
    def token(self) -> str:
        seat = self.people.seat(self.key)
        assert seat is not None
        return seat.token

    def passkey(self, credential: bytes = b"\x01\x02") -> str:
        """A passkey of theirs; what its way in is called."""
        self.people.database.rows("INSERT INTO passkey VALUES (?, ?, ?, 0, 1)", (credential, self.id, b"key"))
        return credential.hex()

    def _cookie(self) -> dict[str, str]:
        return {"Cookie": f"truceline={self.key}"}


def changes(stage: Stage) -> list[tuple[str, str, str, str]]:
    """(by, account, done, kind) of every change in the log."""
    return [(one.by, one.said.account, one.said.done, one.said.kind) for one in decisions(stage)
            if isinstance(one.said, AccessChanged)]  # fmt: skip


def later(stage: Stage, monkeypatch: pytest.MonkeyPatch, by_us: int) -> None:
    """Let time pass for sessions."""
    database = stage.service.people.database
    now_us = database.now_us
    monkeypatch.setattr(database, "now_us", lambda: now_us() + by_us)


def test_a_person_sees_their_sessions_and_ends_any_of_them(stage: Stage) -> None:
    here, there = Person(stage, "w.k", "watchkeeper"), Person(stage, "w.k")
    other = Person(stage, "o.o", "analyst")
    page = here.get("/account")[1]
    assert page.count("End this session") == 1
    assert "this one" in page
    assert there.session in page
    assert other.session not in page
    assert here.send("/account/end", session=other.session)[0] == 404  # somebody else's
    assert here.send("/account/end", session=there.session) == (303, "/account")
    assert there.people.seat(there.key) is None
    assert there.get("/account")[0] == 303  # to where one signs in
    assert other.get("/account")[0] == 200
    more = [Person(stage, "w.k") for _ in range(3)]
    assert here.send("/account/end", session="others")[0] == 303
    assert [one.people.seat(one.key) for one in more] == [None, None, None]
    assert here.get("/account")[0] == 200
    assert changes(stage) == [("w.k", "w.k", "ended", "session")] * 4


def test_an_administrator_ends_the_sessions_and_ways_of_another(stage: Stage) -> None:
    admin, one, two = Person(stage, "a.d", "administrator"), Person(stage, "w.k", "watchkeeper"), Person(stage, "w.k")
    way = one.passkey()
    page = admin.get("/people/w.k")[1]
    assert one.session in page
    assert two.session in page
    assert way in page
    assert admin.send("/people/w.k/end", session=one.session) == (303, "/people/w.k")
    assert one.people.seat(one.key) is None
    assert two.people.seat(two.key) is not None
    assert admin.send("/people/w.k/remove", way=way) == (303, "/people/w.k")
    assert two.people.seat(two.key) is None  # a way in that is removed may have been somebody else's
    assert admin.people.access.ways("w.k") == ()
    assert changes(stage) == [
        ("a.d", "w.k", "ended", "session"), ("a.d", "w.k", "removed", "passkey"), ("a.d", "w.k", "ended", "session"),
    ]  # fmt: skip
    assert admin.send("/people/w.k/end", session="0" * 16)[0] == 404
    assert admin.get("/people/nobody")[0] == 404
    again = Person(stage, "w.k")
    assert again.send("/people/a.d/end", session=admin.session)[0] == 403
    assert again.get("/people/a.d")[0] == 403


def test_the_only_way_in_stays_and_another_goes_with_all_other_sessions(stage: Stage) -> None:
    one, other = Person(stage, "w.k", "watchkeeper"), Person(stage, "w.k")
    first, second = one.passkey(b"\x01"), one.passkey(b"\x02")
    assert one.send("/account/remove", way=first) == (303, "/account")
    assert other.people.seat(other.key) is None
    assert one.people.seat(one.key) is not None
    assert one.send("/account/remove", way=second)[0] == 422
    assert one.send("/account/remove", way=first)[0] == 404
    one.people.database.rows("INSERT INTO subject VALUES ('https://i', 's', 'w.k', 1)")
    one.people.new_device("w.k")
    assert [way.kind for way in one.people.access.ways("w.k")] == ["passkey", "program", "provider"]
    assert one.send("/account/remove", way="w.k")[0] == 303  # the program's key
    assert one.send("/account/remove", way="https://i s")[0] == 303
    assert [way.id for way in one.people.access.ways("w.k")] == [second]


def grave() -> list[tuple[str, str]]:
    return sorted((path, role) for (_, path), who in TABLE.items() if isinstance(who, Right) and who.fresh
                  for role in (who.roles if len(who.roles) < len(ROLES) else ("analyst",)))  # fmt: skip


@pytest.mark.parametrize(("path", "role"), grave())
def test_before_what_is_grave_who_somebody_is_is_asked_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, path: str, role: str
) -> None:
    person = Person(stage, "p.p", role)
    before = len(decisions(stage))
    later(stage, monkeypatch, FRESH_US + 1)
    code, to = person.send(address(path), words="Some words of a reason.")
    assert code == 303
    assert to.startswith("/confirm?to=%2F")
    assert len(decisions(stage)) <= before + 1  # the account as it was given, and nothing else
    assert person.get(to)[0] == 200
    assert person.people.prove("p.p", person.session)
    code, to = person.send(address(path), words="Some words of a reason.")
    assert not to.startswith("/confirm")
    assert code != 403


def test_forms_are_offered_only_as_long_as_what_is_written_then_is_taken(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person(stage, "p.p", "director")
    assert "Do so now" not in person.get("/roster")[1]
    later(stage, monkeypatch, OFFERED_US + 1)
    assert "/confirm?to=%2Froster" in person.get("/roster")[1]
    assert person.send("/roster", account="p.p")[0] == 422  # and yet taken
    stage.client.cookies.clear()
    stage.sign_in("director")
    later(stage, monkeypatch, FRESH_US)
    assert "Do so now" not in stage.client.get("/roster").text  # a link of an exercise has nothing to show again


def test_only_a_passkey_of_one_s_own_confirms_and_leads_nowhere_else(stage: Stage) -> None:
    person = Person(stage, "p.p", "director")
    page = person.get("/confirm?to=https://elsewhere.example/")[1]
    assert "elsewhere" not in page
    assert "no way in that could be asked" in page
    for to in ("//elsewhere.example", "/a//b", "/\\x", "javascript:alert(1)", "/x?y=1"):
        assert 'href="/"' in person.get(f"/confirm?to={to}")[1].split("Go on without")[0][-40:]
    assert not person.people.prove("somebody.else", person.session)
    answer = stage.client.post(
        "/confirm/finish",
        headers={"Cookie": f"truceline={person.key}", "Truceline-Token": person.token},
        json={"attempt": "x", "credential": {"id": "AAAA"}, "to": "/roster"},
    )  # fmt: skip
    assert answer.status_code in (403, 404)  # 404: passkeys need a name to be bound to
    late = Person(stage, "p.p")
    late.people.database.rows("UPDATE session SET until_us = 1 WHERE holder = 'p.p'")
    assert not late.people.prove("p.p", "0" * 16)


def test_people_are_told_on_every_page_until_they_have_read_it(stage: Stage) -> None:
    person, admin = Person(stage, "w.k", "watchkeeper"), Person(stage, "a.d", "administrator")
    assert "How you get in was changed" not in person.get("/published")[1]
    person.people.new_device("w.k")
    for path in ("/published", "/contacts"):
        assert "How you get in was changed" in person.get(path)[1]
    assert "How you get in was changed" not in admin.get("/published")[1]
    page = person.get("/account")[1]
    assert "program&#x27;s key was made" in page or "program's key was made" in page
    until = re.findall(r'name="until" value="(\d+)"', page)[0]
    way = person.passkey()
    assert admin.send("/people/w.k/remove", way=way)[0] == 303
    person = Person(stage, "w.k")  # signs in again
    assert person.send("/account/read", until=until)[0] == 303
    assert "How you get in was changed" in person.get("/published")[1]  # what came since was not read
    page = person.get("/account")[1]
    assert "A passkey was removed" in page
    last = re.findall(r'name="until" value="(\d+)"', page)[0]
    assert person.send("/account/read", until=last)[0] == 303
    assert "How you get in was changed" not in person.get("/published")[1]
    assert "A passkey was removed" in person.get("/account")[1]  # among the changes
    assert person.send("/account/read", until="x")[0] == 422


def test_who_wants_it_is_told_by_mail_once_and_the_address_stands_in_no_log(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from truceline.edges.announce.settings import Mail
    from truceline.edges.announce.webhook import NotTaken

    sent: list[tuple[str, str, str]] = []
    refusing = [True]

    def send(mail: Mail, made: object) -> None:
        if refusing:
            raise NotTaken("the mail server did not take it")
        sent.append((made["To"], made["Subject"], made.get_content()))  # type: ignore[index,attr-defined]

    monkeypatch.setattr("truceline.edges.announce.notice.send", send)
    person = Person(stage, "w.k", "watchkeeper")
    assert "by mail" not in person.get("/account")[1]
    mail = Mail("127.0.0.1", 25, "none", "mission@example.org", ("desk@example.org",))
    monkeypatch.setattr(stage.service, "_mail", mail)
    assert "by mail" in person.get("/account")[1]
    assert person.send("/account/mail", mail="no address")[0] == 422
    assert person.send("/account/mail", mail="w@example.org")[0] == 303
    other = Person(stage, "o.o", "analyst")
    for one in (person, other):
        one.people.new_device(one.id)
    stage.service.mail_changes()
    refusing.clear()
    stage.service.mail_changes()
    stage.service.mail_changes()
    ((to, subject, words),) = sent
    assert (to, subject) == ("w@example.org", "EXERCISE: your account w.k was changed")
    assert "A program's key was added to the account w.k, by w.k" in words
    assert "http" not in words
    assert not [one for one in stage.service.store.inputs() if b"w@example.org" in one.data]
    assert person.send("/account/mail", mail="")[0] == 303
    assert person.people.access.address("w.k") is None


def test_a_change_is_carried_into_the_log_once_whenever_it_was_made(stage: Stage) -> None:
    person = Person(stage, "w.k", "watchkeeper")
    person.people.new_device("w.k")
    for _ in range(2):
        person.get("/account")
    assert changes(stage) == [("w.k", "w.k", "added", "program")]


def test_sessions_that_are_over_are_not_listed_and_use_is_noted(tmp_path: Path) -> None:
    now = [10**15]
    people = People(tmp_path / "people.sqlite", now_us=lambda: now[0])
    people.accounts.give(Account(id="a.b", name="A", nation="aland", roles=("planner",)), "test", PARTIES)
    key = people.begin("a.b", way="provider")
    now[0] += 90_000_000
    assert people.seat(key) is not None
    (one,) = people.access.sessions("a.b")
    assert (one.way, one.began_us, one.last_us) == ("provider", 10**15, now[0])
    now[0] += SESSION_US
    assert people.access.sessions("a.b") == ()
    people.close()
