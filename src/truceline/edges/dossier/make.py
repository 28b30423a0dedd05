"""Making a dossier: the finding, the smallest stretch of the log from which it can be recomputed, and the proofs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from truceline.attribution.standing import Over
from truceline.custody import dossier as layout
from truceline.custody.archive import write_archive
from truceline.custody.bag import bag
from truceline.custody.dossier import ExhibitNamed, Index, RecordProven, RecordsProof, write_entries, write_proof
from truceline.custody.fields import record_key
from truceline.custody.log_folder import CHECKPOINT, input_files, read_log
from truceline.custody.many import proof_of_many
from truceline.custody.merkle import leaf_hash, root_of
from truceline.edges.compare import IDENTICAL, Likeness
from truceline.edges.dossier.lines import RecordLine, record_lines
from truceline.edges.dossier.recompute import compare, recomputed
from truceline.edges.dossier.words import words
from truceline.edges.result_log import manifest_faults
from truceline.edges.seal.make import POLICY, PROOF, STATEMENT, read_seed
from truceline.edges.seal.records import leaves_of, records_of
from truceline.edges.store.exhibits import Exhibits
from truceline.fusion.step import EPOCH_US, LOOK_BACK_S
from truceline.model.instant import US_PER_S, Instant, parse_utc
from truceline.model.problem import Place, Problem, Unusable
from truceline.pipeline import Plugins, Tell

AFTER_US = 15 * 60 * US_PER_S  # in which sound of an epoch's last second is still heard


@dataclass(frozen=True)
class Made:
    """A dossier. `observations`: how many are enclosed, of all; `likeness`: of the finding recomputed from them, None
    if that was not tried."""

    data: bytes
    observations: tuple[int, int]
    likeness: Likeness | None
    sealed: bool
    missing: tuple[str, ...]  # digests of exhibits that could not be enclosed


@dataclass(frozen=True)
class _Chosen:
    """The entries enclosed, by index, and how the finding recomputed from them compares."""

    indices: tuple[int, ...]
    likeness: Likeness | None
    whole: bool


class Maker:
    """Makes dossiers of one result folder."""

    def __init__(self, files: Mapping[str, bytes], seal: Path | None, exhibits: Exhibits | None) -> None:
        """files: all of OUT by path; seal: the folder beside it, None if nobody sealed it. Raises Unusable if the
        result does not hold together."""
        faults, _ = manifest_faults(files)
        log = read_log(files)
        if faults or log.problems:
            raise Unusable([*faults, *log.problems])
        self._files, self._log, self._seal, self._exhibits = files, log, seal, exhibits
        self._features = {kind: record_lines(files, f"{name}.geojsonl") for kind, name in layout.KINDS.items()}

    @property
    def findings(self) -> tuple[str, ...]:
        """The ids of all findings."""
        return tuple(self._features["finding"])

    def make(self, finding: str, plugins: Plugins, over: Over, tell: Tell, *, whole: bool = False) -> Made:
        """The dossier of a finding. whole: enclose all inputs without looking for the smallest stretch."""
        records = self._records_about(finding)
        relied = _relied_on(records)
        chosen = self._choose(records, relied, whole, plugins, over, tell)
        logged = [(at, *self._log.logged[at]) for at in chosen.indices]
        observed = [at for at, entry, _ in logged if entry.kind == "observation"]
        named = self._exhibits_named([data for _, entry, data in logged if entry.id in relied])
        bounds = (observed[0], observed[-1]) if observed else (0, -1)
        index = Index(layout.VERSION, finding, relied, bounds, chosen.whole, tuple(one for one, _ in named))
        payload = {f"{layout.EXHIBITS}{one.sha256}": data for one, data in named if data is not None}
        payload |= {f"{layout.RECORDS}{name}": data for name, data in _record_files(records).items()}
        payload |= input_files([(entry, data) for _, entry, data in logged])
        payload |= self._proofs(chosen.indices) | self._sealed(records)
        payload[layout.INDEX] = index.to_bytes()
        payload |= words(payload, finding, [data for _, _, data in logged])
        total = sum(entry.kind == "observation" for entry, _ in self._log.logged)
        missing = tuple(one.sha256 for one, data in named if data is None)
        try:
            data = write_archive(bag(payload))
        except ValueError as error:
            raise Unusable([Problem(Place(finding), str(error), "leave out exhibits")]) from None
        return Made(data, (len(observed), total), chosen.likeness, self._seal is not None, missing)

    def _records_about(self, finding: str) -> dict[str, dict[str, RecordLine]]:
        """The finding, its incident, and the incident's events. Raises Unusable if there is no such finding."""
        one = self._features["finding"].get(finding)
        if one is None:
            known = ", ".join(self.findings[:10]) or "none"
            raise Unusable([Problem(Place(finding), "there is no such finding", f"give one of: {known}")])
        incident = one.properties["incident"]
        events = self._features["incident"][incident].properties["events"]
        return {
            "finding": {finding: one},
            "incident": {incident: self._features["incident"][incident]},
            "event": {id_: self._features["event"][id_] for id_ in events},
        }

    def _choose(
        self, records: Mapping[str, Mapping[str, RecordLine]], relied: Sequence[str], whole: bool,
        plugins: Plugins, over: Over, tell: Tell,
    ) -> _Chosen:  # fmt: skip
        """The smallest stretch of observations, of those tried, from which the finding follows as it stands."""
        logged = self._log.logged
        others = [at for at, (entry, _) in enumerate(logged) if entry.kind != "observation"]
        times = {at: _time_of(data) for at, (entry, data) in enumerate(logged) if entry.kind == "observation"}
        wanted = {at for at in times if logged[at][0].id in set(relied)}
        given = _record_files(records)
        everything = (*sorted({*others, *times}),)
        if whole:
            return _Chosen(everything, None, whole=True)
        for first, last in _stretches([times[at] for at in wanted]):
            within = [at for at, time in times.items() if first <= time < last]
            indices = (*sorted({*others, *range(min(within), max(within) + 1)}),)
            if len(indices) < len(everything):
                tell(f"recomputing from {len(within)} observations")
                likeness, _ = compare(given, recomputed([logged[at] for at in indices], plugins, over, tell))
                if likeness == IDENTICAL:
                    return _Chosen(indices, likeness, whole=False)
        tell("recomputing from all observations")
        likeness, _ = compare(given, recomputed(logged, plugins, over, tell))
        return _Chosen(everything, likeness, whole=True)

    def _proofs(self, indices: Sequence[int]) -> dict[str, bytes]:
        entries = [entry for entry, _ in self._log.logged]
        leaves = [leaf_hash(entry.to_bytes()) for entry in entries]
        proof = proof_of_many(lambda start, end: root_of(leaves[start:end]), len(leaves), indices)
        return {
            layout.CHECKPOINT: self._files[CHECKPOINT],
            layout.ENTRIES: write_entries([(at, entries[at]) for at in indices]),
            layout.PROOF: write_proof(proof),
        }

    def _sealed(self, records: Mapping[str, Mapping[str, RecordLine]]) -> dict[str, bytes]:
        """The seal, and the proof of the records; nothing for a result that nobody sealed."""
        if self._seal is None:
            return {}
        seed = read_seed(self._seal)
        if seed is None:
            what = "the secret of the seal is not there"
            raise Unusable([Problem(Place(str(self._seal)), what, "restore secret/seed, or seal again")])
        all_records = records_of(self._log.logged, self._files, seed)
        leaves = leaves_of(all_records, seed)
        wanted = {(kind, id_) for kind, some in records.items() for id_ in some}
        proven = []
        for record in all_records[len(self._log.logged) :]:
            if (record.kind, record.id) in wanted:
                coarse = {name: value.decode() for name, value in record.coarse().items()}
                proven.append(
                    RecordProven(record.kind, record.id, record.index, record_key(seed, record.index).hex(), coarse)
                )
        indices = [one.index for one in proven]
        proof = proof_of_many(lambda start, end: root_of(leaves[start:end]), len(leaves), indices)
        found = {layout.RECORDS_PROOF: _proof_file(proven, proof)}
        for name in (STATEMENT, PROOF, POLICY):
            found[f"{layout.SEAL}{name}"] = (self._seal / name).read_bytes()
        for path in sorted((self._seal / "stamps").glob("*")):
            found[f"{layout.SEAL}stamps/{path.name}"] = path.read_bytes()
        return found

    def _exhibits_named(self, lines: Sequence[bytes]) -> list[tuple[ExhibitNamed, bytes | None]]:
        """Exhibits that the observations relied on name, with their bytes where we hold them."""
        named = []
        for line in lines:
            observation = msgspec.json.decode(line, type=dict[str, Any])
            for one in observation.get("exhibits", ()):
                held = self._exhibits is not None and self._exhibits.holds(one["sha256"])
                data = b"".join(self._exhibits.read(one["sha256"])) if self._exhibits is not None and held else None
                enclosed = ExhibitNamed(one["sha256"], one["media_type"], observation["id"], data is not None)
                named.append((enclosed, data))
        return named


