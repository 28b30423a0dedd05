"""Result folders altered, and what verifying says of them.

Verifying recomputes. Recomputing is a pure function of the log, so what it gave for the same log is kept: thousands
of altered folders can be looked at in the time of a few.
"""

import json
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from unittest.mock import patch

from truceline.custody.canonical import canonical_json
from truceline.custody.entry import entry_of
from truceline.custody.log_folder import Logged, log_files, read_log, root_over
from truceline.edges.code import code_listing
from truceline.edges.conclude import MANIFEST, Concluded, conclude
from truceline.edges.inputs import Inputs
from truceline.edges.intake import understand
from truceline.edges.verify import Verdict, verify
from truceline.edges.wiring import kinds, plugins

from .folder import Files, concluded, slightly_concluded


@cache
def _made_again(inputs: Inputs) -> Concluded:
    root = _root(understand(inputs, kinds()).logged)
    known = next(
        (one for one in (concluded, slightly_concluded) if one.cache_info().currsize and _root_of(one()) == root), None
    )
    return known() if known else conclude(inputs, plugins(), map, lambda _: None)


def _root_of(one: Concluded) -> bytes:
    return _root(one.understood.logged)


def _root(logged: tuple[Logged, ...]) -> bytes:
    return root_over([entry for entry, _ in logged])


@cache
def _code() -> bytes:
    return code_listing()


def verdict(files: Files) -> Verdict:
    """What verifying says of a result folder's files."""
    with (
        patch("truceline.edges.verify.conclude", lambda inputs, *_: _made_again(inputs)),
        patch("truceline.edges.verify.code_listing", _code),
    ):
        return verify(files, plugins(), map, lambda _: None)


def named(files: Files) -> set[str]:
    """The files that a verdict finds fault with; empty where the folder holds."""
    found = verdict(files)
    assert found.holds == (not found.problems)
    assert all(one.place.file and one.what and one.remedy for one in found.problems)
    return {one.place.file for one in found.problems}


def result() -> dict[str, bytes]:
    """The result folder of the slight mission."""
    return dict(slightly_concluded().files)


def named_result() -> dict[str, bytes]:
    """The result folder of the small mission, in which parties are named."""
    return dict(concluded().files)


def listed(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files with a manifest that lists them as they are: what a forger who knows the format would write."""
    manifest = json.loads(files.get(MANIFEST, result()[MANIFEST]))
    manifest["files"] = {path: sha256(data).hexdigest() for path, data in files.items() if path != MANIFEST}
    return {**files, MANIFEST: canonical_json(manifest)}


def logged() -> list[Logged]:
    """The inputs of the slight mission as its log holds them."""
    return list(read_log(result()).logged)


def sealed(some: list[Logged]) -> dict[str, bytes]:
    """The slight mission's result with another log, sealed and listed anew."""
    entries = [(entry_of(entry.kind, entry.id, data), data) for entry, data in some]
    kept = {path: data for path, data in result().items() if not path.startswith("log/")}
    return listed(kept | log_files(read_log(result()).origin, entries))
