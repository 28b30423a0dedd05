"""The result folder on disk: written aside and renamed when whole, read back as bytes."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from truceline.model.problem import Place, Problem, Unusable

MANIFEST = "manifest.json"


class Feature(msgspec.Struct):
    """A GeoJSON feature, read."""

    properties: dict[str, Any]
    geometry: dict[str, Any]


def write_folder(folder: Path, files: Mapping[str, bytes], *, replace: bool = False) -> None:
    """Write all files aside and rename the folder when whole. Raises Unusable.

    A folder that exists is kept, unless it is empty, or `replace` is given and it holds a result of ours.
    """
    if not may_write(folder, replace=replace):
        remedy = "name a new folder, or remove this one"
        raise Unusable([Problem(Place(str(folder)), "the folder exists already and holds something else", remedy)])
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            for name, data in files.items():
                (aside / name).parent.mkdir(parents=True, exist_ok=True)
                (aside / name).write_bytes(data)
            aside.chmod(0o755)
            _put_in_place(aside, folder)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
    except OSError as error:
        problem = Problem(Place(str(folder)), f"cannot be written ({error.strerror})", "check the path and the space")
        raise Unusable([problem]) from None


def may_write(folder: Path, *, replace: bool) -> bool:
    """Whether writing to this folder would lose nothing that was not ours."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        return False
    return not folder.exists() or not any(folder.iterdir()) or (replace and _is_ours(folder))


def _is_ours(folder: Path) -> bool:
    """Whether a folder holds a result of ours and nothing besides: every file is one that its manifest lists."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=_Manifest)
        held = {
            path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()
        }
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return False
    return manifest.contract == 1 and held <= {MANIFEST, *manifest.files}


class _Manifest(msgspec.Struct):
    contract: int
    made_by: dict[str, str]
    files: dict[str, str]


def _put_in_place(aside: Path, folder: Path) -> None:
    """Rename the whole folder to its name; a folder that stood there goes last."""
    if not folder.exists():
        aside.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    try:
        folder.rename(old / folder.name)
        try:
            aside.rename(folder)
        except BaseException:
            (old / folder.name).rename(folder)
            raise
    finally:
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)


def read_folder_files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path within. Raises Unusable."""
    if not folder.is_dir():
        raise Unusable(
            [Problem(Place(str(folder)), "there is no such result folder", "give what `truceline run` wrote")]
        )
    found: dict[str, bytes] = {}
    try:
        for path in sorted(folder.rglob("*")):
            if path.is_symlink():
                name = path.relative_to(folder).as_posix()
                raise Unusable([Problem(Place(name), "a link stands where a file should", "ask for the folder itself")])
            if path.is_file():
                found[path.relative_to(folder).as_posix()] = path.read_bytes()
    except OSError as error:
        raise Unusable([Problem(Place(str(folder)), f"cannot be read ({error.strerror})", "check the path")]) from None
    return found


def read_records(folder: Path, name: str) -> dict[str, Feature]:
    """The features of a file of records by id, in its order. Raises Unusable."""
    path = folder / name
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        remedy = "give what `truceline run` wrote"
        raise Unusable([Problem(Place(str(path)), f"cannot be read ({error.strerror})", remedy)]) from None
    found: dict[str, Feature] = {}
    for number, line in enumerate(lines, start=1):
        try:
            feature = msgspec.json.decode(line, type=Feature)
            found[str(feature.properties["id"])] = feature
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, KeyError):
            place = Place(str(path), line=number)
            raise Unusable([Problem(place, "not a feature with an id", "run the mission again")]) from None
    return found
