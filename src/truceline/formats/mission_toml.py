"""mission.toml of contract 1: the names of a mission's files → MissionFile.

contract = 1, name, status, agreement, network, control?, weather?, observations, notices?, claims?, contacts?,
known?, places?
[interests]  NAME = [providers]
"""

import posixpath
from dataclasses import dataclass
from difflib import get_close_matches

from truceline.formats.fields import Fields
from truceline.formats.toml_document import TomlDocument, read_toml
from truceline.model.problem import Problem, Unusable

STATUSES = ("actual", "exercise", "test")
KNOWN = (
    "contract", "name", "status", "agreement", "network", "control", "weather", "observations", "notices", "claims",
    "contacts", "known", "places", "interests",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionFile:
    """What mission.toml says. Paths are relative to the mission folder and never lead outside it."""

    name: str
    status: str
    agreement: str
    network: str
    control: tuple[str, ...]
    weather: str | None
    observations: tuple[str, ...]
    notices: str | None
    claims: str | None
    contacts: str | None
    known: str | None
    places: str | None
    interests: tuple[tuple[str, tuple[str, ...]], ...]


def read_mission(file: str, data: bytes) -> tuple[MissionFile, tuple[Problem, ...]]:
    """The mission file and its harmless oddities. Raises Unusable with every fault."""
    document = read_toml(file, data)
    fields = Fields(document.table, document.place)
    if type(fields.table.get("contract")) is not int or fields.table["contract"] != 1:
        fields.fault("contract", f"contract is {fields.table.get('contract')!r}", "write contract = 1")
    _note_unknown(fields)
    mission = MissionFile(
        name=fields.text("name"),
        status=fields.choice("status", STATUSES),
        agreement=_path(fields, "agreement") or "",
        network=_path(fields, "network") or "",
        control=_paths(fields, "control", required=False),
        weather=_path(fields, "weather", required=False),
        observations=_paths(fields, "observations", required=True),
        notices=_path(fields, "notices", required=False),
        claims=_path(fields, "claims", required=False),
        contacts=_path(fields, "contacts", required=False),
        known=_path(fields, "known", required=False),
        places=_path(fields, "places", required=False),
        interests=_interests(fields, document),
    )
    if fields.faulty:
        raise Unusable(fields.problems)
    return mission, tuple(fields.problems)


def inside(path: str) -> bool:
    """Whether a relative path stays within its folder."""
    return bool(path) and not posixpath.isabs(path) and "\\" not in path and "\0" not in path and (
        posixpath.normpath(path).split("/")[0] != ".."
    )  # fmt: skip


def _note_unknown(fields: Fields) -> None:
    """An unknown key is kept and passed on; one that looks like a slip of the pen is pointed out."""
    for key in fields.table:
        near = get_close_matches(key, KNOWN, n=1, cutoff=0.75)
        if key not in KNOWN and near:
            fields.fault(key, f"unknown key {key!r}", f"did you mean {near[0]!r}?", fatal=False)


def _path(fields: Fields, field: str, *, required: bool = True) -> str | None:
    path = fields.text(field) if required else fields.text_or_none(field)
    return _checked(fields, field, path) if path else None


def _paths(fields: Fields, field: str, *, required: bool) -> tuple[str, ...]:
    if isinstance(fields.table.get(field), str):
        one = _path(fields, field)
        return (one,) if one else ()
    found = fields.words(field, required=required)
    return tuple(path for path in (_checked(fields, field, path) for path in found) if path)


def _checked(fields: Fields, field: str, path: str) -> str | None:
    if inside(path):
        return posixpath.normpath(path)
    fields.fault(field, f"{field!r} names {path!r}, outside the mission folder", "give a relative path inside it")
    return None


def _interests(fields: Fields, document: TomlDocument) -> tuple[tuple[str, tuple[str, ...]], ...]:
    table = fields.table.get("interests")
    if table is None:
        return ()
    if not isinstance(table, dict):
        fields.fault(
            "interests", "'interests' is not a table", 'write [interests], then NAME = ["provider", "provider"]'
        )
        return ()
    groups = Fields(table, lambda field: document.place("interests", field))
    found = tuple((name, tuple(sorted(groups.words(name)))) for name in sorted(table))
    fields.problems += groups.problems
    return found
