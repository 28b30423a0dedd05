"""Making an edition: what an audience may see of a sealed result, with the proofs, entered in the register."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from truceline.attribution.standing import Over
from truceline.custody import edition as layout
from truceline.custody.archive import write_archive
from truceline.custody.bag import bag
from truceline.custody.dossier import POLICY as POLICY_PATH
from truceline.custody.dossier import REGISTER_PROOF, SEAL, STATEMENT, write_proof
from truceline.custody.edition import Edition, Release, write_disclosures
from truceline.custody.fields import Disclosure, disclose, record_key
from truceline.custody.log_folder import read_log
from truceline.custody.many import proof_of_many
from truceline.custody.merkle import root_of
from truceline.custody.permit import Permit
from truceline.custody.release import Audience, Known, fields_shown, input_shown, told_as_withheld, why_withheld
from truceline.custody.seal import Statement
from truceline.edges.dossier.lines import RecordLine, record_lines
from truceline.edges.intake import understand
from truceline.edges.release.mandate import allowed, why_forbidden
from truceline.edges.release.page import label, page, readme
from truceline.edges.release.visible import Act, act_of, nameable, sensor_of, sensors_of
from truceline.edges.result_log import inputs_of
from truceline.edges.seal.make import PROOF, Sealer, read_seed, state
from truceline.edges.seal.records import FILES, Record, leaves_of, records_of
from truceline.model.instant import US_PER_HOUR, Instant, format_utc
from truceline.model.problem import Place, Problem, Unusable
from truceline.model.received import last_received
from truceline.pipeline import Plugins, Tell


@dataclass(frozen=True)
class Released:
    """An edition: its bytes, how many findings it shows, how many it withholds and why, what witnesses did not do."""

    data: bytes
    shown: int
    withheld: Mapping[str, int]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Request:
    """What is asked for: to whom, as of when (None: of the last input received), and the signed permit, if any."""

    to: Audience
    as_of_us: Instant | None
    permit: tuple[Permit, bytes] | None


def release(
    files: Mapping[str, bytes], seal: Path, sealer: Sealer, request: Request, engine: tuple[Plugins, Over, Tell]
) -> Released:
    """Make an edition of a sealed result. files: all of OUT; seal: OUT.seal. Raises Unusable."""
    seed = read_seed(seal)
    if seed is None:
        raise Unusable([Problem(Place(str(seal)), "the result is not sealed", "truceline seal OUT first")])
    statement, log = state(files, seed), read_log(files)
    if (seal / "result.json").read_bytes() != statement.to_bytes():
        raise Unusable([Problem(Place(str(seal)), "the seal is of another result", "seal the result again")])
    plugins, over, tell = engine
    features = {kind: record_lines(files, FILES[kind]) for kind in ("event", "incident", "finding")}
    findings = {id_: one.properties for id_, one in features["finding"].items()}
    public = request.to.kind == "public"
    case = understand(inputs_of(log.logged), plugins.kinds).case
    as_of = request.as_of_us or last_received(case)
    known = Known(
        request.to,
        as_of // US_PER_HOUR * US_PER_HOUR,
        _exact(request, statement, findings),
        nameable(log.logged, _acts(features), plugins, over, tell) if public else frozenset(findings),
    )
    records = records_of(log.logged, files, seed)
    reasons = {
        id_: why_forbidden(case.agreement, request.to, one)
        or why_withheld(known, one, [features["event"][event].properties for event in one["events"]])
        for id_, one in findings.items()
    }
    wanted = {
        record: allowed(case.agreement, request.to, fields)
        for record, fields in _wanted(known, reasons, findings).items()
    }
    shown = _shown(known, records, wanted, sensors_of(log.logged), seed)
    withheld = Counter(reason for reason in reasons.values() if reason is not None)
    content = _Content(records, shown, withheld, told_as_withheld(list(reasons.values())), seed)
    return _packed(statement, seal, sealer, request, known, content)


def _acts(features: Mapping[str, Mapping[str, RecordLine]]) -> dict[str, Act]:
    """The findings by id, each with the observations that it rests on."""
    events = {id_: one.properties for id_, one in features["event"].items()}
    return {id_: act_of(one.properties, events) for id_, one in features["finding"].items()}


@dataclass(frozen=True)
class _Content:
    records: Sequence[Record]
    shown: Sequence[Disclosure]
    withheld: Mapping[str, int]
    told_as_withheld: Mapping[str, int]
    seed: bytes


def _exact(request: Request, statement: Statement, findings: Mapping[str, Any]) -> frozenset[str]:
    """The findings that the permit releases exact. Raises Unusable if it is of another result or audience."""
    if request.permit is None:
        return frozenset()
    permit, _ = request.permit
    if permit.result != statement.id or permit.to != request.to:
        what = f"the permit is of the result {permit.result[:16]}…, to {permit.to}"
        raise Unusable([Problem(Place("permit"), what, "give the permit of this result and audience")])
    if missing := [id_ for id_ in permit.exact if id_ not in findings]:
        raise Unusable([Problem(Place("permit"), f"there is no finding {missing[0]}", "name a finding of the result")])
    return frozenset(permit.exact)


def _wanted(
    known: Known, reasons: Mapping[str, str | None], findings: Mapping[str, Mapping[str, Any]]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """(kind, id) → fields, of the findings shown and of their incidents."""
    wanted: dict[tuple[str, str], tuple[str, ...]] = {}
    for id_, why in reasons.items():
        if why is None:
            wanted["finding", id_] = fields_shown(known, "finding", id_)
            incident = str(findings[id_]["incident"])
            all_shown = all(reasons[other] is None for other, one in findings.items() if one["incident"] == incident)
            if all_shown:  # what an incident counts may be what a withheld finding is of
                wanted["incident", incident] = fields_shown(known, "incident", id_)
    return wanted


def _shown(
    known: Known,
    records: Sequence[Record],
    wanted: Mapping[tuple[str, str], tuple[str, ...]],
    sensors: Mapping[str, Mapping[str, Any]],
    seed: bytes,
) -> tuple[Disclosure, ...]:
    found = []
    for record in records:
        names = wanted.get((record.kind, record.id), ())
        if not names and record.kind not in FILES:
            sensor = sensors.get(sensor_of(record.data)) if record.kind == "observation" else None
            names = input_shown(known, record.kind, sensor)
        if names:
            key = record_key(seed, record.index)
            found.append(disclose(record.index, record.kind, key, record.fields(), names))
    return tuple(sorted(found, key=lambda one: one.index))


def _packed(
    statement: Statement, seal: Path, sealer: Sealer, request: Request, known: Known, content: _Content
) -> Released:
    """The edition as a file, once it is entered in the register."""
    to, as_of = str(request.to), format_utc(known.as_of_us, digits=0)
    edition = Edition(layout.VERSION, to, as_of, statement.id, dict(sorted(content.told_as_withheld.items())))
    disclosures = write_disclosures(content.shown)
    permit = request.permit[1] if request.permit else None
    entry = Release(
        layout.VERSION, to, as_of, statement.id, sha256(edition.to_bytes()).hexdigest(),
        sha256(disclosures).hexdigest(), sha256(permit).hexdigest() if permit is not None else "",
    )  # fmt: skip
    problems: list[Problem] = []
    release_proof = sealer.enter(layout.KIND, entry.to_bytes(), problems)
    leaves = leaves_of(content.records, content.seed)
    indices = [one.index for one in content.shown]
    proof = proof_of_many(lambda start, end: root_of(leaves[start:end]), len(leaves), indices)
    payload = {
        layout.INDEX: edition.to_bytes(),
        layout.DISCLOSURES: disclosures,
        layout.PROOF: write_proof(proof),
        layout.PAGE: page(edition, content.shown),
        layout.README: readme(edition),
        layout.LABEL: label(statement.origin, to),
        STATEMENT: statement.to_bytes(),
        REGISTER_PROOF: (seal / PROOF).read_bytes(),
        POLICY_PATH: sealer.policy_text,
        layout.RELEASE: entry.to_bytes(),
        layout.RELEASE_PROOF: release_proof.to_bytes(),
    }
    payload |= {f"{SEAL}stamps/{path.name}": path.read_bytes() for path in sorted((seal / "stamps").glob("*"))}
    if permit is not None:
        payload[layout.PERMIT] = permit
    findings = sum(one.kind == "finding" for one in content.shown)
    return Released(write_archive(bag(payload)), findings, content.withheld, tuple(problems))
