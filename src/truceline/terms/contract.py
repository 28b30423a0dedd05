"""What a kind of provision must answer.

A kind forbids, or it excepts from what others forbid. Each is one file in `provisions/` and exposes one `KIND`;
kinds do not know one another and are named only where the program is wired.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal, NamedTuple, Protocol, TypeAlias

from truceline.formats.fields import Fields
from truceline.model.agreement import Actor, Area, Definition, Provision, Where
from truceline.model.finding import Reason
from truceline.model.instant import Instant
from truceline.model.numbers import said
from truceline.model.observation import CLASSES, Labels
from truceline.terms.facts import Facts
from truceline.terms.matter import ADVANCE, SIGHTING, Matter, Omission

Mode: TypeAlias = Literal["forbids", "excepts"]
Classes: TypeAlias = frozenset[str]
NONE: Classes = frozenset()
MATTERS: tuple[str, ...] = (*CLASSES, SIGHTING, ADVANCE)  # what a provision's own `classes` may name


@dataclass(frozen=True)
class Key:
    """A key that a table may hold: for the reference, the schema and the hunt for slips of the pen."""

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
    actors: Mapping[str, Actor]
    definitions: Mapping[str, Definition]

    def weapons(self, fields: Fields, field: str, *, required: bool = False) -> tuple[Definition, ...]:
        """The definitions of weapons that a key names; a fault is noted for any that is not one."""
        meant = {id_: one for id_, one in self.definitions.items() if one.of_weapons}
        found = fields.words_among(field, meant, required=required)
        return tuple(meant[id_] for id_ in found if id_ in meant)

    def conduct(self, fields: Fields, field: str) -> Definition | None:
        """The definition of conduct that a required key names."""
        meant = {id_: one for id_, one in self.definitions.items() if one.classes}
        return meant.get(fields.choice(field, meant))

    def objects(self, fields: Fields, field: str) -> tuple[str, ...]:
        """The areas that are of a kind, or of a definition of objects, that a required key names."""
        kinds = {area.kind for area in self.areas.values() if area.kind}
        meant = {id_: one.objects for id_, one in self.definitions.items() if one.objects}
        asked = fields.words_among(field, sorted({*kinds, *meant}), required=True)
        wanted = {kind for word in asked for kind in meant.get(word, (word,))}
        return tuple(id_ for id_, area in self.areas.items() if area.kind in wanted)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a provision wants or lets somebody have somewhere: for the search for provisions that forbid it.

    `party`: who (empty: every actor of `role`); `classes` of matters, and `weapons` (none: any), inside `areas`.
    """

    areas: tuple[str, ...]
    classes: Classes
    words: str
    party: str = ""
    role: str = ""
    weapons: tuple[Definition, ...] = ()


class Judgement(NamedTuple):
    """A probability the facts bound from below and above, in words, and the sentences it rests on."""

    low: float
    high: float
    words: str
    because: tuple[Reason, ...] = ()


class Excuse(NamedTuple):
    """An exception that may hold: it takes `classes` (None: whatever it was) out of what is forbidden.

    `low` and `high` bound the probability that the exception holds.
    """

    classes: Classes | None
    low: float
    high: float
    words: str
    because: tuple[Reason, ...] = ()


class Question(NamedTuple):
    """Does this provision, binding this party, forbid this matter if this actor did it?

    `party` is whose conduct the actor's counts as; `act` all matters of the same act, in order of time; `since_us`
    when the provision last came into force before the matter; `state` what the kind itself prepared.
    """

    provision: Provision
    party: str
    actor: str
    matter: Matter
    act: Sequence[Matter]
    since_us: Instant
    state: object


class Rows(Protocol):
    """A probability by row: −1 where nobody said where a matter was."""

    def __getitem__(self, row: int) -> float: ...


class Ground(Protocol):
    """Who stands where, made ready by the evaluation."""

    def rows_between(self, from_us: Instant, until_us: Instant) -> range:
        """Rows whose times may lie in the span, their sigmas allowed for."""

    def near(self, lon: float, lat: float, radius_m: float, rows: Sequence[int]) -> list[float]:
        """Probability of each row to lie within a distance of a position."""

    def inside(self, where: Where) -> Rows:
        """Probability of every row to lie there."""


