"""The slow eye: everything concluded anew from the whole log, exactly as `truceline run` would from the same lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import msgspec

from truceline.custody.tile_tree import TileTree
from truceline.edges.live.following import Following
from truceline.edges.live.looking import LATE_S
from truceline.edges.live.stakes import stakes_of
from truceline.edges.store.door import Store
from truceline.fusion.given import given
from truceline.fusion.step import EPOCH_US
from truceline.model.case import Case
from truceline.model.filing import Contact
from truceline.model.instant import US_PER_S, Instant, parse_utc
from truceline.model.result import Result
from truceline.pipeline import Plugins, run
from truceline.reports.records import record_files

KINDS = ("events", "incidents", "findings", "sensors")
UNSETTLED_S = 300.0  # of the newest part of a judgement: sound from there may still be on its way


class _Properties(msgspec.Struct):
    id: str
    events: list[str] = []
    observations: list[str] = []
    time: str | None = None


class _Feature(msgspec.Struct):
    properties: _Properties


@dataclass(frozen=True)
class Judgement:
    """What a log leads to. records: the lines of contract 1 by kind, by id; members: observations by event.

    final_until_us: what happened before can change only by what comes too late; cut_us: what happened after is
    better told by a look at what came since; stakes: by finding, what people would want to know at once. size, root:
    the part of the log that was judged; rests: the providers that each record rests on.
    """

    records: Mapping[str, Mapping[str, bytes]]
    members: Mapping[str, frozenset[str]]
    rests: Mapping[str, frozenset[str]]
    final: frozenset[str]
    size: int
    root: str
    now_us: Instant
    cut_us: Instant
    stakes: Mapping[str, list[str]]
    contacts: tuple[Contact, ...]


def judge_log(following: Following, store: Store, plugins: Plugins, code: bytes, size: int) -> Judgement:
    """Judge the first `size` inputs of a store, which are sealed."""
    following.catch_up(size)
    case = following.case()
    result = run(case, plugins)
    root = TileTree(store.tile).root(size).hex()
    made_by = {"code": sha256(code).hexdigest(), "inputs": root}
    now_us = _now(case)
    return _judgement(case, result, made_by, plugins, size, now_us)


def _judgement(
    case: Case, result: Result, made_by: Mapping[str, str], plugins: Plugins, size: int, now_us: Instant
) -> Judgement:
    after_s = given(case, plugins.sensings, plugins.infrasound).after_s
    final_until_us = (now_us - round((LATE_S + after_s) * US_PER_S)) // EPOCH_US * EPOCH_US
    records: dict[str, dict[str, bytes]] = {}
    read: dict[str, _Properties] = {}
    files = record_files(case, result, made_by)
    for kind in KINDS:
        records[kind] = {}
        for line in files[f"{kind}.geojsonl"].splitlines():
            properties = msgspec.json.decode(line, type=_Feature).properties
            records[kind][properties.id] = line
            read[properties.id] = properties
    final = {id_ for id_ in records["events"] if parse_utc(read[id_].time or "") < final_until_us}
    for kind in ("incidents", "findings"):
        final |= {id_ for id_ in records[kind] if all(event in final for event in read[id_].events)}
    members = {id_: frozenset(read[id_].observations) for id_ in records["events"]}
    stakes = stakes_of(case, result.findings, {one.id: one for one in result.events})
    cut_us = now_us - round(UNSETTLED_S * US_PER_S)
    return Judgement(
        records, members, _rests(result), frozenset(final), size, made_by["inputs"], now_us, cut_us, stakes,
        case.contacts,
    )  # fmt: skip


def _rests(result: Result) -> dict[str, frozenset[str]]:
    """The providers that events rest on; an incident rests on what its events do, and a finding on its incident: who
    did one act of it was judged with all the others."""
    rests = {one.id: frozenset(one.providers) for one in result.events}
    for one in result.incidents:
        rests[one.id] = frozenset[str]().union(*(rests[event] for event in one.events))
    for finding in result.findings:
        rests[finding.id] = rests[finding.incident].union(*(rests[event] for event in finding.events))
    return rests


def _now(case: Case) -> Instant:
    """Mission time, as the quick eye has it: by what at least two providers say."""
    by_id = case.network.by_id
    last: dict[str, Instant] = {}
    for seen in case.observations:
        provider = by_id[seen.sensor].provider
        last[provider] = max(last.get(provider, 0), seen.received_us)
    ordered = sorted(last.values(), reverse=True)
    return ordered[min(1, len(ordered) - 1)] if ordered else 0
