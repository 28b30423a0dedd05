"""A store by what people write for it: the path of a file, or the address of a PostgreSQL database.

mission.store                                       one SQLite file
postgresql+psycopg://USER@HOST/DATABASE#SCHEMA      a schema of a database; without #SCHEMA: truceline
"""

import re
from importlib import import_module
from pathlib import Path
from types import ModuleType

from truceline.edges.store.door import Status, Store
from truceline.edges.store.sqlite import SqliteStore
from truceline.model.problem import Place, Problem, Unusable

SERVER = "postgresql"
SCHEMA = "truceline"

_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


def open_named(named: str, *, read_only: bool = False) -> Store:
    """The store of a path or address. Raises Unusable."""
    if not named.startswith(SERVER):
        return SqliteStore(Path(named), read_only=read_only)
    url, schema = _parts(named)
    store: Store = _server().PostgresStore(url, schema=schema)
    return store


def create_named(named: str, origin: str, status: Status) -> Store:
    """A new store at a path or address. Raises Unusable if there is one."""
    if not named.startswith(SERVER):
        return SqliteStore.create(Path(named), origin, status)
    url, schema = _parts(named)
    store: Store = _server().PostgresStore.create(url, origin, status, schema=schema)
    return store


def _parts(named: str) -> tuple[str, str]:
    """(address, schema). Raises Unusable."""
    url, _, schema = named.partition("#")
    schema = schema or SCHEMA
    if not _NAME.fullmatch(schema):
        raise Unusable(
            [Problem(Place("#SCHEMA"), f"{schema[:60]!r} is no name of a schema", "use a-z, 0-9 and _, a letter first")]
        )
    return url, schema


def _server() -> ModuleType:
    """The module of the PostgreSQL store. Raises Unusable where its libraries are not installed."""
    try:
        return import_module("truceline.edges.store.postgres.store")
    except ModuleNotFoundError as error:
        remedy = "install the extra: pip install 'truceline[postgres]'"
        raise Unusable([Problem(Place(SERVER), f"{error.name} is not installed", remedy)]) from None