class Kind(Protocol):
    """What every kind answers. `mode` says which of `judge` and `excuse` is asked.

    `anywhere`: classes of matters that it judges wherever they are; `of_weapons`: an event of which nobody named the
    weapon is nothing to it.
    """

    name: ClassVar[str]
    mode: ClassVar[Mode]
    keys: ClassVar[tuple[Key, ...]]
    anywhere: ClassVar[Classes]
    of_weapons: ClassVar[bool]

    def read(self, fields: Fields, names: Names) -> object:
        """The rule, a frozen record, from the provision's own keys; faults are noted in `fields`."""

    def classes(self, provision: Provision) -> Classes:
        """The classes of matters that it looks at."""

    def places(self, provision: Provision, party: str) -> Where | None:
        """Where it applies to a party; None: everywhere."""

    def grants(self, provision: Provision) -> Sequence[Grant]:
        """What it wants or lets somebody have somewhere."""

    def number(self, provision: Provision) -> tuple[str, float] | None:
        """The number that it turns on, with what it counts or measures; None: none."""

    def omissions(self, provision: Provision, facts: Facts, start_us: Instant) -> Sequence[Omission]:
        """Duties whose day has come, for the parties bound; `start_us`: when the provision came into force."""

    def prepare(self, provision: Provision, facts: Facts, matters: Sequence[Matter], ground: Ground) -> object:
        """What it computes once for all questions; comes back as `Question.state`."""

    def judge(self, question: Question, excused: Classes | None) -> Judgement:
        """Whether the matter is of the forbidden kind, place and time apart; of an event or a sighting, whoever did it.

        What is of the `excused` classes does not count (None: nothing counts).
        """

    def speaks(self, state: object, party: str, matter: Matter) -> bool:
        """Whether anything may speak for an exception of this party's matter; quick, asked before `excuse`."""

    def excuse(self, question: Question) -> Excuse | None:
        """The exception that the matter may have; None where nothing speaks for one."""


class Forbids:
    """What kinds that forbid have in common: they apply in the provision's ground and excuse nothing."""

    mode: ClassVar[Mode] = "forbids"
    anywhere: ClassVar[Classes] = NONE
    of_weapons: ClassVar[bool] = False

    def places(self, provision: Provision, party: str) -> Where | None:
        return provision.ground

    def grants(self, provision: Provision) -> Sequence[Grant]:
        return ()

    def number(self, provision: Provision) -> tuple[str, float] | None:
        return None

    def omissions(self, provision: Provision, facts: Facts, start_us: Instant) -> Sequence[Omission]:
        return ()

    def prepare(self, provision: Provision, facts: Facts, matters: Sequence[Matter], ground: Ground) -> object:
        return None

    def speaks(self, state: object, party: str, matter: Matter) -> bool:
        return False

    def excuse(self, question: Question) -> Excuse | None:
        return None


class Excepts:
    """What kinds that except have in common: by themselves they forbid nothing."""

    mode: ClassVar[Mode] = "excepts"
    anywhere: ClassVar[Classes] = NONE
    of_weapons: ClassVar[bool] = False

    def places(self, provision: Provision, party: str) -> Where | None:
        return provision.ground

    def grants(self, provision: Provision) -> Sequence[Grant]:
        return ()

    def number(self, provision: Provision) -> tuple[str, float] | None:
        return None

    def omissions(self, provision: Provision, facts: Facts, start_us: Instant) -> Sequence[Omission]:
        return ()

    def prepare(self, provision: Provision, facts: Facts, matters: Sequence[Matter], ground: Ground) -> object:
        return None

    def speaks(self, state: object, party: str, matter: Matter) -> bool:
        return True

    def judge(self, question: Question, excused: Classes | None) -> Judgement:
        return Judgement(0.0, 0.0, "it forbids nothing by itself")


def share_of(labels: Labels, classes: Classes) -> float:
    """Probability that a matter is of one of these classes."""
    total = 0.0
    for class_, probability in labels:
        if class_ in classes:
            total += probability
    return total


@lru_cache(maxsize=4096)  # said of an event again and again: by each provision, of each party
def label_words(labels: Labels, most: int = 3) -> str:
    """The most probable classes in words."""
    if len(labels) == 1:
        return f"{labels[0][0]} {said(labels[0][1])}"
    ranked = sorted(labels, key=lambda label: (-label[1], label[0]))[:most]
    return ", ".join(f"{class_} {said(probability)}" for class_, probability in ranked if probability >= 0.005)
