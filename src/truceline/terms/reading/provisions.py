"""[[provision]] and [[amendment]]: each rule as it reads at each time, for each party, and under each divergence.

Later texts are laid over earlier ones: the provision's own table, its table for a party, then each amendment in force
and its table for that party, in order of time. Of a key that several hold, the last one's value stands.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from truceline.formats.fields import Fields
from truceline.model.agreement import (
    DISCLOSURE,
    ROBUSTNESS,
    ROLES,
    Disclosure,
    Provision,
    Reading,
    Robustness,
)
from truceline.model.instant import Instant
from truceline.model.problem import Problem
from truceline.terms.contract import Kind, Names
from truceline.terms.reading.document import Document, Layer
from truceline.terms.reading.keys import AMENDMENT, LEAST_THRESHOLD, PROVISION
from truceline.terms.reading.meanings import WHERE_KEYS, check_for
from truceline.terms.reading.register import Disputed
from truceline.terms.reading.where import read_where

MOST_DIVERGENCES = 3  # of one provision: each doubles its readings
OF_AMENDMENTS = ("id", "article", "amends", "text", "repeals")
FIXED = ("id", "article", "kind", "from", "binds")  # what a divergent reading cannot change
DAY_MIN = 24 * 60


@dataclass(frozen=True)
class Standards:
    """What the agreement says once for all its provisions, and its languages."""

    threshold: float
    robustness: Robustness
    disclosure: Disclosure
    languages: tuple[str, ...]


@dataclass(frozen=True)
class _Amendment:
    id: str
    article: str
    from_us: Instant
    repeals: bool
    layer: Layer


@dataclass(frozen=True)
class _Version:
    """A provision as it reads from one amendment to the next. `layers`: of texts in order of time."""

    id: str
    article: str
    layers: tuple[Layer, ...]
    until_us: Instant | None


class ProvisionReader:
    """Reads all provisions of a document."""

    def __init__(
        self,
        document: Document,
        names: Names,
        kinds: Mapping[str, Kind],
        standards: Standards,
        disputed: Sequence[Disputed],
    ) -> None:
        self.document = document
        self.names = names
        self.kinds = kinds
        self.standards = standards
        self.disputed = disputed

    def provisions(self) -> tuple[Provision, ...]:
        """Every version of every provision, in the file's order, then of time, then of party."""
        layers = self.document.many(PROVISION)
        self.document.ids(layers, "provision")
        amendments = self._amendments({_text(layer, "id"): self.kinds.get(_text(layer, "kind")) for layer in layers})
        return tuple(one for layer in layers for one in self._provision(layer, amendments[_text(layer, "id")]))

    def _provision(self, layer: Layer, amendments: Sequence[_Amendment]) -> Iterator[Provision]:
        kind = self.kinds.get(_text(layer, "kind"))
        self._look_for_slips(layer, kind, PROVISION.known)
        mine = [one for one in self.disputed if one.divergence.provision == _text(layer, "id")]
        if len(mine) > MOST_DIVERGENCES:
            place = self.document.place(*layer.path)
            what = f"the provision has {len(mine)} divergences"
            self.document.note(Problem(place, what, f"{MOST_DIVERGENCES} at most can be told apart: rule on some"))
            mine = mine[:MOST_DIVERGENCES]
        for one in mine:
            if one.reading is not None:
                self._look_for_slips(one.reading, kind, PROVISION.known, fixed=FIXED)
        for version in _versions(layer, amendments):
            yield from self._version(version, kind, mine)

    def _version(self, version: _Version, kind: Kind | None, disputed: Sequence[Disputed]) -> Iterator[Provision]:
        layers = [*version.layers, *(one.reading for one in disputed if one.reading is not None)]
        binds = self._binds(version.layers)
        for layer in layers:
            check_for(self.document, layer, binds)
        apart = {party for own in [layer.below("for") for layer in layers] if own is not None for party in own.table}
        together = tuple(party for party in binds if party not in apart)
        for group in filter(None, (together, *((party,) for party in binds if party in apart))):
            provision = self._build(version, group, kind, version.layers)
            if provision is not None:
                yield replace(
                    provision,
                    divergences=tuple(one.divergence.id for one in disputed),
                    readings=tuple(self._readings(version, group, kind, disputed)),
                )

    def _readings(
        self, version: _Version, group: tuple[str, ...], kind: Kind | None, disputed: Sequence[Disputed]
    ) -> Iterator[Reading]:
        """How the version reads under every set of its divergences."""
        for number in range(1, len(disputed) + 1):
            for chosen in combinations(disputed, number):
                ids = tuple(one.divergence.id for one in chosen)
                layers = [one.reading for one in chosen if one.reading is not None]
                if len(layers) < number:
                    yield Reading(ids, None)
                else:
                    yield Reading(ids, self._build(version, group, kind, (*version.layers, *layers)))

    def _binds(self, layers: Sequence[Layer]) -> tuple[str, ...]:
        fields = self.document.fields(*layers)
        known = (*self.names.parties, *self.names.actors)
        binds = tuple(word for word in fields.words_among("binds", known, required=True) if word in known)
        self.document.done_layers(fields, layers)
        return binds

    def _build(
        self, version: _Version, group: tuple[str, ...], kind: Kind | None, layers: Sequence[Layer]
    ) -> Provision | None:
        """One version for one group of parties; None if it never is in force."""
        laid = _for_party(layers, group)
        fields = self.document.fields(*laid)
        start, until = fields.span()
        first = self.document.fields(version.layers[0]).table.get("from")
        began = fields.instant_or_none("from") if first is None else None
        area, where = read_where(fields, self.names.areas)
        threshold = fields.number_or_none("attribution_threshold", least=LEAST_THRESHOLD, most=1.0)
        base = fields.text("id") if len(version.layers) == 1 else _text(version.layers[0], "id")
        ends = [one for one in (until, version.until_us) if one is not None]
        provision = Provision(
            id=version.id,
            base=base,
            article=version.article if len(version.layers) > 1 else fields.text("article"),
            text=fields.text("text"),
            kind=kind.name if kind else fields.choice("kind", self.kinds),
            binds=group,
            rule=kind.read(fields, self.names) if kind else None,
            area=area,
            where=where,
            from_us=start if start is not None else began,
            until_us=min(ends) if ends else None,
            attribution_threshold=self.standards.threshold if threshold is None else threshold,
            attribution_robustness=_robustness(fields, self.standards.robustness),
            hours=_hours(fields),
            exempt_roles=fields.words_among("exempt_roles", ROLES),
            disclosure=_disclosure(fields, self.standards.disclosure),
            texts=self._texts(fields),
        )
        self.document.done_layers(fields, laid)
        never = provision.from_us is not None and provision.until_us is not None
        return None if never and (provision.from_us or 0) >= (provision.until_us or 0) else provision

    def _texts(self, fields: Fields) -> tuple[tuple[str, str], ...]:
        """The words in the other authentic languages; a language without its text is noted."""
        value = fields.table.get("texts", {})
        others = self.standards.languages[1:]
        if not isinstance(value, Mapping) or not all(isinstance(text, str) and text for text in value.values()):
            fields.fault("texts", "'texts' is not a table of texts", 'write texts = { uk = "…" }')
            return ()
        for language in value:
            if language not in others:
                what = f"'texts' names {language!r}, which is no authentic language besides the first"
                fields.fault("texts", what, f"use one of: {', '.join(others) or 'none'}, or add it to 'languages'")
        missing = [language for language in others if language not in value]
        if missing:
            what = f"no text in {', '.join(missing)}"
            fields.fault("text", what, "add it under 'texts', so that a divergence can be seen", fatal=False)
        return tuple(sorted(value.items()))

    def _amendments(self, kinds: Mapping[str, Kind | None]) -> defaultdict[str, list[_Amendment]]:
        """The amendments of each provision, in order of time. `kinds`: of the provisions."""
        layers = self.document.many(AMENDMENT)
        self.document.ids(layers, "amendment")
        found: defaultdict[str, list[_Amendment]] = defaultdict(list)
        for layer in layers:
            self._look_for_slips(layer, kinds.get(_text(layer, "amends")), OF_AMENDMENTS + PROVISION.known)
            fields = self.document.fields(layer)
            amends = fields.choice("amends", self.names.provisions)
            one = _Amendment(
                id=fields.text("id"),
                article=fields.text("article"),
                from_us=fields.instant("from"),
                repeals=fields.flag("repeals", default=False),
                layer=layer.without("repeals"),
            )
            if any(other.from_us == one.from_us for other in found[amends]):
                what = f"provision {amends!r} is amended twice at the same time: which text applies?"
                fields.fault("from", what, "let one follow the other, or write them as one")
            if one.repeals and set(layer.table) - {"id", "article", "amends", "from", "text", "repeals"}:
                fields.fault("repeals", "the amendment repeals the provision and changes it too", "do one of the two")
            if "kind" in layer.table:
                fields.fault("kind", "an amendment cannot change the kind", "repeal the provision and write another")
            self.document.done_layers(fields, [layer])
            found[amends].append(one)
        for some in found.values():
            some.sort(key=lambda one: one.from_us)
        return found

    def _look_for_slips(self, layer: Layer, kind: Kind | None, known: Sequence[str], fixed: Sequence[str] = ()) -> None:
        """Keys that nobody reads, in a table and its tables for parties."""
        readers = [kind] if kind else list(self.kinds.values())
        own = tuple(key.name for reader in readers for key in reader.keys)
        self.document.look_for_slips(layer, (*known, *own))
        for key in fixed:
            if key in layer.table:
                place, what = self.document.place(*layer.path, key), f"a divergent reading cannot change {key!r}"
                self.document.note(Problem(place, what, f"leave out {key!r}"))
        apart = layer.below("for")
        for party in apart.table if apart else ():
            table = apart.below(party) if apart else None
            if table is not None:
                self.document.look_for_slips(table, WHERE_KEYS + own)


