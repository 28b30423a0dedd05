"""The store in one schema of a PostgreSQL database. A commit there is durable (synchronous_commit) before we go on."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast, get_args

from alembic import command
from alembic.config import Config
from psycopg import Error as CopyError  # what COPY says, which SQLAlchemy passes on as it is
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError

from truceline.custody.checkpoint import Checkpoint
from truceline.custody.entry import Entry
from truceline.custody.merkle import leaf_hash
from truceline.custody.tile_tree import edge_of, grown, root_of_edge
from truceline.edges import clock
from truceline.edges.store.door import MAKE_ONE, Kept, Receipt, Received, Sealed, Status, checked
from truceline.edges.store.sorting import Known, sorted_out
from truceline.edges.store.sqlite import SqliteStore
from truceline.model.problem import Place, Problem, Unusable

AGAIN = "nothing acknowledged is lost: look after the database server, then send again"
PAGE = 500

_SCHEMA = re.compile(r"[a-z][a-z0-9_]{0,40}")


class PostgresStore:
    """One log in one schema. Several processes may append: the database lets one at a time."""

    def __init__(self, url: str, *, schema: str = "truceline", now_us: Callable[[], int] = clock.now_us) -> None:
        """Open a store that exists. url: postgresql+psycopg://…  Raises Unusable."""
        assert _SCHEMA.fullmatch(schema), schema
        self._schema, self._now_us = schema, now_us
        try:
            self._engine = create_engine(url, pool_pre_ping=True, isolation_level="READ COMMITTED")
        except (SQLAlchemyError, ModuleNotFoundError) as error:
            raise _problem(schema, str(error), "write postgresql+psycopg://USER@HOST/DATABASE") from None
        event.listen(self._engine, "connect", self._connected)
        try:
            with self._failing(), self._engine.begin() as connection:
                there = connection.execute(text("SELECT to_regclass(:name)"), {"name": f"{schema}.about"}).scalar()
                if there is None:
                    raise _problem(
                        schema,
                        "there is no store in this schema",
                        MAKE_ONE,
                    )
                migrate(connection, schema)
        except BaseException:
            self._engine.dispose()
            raise

    @staticmethod
    def create(
        url: str, origin: str, status: Status, *, schema: str = "truceline", now_us: Callable[[], int] = clock.now_us
    ) -> "PostgresStore":
        """A new, empty store in a new schema. Raises Unusable if there is one already."""
        assert origin and status in get_args(Status) and _SCHEMA.fullmatch(schema), (origin, status, schema)
        engine = create_engine(url)
        try:
            with engine.begin() as connection:
                connection.execute(text(f"CREATE SCHEMA {schema}"))
                migrate(connection, schema)
                rows = [{"key": "origin", "value": origin}, {"key": "status", "value": status}]
                connection.execute(text(f"INSERT INTO {schema}.about VALUES (:key, :value)"), rows)  # noqa: S608
        except SQLAlchemyError as error:
            raise _problem(schema, _said(error), "name a new schema, or look after the server") from None
        finally:
            engine.dispose()
        return PostgresStore(url, schema=schema, now_us=now_us)

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self._about("origin")

    @property
    def status(self) -> Status:
        """Whether the inputs are real."""
        return cast(Status, self._about("status"))

    @property
    def size(self) -> int:
        """How many inputs are kept."""
        with self._failing(), self._engine.connect() as connection:
            return _size(connection)

    def append(self, inputs: Sequence[Received]) -> tuple[Receipt, ...]:
        """Keep inputs, all or none. On return they are durable."""
        checked(inputs)
        with self._failing(), self._writing() as connection:
            first = _size(connection)
            receipts, new = sorted_out(inputs, first, lambda some: _known(connection, some))
            if new:
                _insert(connection, first, new)
                arrival = {"first": first, "count": len(new), "at_us": self._now_us()}
                connection.execute(text("INSERT INTO arrival VALUES (:first, :count, :at_us)"), arrival)
        return receipts

    def inputs(self, start: int = 0, stop: int | None = None) -> Iterator[Kept]:
        """The inputs from `start` up to `stop`, in order."""
        within = "n >= :start AND n < :stop ORDER BY n LIMIT :page"
        query = text(f"SELECT n, kind, id, sha256, data FROM input WHERE {within}")  # noqa: S608
        while stop is None or start < stop:
            bounds = {"start": start, "stop": stop if stop is not None else 2**62, "page": PAGE}
            with self._failing(), self._engine.connect() as connection:
                rows = connection.execute(query, bounds).all()
            if not rows:
                return
            yield from (Kept(n, Entry(kind, id_, digest.hex()), bytes(data)) for n, kind, id_, digest, data in rows)
            start = rows[-1][0] + 1

    def find(self, kind: str, id_: str) -> Kept | None:
        """The input of this kind and id."""
        query = text("SELECT n, sha256, data FROM input WHERE kind = :kind AND id = :id")
        with self._failing(), self._engine.connect() as connection:
            row = connection.execute(query, {"kind": kind, "id": id_}).first()
        return None if row is None else Kept(row[0], Entry(kind, id_, row[1].hex()), bytes(row[2]))

    def near(self, lon: float, lat: float, within_m: float) -> tuple[int, ...]:
        """The indices of inputs that say that something is near a place (WGS84 degrees, metres), in order."""
        query = text(
            "SELECT n FROM place WHERE"
            " public.ST_DWithin(at, public.ST_MakePoint(:lon, :lat)::public.geography, :within) ORDER BY n"
        )
        with self._failing(), self._engine.connect() as connection:
            rows = connection.execute(query, {"lon": lon, "lat": lat, "within": within_m}).all()
        return tuple(row[0] for row in rows)

    def seal(self) -> Checkpoint:
        """Put all that is kept under a root, durably."""
        origin = self.origin
        with self._failing(), self._writing() as connection:
            row = connection.execute(text("SELECT size, root FROM checkpoint ORDER BY size DESC LIMIT 1")).first()
            size = _size(connection)
            if row is not None and row[0] == size:
                return Checkpoint(origin, size, bytes(row[1]))
            since = row[0] if row is not None else 0

            def read(level: int, index: int) -> bytes:
                return _tile(connection, level, index)

            query = text("SELECT kind, id, sha256 FROM input WHERE n >= :since ORDER BY n")
            rows = connection.execute(query, {"since": since})
            leaves = [leaf_hash(Entry(kind, id_, digest.hex()).to_bytes()) for kind, id_, digest in rows]
            tiles = [
                {"level": one.level, "n": one.index, "hashes": data}
                for one, data in grown(edge_of(since, read), since, leaves)
            ]
            if tiles:
                there = "ON CONFLICT (level, n) DO UPDATE SET hashes = :hashes"
                connection.execute(text(f"INSERT INTO tile VALUES (:level, :n, :hashes) {there}"), tiles)  # noqa: S608
            root = root_of_edge(edge_of(size, read))
            made = {"size": size, "root": root, "at_us": self._now_us()}
            connection.execute(text("INSERT INTO checkpoint VALUES (:size, :root, :at_us)"), made)
            return Checkpoint(origin, size, root)

    def sealed(self) -> Sequence[Sealed]:
        """Every checkpoint made, in order."""
        origin = self.origin
        with self._failing(), self._engine.connect() as connection:
            rows = connection.execute(text("SELECT size, root, at_us FROM checkpoint ORDER BY size")).all()
        return tuple(Sealed(Checkpoint(origin, size, bytes(root)), at_us) for size, root, at_us in rows)

    def tile(self, level: int, index: int) -> bytes:
        """The hashes of a tile as far as sealed."""
        with self._failing(), self._engine.connect() as connection:
            return _tile(connection, level, index)

    def arrivals(self) -> Iterator[tuple[int, int, int]]:
        """(first index, count, microseconds) of each batch, in order."""
        with self._failing(), self._engine.connect() as connection:
            rows = connection.execute(text("SELECT first, count, at_us FROM arrival ORDER BY first")).all()
        yield from ((first, count, at_us) for first, count, at_us in rows)

    def engine_faults(self) -> tuple[Problem, ...]:
        """What PostgreSQL itself finds wrong with its indexes; its pages have checksums of their own (initdb -k)."""
        faults = []
        with self._failing(), self._engine.begin() as connection:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS amcheck SCHEMA public"))
            query = text(
                "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = ANY (:tables) AND indisvalid"
            )
            tables = connection.execute(
                text("SELECT oid FROM pg_class WHERE relnamespace = CAST(:schema AS regnamespace) AND relkind = 'r'"),
                {"schema": self._schema},
            ).scalars().all()  # fmt: skip
            indexes = connection.execute(query, {"tables": list(tables)}).scalars().all()
        for index in indexes:
            try:
                with self._engine.begin() as connection:
                    check = text("SELECT public.bt_index_check(CAST(:index AS regclass), true)")
                    if "place_at" not in index:
                        connection.execute(check, {"index": index})
            except SQLAlchemyError as error:
                faults.append(Problem(Place(self._schema, field=index), _said(error), "restore from a backup"))
        return tuple(faults)

    def backup(self, to: Path) -> None:
        """Write a whole copy as a SQLite store, which verifies and can be opened by itself."""
        copy = SqliteStore.create(to, self.origin, self.status)
        try:
            batch: list[Received] = []
            for kept in self.inputs(0, self.size):
                batch.append(Received(kept.entry.kind, kept.entry.id, kept.data))
                if len(batch) == 20 * PAGE:
                    copy.append(batch)
                    batch = []
            copy.append(batch)
            copy.seal()
        finally:
            copy.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    def _about(self, key: str) -> str:
        with self._failing(), self._engine.connect() as connection:
            return str(connection.execute(text("SELECT value FROM about WHERE key = :key"), {"key": key}).scalar_one())

    def _connected(self, connection: Any, _: object) -> None:
        """Every connection works in our schema, and waits for the disk."""
        with connection.cursor() as cursor:
            cursor.execute(f"SET search_path = {self._schema}")
            cursor.execute("SET synchronous_commit = on")
        connection.commit()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that no other writer of this log runs beside."""
        with self._engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": self._schema})
            yield connection

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, CopyError) as error:
            raise _problem(self._schema, f"the database says: {_said(error)}", AGAIN) from None


def migrate(connection: Connection, schema: str, to: str = "head") -> None:
    """Bring the tables of a schema to today's version, or to an earlier one. Raises SQLAlchemyError."""
    connection.execute(text(f"SET LOCAL search_path = {schema}"))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes.update({"connection": connection, "schema": schema})
    command.upgrade(config, to)


