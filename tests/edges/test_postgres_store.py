"""What may happen to the PostgreSQL store in the field: writer killed, server killed, changed by hand, old tables."""

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from truceline.edges.store.door import Received
from truceline.edges.store.fsck import faults_of
from truceline.model.problem import Unusable

from . import postgres_server

sqlalchemy = pytest.importorskip("sqlalchemy")
pytest.importorskip("alembic")
pytest.importorskip("psycopg")
from truceline.edges.store.postgres.store import PostgresStore, migrate  # noqa: E402

WRITER = Path(__file__).with_name("postgres_writer.py")
pytestmark = pytest.mark.skipif(not postgres_server.is_there(), reason="PostgreSQL with PostGIS is not installed")


@pytest.fixture(scope="module")
def server() -> Iterator[postgres_server.Server]:
    running = postgres_server.Server()
    yield running
    running.stop()


def batch_of(first: int, step: int) -> list[Received]:
    return [Received("observation", str(i), b"observation %d " % i * 20) for i in range(first, first + step)]


def kill(server: postgres_server.Server, schema: str, times: int, seed: int) -> tuple[list[float], list[float]]:
    """Kill the writer, or the server under it, at random moments while it appends; seconds of each opening of the store
    after, and of each recovery of the server itself, before it answers."""
    opened_s: list[float] = []
    recovered_s: list[float] = []
    store = PostgresStore.create(server.url, "test.example/log", "test", schema=schema)
    chance = random.Random(seed)
    for number in range(times):
        first, step = store.size, chance.choice([1, 7, 50, 400])
        store.close()
        command = [sys.executable, str(WRITER), server.url, schema, str(first), str(step)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"open\n"
            time.sleep(chance.uniform(0, 0.2))
            if number % 2:
                server.kill()
                process.wait(timeout=30)
            process.kill()
            told = process.stdout.read().split(b"\n")[:-1]
        acknowledged = int(told[-1]) if told else first
        if number % 2:
            began = time.monotonic()
            server.start()
            recovered_s.append(time.monotonic() - began)
        began = time.monotonic()
        store = PostgresStore(server.url, schema=schema)
        size = store.size
        opened_s.append(time.monotonic() - began)
        assert size >= acknowledged, "an acknowledged input is lost"
        assert size - acknowledged in (0, step), "half a batch is there"
        if number % 10 == 0 or number == times - 1:
            assert [k.data for k in store.inputs()] == [one.data for one in batch_of(0, size)]
            store.seal()
            assert faults_of(store) == ()
    store.close()
    return opened_s, recovered_s


def test_writer_and_server_killed_at_random_nothing_acknowledged_is_lost(server: postgres_server.Server) -> None:
    kill(server, "killed", times=4, seed=1)


@pytest.mark.soak
def test_writer_and_server_killed_500_times(server: postgres_server.Server) -> None:
    opened_s, recovered_s = kill(server, "soaked", times=500, seed=2)
    print(
        f"store open in {statistics.median(opened_s):.3f} s (median), {max(opened_s):.2f} s (at most); before it, after"
    )
    print(f"half of the kills, the server recovered in {statistics.median(recovered_s):.2f}, {max(recovered_s):.2f} s")
    assert max(opened_s) < 2


def test_a_server_that_is_away_refuses_clearly_and_comes_back(server: postgres_server.Server) -> None:
    store = PostgresStore.create(server.url, "o", "test", schema="away")
    store.append(batch_of(0, 10))
    server.kill()
    with pytest.raises(Unusable, match="nothing acknowledged is lost"):
        store.append(batch_of(10, 10))
    server.start()
    assert store.size == 10
    store.append(batch_of(10, 10))
    assert store.size == 20
    store.close()


def test_the_database_itself_refuses_to_change_or_remove(server: postgres_server.Server) -> None:
    store = PostgresStore.create(server.url, "o", "test", schema="stands")
    store.append(batch_of(0, 10))
    store.seal()
    engine = sqlalchemy.create_engine(server.url)
    for statement in (
        "UPDATE stands.input SET data = ''",
        "DELETE FROM stands.checkpoint",
        "TRUNCATE stands.input CASCADE",
    ):
        with pytest.raises(sqlalchemy.exc.SQLAlchemyError, match="only ever added"), engine.begin() as connection:
            connection.execute(sqlalchemy.text(statement))
    with engine.begin() as connection:  # by force, as someone who owns the database might
        connection.execute(sqlalchemy.text("ALTER TABLE stands.input DISABLE TRIGGER ALL"))
        connection.execute(sqlalchemy.text("UPDATE stands.input SET data = 'forged' WHERE n = 4"))
    faults = faults_of(store)
    assert [(fault.place.field, fault.fatal) for fault in faults] == [("entry 4", True)]
    engine.dispose()
    store.close()


def test_a_database_that_refuses_a_batch_is_told_in_words_and_keeps_none_of_it(server: postgres_server.Server) -> None:
    """The disk full, a time limit: the connection lives on, and the refusal comes from within the copying."""
    store = PostgresStore.create(server.url, "o", "test", schema="noroom")
    store.append(batch_of(0, 10))
    engine = sqlalchemy.create_engine(server.url)
    full = "CREATE FUNCTION full_() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE disk_full; END $$;"
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("SET LOCAL search_path = noroom"))
        connection.execute(sqlalchemy.text(full))
        connection.execute(sqlalchemy.text("CREATE TRIGGER f BEFORE INSERT ON input EXECUTE FUNCTION full_()"))
    with pytest.raises(Unusable, match=r"disk_full.*nothing acknowledged is lost"):
        store.append(batch_of(10, 10))
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("DROP TRIGGER f ON noroom.input"))
    store.append(batch_of(10, 10))
    assert store.size == 20 and faults_of(store) == ()
    engine.dispose()
    store.close()


