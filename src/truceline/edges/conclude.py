"""Inputs → the whole result folder as bytes: what `run` writes and `verify` makes again to compare."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from truceline import __version__
from truceline.attribution.standing import Over
from truceline.custody.canonical import canonical_json, canonical_line
from truceline.custody.log_folder import log_files, root_over
from truceline.edges.inputs import Inputs
from truceline.edges.intake import Understood, counted, understand
from truceline.edges.looks import mission_look, public_look
from truceline.model.result import Result
from truceline.pipeline import Plugins, Tell, run
from truceline.reports.mission_page import mission_page
from truceline.reports.public_page import public_page
from truceline.reports.records import record_files

MANIFEST = "manifest.json"
RECORDS = (
    "events.geojsonl", "incidents.geojsonl", "findings.geojsonl", "sensors.geojsonl", "providers.geojsonl",
    "claims.geojsonl", "known.geojsonl", "further.geojsonl",
)  # fmt: skip


@dataclass(frozen=True)
class Concluded:
    """A mission understood, what follows from it, and the files that say so, by path."""

    understood: Understood
    result: Result
    files: Mapping[str, bytes]


def conclude(inputs: Inputs, plugins: Plugins, over: Over, tell: Tell) -> Concluded:
    """Understand, run, write down. Raises Unusable if the mission cannot be understood."""
    tell("reading")
    understood = understand(inputs, plugins.kinds)
    result = run(understood.case, plugins, over, tell, understood.known)
    tell("writing pages")
    return Concluded(understood, result, _files(inputs, understood, result))


def _files(inputs: Inputs, understood: Understood, result: Result) -> dict[str, bytes]:
    case = understood.case
    root = root_over([entry for entry, _ in understood.logged]).hex()
    made_by = {"code": sha256(inputs.one("code").data).hexdigest(), "inputs": root}
    digests = (
        ("Root of the evidence log", root),
        ("Inputs", f"{len(understood.logged):,} entries"),
        ("Code", made_by["code"]),
    )
    files = record_files(case, result, made_by)
    files["set_aside.ndjson"] = b"".join(
        canonical_line(
            {"file": one.file, "line": one.line, "reason": one.reason, "sha256": sha256(one.data).hexdigest()}
        )
        for one in understood.set_aside
    )
    aside = counted(understood.set_aside)
    files["report.html"] = mission_page(case, result, look=mission_look(), set_aside=aside, digests=digests)
    files["public.html"] = public_page(case, result, look=public_look(), log_root=root)
    files |= log_files(origin(case.name), understood.logged)
    return files | {MANIFEST: manifest(files, made_by)}


def origin(mission: str) -> str:
    """The log's name: what its checkpoints begin with."""
    return f"truceline/{re.sub(r'[^A-Za-z0-9._-]+', '-', mission)}"


def manifest(files: Mapping[str, bytes], made_by: Mapping[str, str]) -> bytes:
    """The digest of every other file of the result folder, and what made them."""
    return canonical_json(
        {
            "contract": 1,
            "version": __version__,
            "made_by": dict(made_by),
            "files": {path: sha256(data).hexdigest() for path, data in files.items()},
        }
    )
