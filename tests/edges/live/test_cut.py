"""Who watches or sends over a bad network: cut off, or reading too slowly, they lose nothing and get nothing twice."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
from .wire import Wire

PATIENCE_S = 60.0


def until(true: Callable[[], bool]) -> None:
    last = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < last
        time.sleep(0.02)


@contextmanager
def serving(folder: Path) -> Iterator[Running]:
    """A service of the small mission in a thread of its own."""
    running = Running(DataFolder(folder / "data"), mission_folder(folder / "mission"), Address("127.0.0.1", 0))
    thread = threading.Thread(target=running.run)
    thread.start()
    running.wait_until_started()
    try:
        yield running
        until(lambda: not running._server.server_state.connections)  # else they are closed by nobody
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
