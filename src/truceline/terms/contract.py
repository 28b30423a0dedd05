"""What a kind of provision must answer.

A kind forbids, or it excepts from what others forbid. Each is one file in `provisions/` and exposes one `KIND`;
kinds do not know one another and are named only where the program is wired.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol, TypeAlias

from truceline.formats.fields import Fields
from truceline.model.agreement import Area, Provision
from truceline.model.event import Event
from truceline.model.finding import Reason
from truceline.model.instant import Instant
from truceline.model.numbers import said
from truceline.model.observation import Labels
from truceline.terms.facts import Facts

Mode: TypeAlias = Literal["forbids", "excepts"]
Classes: TypeAlias = frozenset[str]
NONE: Classes = frozenset()


@dataclass(frozen=True)
class Key:
    """A key that a kind reads from its provision: for the reference, the schema and the hunt for slips of the pen."""

    name: str
    words: str
    schema: Mapping[str, object]
    required: bool = False


@dataclass(frozen=True)
class Names:
    """The names an agreement declares, for a kind to check its references against."""

    parties: tuple[str, ...]
    areas: Mapping[str, Area]
    provisions: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Matter:
    """One thing put before the text: an event. `row` is its place among the prepared positions."""

    id: str
    time_us: Instant
    time_sigma_s: float
    labels: Labels
    row: int
    event: Event


@dataclass(frozen=True, slots=True)
class PlaceTest:
    """Inside any of these areas, or within a distance of one."""

    areas: tuple[str, ...]
    within_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """A probability the facts bound from below and above, in words, and the sentences it rests on."""

    low: float
    high: float
    words: str
    because: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Excuse:
    """An exception that may hold: it takes `classes` (None: whatever it was) out of what is forbidden.

    `low` and `high` bound the probability that the exception holds.
    """

    classes: Classes | None
    low: float
    high: float
    words: str
    because: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Does this provision, binding this party, forbid this matter if this actor did it?

    `party` is the party whose conduct the actor's counts as; `act` all matters of the same act, in order of time;
    `since_us` when the provision last came into force before the matter; `state` what the kind itself prepared.
    """

    provision: Provision
    party: str
    actor: str
    matter: Matter
    act: Sequence[Matter]
    since_us: Instant
    state: object


class Ground(Protocol):
    """Who stands where, made ready by the evaluation."""

    def rows_between(self, from_us: Instant, until_us: Instant) -> range:
        """Rows whose times may lie in the span, their sigmas allowed for."""

    def near(self, lon: float, lat: float, radius_m: float, rows: Sequence[int]) -> list[float]:
        """Probability of each row to lie within a distance of a position."""


class Kind(Protocol):
    """What every kind answers. `mode` says which of `judge` and `excuse` is asked."""

    name: ClassVar[str]
    mode: ClassVar[Mode]
    keys: ClassVar[tuple[Key, ...]]

    def read(self, fields: Fields, names: Names) -> object:
        """The rule, a frozen record, from the provision's own keys; faults are noted in `fields`."""

    def classes(self, provision: Provision) -> Classes:
        """The classes of events that it looks at."""

    def places(self, provision: Provision, party: str) -> PlaceTest | None:
        """Where it applies to a party; None: everywhere."""

    def prepare(self, provision: Provision, facts: Facts, matters: Sequence[Matter], ground: Ground) -> object:
        """What it computes once for all questions; comes back as `Question.state`."""

    def judge(self, question: Question, excused: Classes | None) -> Judgement:
        """Whether the matter is of the forbidden kind, place and time apart.

        What is of the `excused` classes does not count (None: nothing counts).
        """

    def excuse(self, question: Question) -> Excuse | None:
        """The exception that the matter may have; None where nothing speaks for one."""


class Forbids:
    """What kinds that forbid have in common: they apply in the provision's area and excuse nothing."""

    mode: ClassVar[Mode] = "forbids"

    def places(self, provision: Provision, party: str) -> PlaceTest | None:
        return PlaceTest((provision.area,)) if provision.area else None

    def prepare(self, provision: Provision, facts: Facts, matters: Sequence[Matter], ground: Ground) -> object:
        return None

    def excuse(self, question: Question) -> Excuse | None:
        return None


class Excepts:
    """What kinds that except have in common: by themselves they forbid nothing."""

    mode: ClassVar[Mode] = "excepts"

    def places(self, provision: Provision, party: str) -> PlaceTest | None:
        return PlaceTest((provision.area,)) if provision.area else None

    def prepare(self, provision: Provision, facts: Facts, matters: Sequence[Matter], ground: Ground) -> object:
        return None

    def judge(self, question: Question, excused: Classes | None) -> Judgement:
        return Judgement(0.0, 0.0, "it forbids nothing by itself")


def share_of(labels: Labels, classes: Classes) -> float:
    """Probability that an event is of one of these classes."""
    return sum(probability for class_, probability in labels if class_ in classes)


def label_words(labels: Labels, most: int = 3) -> str:
    """The most probable classes in words."""
    ranked = sorted(labels, key=lambda label: (-label[1], label[0]))[:most]
    return ", ".join(f"{class_} {said(probability)}" for class_, probability in ranked if probability >= 0.005)