def _stretches(times: Sequence[Instant]) -> list[tuple[Instant, Instant]]:
    """Stretches of time to try in turn before all: the epochs of these instants with one look-back, then all before."""
    if not times:
        return []
    back = EPOCH_US + round(LOOK_BACK_S * US_PER_S)
    first, last = min(times) // EPOCH_US * EPOCH_US - back, (max(times) // EPOCH_US + 1) * EPOCH_US + AFTER_US
    return [(first, last), (-(2**62), last)]


def _proof_file(proven: Sequence[RecordProven], proof: Sequence[bytes]) -> bytes:
    lines = write_proof(proof).decode().split("\n")[:-1]
    return RecordsProof(tuple(proven), tuple(lines)).to_bytes()


def _relied_on(records: Mapping[str, Mapping[str, RecordLine]]) -> tuple[str, ...]:
    (finding,) = records["finding"].values()
    events = (records["event"][id_].properties for id_ in finding.properties["events"])
    return tuple(sorted({id_ for event in events for id_ in event["observations"]}))


def _record_files(records: Mapping[str, Mapping[str, RecordLine]]) -> dict[str, bytes]:
    return {
        f"{layout.KINDS[kind]}.geojsonl": b"".join(one.line + b"\n" for one in some.values())
        for kind, some in records.items()
    }


def _time_of(line: bytes) -> Instant:
    return parse_utc(str(msgspec.json.decode(line, type=dict[str, Any])["time"]))
