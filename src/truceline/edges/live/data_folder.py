"""What a service keeps on disk: the store of its log, the keys of what is personal in it, exhibits, who is signed in,
the key of its feeds."""

import os
import secrets
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from truceline.custody.personal import read_envelope
from truceline.edges.code import code_listing
from truceline.edges.inputs import Inputs
from truceline.edges.intake import understand
from truceline.edges.mission_folder import read_folder
from truceline.edges.store.door import Received, Status, Store
from truceline.edges.store.keyring import Keyring
from truceline.edges.store.sqlite import SqliteStore
from truceline.edges.store.vault import Vault
from truceline.edges.wiring import kinds
from truceline.model.problem import Place, Problem, Unusable

KEY_BYTES = 32


@dataclass(frozen=True)
class DataFolder:
    """Paths within the folder of a service."""

    folder: Path

    @property
    def store(self) -> Path:
        return self.folder / "store.sqlite"

    @property
    def keys(self) -> Path:
        return keys_of(self.store)

    @property
    def exhibits(self) -> Path:
        return self.folder / "exhibits"

    @property
    def people(self) -> Path:
        return self.folder / "people.sqlite"

    @property
    def openid(self) -> Path:
        return self.folder / "openid.toml"

    @property
    def announce(self) -> Path:
        return self.folder / "announce.toml"

    @property
    def announced(self) -> Path:
        return self.folder / "announced.sqlite"

    @property
    def versions(self) -> Path:
        return self.folder / "versions.sqlite"

    @property
    def judged(self) -> Path:
        return self.folder / "judged.msgpack"

    @property
    def feed_key(self) -> Path:
        return self.folder / "feed.key"


def keys_of(store: Path) -> Path:
    """Where the keys of what is personal in a service's store lie: beside it, and in no backup of it."""
    return store.with_name("keys.sqlite")


def read_store(store: Path) -> Store:
    """The store of a service for one who only reads, also while it runs. What is personal is opened, if the keys are
    there. Raises Unusable."""
    keys, read = keys_of(store), SqliteStore(store, read_only=True)
    return Vault(read, Keyring(keys)) if keys.exists() else read


def open_store(data: DataFolder, mission: Path | None) -> Vault:
    """The store of a service; a new one is set up with a mission's terms, network, maps and weather. Raises Unusable.

    The lines of the mission folder (observations, notices, …) are not taken: they come in by HTTP, as if live.
    """
    if data.store.exists():
        store = _with_keys(SqliteStore(data.store), data)
        if mission is not None:
            _same_mission(store, read_folder(mission), mission)
        _remember_code(store)
        return store
    if mission is None:
        what = "the folder holds no service yet"
        raise Unusable([Problem(Place(str(data.folder)), what, "name the mission to watch: --mission MISSION")])
    inputs = read_folder(mission)
    case = understand(Inputs(inputs.files, ()), kinds()).case
    data.folder.mkdir(parents=True, exist_ok=True)
    data.folder.chmod(0o700)
    status: Status = case.status  # type: ignore[assignment]
    store = Vault(SqliteStore.create(data.store, f"truceline/{case.name}", status), Keyring(data.keys))
    store.append([Received(one.kind, _id(one.kind, one.path, one.data), one.data) for one in inputs.files])
    store.seal()
    return store


def feed_key(data: DataFolder) -> str:
    """The key that feeds send with what they bring; made at the first start, readable by its owner alone."""
    if not data.feed_key.exists():
        handle = os.open(data.feed_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(KEY_BYTES) + "\n")
    return data.feed_key.read_text("ascii").strip()


def _with_keys(store: SqliteStore, data: DataFolder) -> Vault:
    """The store with its keys. Raises Unusable if they are gone, rather than begin with others unsaid."""
    if not data.keys.exists() and any(read_envelope(kept.data) is not None for kept in store.inputs()):
        store.close()
        what = "the keys are missing: what is personal in the log cannot be read without them"
        remedy = "restore the file from its own backup; to give up what it opens, put an empty file there (chmod 600)"
        raise Unusable([Problem(Place(str(data.keys)), what, remedy)])
    return Vault(store, Keyring(data.keys))


def _remember_code(store: Vault) -> None:
    """Another version of the code is an input too: the log says with what it was judged from here on."""
    listing = code_listing()
    store.append([Received("code", _id("code", "code", listing), listing)])


def _id(kind: str, path: str, data: bytes) -> str:
    return f"code {sha256(data).hexdigest()[:16]}" if kind == "code" else path


def _same_mission(store: Vault, inputs: Inputs, mission: Path) -> None:
    """Raises Unusable if the store was set up with another mission."""
    for one in inputs.files:
        kept = None if one.kind == "code" else store.find(one.kind, one.path)
        if one.kind != "code" and (kept is None or kept.data != one.data):
            what = f"the service was set up with another {one.path}"
            remedy = "leave --mission out to go on with what it has, or name another data folder"
            store.close()
            raise Unusable([Problem(Place(str(mission / one.path)), what, remedy)])
