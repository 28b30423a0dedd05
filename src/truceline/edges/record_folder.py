"""A result folder → the mission's record: read back from its own log and records, nothing concluded anew."""

from collections.abc import Mapping
from pathlib import Path

from truceline.custody.log_folder import read_log
from truceline.edges.intake import understand
from truceline.edges.out_folder import read_folder_files
from truceline.edges.result_log import inputs_of, manifest_faults
from truceline.formats.result_geojsonl import read_events, read_findings, read_incidents, read_outcomes
from truceline.formats.silence_ndjson import SilenceLine, read_silence
from truceline.model.problem import Place, Problem, Unusable
from truceline.reports.account import Record
from truceline.terms.contract import Kind
from truceline.terms.facts import Facts
from truceline.terms.prepare import prepare

SILENCE = "silence.ndjson"


def read_record(out: Path, kinds: Mapping[str, Kind], coverage: Path | None = None) -> Record:
    """The record of a result folder that is unaltered, with a survey of coverage if there is one. Raises Unusable.

    Digests are checked; whether the findings follow from the inputs is for `truceline verify` to say.
    """
    files = read_folder_files(out)
    faults, _ = manifest_faults(files)
    log = read_log(files)
    if faults or log.problems:
        raise Unusable([*faults, *log.problems])
    case = understand(inputs_of(log.logged), kinds).case
    events = read_events("events.geojsonl", files["events.geojsonl"])
    incidents = read_incidents("incidents.geojsonl", files["incidents.geojsonl"])
    facts = Facts(
        events=events, notices=case.notices, contacts=case.contacts, claims=case.claims,
        observations=case.observations, sensors=case.network.sensors, maps=case.maps,
    )  # fmt: skip
    code = next(data.decode("utf-8", "replace").split("\n", 1)[0] for entry, data in log.logged if entry.kind == "code")
    return Record(
        case=case,
        events=events,
        findings=read_findings("findings.geojsonl", files["findings.geojsonl"]),
        incidents=tuple(incident for incident, _ in incidents),
        prepared=prepare(case.agreement, kinds, facts),
        outcomes=read_outcomes("claims.geojsonl", files["claims.geojsonl"]),
        opened_by={incident.id: opened for incident, opened in incidents},
        silences=_silences(coverage),
        digests=(("root", log.root.hex()), ("code", code.removeprefix("# "))),
    )


def _silences(folder: Path | None) -> tuple[SilenceLine, ...]:
    """What a survey said, as `truceline coverage` wrote it."""
    if folder is None:
        return ()
    path = folder / SILENCE
    try:
        data = path.read_bytes()
    except OSError as error:
        remedy = "give the folder that `truceline coverage` wrote"
        raise Unusable([Problem(Place(str(path)), f"cannot be read ({error.strerror})", remedy)]) from None
    return read_silence(str(path), data)
