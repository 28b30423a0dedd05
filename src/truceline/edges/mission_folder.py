"""A mission folder on disk → Inputs. Nothing outside the folder is read, whatever the files name."""

import posixpath
from collections.abc import Iterator
from pathlib import Path

from truceline.edges.code import code_listing
from truceline.edges.inputs import Inputs, Line, WholeFile, lines_of
from truceline.formats.mission_toml import MissionFile, inside, read_mission
from truceline.formats.toml_document import read_toml
from truceline.model.problem import Place, Problem, Unusable
from truceline.terms.language import areas_file

MISSION_FILE = "mission.toml"
MOST_BYTES = 2 * 1024**3  # of one file


def read_folder(folder: Path) -> Inputs:
    """Everything that the folder's mission.toml names. Raises Unusable with every file that cannot be read."""
    if not folder.is_dir():
        problem = Problem(
            Place(str(folder)), "there is no such mission folder", "give a folder that holds mission.toml"
        )
        raise Unusable([problem])
    first = _read(folder, MISSION_FILE, MISSION_FILE)
    mission, _ = read_mission(MISSION_FILE, first)
    files = [WholeFile("code", "code", code_listing()), WholeFile("mission", MISSION_FILE, first)]
    lines: list[Line] = []
    problems: list[Problem] = []
    for kind, path in _named(mission):
        try:
            data = _read(folder, path, MISSION_FILE)
            if kind == "agreement":
                files += _areas(folder, path, data)
        except Unusable as unusable:
            problems += unusable.problems
            continue
        if kind in ("notice", "claim", "contact", "known", "observation"):
            lines += lines_of(kind, path, data)
        else:
            files.append(WholeFile(kind, path, data))
    if problems:
        raise Unusable(problems)
    return Inputs(tuple(files), tuple(lines))


def _named(mission: MissionFile) -> Iterator[tuple[str, str]]:
    """(kind, path) of every file that mission.toml names."""
    yield "agreement", mission.agreement
    yield "network", mission.network
    yield from (("control", path) for path in mission.control)
    yield from (("observation", path) for path in mission.observations)
    optional = {
        "weather": mission.weather,
        "places": mission.places,
        "notice": mission.notices,
        "claim": mission.claims,
        "contact": mission.contacts,
        "known": mission.known,
    }
    yield from ((kind, path) for kind, path in optional.items() if path)


def _areas(folder: Path, terms: str, data: bytes) -> list[WholeFile]:
    """The file of areas that the terms name, relative to them."""
    document = read_toml(terms, data)
    named = areas_file(document)
    if named is None:
        return []
    path = posixpath.normpath(posixpath.join(posixpath.dirname(terms), named))
    if posixpath.isabs(named) or not inside(path):
        place = document.place("agreement", "areas")
        raise Unusable([Problem(place, f"'areas' names {named!r}, outside the mission folder", "give a path inside")])
    return [WholeFile("areas", path, _read(folder, path, terms))]


def _read(folder: Path, path: str, named_by: str) -> bytes:
    """The bytes of a file of the folder. Raises Unusable."""
    file = folder / path
    try:
        if not file.resolve().is_relative_to(folder.resolve()):
            raise Unusable(
                [Problem(Place(path), "a link leads outside the mission folder", "put the file itself there")]
            )
        if file.exists() and not file.is_file():
            raise Unusable([Problem(Place(path), "it is no file", "put a file there, no folder and no device")])
        if file.exists() and file.stat().st_size > MOST_BYTES:
            raise Unusable([Problem(Place(path), "the file is over 2 GiB", "split it, or thin it out")])
        return file.read_bytes()
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle, before Python 3.13
        what = f"cannot be read ({getattr(error, 'strerror', None) or 'links lead in a circle'})"
        remedy = f"put the file there, or mend its name in {named_by}" if path != named_by else "add mission.toml"
        raise Unusable([Problem(Place(path), what, remedy)]) from None
