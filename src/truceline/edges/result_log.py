"""What a result folder was made of, and whether it is what its manifest lists: nothing is concluded anew here."""

from collections.abc import Mapping
from hashlib import sha256

import msgspec

from truceline.custody.log_folder import ASK, Logged
from truceline.edges.inputs import WHOLE_KINDS, Inputs, Line, WholeFile
from truceline.edges.out_folder import MANIFEST
from truceline.formats.mission_toml import read_mission
from truceline.model.problem import Place, Problem, Unusable


def inputs_of(logged: tuple[Logged, ...]) -> Inputs:
    """The inputs that a log holds. Raises Unusable if its mission cannot be understood."""
    whole = [WholeFile(entry.kind, entry.id, data) for entry, data in logged]
    files = tuple(one for one in whole if one.kind in WHOLE_KINDS)
    missions = [one for one in files if one.kind == "mission"]
    for kind in ("code", "mission", "agreement", "network"):
        if sum(one.kind == kind for one in files) != 1:
            raise Unusable([Problem(Place("log/files/"), f"the log does not hold one {kind}", ASK)])
    mission, _ = read_mission(missions[0].path, missions[0].data)
    kinds = dict.fromkeys(mission.observations, "observation")
    named = (
        ("notice", mission.notices),
        ("claim", mission.claims),
        ("contact", mission.contacts),
        ("known", mission.known),
    )
    kinds |= {path: kind for kind, path in named if path}
    lines = []
    for one in whole:
        if one.kind == "set_aside":
            file, _, number = one.path.rpartition(":")
            if file not in kinds or not number.isdecimal():
                raise Unusable(
                    [Problem(Place("log/lines/set_aside.ndjson"), f"{one.path!r} is no place of a line", ASK)]
                )
            lines.append(Line(kinds[file], file, int(number), one.data))
        elif one.kind not in WHOLE_KINDS:
            lines.append(Line(one.kind, one.kind, 0, one.data))
    return Inputs(files, tuple(lines))


def manifest_faults(files: Mapping[str, bytes]) -> tuple[list[Problem], Mapping[str, str]]:
    """Files that are missing, superfluous or not of the digest listed; and the digests listed."""
    try:
        listed = msgspec.json.decode(files.get(MANIFEST, b""), type=_Manifest).files
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
        return [Problem(Place(MANIFEST), f"missing, or not a manifest ({error})", ASK)], {}
    problems = []
    for path in sorted({*listed, *files} - {MANIFEST}):
        if path not in files:
            problems.append(Problem(Place(path), "the file is missing", ASK))
        elif path not in listed:
            problems.append(Problem(Place(path), "the file does not belong to the result", "move it elsewhere"))
        elif sha256(files[path]).hexdigest() != listed[path]:
            problems.append(Problem(Place(path), f"not the bytes that {MANIFEST} lists", ASK))
    return problems, listed


class _Manifest(msgspec.Struct):
    files: dict[str, str]
