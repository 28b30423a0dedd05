"""Is a result folder sealed, unaltered, and what its inputs lead to? Offline, from the folder's bytes alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from truceline.attribution.standing import Over
from truceline.custody.log_folder import ASK, read_log
from truceline.edges.code import code_listing
from truceline.edges.compare import CLOSE, DIFFERENT, IDENTICAL, Likeness, compare_records
from truceline.edges.conclude import RECORDS, conclude
from truceline.edges.out_folder import MANIFEST
from truceline.edges.result_log import inputs_of, manifest_faults
from truceline.model.problem import Place, Problem, Unusable
from truceline.pipeline import Plugins, Tell

PAGES = ("report.html", "public.html")


@dataclass(frozen=True)
class Verdict:
    """What verifying found. `likeness`: how each file compares with the same made again.

    same_code: whether the code that verified is, byte for byte and library for library, the one that ran.
    """

    entries: int
    root: str
    made_by: str  # first lines of the listing of the code that ran
    same_code: bool
    problems: tuple[Problem, ...]
    likeness: Mapping[str, Likeness] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        return not self.problems


def verify(files: Mapping[str, bytes], plugins: Plugins, over: Over, tell: Tell) -> Verdict:
    """Check a result folder and recompute it. files: every file of the folder, by path."""
    tell("checking digests and the log")
    problems, listed = manifest_faults(files)
    log = read_log(files)
    problems += log.problems
    ran = next((data for entry, data in log.logged if entry.kind == "code"), b"")
    verdict = Verdict(
        entries=len(log.logged),
        root=log.root.hex(),
        made_by=_made_by(ran),
        same_code=ran == code_listing(),
        problems=tuple(problems),
    )
    if log.problems:
        return verdict
    try:
        made = conclude(inputs_of(log.logged), plugins, over, tell).files
    except Unusable as unusable:
        return _with(verdict, unusable.problems, {})
    return _with(verdict, *_compared(files, made, listed, verdict.same_code))


def _made_by(listing: bytes) -> str:
    heads = [
        line.removeprefix("# ") for line in listing.decode("utf-8", "replace").splitlines() if line.startswith("# ")
    ]
    return ", ".join(heads)


def _with(verdict: Verdict, problems: tuple[Problem, ...], likeness: Mapping[str, Likeness]) -> Verdict:
    found = tuple(sorted({*verdict.problems, *problems}))
    return Verdict(verdict.entries, verdict.root, verdict.made_by, verdict.same_code, found, likeness)


def _compared(
    files: Mapping[str, bytes], made: Mapping[str, bytes], listed: Mapping[str, str], same_code: bool
) -> tuple[tuple[Problem, ...], dict[str, Likeness]]:
    """Every file beside the same made again. Pages are compared byte for byte only where the records are identical:
    they show the records' numbers, so that one last digit there is as much here."""
    likeness: dict[str, Likeness] = {}
    problems: list[Problem] = []
    remedy = ASK if same_code else f"{ASK}, or verify with the version that made it"
    for path in (*RECORDS, *sorted({*made, *files} - {*RECORDS, MANIFEST})):
        if path not in files or path not in made:
            continue
        as_listed = listed.get(path) == sha256(files[path]).hexdigest()
        close = any(likeness.get(record) == CLOSE for record in RECORDS)
        where = ""
        if path in RECORDS:
            likeness[path], where = compare_records(files[path], made[path])
        elif files[path] == made[path]:
            likeness[path] = IDENTICAL
        else:
            likeness[path] = CLOSE if path in PAGES and close and as_listed else DIFFERENT
        if likeness[path] == DIFFERENT:
            problems.append(Problem(Place(path), f"not what the inputs lead to{where and ': '}{where}", remedy))
        elif likeness[path] == IDENTICAL and path in listed and not as_listed:
            what = "another digest than that of the file, which is identical when recomputed"
            problems.append(Problem(Place(MANIFEST, field=path), what, ASK))
    missing = [path for path in made if path not in files]
    problems += [Problem(Place(path), "the file is missing", ASK) for path in missing]
    if all(like == IDENTICAL for like in likeness.values()) and not missing and files.get(MANIFEST) != made[MANIFEST]:
        problems.append(Problem(Place(MANIFEST), "not what the inputs lead to", remedy))
    return tuple(problems), likeness
