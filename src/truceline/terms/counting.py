"""How observed items are counted, by a rule that is data: categories, and the classes of items each takes.

The rule of the field (OSCE Special Monitoring Mission to Ukraine, daily reports): ceasefire violations are explosions,
projectiles in flight, muzzle flashes, illumination flares, and bursts and shots; each observed item counts one, a burst
counts one. Explosions are undetermined, outgoing, impact or airburst. "Uncountable" is a legal value and adds to no
number.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from truceline.model.agreement import Agreement
from truceline.model.event import Event
from truceline.model.observation import (
    AIRBURST,
    BURST,
    EXPLOSION,
    FLARE,
    IMPACT,
    MISSILE,
    OUTGOING,
    PROJECTILE,
    SHOT,
    Observation,
    Report,
)
from truceline.terms.reading.keys import MUZZLE_FLASH

CountingRule = tuple[tuple[str, tuple[str, ...]], ...]

FIELD_RULE: CountingRule = (
    ("explosions", (EXPLOSION, OUTGOING, IMPACT, AIRBURST)),
    ("projectiles", (PROJECTILE, MISSILE)),
    ("muzzle_flashes", (MUZZLE_FLASH,)),
    ("illumination_flares", (FLARE,)),
    ("bursts_and_shots", (BURST, SHOT)),
)
UNDETERMINED = "undetermined"
EXPLOSIONS: tuple[tuple[str, str], ...] = (
    (UNDETERMINED, EXPLOSION), (OUTGOING, OUTGOING), (IMPACT, IMPACT), (AIRBURST, AIRBURST),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """So many of a class were observed: (least, most); None: uncountable."""

    class_: str
    count: tuple[int, int] | None = (1, 1)


@dataclass(frozen=True, slots=True)
class Number:
    """At least and at most so many, and how many times "uncountable" was said beside."""

    least: int = 0
    most: int = 0
    uncountable: int = 0

    def __add__(self, other: "Number") -> "Number":
        return Number(self.least + other.least, self.most + other.most, self.uncountable + other.uncountable)

    def __str__(self) -> str:
        number = f"{self.least:,}" if self.least == self.most else f"{self.least:,}–{self.most:,}"
        return f"{number} and an uncountable number" if self.uncountable else number


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted: by category in the order of the rule, by class, and of what the rule does not count."""

    categories: tuple[tuple[str, Number], ...]
    classes: Mapping[str, Number]
    uncounted: Mapping[str, Number]

    @property
    def total(self) -> Number:
        """All that the rule counts."""
        return sum((number for _, number in self.categories), Number())

    @property
    def explosions(self) -> tuple[tuple[str, Number], ...]:
        """The partition of explosions: undetermined, outgoing, impact, airburst."""
        return tuple((name, self.classes.get(class_, Number())) for name, class_ in EXPLOSIONS)


def counting_rule(agreement: Agreement) -> CountingRule:
    """The rule of an agreement: its own, else that of the field."""
    return agreement.counting or FIELD_RULE


def tally(items: Iterable[Item], rule: CountingRule = FIELD_RULE) -> Tally:
    """Items counted by a rule. Each counts in the one category that takes its class, or in none."""
    by_class: dict[str, Number] = {}
    for item in items:
        number = Number(uncountable=1) if item.count is None else Number(*item.count)
        by_class[item.class_] = by_class.get(item.class_, Number()) + number
    categories = tuple(
        (name, sum((by_class.get(class_, Number()) for class_ in classes), Number())) for name, classes in rule
    )
    counted = {class_ for _, classes in rule for class_ in classes}
    return Tally(
        categories=categories,
        classes={class_: by_class[class_] for class_ in sorted(by_class) if class_ in counted},
        uncounted={class_: by_class[class_] for class_ in sorted(by_class) if class_ not in counted},
    )


def observed_items(observations: Sequence[Observation]) -> tuple[Item, ...]:
    """What people reported to have seen or heard, as items of the class they thought the most probable."""
    reports = [one for one in observations if isinstance(one, Report) and one.labels]
    return tuple(Item(min(one.labels, key=lambda label: (-label[1], label[0]))[0], one.count) for one in reports)


def event_items(events: Sequence[Event]) -> tuple[Item, ...]:
    """Events as items, each one, of its most probable class."""
    return tuple(Item(event.class_) for event in events)
