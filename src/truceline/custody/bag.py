"""A bag of files that says what it holds (BagIt 1.0, RFC 8493): payload under data/, digests of all beside it."""

import re
from collections.abc import Mapping, Set
from hashlib import sha256

from truceline.model.problem import Place, Problem

PAYLOAD = "data/"
MANIFEST, TAG_MANIFEST, DECLARATION = "manifest-sha256.txt", "tagmanifest-sha256.txt", "bagit.txt"

_DECLARED = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")
_AGAIN = "ask for the file again from whoever made it"


def bag(payload: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of the bag: the payload under data/, declaration and manifests beside it."""
    files = {f"{PAYLOAD}{path}": data for path, data in payload.items()}
    tags = {DECLARATION: _DECLARED, MANIFEST: _manifest(files)}
    return files | tags | {TAG_MANIFEST: _manifest(tags)}


def unbag(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], tuple[Problem, ...]]:
    """The payload of a bag, and every file that is missing, superfluous or not of the digest listed."""
    payload = {path: data for path, data in files.items() if path.startswith(PAYLOAD)}
    tags = {path: data for path, data in files.items() if not path.startswith(PAYLOAD)}
    problems = _faults(TAG_MANIFEST, files, tags.keys() - {TAG_MANIFEST}, {DECLARATION, MANIFEST})
    problems += _faults(MANIFEST, files, payload.keys(), set())
    if files.get(DECLARATION, _DECLARED) != _DECLARED:
        problems.append(Problem(Place(DECLARATION), "is not the declaration of a bag of version 1.0", _AGAIN))
    return {path.removeprefix(PAYLOAD): data for path, data in payload.items()}, tuple(problems)


def _manifest(files: Mapping[str, bytes]) -> bytes:
    return "".join(f"{sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files)).encode()


def _faults(name: str, files: Mapping[str, bytes], there: Set[str], needed: Set[str]) -> list[Problem]:
    """What is wrong with a manifest and the files that it lists. there: those it must list; needed: must be there."""
    if name not in files:
        return [Problem(Place(name), "is missing", _AGAIN)]
    listed: dict[str, str] = {}
    problems = []
    text = files[name].decode("utf-8", "replace")
    for number, line in enumerate(text.removesuffix("\n").split("\n"), start=1):
        match = _LINE.fullmatch(line)
        if match is None or match[2] in listed:
            problems.append(Problem(Place(name, line=number), "no digest and path stand here, or a path again", _AGAIN))
        else:
            listed[match[2]] = match[1]
    for path in sorted({*listed, *there, *needed}):
        if path not in files:
            problems.append(Problem(Place(path), f"is missing ({name})", _AGAIN))
        elif path not in listed:
            problems.append(Problem(Place(path), f"is not listed in {name}", _AGAIN))
        elif sha256(files[path]).hexdigest() != listed[path]:
            problems.append(Problem(Place(path), f"has another digest than {name} lists", _AGAIN))
    if not problems and files[name] != _manifest({path: files[path] for path in listed}):
        problems.append(Problem(Place(name), "is not in order, or not ended by a newline", _AGAIN))
    return problems
