"""The words about a dossier: the first page, the explanation, the description for archives. They follow from what is
proven, so that whoever checks can make them again: no reader is told by a forged page what no record says."""

from collections.abc import Mapping, Sequence

from truceline.custody import dossier as layout
from truceline.edges.dossier.crate import crate
from truceline.edges.dossier.lines import record_lines
from truceline.edges.dossier.readme import readme
from truceline.model.problem import Place, Problem, Unusable
from truceline.reports.explanation import Records, explanation

CRATE = "ro-crate-metadata.json"
WORDS = (layout.README, layout.EXPLANATION, CRATE)


def words(proven: Mapping[str, bytes], finding: str, inputs: Sequence[bytes]) -> dict[str, bytes]:
    """The words about a payload. proven: the payload without any; inputs: those enclosed, as received. Raises Unusable
    if its records cannot be put into words."""
    try:
        told = f"{explanation(_records(proven), finding)}\n".encode()
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        what = f"the records cannot be put into words ({type(error).__name__}: {error})"
        raise Unusable([Problem(Place(layout.RECORDS), what, layout.ASK)]) from None
    sealed = any(path.startswith(layout.SEAL) for path in proven)
    made = {layout.README: readme(finding, sealed=sealed), layout.EXPLANATION: told}
    return made | {CRATE: crate(finding, {**proven, **made}, inputs)}


def word_faults(
    payload: Mapping[str, bytes], finding: str, inputs: Sequence[bytes], same_code: bool
) -> tuple[Problem, ...]:
    """Words that are not those that follow from the rest of a payload. same_code: whether this version made it."""
    proven = {path: data for path, data in payload.items() if path not in WORDS}
    try:
        made = words(proven, finding, inputs)
    except Unusable as unusable:
        return unusable.problems
    remedy = layout.ASK if same_code else f"{layout.ASK}, or verify with the version that made it"
    return tuple(
        Problem(Place(path), "missing, or not the words that follow from what is proven", remedy)
        for path in WORDS
        if payload.get(path) != made[path]
    )


def _records(files: Mapping[str, bytes]) -> Records:
    lines = {kind: record_lines(files, f"{layout.RECORDS}{name}.geojsonl") for kind, name in layout.KINDS.items()}
    by_kind = {kind: {id_: one.properties for id_, one in some.items()} for kind, some in lines.items()}
    places = {id_: one.geometry["coordinates"] for id_, one in lines["event"].items()}
    return Records(by_kind["event"], by_kind["incident"], by_kind["finding"], places)
