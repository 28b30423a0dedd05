"""Who watches or sends over a bad network: cut off, or reading too slowly, they lose nothing and get nothing twice."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("fastapi", reason="the extra `service` is not installed")

from truceline.client import Client
from truceline.client.told import Change
from truceline.edges.live.data_folder import DataFolder
from truceline.edges.live.floor import MOST_REMEMBERED
from truceline.edges.live.service import MOST_UNSENT
from truceline.edges.live.told import Looked
from truceline.edges.serving import Address, Running

from .making import mission_folder, sign_of_life

PATIENCE_S = 60.0
AT_ONCE_CLOSED = struct.pack("ii", 1, 0)  # SO_LINGER: what is on its way is lost, the other side is told at once


class Wire:
    """A wire to a service that can be cut: what is on it is lost then, and nobody gets through until it is mended."""

    def __init__(self, port: int) -> None:
        self._to, self._ends = port, list[socket.socket]()
        self._lock, self._whole = threading.Lock(), True
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        with self._lock:
            self._whole = False
            for end in self._ends:
                with suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE_CLOSED)
                    end.shutdown(socket.SHUT_RDWR)
                end.close()
            self._ends.clear()

    def mend(self) -> None:
        with self._lock:
            self._whole = True

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near = self._listening.accept()[0]
            except OSError:
                return
            with self._lock:
                if not self._whole:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._to))
                self._ends += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while part := one.recv(65_536):
                other.sendall(part)
            other.shutdown(socket.SHUT_RDWR)


@contextmanager
def serving(folder: Path) -> Iterator[Running]:
    """A service of the small mission in a thread of its own."""
    running = Running(DataFolder(folder / "data"), mission_folder(folder / "mission"), Address("127.0.0.1", 0))
    thread = threading.Thread(target=running.run)
    thread.start()
    running.wait_until_started()
    try:
        yield running
    finally:
        running.stop()
        thread.join()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with serving(tmp_path) as one:
        yield one


@pytest.fixture
def wire(running: Running) -> Iterator[Wire]:
    made = Wire(running.listening.getsockname()[1])
    yield made
    made.close()


def until(true: Callable[[], bool]) -> None:
    last = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < last
        time.sleep(0.02)


def happens(running: Running, times: int, corners: int = 1) -> None:
    """So many changes of the floor, each of blind ground with so many corners, of some ten bytes each."""
    loop = running.service._loop
    assert loop is not None
    last = running.service.floor.number + times
    nothing = Looked(**{one.name: one.type() for one in msgspec.structs.fields(Looked)})
    for number in range(times):
        blind = [[[(30.0 + number / 1e4, 50.0)] * corners]]
        loop.call_soon_threadsafe(running.service._take, "looker", msgspec.structs.replace(nothing, blind=blind))
    until(lambda: running.service.floor.number >= last)


def numbers(changes: Iterator[Change], running: Running) -> list[int]:
    """The numbers of the changes that come, up to the newest there is."""
    found: list[int] = []
    for change in changes:
        assert not change.anew, "it began anew, though what it missed is remembered"
        found.append(change.number)
        if found[-1] >= running.service.floor.number:
            return found
    raise AssertionError


def test_who_reads_too_slowly_is_sent_away_and_goes_on_where_it_was(running: Running) -> None:
    client = Client(running.url, status="exercise")
    client.sign_in(running.sign_in_link())
    changes = client.changes()
    assert next(changes).anew
    first = running.service.floor.number + 1
    times = 3 * MOST_UNSENT
    assert times < MOST_REMEMBERED
    happens(running, times, corners=2_000)  # more than the buffers on the way can take
    until(lambda: not running.service.watchers)
    found = numbers(changes, running)
    assert found == list(range(first, found[-1] + 1))
    assert len(found) >= times
    changes.close()  # type: ignore[attr-defined]
    client.close()


def test_a_watcher_who_is_cut_off_gets_what_it_missed_once(running: Running, wire: Wire) -> None:
    client = Client(f"http://127.0.0.1:{wire.port}", status="exercise")
    client.sign_in(running.sign_in_link())
    changes = client.changes()
    assert next(changes).anew
    first, found = running.service.floor.number + 1, list[int]()
    for _ in range(3):
        happens(running, 20, corners=300)
        found.append(next(changes).number)
        wire.cut()
        happens(running, 20)
        mending = threading.Timer(0.5, wire.mend)
        mending.start()
        found += numbers(changes, running)
        mending.join()
    assert found == list(range(first, found[-1] + 1))
    assert len(found) >= 120
    changes.close()  # type: ignore[attr-defined]
    client.close()


def test_what_is_sent_over_a_wire_that_is_cut_again_and_again_is_kept_once(running: Running, wire: Wire) -> None:
    client = Client(f"http://127.0.0.1:{wire.port}", status="exercise", feed_key=running.service.key)
    lines = [sign_of_life(number, number * 1.0) for number in range(600)]

    def cutting() -> None:
        for _ in range(10):
            time.sleep(0.15)
            wire.cut()
            wire.mend()

    thread = threading.Thread(target=cutting)
    thread.start()
    answers = client.send("observations", lines, batch=20)
    thread.join()
    client.close()
    assert sum(one.new + one.known for one in answers) == len(lines)
    kept = [one.entry.id for one in running.service.store.inputs() if one.entry.kind == "observation"]
    assert kept == [f"S{number}" for number in range(len(lines))]
