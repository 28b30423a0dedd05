"""One running service: the store and who appends to it, the workers beside it, the floor that all watch."""

import asyncio
import logging
import secrets
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress

import msgspec

from truceline.coalition.roster import keeps_watch
from truceline.custody.exhibit import Exhibit
from truceline.custody.personal import lives
from truceline.custody.tile_tree import TileTree
from truceline.edges import clock
from truceline.edges.announce.announcer import Announcer
from truceline.edges.announce.deliveries import Deliveries
from truceline.edges.announce.notice import post as post_notice
from truceline.edges.announce.settings import read_settings as read_announcing
from truceline.edges.announce.webhook import NotTaken
from truceline.edges.intake import understand
from truceline.edges.live.closer import Closer
from truceline.edges.live.data_folder import DataFolder, feed_key
from truceline.edges.live.decisions import BY_THE_SERVICE, Decisions
from truceline.edges.live.floor import Floor, Noted, Now
from truceline.edges.live.following import set_up
from truceline.edges.live.released import sensor_of
from truceline.edges.live.told import Judged, Looked, Ring, Told, Untold
from truceline.edges.live.triage import mandate_of, triage
from truceline.edges.live.versions import Versions, said
from truceline.edges.live.why import Why
from truceline.edges.live.withheld import Blindness, Labels, Withheld, read_labels
from truceline.edges.live.workers import Goal, Worker, judge_on, look_on
from truceline.edges.people.patrols import Patrols
from truceline.edges.people.roles import Seat
from truceline.edges.people.sessions import People
from truceline.edges.proving import Proof, proof_of
from truceline.edges.store.access import AccessLog
from truceline.edges.store.committer import Committer
from truceline.edges.store.door import Receipt, Received, Store
from truceline.edges.store.durable import write_durably
from truceline.edges.store.exhibits import Exhibits
from truceline.edges.store.retention import Retention
from truceline.edges.store.vault import FORGOTTEN, Vault
from truceline.edges.wiring import plugins
from truceline.findings.review.case import Case as ReviewCase
from truceline.formats.toml_document import TomlDocument, read_toml
from truceline.model.case import Case
from truceline.model.instant import US_PER_S
from truceline.model.problem import Problem, Unusable

LOG = logging.getLogger("truceline.service")
MOST_WAITING = 50_000  # inputs on their way to the disk; more are turned away until some have arrived
SEAL_S = 1.0
RETAIN_S = 600.0  # between two looks for what is to be forgotten
MAIL_S = 20.0  # between two looks for what people are to be told by mail
MAIL_FOR_US = 24 * 3_600 * US_PER_S
LOOK_S = 0.15  # least time between two goals for the looker: what comes within is looked at together
MOST_WATCHERS = 200
MOST_UNSENT = 500  # changes that a slow watcher may be behind before it is sent away to begin anew
BEGIN_AGAIN_S = 1.0
ENDING_S = 10.0
FLOOR = "floor"  # a look at all that is shown now
PEOPLE = "people"  # a look at who somebody is
FINDING = "finding"  # a look at what the machine says of one


class _Events(msgspec.Struct):
    events: list[str]
    provisions: list[str] = []


class _OfFinding(msgspec.Struct):
    properties: _Events


class _Exhibit(msgspec.Struct):
    sha256: str


class _Exhibiting(msgspec.Struct):
    sensor: str
    exhibits: list[_Exhibit] = []


class Busy(Exception):
    """Too much is on its way to the disk already."""


