"""Decisions of people on their way into the log, one after another: numbered, checked against all before them, and in
force when they are durable."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from truceline.coalition.command import Watch
from truceline.coalition.roster import watch_fault, watches_of
from truceline.edges import clock
from truceline.edges.people.access import Change
from truceline.edges.people.accounts import Given
from truceline.edges.store.door import Receipt, Received, Store
from truceline.findings.alerts import alert_fault
from truceline.findings.decision import (
    AccessChanged,
    AccountGiven,
    AlertSent,
    Decision,
    HandedOver,
    Said,
    Step,
    WatchSet,
    id_of,
    read_decision,
    to_line,
    too_long,
)
from truceline.findings.review.case import Case, cases_of, take
from truceline.findings.review.rules import Mandate, step_fault
from truceline.model.instant import Instant

Keep = Callable[[Sequence[Received]], Awaitable[tuple[Receipt, ...]]]
KIND = "decision"
BY_THE_SERVICE = "service"


class Refused(ValueError):
    """A decision that cannot stand: why, and what to do."""


def read_all(store: Store) -> list[Decision]:
    """Every decision of a log, in order."""
    found: list[Decision] = []
    while (kept := store.find(KIND, id_of(len(found)))) is not None:
        found.append(read_decision(kept.data))
    return found


class Decisions:
    """All decisions of a log, read when it is opened, and whoever adds to them."""

    def __init__(
        self, store: Store, keep: Keep, mandate: Mandate, *, now_us: Callable[[], Instant] = clock.now_us
    ) -> None:
        self._keep, self.now_us = keep, now_us
        self._lock = asyncio.Lock()
        self.drawing = asyncio.Lock()  # held while lots are drawn, so that nothing is drawn for twice
        self.all: list[Decision] = read_all(store)
        self.watches: tuple[Watch, ...] = watches_of(self.all)
        self.cases: dict[str, Case] = cases_of(self.all)
        self.mandate = mandate
        self._carried: dict[type, int] = {AccountGiven: 0, AccessChanged: 0}
        for one in self.all:
            self._remember(one)

    def _remember(self, decision: Decision) -> None:
        said = decision.said
        if isinstance(said, AccountGiven | AccessChanged):
            self._carried[type(said)] = said.change

    async def decide(self, said: Said, by: str, nation: str, at_us: Instant | None = None) -> Decision:
        """Keep a decision; on return it is durable and in force. Raises Refused, or Unusable if the disk fails."""
        async with self._lock:
            now_us = self.now_us() if at_us is None else at_us
            decision = Decision(number=len(self.all), at_us=now_us, by=by, nation=nation, said=said)
            self._check(decision)
            await self._keep([Received(KIND, id_of(decision.number), to_line(decision))])
            self._take(decision)
            return decision

    async def carry(self, given: Sequence[Given]) -> None:
        """See that changes of accounts are in the log, each once, with the time at which they were made."""
        for one in given:
            if one.number > self.carried:
                account = one.account
                said = AccountGiven(
                    change=one.number, account=account.id, nation=account.nation, roles=account.roles,
                    party=account.party, active=account.active,
                )  # fmt: skip
                await self.decide(said, one.by, "", one.at_us)

    async def carry_access(self, changes: Sequence[Change]) -> None:
        """See that changes of ways in and sessions that were ended are in the log, each once."""
        for one in changes:
            if one.number > self.access_carried:
                said = AccessChanged(change=one.number, account=one.account, done=one.what, kind=one.kind)
                await self.decide(said, one.by, "", one.at_us)

    @property
    def carried(self) -> int:
        """The number of the last change of accounts that is in the log."""
        return self._carried[AccountGiven]

    @property
    def access_carried(self) -> int:
        """The number of the last change of ways in that is in the log."""
        return self._carried[AccessChanged]

    def open_sheets(self, account: str) -> tuple[str, ...]:
        """The findings that somebody took up and has not answered yet."""
        return tuple(
            case.finding for case in self.cases.values()
            if any(one.account == account and one.answer is None for one in case.seats)
        )  # fmt: skip

    def _check(self, decision: Decision) -> None:
        said, fault = decision.said, None
        if isinstance(said, WatchSet):
            fault = watch_fault(said)
        elif isinstance(said, HandedOver):
            fault = "the words are too long; write less" if too_long([said.words]) else None
        elif isinstance(said, AlertSent):
            fault = alert_fault(said, self.all, decision.at_us, to_civilians=self.mandate.may_tell_civilians)
        elif isinstance(said, Step):
            fault = step_fault(self.cases.get(said.finding), decision, self.mandate)
        if fault is not None:
            raise Refused(fault)

    def _take(self, decision: Decision) -> None:
        self.all.append(decision)
        self._remember(decision)
        if isinstance(decision.said, WatchSet | HandedOver):
            self.watches = watches_of(self.all)
        take(self.cases, decision)
