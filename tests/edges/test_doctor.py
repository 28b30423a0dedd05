"""`truceline doctor`: what stands in the way of serving is found, said with what to do, and nothing is changed."""

import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from truceline.edges import clock
from truceline.edges.cli.main import main
from truceline.edges.doctor import folder, machine, reach
from truceline.edges.doctor.look import Look, asked
from truceline.edges.live.data_folder import DataFolder, feed_key, open_store
from truceline.edges.people.roles import Account
from truceline.edges.people.sessions import People

from .certificates import make_certificates
from .live.making import mission_folder

PARTIES = ("north", "south")


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """The folder of a service that was set up."""
    found = DataFolder(tmp_path / "data")
    open_store(found, mission_folder(tmp_path / "mission")).close()
    feed_key(found)
    return found


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def levels(looks: Iterator[Look], about: str) -> list[str]:
    return [one.level for one in looks if one.about == about]


def states(data: DataFolder) -> dict[str, tuple[int, bytes]]:
    return {one.name: (one.stat().st_mode, one.read_bytes()) for one in data.folder.iterdir() if one.is_file()}


def test_a_fit_machine_and_folder_end_with_0_and_nothing_is_changed(
    data: DataFolder, free_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    before = states(data)
    assert main(["doctor", str(data.folder), "--port", str(free_port)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("FIT to serve")
    assert all(line[:5].strip() in ("ok", "warn") for line in lines[:-1])
    abouts = {line[5:].partition(":")[0] for line in lines[:-1]}
    assert abouts >= {
        "Python",
        "packages",
        "clock",
        "disk",
        "port",
        "TLS",
        "folder",
        "log",
        "mission",
        "people",
        "keys",
    }
    assert {name: one for name, one in states(data).items() if name in before} == before


def test_a_folder_that_is_not_there_yet_is_no_fault(tmp_path: Path, free_port: int) -> None:
    assert main(["doctor", str(tmp_path / "not" / "yet"), "--port", str(free_port)]) == 0
    assert not (tmp_path / "not").exists()


def test_what_must_be_mended_ends_with_1_and_is_said(
    data: DataFolder, free_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    data.feed_key.chmod(0o644)
    assert main(["doctor", str(data.folder), "--port", str(free_port)]) == 1
    said = capsys.readouterr().out
    assert f"fail files: others than its owner may read feed.key. chmod 600 {data.feed_key}." in said
    assert "NOT FIT: 1 of these" in said


def test_others_who_look_into_the_folder_are_warned_of(data: DataFolder) -> None:
    assert levels(folder.rights(data), "folder") == ["ok"]
    data.folder.chmod(0o755)
    assert levels(folder.rights(data), "folder") == ["warn"]


def test_a_damaged_log_fails(data: DataFolder) -> None:
    assert levels(folder.log(data), "log") == ["ok"]
    with sqlite3.connect(data.store) as database:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in names:
            database.execute(f"DROP TRIGGER {name}")
        columns = [row[1] for row in database.execute("PRAGMA table_info(input)")]
        assert "data" in columns
        database.execute("UPDATE input SET data = x'00' WHERE n = 0")
    database.close()
    assert "fail" in levels(folder.log(data), "log")


def test_a_clock_that_stands_before_the_log_fails(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    now_us = clock.now_us()
    monkeypatch.setattr(clock, "now_us", lambda: now_us - 3_600_000_000)
    assert levels(folder.log(data), "clock") == ["fail"]
    monkeypatch.setattr(clock, "now_us", lambda: 0)
    assert levels(machine.time(), "clock") == ["fail"]


@pytest.mark.parametrize(("kept", "level"), [(True, "ok"), (False, "warn"), (None, "warn")])
def test_a_clock_that_nothing_keeps_right_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, kept: bool | None, level: str
) -> None:
    assert clock.is_kept_right() in (True, False, None)
    monkeypatch.setattr(clock, "is_kept_right", lambda: kept)
    assert levels(machine.time(), "clock") == [level]


@pytest.mark.parametrize(("free", "level"), [(0, "fail"), (2 * machine.GIB, "warn"), (100 * machine.GIB, "ok")])
def test_room_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: str) -> None:
    monkeypatch.setattr("truceline.edges.doctor.machine.shutil.disk_usage", lambda path: type("U", (), {"free": free}))
    assert levels(machine.disk(tmp_path / "not" / "yet"), "disk") == [level]


def test_a_disk_that_is_slow_to_keep_is_warned_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readings = iter((0.0, 1.0))
    monkeypatch.setattr(clock, "running_s", lambda: next(readings))
    assert levels(machine.disk(tmp_path), "writing") == ["warn"]


def test_without_an_administrator_who_can_sign_in_reality_fails_and_an_exercise_is_warned(tmp_path: Path) -> None:
    for status, level in (("exercise", "warn"), ("actual", "fail")):
        data = DataFolder(tmp_path / status)
        open_store(data, mission_folder(tmp_path / f"of-{status}", status)).close()
        people = People(data.people)
        admin = Account(id="r.ilves", name="R. Ilves", nation="aland", roles=("administrator",))
        people.accounts.give(admin, "operator", PARTIES)
        assert levels(folder.people(data), "people") == [level]
        people.database.rows("INSERT INTO subject VALUES ('https://login.example', 's', 'r.ilves', 0)")
        assert levels(folder.people(data), "people") == ["ok"]
        people.close()


def test_old_keys_are_warned_of(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    people = People(data.people)
    people.new_device("p.monitor")
    people.close()
    assert levels(folder.feed_key_age(data), "keys") == ["ok"]
    assert levels(folder.people(data), "keys") == []
    later_us = clock.now_us() + (folder.OLD_DAYS + 2) * 86_400_000_000
    monkeypatch.setattr(clock, "now_us", lambda: later_us)
    assert levels(folder.feed_key_age(data), "keys") == ["warn"]
    assert levels(folder.people(data), "keys") == ["warn"]


def test_people_of_another_version_are_left_alone(data: DataFolder) -> None:
    People(data.people).close()
    with sqlite3.connect(data.people) as database:
        database.execute("PRAGMA user_version = 2")
    database.close()
    (look,) = asked("people", lambda: folder.people(data))
    assert (look.level, look.about) == ("fail", "people")
    assert "start the service once" in look.remedy


def test_a_port_that_somebody_else_has_fails(free_port: int) -> None:
    assert levels(reach.port("127.0.0.1", free_port), "port") == ["ok"]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        taken.settimeout(0.0)
        reach_port = int(taken.getsockname()[1])
        before, reach.PATIENCE_S = reach.PATIENCE_S, 0.2
        try:
            assert levels(reach.port("127.0.0.1", reach_port), "port") == ["fail"]
        finally:
            reach.PATIENCE_S = before


def test_tls_and_how_long_it_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_certificates(tmp_path)
    pair = made["server.pem"], made["server.key"]
    assert levels(reach.tls("127.0.0.1", None, None, None), "TLS") == ["warn"]
    assert levels(reach.tls("127.0.0.1", None, None, "https://watch.example.org"), "TLS") == ["ok"]
    assert levels(reach.tls("0.0.0.0", None, None, None), "TLS") == ["fail"]
    assert levels(reach.tls("0.0.0.0", *pair, None), "TLS") == ["warn"]  # 30 days, less the one that has begun
    assert levels(reach.tls("0.0.0.0", made["server.pem"], made["node.key"], None), "TLS") == ["fail"]
    assert levels(reach.tls("0.0.0.0", made["server.pem"], tmp_path / "no.key", None), "TLS") == ["fail"]
    now_us = clock.now_us()
    monkeypatch.setattr(clock, "now_us", lambda: now_us + 40 * 86_400_000_000)
    assert levels(reach.tls("0.0.0.0", *pair, None), "TLS") == ["fail"]
    monkeypatch.setattr(clock, "now_us", lambda: now_us - 400 * 86_400_000_000)
    assert levels(reach.tls("0.0.0.0", *pair, None), "TLS") == ["ok"]


def test_only_witnesses_that_are_named_are_asked(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    monkeypatch.setattr(reach, "latest_at", lambda url, origin: called.append(f"{url} {origin}"))
    assert list(folder.witnesses(data, [])) == []
    assert levels(folder.witnesses(data, ["https://w.example"]), "witness") == ["ok"]
    assert called == ["https://w.example truceline/small"]
    monkeypatch.undo()
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    assert levels(folder.witnesses(data, [f"http://127.0.0.1:{port}"]), "witness") == ["fail"]
