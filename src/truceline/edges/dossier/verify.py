"""Verifying a dossier offline: its bytes, its proofs, its signatures, and the finding recomputed from its inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from truceline.attribution.standing import Over
from truceline.custody import dossier as layout
from truceline.custody.archive import read_archive
from truceline.custody.bag import unbag
from truceline.custody.dossier import Checked, check_dossier
from truceline.custody.policy import Policy
from truceline.custody.tlog_proof import read_tlog_proof
from truceline.edges.code import code_listing
from truceline.edges.compare import DIFFERENT, Likeness
from truceline.edges.dossier.recompute import compare, recomputed
from truceline.edges.dossier.words import word_faults
from truceline.edges.keys import check_ed25519
from truceline.edges.seal.stamps import Authority, verify_stamp
from truceline.model.problem import Place, Problem, Unusable
from truceline.pipeline import Plugins, Tell


@dataclass(frozen=True, slots=True)
class Timed:
    """A good stamp. `believed`: its authority is one that the verifier named, not only the one enclosed."""

    authority: str
    at: datetime
    believed: bool


@dataclass(frozen=True)
class Verdict:
    """What verifying found. likeness: of the finding recomputed; None if that was not done."""

    checked: Checked
    problems: tuple[Problem, ...]
    stamps: tuple[Timed, ...] = ()
    likeness: Likeness | None = None
    same_code: bool = False
    own_policy: bool = False  # the verifier's own, not the enclosed one

    @property
    def holds(self) -> bool:
        """Nothing in it contradicts anything else, and the finding follows from the inputs, if that was asked."""
        return not self.problems

    @property
    def sealed(self) -> bool:
        """Signed and cosigned as the policy asks."""
        return self.holds and self.checked.standing is not None and self.checked.standing.good


def read_dossier(data: bytes) -> tuple[dict[str, bytes], tuple[Problem, ...]]:
    """The payload of a dossier file, and what is wrong with archive and bag."""
    files, problems = read_archive(data)
    payload, faults = unbag(files)
    return payload, problems + faults


def verify_dossier(
    data: bytes,
    policy: Policy | None,
    authorities: Sequence[Authority],
    engine: tuple[Plugins, Over, Tell] | None,
) -> Verdict:
    """Verify a dossier. policy, authorities: whom the verifier believes; engine: to recompute with, None not to."""
    payload, problems = read_dossier(data)
    checked = check_dossier(payload, policy, check_ed25519)
    stamps, faults = _stamps(payload, authorities)
    problems = tuple(dict.fromkeys((*problems, *checked.problems, *faults)))
    ran = next((one for entry, one in checked.logged if entry.kind == "code"), b"")
    same_code = ran == code_listing()
    if not problems and checked.index is not None:
        problems = word_faults(payload, checked.index.finding, [data for _, data in checked.logged], same_code)
    if problems or engine is None:
        return Verdict(checked, problems, stamps, same_code=same_code, own_policy=policy is not None)
    plugins, over, tell = engine
    given = {name.removeprefix(layout.RECORDS): one for name, one in payload.items() if name.endswith(".geojsonl")}
    try:
        likeness, where = compare(given, recomputed(checked.logged, plugins, over, tell))
    except Unusable as unusable:
        likeness, where = DIFFERENT, str(unusable.problems[0])
    if likeness == DIFFERENT:
        remedy = layout.ASK if same_code else f"{layout.ASK}, or verify with the version that made it"
        problems = (Problem(Place(layout.RECORDS), f"not what the inputs lead to: {where}", remedy),)
    return Verdict(checked, problems, stamps, likeness, same_code, policy is not None)


def _stamps(
    payload: Mapping[str, bytes], authorities: Sequence[Authority]
) -> tuple[tuple[Timed, ...], tuple[Problem, ...]]:
    """The stamps enclosed: good by an authority that the verifier named, by the enclosed one, or not good."""
    stamps: list[Timed] = []
    problems: list[Problem] = []
    folder = f"{layout.SEAL}stamps/"
    for path, response in sorted(payload.items()):
        if not path.startswith(folder) or not path.endswith(".tsr"):
            continue
        name = path.removeprefix(folder).removesuffix(".tsr")
        try:
            text = read_tlog_proof(payload.get(layout.REGISTER_PROOF, b"")).note.text.encode()
            enclosed = Authority(
                name, "", tuple(x509.load_pem_x509_certificates(payload.get(f"{folder}{name}.pem", b"")))
            )
            at = verify_stamp(enclosed, response, text).at
        except ValueError as error:
            problems.append(Problem(Place(path), str(error), layout.ASK))
            continue
        stamps.append(Timed(name, at, any(_believes(one, response, text) for one in authorities)))
    return tuple(stamps), tuple(problems)


def _believes(authority: Authority, response: bytes, text: bytes) -> bool:
    try:
        verify_stamp(authority, response, text)
    except ValueError:
        return False
    return True
