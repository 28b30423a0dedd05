"""What passes between a source, its reader and the sink."""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from truceline.model.instant import Instant
from truceline.model.node import NodeAlert, NodeRegistration, NodeStatus
from truceline.model.observation import Observation
from truceline.model.problem import Problem

Fact: TypeAlias = NodeRegistration | NodeStatus | NodeAlert
MOST_ERRORS = 200

Reply: TypeAlias = Callable[[bytes], Awaitable[None]]
Put: TypeAlias = "Callable[[Item], Coroutine[Any, Any, None]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Bytes as they came. digest: SHA-256, hex. media_type: of the bytes, as an exhibit states it."""

    feed: str
    data: bytes
    digest: str
    received_us: Instant
    media_type: str
    peer: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A message and how its sender is answered. Once it is durable `kept` is called, off the loop, then `done`, on it.

    kept may raise Unusable: where a feed stands cannot be written down.
    """

    message: Message
    reply: Reply | None = None
    done: Callable[[], None] | None = None
    kept: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a reader makes of a message. problems: why it, or a part of it, is of no use. replies: what to answer.

    instead: what is kept in place of the message, where the message itself must not be kept.
    """

    observations: tuple[Observation, ...] = ()
    facts: tuple[Fact, ...] = ()
    problems: tuple[Problem, ...] = ()
    replies: tuple[bytes, ...] = ()
    instead: Message | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A message with what is to be kept of it."""

    message: Message
    observations: tuple[Observation, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A message that could not be used, or not wholly, and why."""

    message: Message
    reasons: tuple[str, ...]


class Sink(Protocol):
    """Where messages end. Durable when `take` returns."""

    def take(self, taken: Sequence[Taken], refused: Sequence[Refused]) -> None: ...


@dataclass(slots=True)
class Health:
    """Counters of one feed since it was started. last_error: in words, of the connection or of a message."""

    received: int = 0
    observations: int = 0
    quarantined: int = 0
    repeated: int = 0
    missing: int = 0  # by the sensors' own counters, or by the gaps in what came
    clock_off: int = 0
    connections: int = 0
    cuts: int = 0
    last_received_us: Instant = 0
    last_error: str = ""
    errors: dict[str, int] = field(default_factory=dict)  # by their words: the first MOST_ERRORS kinds

    def erred(self, words: str) -> None:
        self.last_error = words
        if words in self.errors or len(self.errors) < MOST_ERRORS:
            self.errors[words] = self.errors.get(words, 0) + 1


class Feed(Protocol):
    """One feed: a source and the reader of what it brings."""

    name: str

    async def receive(self, put: Put, health: Health) -> None:
        """Bring messages until the connection ends (OSError, EOFError) or the source is exhausted (return)."""
        ...

    def read(self, message: Message) -> Outcome:
        """What a message says. Never raises."""
        ...
