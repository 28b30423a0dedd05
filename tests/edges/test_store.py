"""The exam of the one door: whatever stands behind it must pass."""

import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truceline.custody.checkpoint import read_checkpoint
from truceline.custody.entry import entry_of
from truceline.custody.merkle import EMPTY_ROOT, is_consistent, leaf_hash, root_by_inclusion, root_of
from truceline.custody.tile_tree import TileTree
from truceline.custody.tiles import read_log
from truceline.edges.store.access import AccessLog
from truceline.edges.store.committer import Committer
from truceline.edges.store.door import Receipt, Received, Store
from truceline.edges.store.fsck import faults_of
from truceline.edges.store.keyring import Keyring
from truceline.edges.store.publish import publish
from truceline.edges.store.sealer import Sealer
from truceline.edges.store.sqlite import SqliteStore
from truceline.edges.store.vault import Vault
from truceline.model.problem import Unusable

from . import postgres_server

Make = Callable[[], Store]


NAMES = count()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server."""
    if not postgres_server.is_there():
        pytest.skip("PostgreSQL with PostGIS is not installed")
    running = postgres_server.Server()
    yield running.url
    running.stop()


@pytest.fixture(params=["sqlite", "postgres", "vault"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """A function that makes a new, empty store of the log test.example/log."""
    opened: list[Store] = []

    def new() -> Store:
        name = f"s{next(NAMES)}"
        if request.param == "postgres":
            pytest.importorskip("sqlalchemy")
            from truceline.edges.store.postgres.store import PostgresStore

            url = request.getfixturevalue("server")
            opened.append(PostgresStore.create(url, "test.example/log", "test", schema=name))
        else:
            store = SqliteStore.create(tmp_path / f"{name}.store", "test.example/log", "test")
            opened.append(Vault(store, Keyring(tmp_path / f"{name}.keys")) if request.param == "vault" else store)
        return opened[-1]

    yield new
    for store in opened:
        store.close()


def observation(number: int, text: str = "") -> Received:
    return Received("observation", f"A1-{number:06d}", f'{{"id":"A1-{number:06d}","snr_db":{number}{text}}}'.encode())


def test_a_new_store_is_empty_and_says_what_it_is(make: Make) -> None:
    store = make()
    assert (store.origin, store.status, store.size) == ("test.example/log", "test", 0)
    assert list(store.inputs()) == []
    assert store.find("observation", "A1-000001") is None
    assert store.seal().root == EMPTY_ROOT
    assert faults_of(store) == ()


def test_what_is_acknowledged_is_given_back_in_order(make: Make) -> None:
    store = make()
    inputs = [observation(i) for i in range(1700)]
    receipts = [r for i in range(0, 1700, 250) for r in store.append(inputs[i : i + 250])]
    assert [(r.outcome, r.index) for r in receipts] == [("new", i) for i in range(1700)]
    kept = list(store.inputs())
    assert [(k.index, k.data) for k in kept] == [(i, one.data) for i, one in enumerate(inputs)]
    assert [k.entry for k in kept] == [entry_of(one.kind, one.id, one.data) for one in inputs]
    assert [k.index for k in store.inputs(600, 603)] == [600, 601, 602]
    assert list(store.inputs(1700)) == []
    found = store.find("observation", "A1-000777")
    assert found is not None and (found.index, found.data) == (777, inputs[777].data)


def test_the_same_again_is_known_and_kept_once(make: Make) -> None:
    store = make()
    store.append([observation(1), observation(2)])
    again = store.append([observation(2), observation(3), observation(3), observation(1)])
    assert [(r.outcome, r.index) for r in again] == [("known", 1), ("new", 2), ("known", 2), ("known", 0)]
    assert store.size == 3
    assert store.append([]) == ()


def test_one_id_with_other_content_keeps_the_first_and_sets_the_other_aside(make: Make) -> None:
    store = make()
    store.append([observation(1)])
    other = observation(1, ',"forged":true')
    first, second, third = store.append([other, observation(1), other])
    assert [(r.outcome, r.index) for r in (first, second, third)] == [("set_aside", 1), ("known", 0), ("set_aside", 1)]
    (kept,) = store.inputs(1)
    assert kept.entry.kind == "set_aside"
    assert kept.entry.id.startswith("observation A1-000001 ")
    assert kept.data == other.data
    assert store.append([observation(2), Received("observation", "A1-000002", b"both in one batch")])[1].index == 3
    found = store.find("observation", "A1-000001")
    assert found is not None and found.data == observation(1).data


def test_ids_of_two_kinds_do_not_meet(make: Make) -> None:
    store = make()
    receipts = store.append([Received("notice", "1", b"a"), Received("claim", "1", b"b")])
    assert [r.outcome for r in receipts] == ["new", "new"]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (Received("rumour", "1", b"x"), "no kind of input"),
        (Received("claim", "", b"x"), "0 characters"),
        (Received("claim", "i" * 1025, b"x"), "1025 characters"),
        (Received("claim", "a\nb", b"x"), "cannot be printed"),
        (Received("claim", "1", bytes(16 * 1024**2 + 1)), "16777217 bytes"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_all_with_it(make: Make, bad: Received, why: str) -> None:
    store = make()
    with pytest.raises(Unusable, match=why):
        store.append([observation(1), bad])
    assert store.size == 0


def test_every_seal_is_a_beginning_of_the_next_and_proves_its_entries(make: Make) -> None:
    store = make()
    leaves: list[bytes] = []
    made = []
    for step in (1, 2, 253, 1, 300, 0, 555):
        batch = [observation(len(leaves) + i) for i in range(step)]
        store.append(batch)
        leaves += [leaf_hash(entry_of(one.kind, one.id, one.data).to_bytes()) for one in batch]
        checkpoint = store.seal()
        assert (checkpoint.origin, checkpoint.size) == ("test.example/log", len(leaves))
        assert checkpoint.root == root_of(leaves)
        made.append(checkpoint)
    assert [one.checkpoint for one in store.sealed()] == [*dict.fromkeys(made)], "a seal without inputs is the last one"
    tree = TileTree(store.tile)
    last = made[-1]
    for earlier in made[:-1]:
        path = tree.consistency(earlier.size, last.size)
        assert is_consistent(earlier.size, last.size, earlier.root, last.root, path)
    for index in (0, 255, 256, last.size - 1):
        assert root_by_inclusion(leaves[index], index, last.size, tree.inclusion(index, last.size)) == last.root
    assert faults_of(store) == ()


def test_what_is_published_is_a_log_that_others_can_read(make: Make, tmp_path: Path) -> None:
    store = make()
    folder = tmp_path / "public"
    for step in (3, 300, 0, 500):
        store.append([observation(store.size + i) for i in range(step)])
        publish(store, folder, store.seal())
    checkpoint = read_checkpoint((folder / "checkpoint").read_text())
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    read = read_log({path: data for path, data in files.items() if path != "checkpoint"}, checkpoint)
    assert read.problems == ()
    assert list(read.entries) == [kept.entry.to_bytes() for kept in store.inputs()]
    other = make()
    other.append([observation(7)])
    with pytest.raises(Unusable, match="holds 803 entries"):
        publish(other, folder, other.seal())
    (folder / "tile/entries/003.p/35").write_bytes(b"changed")
    (folder / "checkpoint").unlink()
    with pytest.raises(Unusable, match="other bytes than the store"):
        publish(store, folder, store.seal())


def test_many_senders_at_once(make: Make) -> None:
    store = make()
    committer = Committer(store, most_waiting=50)
    outcomes: list[tuple[int, str]] = []

    def send(sender: int) -> None:
        for i in range(20):
            batch = [observation(1000 * sender + 5 * i + j) for j in range(5)]
            outcomes.extend((r.index, r.outcome) for r in committer.append(batch).result(timeout=30))

    threads = [threading.Thread(target=send, args=(s,)) for s in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    committer.close()
    assert sorted(outcomes) == [(i, "new") for i in range(600)]
    assert {k.entry.id for k in store.inputs()} == {f"A1-{1000 * s + i:06d}" for s in range(6) for i in range(100)}
    with pytest.raises(Unusable, match="being closed"):
        committer.append([observation(1)])


def test_what_comes_while_the_disk_is_busy_is_kept_together_and_answered_sender_by_sender(tmp_path: Path) -> None:
    store = SqliteStore.create(tmp_path / "one.store", "test.example/log", "test")
    busy, together = threading.Event(), list[int]()

    class Slow:
        """Waits until all have sent."""

        def append(self, inputs: Sequence[Received]) -> tuple[Receipt, ...]:
            busy.wait(10)
            together.append(len(inputs))
            return store.append(inputs)

    committer = Committer(Slow())  # type: ignore[arg-type]
    futures = [committer.append([observation(n), observation(n + 100)]) for n in range(10)]
    busy.set()
    found = [[one.index for one in future.result(timeout=10)] for future in futures]
    assert found == [[2 * n, 2 * n + 1] for n in range(10)]
    assert len(together) <= 2 and sum(together) == 20
    committer.close()
    store.close()


def test_what_one_sender_is_refused_is_not_refused_to_the_others(tmp_path: Path) -> None:
    store = SqliteStore.create(tmp_path / "one.store", "test.example/log", "test")
    busy, refused = threading.Event(), observation(13)

    class Choosy:
        """Waits until all have sent, then takes nothing in which that one input is."""

        def append(self, inputs: Sequence[Received]) -> tuple[Receipt, ...]:
            busy.wait(10)
            if refused in inputs:
                raise RuntimeError("of a kind that nobody thought of")
            return store.append(inputs)

    committer = Committer(Choosy())  # type: ignore[arg-type]
    futures = [committer.append([observation(n)]) for n in range(10, 20)]
    busy.set()
    outcomes = [future.exception(timeout=10) for future in futures]
    assert [n for n, one in enumerate(outcomes, start=10) if one is not None] == [13]
    assert committer.append([observation(20)]).result(timeout=10)[0].outcome == "new", "the next is not kept waiting"
    committer.close()
    store.close()


def test_sealing_keeps_to_its_interval_whatever_the_clock_on_the_wall(make: Make) -> None:
    store = make()
    running = [100.0]
    sealer = Sealer(store, 2.0, running_s=lambda: running[0])
    store.append([observation(1)])
    assert sealer.step() is not None
    store.append([observation(2)])
    running[0] = 101.9
    assert sealer.step() is None
    running[0] = 102.0
    sealed = sealer.step()
    assert sealed is not None and sealed.size == 2


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(
        st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from([b"1", b"2", b"3"])), max_size=6), max_size=6
    )
)
def test_however_often_and_however_batched_the_same_inputs_are_kept(
    make: Make, batches: list[list[tuple[str, bytes]]]
) -> None:
    store = make()
    for batch in batches:
        store.append([Received("claim", id_, data) for id_, data in batch])
    flat = [one for batch in batches for one in batch]
    first = dict(reversed(flat))
    kept = {
        (k.entry.kind, k.entry.id.split(" ")[1] if " " in k.entry.id else k.entry.id, k.data) for k in store.inputs()
    }
    assert kept == {("claim" if first[id_] == data else "set_aside", id_, data) for id_, data in flat}
    assert store.size == len(kept)
    assert faults_of(store) == ()


def test_who_saw_what_stands_in_the_log_before_it_is_shown(make: Make) -> None:
    store = make()
    log = AccessLog(store, "session-1", now_us=lambda: 7)
    log.saw("ada", "sensor positions", ["S2", "S1"])
    log.saw("ada", "sensor positions", ["S2", "S1"])
    kept = list(store.inputs())
    assert [(one.entry.kind, one.entry.id) for one in kept] == [("access", "session-1 0"), ("access", "session-1 1")]
    assert kept[0].data == b'{"at_us":7,"of":["S1","S2"],"what":"sensor positions","who":"ada"}'


def test_a_backup_is_a_whole_store_and_holds_what_was_acknowledged(make: Make, tmp_path: Path) -> None:
    store = make()
    store.append([observation(i) for i in range(700)])
    checkpoint = store.seal()
    store.backup(tmp_path / "copy")
    store.append([observation(700)])
    copy = SqliteStore(tmp_path / "copy")
    assert [k.data for k in copy.inputs()] == [observation(i).data for i in range(700)]
    assert copy.seal() == checkpoint
    assert faults_of(copy) == ()
    copy.close()
    with pytest.raises(Unusable, match="exists already"):
        store.backup(tmp_path / "copy")
