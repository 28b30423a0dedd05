"""What stands open at the duty desk now, for whoever takes the watch over; and their taking it over, logged."""

from collections.abc import Collection
from hashlib import sha256
from typing import TYPE_CHECKING

from truceline.coalition.hand_over import Standing, hand_over_fault, last_of, matters_of
from truceline.coalition.roster import DUTY_DESK
from truceline.coalition.started import clocks_of
from truceline.edges import clock
from truceline.edges.live.decisions import Refused
from truceline.edges.live.withheld import Withheld
from truceline.edges.people.roles import Seat
from truceline.findings.decision import Decision, HandedOver, Matter
from truceline.model.instant import parse_utc

if TYPE_CHECKING:
    from truceline.edges.live.service import Service


NOT_MARKED = ("help", "fault", "patrol", "ground")  # matters about people, the service and places: no provider's


def open_matters(service: "Service", seat: Seat) -> tuple[Matter, ...]:
    """What stands open, less what is not released to this seat."""
    withheld, now_us = service.withheld(seat), clock.now_us()
    clocks = {id_: some for id_, some in clocks_of(service.decisions.all).items() if service.shows_case(withheld, id_)}
    return matters_of(_standing(service, withheld), service.shown_cases(withheld), clocks, now_us)


def matters_in(service: "Service", seat: Seat, said: HandedOver) -> tuple[Matter, ...]:
    """The matters of a hand-over that somebody may know of."""
    withheld = service.withheld(seat)
    return tuple(one for one in said.matters if one.what in NOT_MARKED or service.names(withheld, one.id))


def _standing(service: "Service", withheld: Withheld) -> Standing:
    now, out, now_us = service.floor.now, service.patrols.out(), clock.now_us()
    seen = withheld.sensors | frozenset(now.live)
    at_us = parse_utc(now.time) if now.time else now_us
    return Standing(
        blind=tuple(one.id for one in service.mission.network.sensors if one.id not in seen and one.serves_at(at_us)),
        uncovered=len(service.blind(withheld, now)), help=tuple(one.account for one in out if one.help),
        overdue=tuple(one.account for one in out if one.overdue(now_us)), faults=tuple(service.unready()),
    )  # fmt: skip


def name_of(matter: Matter) -> str:
    """What a form calls a matter by."""
    return sha256(f"{matter.kind} {matter.what} {matter.id}".encode()).hexdigest()[:16]


def new_since(service: "Service", matters: Collection[Matter]) -> frozenset[Matter]:
    """Those that were not among what was handed over last."""
    last = last_of(service.decisions.all)
    said = last.said if last is not None else None
    return frozenset(matters) - frozenset(said.matters if isinstance(said, HandedOver) else ())


async def take_over(
    service: "Service", seat: Seat, taken_from: str | None, named: Collection[str], words: str
) -> Decision:
    """Take the watch over with every matter that stands open now. Raises Refused if one was not named."""
    matters = open_matters(service, seat)
    acknowledged = tuple(one for one in matters if name_of(one) in named)
    said = HandedOver(post=DUTY_DESK, from_account=taken_from, matters=acknowledged, words=words)
    if fault := hand_over_fault(said, seat.id, matters):
        raise Refused(fault)
    return await service.decisions.decide(said, seat.id, seat.nation)
