"""Recomputing a finding from some of the inputs, and holding it against the one given."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from truceline.attribution.standing import Over
from truceline.custody.canonical import canonical_line
from truceline.custody.log_folder import Logged
from truceline.edges.compare import CLOSE, DIFFERENT, IDENTICAL, Likeness, compare_records
from truceline.edges.intake import understand
from truceline.edges.result_log import inputs_of
from truceline.pipeline import Plugins, Tell, run
from truceline.reports.records import record_files

MADE_BY = "made_by"  # names the root of all inputs: it differs where fewer are given, and nothing else may


def recomputed(logged: Sequence[Logged], plugins: Plugins, over: Over, tell: Tell) -> dict[str, bytes]:
    """The record files that follow from these inputs. Raises Unusable if they cannot be understood."""
    understood = understand(inputs_of(tuple(logged)), plugins.kinds)
    result = run(understood.case, plugins, over, tell, understood.known)
    return record_files(understood.case, result, {})


def compare(given: Mapping[str, bytes], made: Mapping[str, bytes]) -> tuple[Likeness, str]:
    """How given record files compare with those made, as far as their ids go; and the first field that differs.

    given: by name, as `records/` of a dossier; made: by file name, a whole result.
    """
    worst: Likeness = IDENTICAL
    for name, data in given.items():
        lines = _by_id(data)
        others = _by_id(made.get(name, b""))
        theirs = b"".join(canonical_line(_plain(others[id_])) for id_ in lines if id_ in others)
        ours = b"".join(canonical_line(_plain(line)) for line in lines.values())
        like, where = compare_records(ours, theirs)
        if like == DIFFERENT:
            return DIFFERENT, where
        worst = CLOSE if like == CLOSE else worst
    return worst, ""


def _by_id(data: bytes) -> dict[str, dict[str, Any]]:
    features = (msgspec.json.decode(line, type=dict[str, Any]) for line in data.split(b"\n") if line)
    return {str(feature["properties"]["id"]): feature for feature in features}


def _plain(feature: dict[str, Any]) -> dict[str, Any]:
    properties = {key: value for key, value in feature["properties"].items() if key != MADE_BY}
    return {**feature, "properties": properties}