def _versions(layer: Layer, amendments: Sequence[_Amendment]) -> Iterator[_Version]:
    """The texts of a provision in order of time, each with those before it under it."""
    id_, article = _text(layer, "id"), _text(layer, "article")
    layers: tuple[Layer, ...] = (layer,)
    name = id_
    for amendment in amendments:
        yield _Version(name, article, layers, amendment.from_us)
        if amendment.repeals:
            return
        name = f"{id_}@{amendment.id}"
        article = f"{_text(layer, 'article')} as amended by {amendment.article}"
        layers = (*layers, amendment.layer.without("id", "article", "amends", "repeals"))
    yield _Version(name, article, layers, None)


def _for_party(layers: Sequence[Layer], group: tuple[str, ...]) -> list[Layer]:
    """Each layer, and after it its own table for the group, if the group is one party with a table."""
    found = []
    for layer in layers:
        found.append(layer.without("for"))
        own = layer.below("for")
        mine = own.below(group[0]) if own is not None and len(group) == 1 else None
        if mine is not None:
            found.append(mine)
    return found


def _text(layer: Layer, key: str) -> str:
    value = layer.table.get(key)
    return value if isinstance(value, str) else ""


def _robustness(fields: Fields, default: Robustness) -> Robustness:
    word = fields.choice("attribution_robustness", ROBUSTNESS, default=default)
    return next((grade for grade in ROBUSTNESS if grade == word), default)


def _disclosure(fields: Fields, default: Disclosure) -> Disclosure:
    word = fields.choice("disclosure", DISCLOSURE, default=default)
    return next((circle for circle in DISCLOSURE if circle == word), default)


def _hours(fields: Fields) -> tuple[int, int] | None:
    found = fields.table.get("hours")
    if found is None:
        return None
    minutes = [_minute(word) for word in found] if isinstance(found, list) and len(found) == 2 else [None]
    if None in minutes:
        fields.fault("hours", f"'hours' is {found!r}", 'write it like hours = ["22:00", "06:00"]')
        return None
    start, end = (minute for minute in minutes if minute is not None)
    return start, end


def _minute(word: object) -> int | None:
    """Minutes of the day of HH:MM; 24:00 is its end."""
    if not isinstance(word, str) or len(word) != 5 or word[2] != ":" or not (word[:2] + word[3:]).isdigit():
        return None
    minute = int(word[:2]) * 60 + int(word[3:])
    return minute % DAY_MIN if minute <= DAY_MIN and int(word[3:]) < 60 else None
