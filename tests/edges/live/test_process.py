"""The service as a process of its own: replayed into, killed at any moment, begun again."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra `service` is not installed")

from truceline.client import Client, Refused
from truceline.edges.inputs import Line
from truceline.edges.live.data_folder import DataFolder, feed_key, open_store
from truceline.edges.replaying import in_order, replay
from truceline.edges.serving import Address, Running
from truceline.edges.store.sqlite import SqliteStore
from truceline.model.problem import Unusable

from .making import START_US, bang, body, line, mission_folder, sign_of_life

PATIENCE_S = 60.0
COMMAND = "import sys; from truceline.edges.cli.main import main; sys.exit(main())"


class Served:
    """A service that runs: its process, where it is reached, its link."""

    def __init__(self, process: "subprocess.Popen[str]", url: str, link: str) -> None:
        self.process, self.url, self.link = process, url, link


@contextmanager
def serving(data: Path, *arguments: str) -> Iterator[Served]:
    """A service, killed in the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "serve", str(data), "--port", "0", *arguments], stdout=subprocess.PIPE,
        text=True, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = process.stdout.readline() + process.stdout.readline()
        url, link = re.findall(r"http\S+", said)
        yield Served(process, url, link)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def client_of(served: Served, data: Path) -> Client:
    return Client(served.url, status="exercise", feed_key=feed_key(DataFolder(data)))


def test_kill_9_loses_nothing_acknowledged_and_keeps_nothing_twice(tmp_path: Path) -> None:
    mission, data = mission_folder(tmp_path / "mission"), tmp_path / "data"
    lines = [sign_of_life(number, number * 1.0) for number in range(4_000)]
    acknowledged = 0
    for _ in range(3):
        with serving(data, "--mission", str(mission)) as served:
            client = client_of(served, data)
            began = time.monotonic()
            with suppress(ConnectionError):
                while acknowledged < len(lines) and time.monotonic() - began < 0.5:
                    (answer,) = client.send("observations", lines[acknowledged : acknowledged + 50], batch=50)
                    acknowledged += answer.new + answer.known
            served.process.send_signal(signal.SIGKILL)
            served.process.wait()
            client.close()
        store = SqliteStore(data / "store.sqlite", read_only=True)
        kept = [one.entry.id for one in store.inputs() if one.entry.kind == "observation"]
        store.close()
        assert len(kept) == len(set(kept))
        assert kept[:acknowledged] == [f"S{number}" for number in range(acknowledged)]
    assert acknowledged > 0


def test_an_answer_does_not_wait_until_its_first_part_was_acknowledged(tmp_path: Path) -> None:
    running = Running(DataFolder(tmp_path / "data"), mission_folder(tmp_path / "mission"), Address("127.0.0.1", 0))
    with running.listening as listening, socket.create_connection(listening.getsockname()) as _:
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
    asyncio.run(running.service.stop())


def test_a_replay_is_watched_and_goes_on_after_a_kill(tmp_path: Path) -> None:
    mission, data = mission_folder(tmp_path / "mission"), tmp_path / "data"
    lines = [one for number in range(4) for one in bang(number, 60.0 + 20.0 * number)]
    (mission / "observations.ndjson").write_bytes(body(lines) + b"\n")
    with serving(data, "--mission", str(mission)) as served:
        assert replay(mission, served.url, feed_key(DataFolder(data)), 0) == len(lines)
        client = client_of(served, data)
        client.sign_in(served.link)
        before = _findings(client)
        with pytest.raises(Refused):
            client.sign_in(served.link)
        client.close()
    with serving(data) as served:
        client = client_of(served, data)
        client.sign_in(served.link)
        floor = client.floor()  # at once, before anything was worked out again
        assert set(floor.records["findings"]) == before
        frame = client.findings().frame()
        assert list(frame["id"]) == sorted(before, key=list(frame["id"]).index)
        assert str(frame["time"].dtype).startswith("datetime64")
        assert {"responsibility.north", "lon"} <= set(client.events().frame().columns) | set(frame.columns)
        client.close()


def test_changes_come_as_they_happen(tmp_path: Path) -> None:
    mission, data = mission_folder(tmp_path / "mission"), tmp_path / "data"
    with serving(data, "--mission", str(mission)) as served:
        client = client_of(served, data)
        client.sign_in(served.link)
        changes = client.changes()
        assert next(changes).anew
        sender = client_of(served, data)
        sender.send("observations", bang(1, 10.0))
        until = time.monotonic() + PATIENCE_S
        seen: set[str] = set()
        while not seen:
            assert time.monotonic() < until
            seen |= set(next(changes).put.get("events", {}))
        changes.close()  # type: ignore[attr-defined]
        sender.close()
        client.close()


def _findings(client: Client) -> set[str]:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        found = {one.id for one in client.findings()}
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("nothing was found")


def test_an_actual_mission_is_never_replayed(tmp_path: Path) -> None:
    mission = mission_folder(tmp_path / "mission", status="actual")
    with pytest.raises(Unusable, match="the mission is actual"):
        replay(mission, "http://127.0.0.1:9", "key", 0)


def test_an_exercise_is_not_replayed_into_a_test(tmp_path: Path) -> None:
    mission, other = mission_folder(tmp_path / "mission", status="test"), mission_folder(tmp_path / "other")
    (other / "observations.ndjson").write_bytes(body(bang(1, 1.0)))
    data = tmp_path / "data"
    with serving(data, "--mission", str(mission)) as served, pytest.raises(Unusable, match="the service is 'test'"):
        replay(other, served.url, feed_key(DataFolder(data)), 0)


def test_a_data_folder_keeps_to_its_mission(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    with pytest.raises(Unusable, match="holds no service yet"):
        open_store(data, None)
    mission = mission_folder(tmp_path / "mission")
    open_store(data, mission).close()
    open_store(data, mission).close()
    (mission / "terms.toml").write_text((mission / "terms.toml").read_text().replace("No fire.", "Some fire."))
    with pytest.raises(Unusable, match=r"set up with another terms\.toml"):
        open_store(data, mission)
    open_store(data, None).close()


def test_lines_come_in_order_of_receipt_and_the_first_at_once() -> None:
    late = line("late", "A1", START_US + 9_000_000, kind="status", state="detecting")
    first = line("first", "A1", START_US, kind="status", state="detecting")
    notice = b'{"id": "n", "lodged": "2026-03-01T00:00:00Z"}'
    due = in_order([
        Line("observation", "o", 1, late), Line("observation", "o", 2, b"broken"),
        Line("observation", "o", 3, first), Line("notice", "n", 1, notice),
    ])  # fmt: skip
    assert [one.data for one in due] == [first, notice, late, b"broken"]
    assert due[0].at_us == due[1].at_us


@pytest.mark.parametrize("arguments", [["--host", "0.0.0.0"], ["--replay", "60"]])
def test_what_cannot_be_served_is_said_in_words(tmp_path: Path, arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "serve", str(tmp_path / "data"), *arguments], capture_output=True, text=True,
        check=False, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.strip().endswith(".")