def test_two_writers_at_once(server: postgres_server.Server) -> None:
    stores = [PostgresStore.create(server.url, "o", "test", schema="two")]
    stores.append(PostgresStore(server.url, schema="two"))
    for number in range(20):
        stores[number % 2].append(batch_of(number * 5, 10))
    assert stores[0].size == 105
    assert faults_of(stores[1]) == ()
    for store in stores:
        store.close()


def test_places_can_be_asked_for(server: postgres_server.Server) -> None:
    store = PostgresStore.create(server.url, "o", "test", schema="places")
    lines = [
        b'{"lon":10.0,"lat":50.0}',
        b'{"lon":10.01,"lat":50.0}',
        b'{"lon":11,"lat":50}',
        b'{"lon":999,"lat":"x"}',
        b"[]",
    ]
    store.append([Received("observation", str(i), line) for i, line in enumerate(lines)])
    assert store.near(10.0, 50.0, 1_000) == (0, 1)
    assert store.near(10.0, 50.0, 100_000) == (0, 1, 2)
    store.close()


def test_tables_of_an_earlier_version_become_those_of_today(server: postgres_server.Server) -> None:
    engine = sqlalchemy.create_engine(server.url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE SCHEMA early"))
        migrate(connection, "early", to="1")
        for key, value in (("origin", "o"), ("status", "test")):
            connection.execute(sqlalchemy.text("INSERT INTO early.about VALUES (:k, :v)"), {"k": key, "v": value})
    store = PostgresStore(server.url, schema="early")
    store.append([Received("observation", "1", b'{"lon":1,"lat":2}')])
    assert store.near(1, 2, 10) == (0,)
    with engine.connect() as connection:
        version = connection.execute(sqlalchemy.text("SELECT version_num FROM early.alembic_version")).scalar()
    assert version == "2"
    engine.dispose()
    store.close()


def test_no_store_there_or_one_already(server: postgres_server.Server) -> None:
    with pytest.raises(Unusable, match="no store in this schema"):
        PostgresStore(server.url, schema="none")
    PostgresStore.create(server.url, "o", "test", schema="once").close()
    with pytest.raises(Unusable, match="already exists"):
        PostgresStore.create(server.url, "o", "test", schema="once")
    with pytest.raises(Unusable, match="schema truceline"):
        PostgresStore("postgresql+psycopg://test@/none?host=/nowhere")