class Watcher:
    """One who watches: changes wait here until they are sent."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.queue: asyncio.Queue[Noted | None] = asyncio.Queue(MOST_UNSENT)

    def offer(self, change: Noted | None) -> bool:
        """Hand over a change; False if too many wait already."""
        try:
            self.queue.put_nowait(change)
        except asyncio.QueueFull:
            return False
        return True


class Service:
    """Begin with `start` in the event loop that serves, end with `stop`."""

    def __init__(self, data: DataFolder, store: Vault) -> None:
        self.data, self.store = data, store
        built = plugins()
        self.mission: Case = understand(set_up(store), built.kinds).case
        self.people, self.versions = People(data.people), Versions(data.versions)
        self.patrols = Patrols(self.people.database)
        self.exhibits = Exhibits(data.exhibits)
        self.key = feed_key(data)
        self.labels = labels(store, self.mission)
        self._blindness = Blindness(self.mission, built)
        self.decisions = Decisions(store, self.keep, mandate_of(self.mission))
        announcing = read_announcing(data.announce)
        self._mail = announcing.mail
        self._announcer = Announcer(
            announcing, Deliveries(data.announced), lambda: self.decisions.all, self.mission.status
        )
        self._access = AccessLog(store, secrets.token_hex(8))
        self.floor = Floor()
        self.watchers: set[Watcher] = set()
        self.faults: dict[str, str] = {}  # by the part of the service that says and unsays it
        self._retention = Retention(store, lives_of(store))
        self._committer = Committer(store)
        self._waiting = 0
        self._closer = Closer(data.store)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._workers: dict[str, Worker] = {}
        self._sealed = 0
        self._ended = threading.Event()
        self._grown = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._triaging: asyncio.Task[None] | None = None
        self._threads: list[threading.Thread] = []

    async def start(self) -> None:
        """Start the workers and whatever runs beside the answering of requests."""
        self._loop = asyncio.get_running_loop()
        self.floor.kept(self.store.size)
        self._sealed = (await asyncio.to_thread(self.store.seal)).size
        self._recall()
        await self.carry_accounts()
        for name, work in (("looker", look_on), ("judge", judge_on)):
            self._threads.append(threading.Thread(target=self._attend, args=(name, work), name=name, daemon=True))
            self._threads[-1].start()
        self._announcer.start()
        self._tasks = [
            asyncio.create_task(one) for one in (self._sealing(), self._telling(), self._retaining(), self._mailing())
        ]
        self._grown.set()

    async def stop(self) -> None:
        """Keep what is on its way, then end."""
        self._ended.set()
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        if self._triaging is not None:
            with suppress(Unusable, Busy):
                await self._triaging
        for watcher in list(self.watchers):
            watcher.offer(None)
        for worker in list(self._workers.values()):
            worker.kill()
        for thread in self._threads:
            await asyncio.to_thread(thread.join, ENDING_S)
        await asyncio.to_thread(self._closer.end)
        await asyncio.to_thread(self._announcer.stop)
        await asyncio.to_thread(self._committer.close)
        self.people.close()
        self.versions.close()
        self.store.close()

    async def keep(self, inputs: Sequence[Received]) -> tuple[Receipt, ...]:
        """Keep inputs; on return they are durable. Raises Busy, or Unusable if store or disk fail."""
        if self._waiting and self._waiting + len(inputs) > MOST_WAITING:
            raise Busy
        self._waiting += len(inputs)
        try:
            future: Future[tuple[Receipt, ...]] = self._committer.append(inputs)
            receipts = await asyncio.wrap_future(future)
        finally:
            self._waiting -= len(inputs)
        self.floor.kept(max((one.index + 1 for one in receipts if one.outcome != "known"), default=0))
        self._grown.set()
        return receipts

    async def receive_exhibit(self, body: bytes, media_type: str) -> Exhibit:
        """Keep an exhibit; on return it is durable. Raises Unusable."""
        return await asyncio.to_thread(self.exhibits.receive, [body], media_type)

    def on_duty(self, seat: Seat) -> bool:
        """Whether a seat keeps the watch now."""
        return seat.standing_watch or keeps_watch(self.decisions.watches, seat.id, clock.now_us())

    async def saw(self, seat: Seat, what: str, of: Collection[str]) -> None:
        """Write down that a seat is about to see something; only then may it be shown. Raises Unusable."""
        await asyncio.to_thread(self._access.saw, seat.id, what, sorted(of))
        for one in of if what == FINDING else ("",):
            self.people.accounts.saw(seat.id, f"{what} {one}".strip())
        self.floor.kept(self.store.size)
        self._grown.set()

    async def saw_people(self, seat: Seat, accounts: Iterable[str]) -> None:
        """The same of who other people are, by the ids of their accounts."""
        if others := {one for one in accounts if one not in (seat.id, BY_THE_SERVICE, "")}:
            await self.saw(seat, PEOPLE, others)

    def withheld(self, seat: Seat) -> Withheld:
        """What providers do not release to this seat."""
        return self.labels.withheld(self.mission.network, seat.attributes)

    def blind(self, withheld: Withheld, now: Now) -> list[list[Ring]]:
        """The ground that is not watched by the sensors that somebody may see."""
        return self._blindness.of(withheld.sensors, frozenset(now.live)) if withheld.sensors else now.blind

    def shows_case(self, withheld: Withheld, finding: str) -> bool:
        """Whether somebody may know of a finding and of all that was ever said of it."""
        return not withheld.resting_on or withheld.shows(self._ever_rested(finding))

    def shown_cases(self, withheld: Withheld) -> list[ReviewCase]:
        """The cases of the findings that somebody may know of."""
        return [one for id_, one in self.decisions.cases.items() if self.shows_case(withheld, id_)]

    def tells_all(self, withheld: Withheld, finding: str) -> bool:
        """Whether everything that a finding ever rested on is shown as well."""
        return not withheld or withheld.tells_all(self._ever_rested(finding))

    def _ever_rested(self, finding: str) -> frozenset[str] | None:
        ever = self.versions.rested(finding)
        return None if ever is None else ever | self.floor.rests.get(finding, frozenset())

    def names(self, withheld: Withheld, id_: str) -> bool:
        """Whether somebody may read this id of a sensor, event, incident or finding. What is not known any more stays
        unsaid to whoever does not see everything."""
        if not withheld:
            return True
        if (sensor := sensor_of(id_)) in self.mission.network.by_id:
            return sensor not in withheld.sensors
        rests = self.floor.rests.get(id_, self._ever_rested(id_))
        return rests is not None and withheld.shows(rests)

    def may_see_observation(self, withheld: Withheld, id_: str) -> bool:
        """Whether an observation is released to somebody."""
        return not withheld.sensors or self._line(withheld, id_) is not None

    def may_see_exhibit(self, seat: Seat, sha256: str, observation: str) -> bool:
        """Whether an exhibit is released to a seat. Who does not see everything must say of which observation it is."""
        withheld = self.withheld(seat)
        if not withheld.sensors:
            return True
        line = self._line(withheld, observation)
        return line is not None and sha256 in {one.sha256 for one in line.exhibits}

    def _line(self, withheld: Withheld, observation: str) -> "_Exhibiting | None":
        """An observation that is kept, usable and released."""
        kept = self.store.find("observation", observation) if observation else None
        if kept is None or kept.data == FORGOTTEN:
            return None
        line = msgspec.json.decode(kept.data, type=_Exhibiting)
        return line if line.sensor not in withheld.sensors else None

    def has_seen(self, seat: Seat, finding: str) -> bool:
        """Whether somebody was shown what the machine says of a finding: its page, a list, or the floor since then."""
        accounts, versions = self.people.accounts, self.versions.of(finding)
        floor_us = accounts.last_saw(seat.id, FLOOR)
        at_floor = floor_us is not None and bool(versions) and floor_us >= versions[0].made_us
        watching = any(one.account == seat.id for one in self.watchers)
        return at_floor or watching or accounts.last_saw(seat.id, f"{FINDING} {finding}") is not None

    async def carry_accounts(self) -> None:
        """See that every change of an account, and of how its person gets in, is in the log before anybody acts."""
        await self.decisions.carry(self.people.accounts.given(self.decisions.carried))
        await self.decisions.carry_access(self.people.access.changes(self.decisions.access_carried))

    def proof(self, kind: str, id_: str) -> Proof | None:
        """That an input is in the log, as far as sealed; None if it is not there."""
        return proof_of(self.store, kind, id_)

    async def why(self, finding: str) -> Why | None:
        """A closer look at a finding of the last judgement; None while it is being worked out, or cannot be."""
        told = self.floor.judged
        record = told.records["findings"].get(finding) if told is not None else None
        if told is None or record is None:
            return None
        events = msgspec.json.decode(record, type=_OfFinding).properties.events
        return await self._closer.look(said(record), told.size, events)

    def watch(self, account: str) -> Watcher | None:
        """A new watcher; None if there are too many."""
        if len(self.watchers) >= MOST_WATCHERS:
            return None
        watcher = Watcher(account)
        self.watchers.add(watcher)
        return watcher

    async def _telling(self) -> None:
        """Tell the looker how far the log goes, as often as it grows but not more often than it helps."""
        while True:
            await self._grown.wait()
            self._grown.clear()
            self._tell("looker", Goal(self.floor.size, self._cut_us()))
            await asyncio.sleep(LOOK_S)

    async def _sealing(self) -> None:
        while True:
            await asyncio.sleep(SEAL_S)
            try:
                size = (await asyncio.to_thread(self.store.seal)).size
            except Unusable as unusable:
                LOG.error("not sealed: %s", unusable)
                self.faults["sealing"] = str(unusable)
                continue
            self.faults.pop("sealing", None)
            if size != self._sealed:
                self._sealed = size
                self._tell("judge", Goal(size, 0))

    @property
    def mails(self) -> bool:
        """Whether people can be told by mail what was changed of how they get in."""
        return self._mail is not None

    async def _mailing(self) -> None:
        while self._mail is not None:
            await asyncio.sleep(MAIL_S)
            await asyncio.to_thread(self.mail_changes)

    def mail_changes(self) -> None:
        """Tell people by mail what was changed within a day of how they get in; what is not taken is tried again."""
        access, mail = self.people.access, self._mail
        assert mail is not None
        for change, address in access.to_mail(clock.now_us() - MAIL_FOR_US):
            try:
                post_notice(mail, change, address, self.mission.status)
            except NotTaken as error:
                LOG.warning("somebody was not told by mail of a change of their account: %s", error)
                return
            access.mailed(change.number)

    async def _retaining(self) -> None:
        while True:
            await asyncio.sleep(RETAIN_S)
            try:
                await self.retain(clock.now_us())
            except Unusable as unusable:
                LOG.error("what is due is not forgotten: %s", unusable)
                self.faults["retention"] = str(unusable)
            else:
                self.faults.pop("retention", None)

    async def retain(self, now_us: int) -> Mapping[str, int]:
        """Forget what will be due before the next time: kind of thing → how many keys. Raises Unusable.

        Nothing is forgotten before it was judged: what a finding with a provision rests on stays as long as that does.
        """
        told = self.floor.judged
        if told is None:
            return {}
        touched: set[str] = set()
        for record in told.records["findings"].values():
            finding = msgspec.json.decode(record, type=_OfFinding).properties
            if finding.provisions:
                touched.update(*(told.members[id_] for id_ in finding.events))
        soon_us = now_us + round(RETAIN_S * US_PER_S)
        forgotten = await asyncio.to_thread(self._retention.enforce, touched, soon_us, told.size)
        self.floor.kept(self.store.size)
        self._grown.set()
        return forgotten

    def unready(self) -> list[str]:
        """What keeps the service from doing its work now; empty if nothing does."""
        missing = [f"the {name} does not run" for name in ("looker", "judge") if name not in self._workers]
        return [*self.faults.values(), *missing]

    def untold(self) -> list[str]:
        """Who could not be told of what was published, after all attempts."""
        return [f"{target} was not told of {product}" for target, product in self._announcer.deliveries.given_up()]

    def _cut_us(self) -> int:
        return self.floor.judged.cut_us if self.floor.judged is not None else -(2**62)

    def _tell(self, name: str, goal: Goal) -> None:
        worker = self._workers.get(name)
        if worker is not None:
            with suppress(OSError):
                worker.tell(goal)

    def _attend(self, name: str, work: Callable[..., None]) -> None:
        """In a thread of its own: keep a worker running, pass on what it says."""
        while not self._ended.is_set():
            worker = Worker(work, self.data.store)
            self._workers[name] = worker
            with suppress(OSError):
                worker.tell(Goal(self._sealed if name == "judge" else self.floor.size, self._cut_us()))
            try:
                while True:
                    told, data = worker.hear()
                    if isinstance(told, Judged):
                        self._remember(data)
                        self.versions.note(told, clock.now_us())
                    self._in_loop(name, told)
            except (EOFError, OSError):
                worker.end()
            if not self._ended.wait(BEGIN_AGAIN_S):
                LOG.warning("the %s ended and is begun again", name)

    def _remember(self, judged: bytes) -> None:
        """Keep the last judgement for the next start. Without it only time is lost."""
        try:
            write_durably(self.data.judged, judged)
        except OSError as error:
            LOG.warning("the last judgement is not kept (%s)", error.strerror)

    def _recall(self) -> None:
        """Show the last judgement at once, if it was made of a beginning of this very log."""
        with suppress(OSError, msgspec.DecodeError, msgspec.ValidationError, LookupError):
            told = msgspec.msgpack.decode(self.data.judged.read_bytes(), type=Judged)
            sealed = self._sealed >= told.size
            if sealed and TileTree(self.store.tile).root(told.size).hex() == told.root:
                self.floor.judgement(told)

    def _in_loop(self, name: str, told: Told) -> None:
        assert self._loop is not None
        with suppress(RuntimeError):  # the loop is closed: the service ends
            self._loop.call_soon_threadsafe(self._take, name, told)

    def _take(self, name: str, told: Told) -> None:
        if isinstance(told, Untold):
            LOG.error("the %s ended: %s", name, told.why)
            self.faults[name] = told.why
            return
        self.faults.pop(name, None)
        if isinstance(told, Looked):
            if told.size < self.floor.size:
                self._grown.set()
            change = self.floor.looked(told)
        else:
            change = self.floor.judgement(told)
            self._triaging = asyncio.create_task(triage(self.decisions, told))
            self._grown.set()  # the next look may begin later
        for watcher in list(self.watchers):
            if not watcher.offer(change):
                self.watchers.discard(watcher)
                watcher.queue = asyncio.Queue()
                watcher.queue.put_nowait(None)


def labels(store: Store, mission: Case) -> Labels:
    """To whom each provider releases what is theirs, as mission.toml says. Raises Unusable."""
    document = _mission_toml(store)
    tables = [document.table.get(name, {}) for name in ("releasability", "conclusions")]
    try:
        read = [one if isinstance(one, Mapping) else {"": one} for one in tables]
        return read_labels(read[0], read[1], mission.network)
    except ValueError as error:
        place = document.place("releasability" if "releasability" in document.table else "conclusions")
        raise Unusable([Problem(place, str(error), "mend the table")]) from None


def lives_of(store: Store) -> dict[str, int]:
    """How long what is personal is kept, as mission.toml says. Raises Unusable."""
    document = _mission_toml(store)
    table = document.table.get("retention", {})
    try:
        return lives(table if isinstance(table, Mapping) else {"": table})
    except ValueError as error:
        raise Unusable([Problem(document.place("retention"), str(error), "mend the table")]) from None


def _mission_toml(store: Store) -> TomlDocument:
    (file,) = (one for one in set_up(store).files if one.kind == "mission")
    return read_toml(file.path, file.data)
