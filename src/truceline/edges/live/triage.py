"""Settled findings brought before people, by lot too. The lot is drawn here and logged with what it was drawn for."""

import secrets
from collections.abc import Sequence

import msgspec

from truceline.edges.live.decisions import BY_THE_SERVICE, Decisions
from truceline.edges.live.told import Judged
from truceline.findings.alerts import may_go_to_civilians
from truceline.findings.decision import Drawn, TakenUp, Triaged
from truceline.findings.review.case import Case as Reviewed
from truceline.findings.review.rules import Mandate
from truceline.findings.review.triage import DRAWN_OF, HARM, MONITORS, Stakes, reasons_for
from truceline.model.agreement import PUBLIC
from truceline.model.case import Case
from truceline.model.instant import parse_utc

TURN_LEAST, TURN_MOST = 20, 340  # degrees: a masked sheet never stands nearly as the map does


class _Finding(msgspec.Struct):
    outcome: str
    provisions: list[str]
    events: list[str]
    party: str | None = None


class _Record(msgspec.Struct):
    properties: _Finding


class _Event(msgspec.Struct):
    time: str


class _EventRecord(msgspec.Struct):
    properties: _Event


def mandate_of(mission: Case) -> Mandate:
    """What the agreement lets the mission do with what it finds."""
    agreement = mission.agreement
    return Mandate(
        agreement.parties, agreement.may("name"), agreement.may("publish", PUBLIC), may_go_to_civilians(agreement)
    )


async def triage(decisions: Decisions, told: Judged) -> None:
    """Bring settled findings that nobody drew for yet, or that now say otherwise, before people, in one decision."""
    async with decisions.drawing:
        found = {id_: drawn for id_ in told.final if (drawn := _drawn(decisions, told, id_)) is not None}
        if found:
            await decisions.decide(Triaged(findings=found), BY_THE_SERVICE, "")


def _drawn(decisions: Decisions, told: Judged, id_: str) -> Drawn | None:
    line = told.records["findings"].get(id_)
    if line is None:
        return None
    finding = msgspec.json.decode(line, type=_Record).properties
    known = decisions.cases.get(id_)
    if known is not None and _same(known, finding):
        return None
    draw = secrets.randbelow(DRAWN_OF)
    records = [msgspec.json.decode(told.records["events"][one], type=_EventRecord) for one in finding.events]
    return Drawn(
        outcome=finding.outcome, party=finding.party, provisions=tuple(finding.provisions),
        time_us=min(parse_utc(one.properties.time) for one in records),
        reasons=reasons_for(_stakes(finding, told.stakes.get(id_, ())), draw), draw=draw,
    )  # fmt: skip


def drawn_sheet(case: Reviewed, mandate: Mandate, ties: str, *, tied: bool) -> TakenUp:
    """A sheet for the next reviewer: masked if the other one's is not; for the first and the third, by lot."""
    seats = case.seats
    masked = not seats[0].sheet.masked if len(seats) == 1 else bool(secrets.randbelow(2))
    if not masked:
        return TakenUp(finding=case.finding, ties=ties, tied=tied, masked=False)
    sides = list(mandate.parties)
    secrets.SystemRandom().shuffle(sides)
    return TakenUp(
        finding=case.finding, ties=ties, tied=tied, masked=True, mirrored=bool(secrets.randbelow(2)),
        turn_deg=TURN_LEAST + secrets.randbelow(TURN_MOST - TURN_LEAST), sides=tuple(sides),
    )  # fmt: skip


def _same(known: Reviewed, finding: _Finding) -> bool:
    drawn = known.drawn
    return (drawn.outcome, drawn.party, drawn.provisions) == (
        finding.outcome, finding.party, tuple(finding.provisions)
    )  # fmt: skip


def _stakes(finding: _Finding, said: Sequence[str]) -> Stakes:
    return Stakes(named=finding.outcome == "attributed", harm=HARM in said, monitors=MONITORS in said)