def _size(connection: Connection) -> int:
    return int(connection.execute(text("SELECT coalesce(max(n) + 1, 0) FROM input")).scalar_one())


def _tile(connection: Connection, level: int, index: int) -> bytes:
    query = text("SELECT hashes FROM tile WHERE level = :level AND n = :n")
    return bytes(connection.execute(query, {"level": level, "n": index}).scalar() or b"")


def _known(connection: Connection, inputs: Sequence[Received]) -> Known:
    """(index, digest) by (kind, id), of those inputs whose id is kept already."""
    ids: dict[str, list[str]] = {}
    for one in inputs:
        ids.setdefault(one.kind, []).append(one.id)
    query = text("SELECT id, n, sha256 FROM input WHERE kind = :kind AND id = ANY (:ids)")
    return {
        (kind, id_): (n, bytes(digest))
        for kind, some in ids.items()
        for id_, n, digest in connection.execute(query, {"kind": kind, "ids": some})
    }


def _insert(connection: Connection, first: int, new: Sequence[tuple[Received, bytes]]) -> None:
    """Copy inputs in, and the places that they name."""
    cursor = connection.connection.cursor()
    with cursor.copy("COPY input FROM STDIN WITH (FORMAT binary)") as copy:
        copy.set_types(["int8", "text", "text", "bytea", "bytea"])
        for number, (one, digest) in enumerate(new):
            copy.write_row((first + number, one.kind, one.id, digest, one.data))
    places = [(first + number, place) for number, (one, _) in enumerate(new) if (place := _place(one)) is not None]
    if places:
        query = "INSERT INTO place VALUES (:n, public.ST_MakePoint(:lon, :lat)::public.geography)"
        connection.execute(text(query), [{"n": n, "lon": lon, "lat": lat} for n, (lon, lat) in places])


def _place(one: Received) -> tuple[float, float] | None:
    """The place that an input names, WGS84 degrees; None if it names none that can be."""
    if b'"lon"' not in one.data or b'"lat"' not in one.data:
        return None
    try:
        line = json.loads(one.data)
        lon, lat = float(line["lon"]), float(line["lat"])
    except (ValueError, KeyError, TypeError):
        return None
    return (lon, lat) if -180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0 else None


def _said(error: SQLAlchemyError | CopyError) -> str:
    """What the database said, without our statement."""
    return str(getattr(error, "orig", None) or error).strip().split("\n", 1)[0]


def _problem(schema: str, what: str, remedy: str) -> Unusable:
    return Unusable([Problem(Place(f"schema {schema}"), what, remedy)])
