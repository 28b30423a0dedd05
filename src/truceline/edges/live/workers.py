"""The processes beside the server: one looks, one judges. Each reads the store for itself and is told how far it goes.

They share nothing with the server but a pipe, keep nothing on disk, and can be killed and begun again at any time:
all that they know follows from the log.
"""

import multiprocessing
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from truceline.edges.clock import rest, running_s
from truceline.edges.code import code_listing
from truceline.edges.live.data_folder import read_store
from truceline.edges.live.following import Following
from truceline.edges.live.judging import Judgement, judge_log
from truceline.edges.live.looking import Looking
from truceline.edges.live.told import Judged, Looked, SensorNow, Spoken, Told, Untold, brief
from truceline.edges.store.door import Store
from truceline.edges.wiring import plugins
from truceline.model.event import Event
from truceline.model.instant import format_utc
from truceline.model.problem import Unusable
from truceline.reports.records import event_record

ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
JUDGE_YIELDS = 5  # by how much of the scheduler's niceness
LEAST_REST_S = 2.0  # between two judgements
AT_A_TIME = 20_000  # inputs that the looker reads before it says how far it is


class Goal(msgspec.Struct, frozen=True):
    """How far a worker may read: the log's size (for judging: as far as sealed), and since when to look."""

    size: int
    since_us: int


class Worker:
    """One process and the pipe to it."""

    def __init__(self, work: Callable[[Connection, str], None], store: Path) -> None:
        for variable in ONE_THREAD:
            os.environ.setdefault(variable, "1")
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=work, args=(theirs, str(store)), daemon=True, name=work.__name__)
        self._process.start()
        theirs.close()

    def tell(self, goal: Goal) -> None:
        """Say how far it may go. Raises OSError if it has ended."""
        self._pipe.send_bytes(msgspec.msgpack.encode(goal))

    def hear(self) -> tuple[Told, bytes]:
        """Wait for what it says next, and its bytes. Raises EOFError or OSError if it has ended."""
        data = self._pipe.recv_bytes()
        told: Told = msgspec.msgpack.decode(data, type=Told)
        return told, data

    def ask(self, question: bytes) -> bytes:
        """Say something and wait for the answer. Raises EOFError or OSError if it has ended."""
        self._pipe.send_bytes(question)
        return self._pipe.recv_bytes()

    def kill(self) -> None:
        """End it: there is nothing that it could lose. Whoever hears it is told by EOFError."""
        self._process.kill()

    def end(self) -> None:
        """See that it has ended, and let go of the pipe."""
        self._process.kill()
        self._process.join(5)
        self._pipe.close()


def look_on(pipe: Connection, path: str) -> None:
    """The looker: after each step of the log, what is new in the last minutes."""
    _say(pipe, path, _look_on)


def judge_on(pipe: Connection, path: str) -> None:
    """The judge: whenever there is something new, everything from the whole log; who watches live goes first."""
    os.nice(JUDGE_YIELDS)
    _say(pipe, path, _judge_on)


def _say(pipe: Connection, path: str, work: Callable[[Connection, Store], None]) -> None:
    """Work until the server is gone; what goes wrong is told before the end."""
    try:
        work(pipe, read_store(Path(path)))
    except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        return
    except Unusable as unusable:
        with suppress(OSError):  # the server may be gone as well
            pipe.send_bytes(msgspec.msgpack.encode(Untold(str(unusable))))


def _goal(pipe: Connection) -> Goal:
    """The newest goal; waits for one."""
    data = pipe.recv_bytes()
    while pipe.poll():
        data = pipe.recv_bytes()
    return msgspec.msgpack.decode(data, type=Goal)


def _look_on(pipe: Connection, store: Store) -> None:
    built = plugins()
    following = Following(store, built.kinds)
    looking = Looking(following.set_up, built)
    events: tuple[Event, ...] = ()
    lines: dict[str, tuple[Event, bytes]] = {}
    while True:
        goal = _goal(pipe)
        while following.size < goal.size:
            looking.feed(following.catch_up(min(goal.size, following.size + AT_A_TIME)))
            following.forget()
            if following.size < goal.size:
                pipe.send_bytes(msgspec.msgpack.encode(_looked(looking, following, events, lines)))
        events = looking.look(goal.since_us).events
        # Most events are as the last look found them: their lines are written once.
        lines = {one.id: _line(one, lines.get(one.id)) for one in events}
        pipe.send_bytes(msgspec.msgpack.encode(_looked(looking, following, events, lines)))


def _line(event: Event, before: tuple[Event, bytes] | None) -> tuple[Event, bytes]:
    return before if before is not None and before[0] is event else (event, brief(event_record(event)))


def _looked(
    looking: Looking, following: Following, events: tuple[Event, ...], lines: Mapping[str, tuple[Event, bytes]]
) -> Looked:
    return Looked(
        size=following.size,
        now=format_utc(looking.now_us),
        events={one.id: lines[one.id][1] for one in events},
        members={one.id: list(one.observations) for one in events},
        rests={one.id: list(one.providers) for one in events},
        observations=looking.observations,
        late=looking.late,
        unusable=following.unusable,
        live=sorted(looking.live()),
        blind=looking.blind(),
        sensors={
            id_: SensorNow(format_utc(one.last_us), one.state, one.lines, one.late)
            for id_, one in looking.heard.items()
        },
    )  # fmt: skip


def _judge_on(pipe: Connection, store: Store) -> None:
    built, code = plugins(), code_listing()
    following = Following(store, built.kinds)
    judged = -1
    while True:
        goal = _goal(pipe)
        if goal.size == judged:
            continue
        before = following.lines
        following.catch_up(goal.size)
        if judged >= 0 and following.lines == before:
            continue  # looks and decisions of people change no judgement
        began_s = running_s()
        judgement = judge_log(following, store, built, code, goal.size)
        judged = goal.size
        took_s = running_s() - began_s
        pipe.send_bytes(msgspec.msgpack.encode(_judged(judgement, took_s)))
        rest(max(LEAST_REST_S, took_s))  # half of a processor is enough for judging


def _judged(judgement: Judgement, took_s: float) -> Judged:
    return Judged(
        size=judgement.size,
        root=judgement.root,
        now=format_utc(judgement.now_us),
        cut_us=judgement.cut_us,
        records={kind: dict(some) for kind, some in judgement.records.items()},
        brief={kind: {id_: brief(one) for id_, one in some.items()} for kind, some in judgement.records.items()},
        members={id_: sorted(some) for id_, some in judgement.members.items()},
        rests={id_: sorted(some) for id_, some in judgement.rests.items()},
        final=sorted(judgement.final),
        took_s=took_s,
        stakes=dict(judgement.stakes),
        contacts=[
            Spoken(one.id, format_utc(one.time_us), one.sender, one.to, one.kind, one.about)
            for one in judgement.contacts
        ],
    )
