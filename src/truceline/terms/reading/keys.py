"""Every table of terms.toml and its keys: for the reader, the schema, the reference, the hunt for slips of the pen."""

from collections.abc import Mapping
from dataclasses import dataclass

from truceline.model.agreement import DISCLOSURE, MANDATE_ACTS, ROBUSTNESS, ROLES
from truceline.terms.contract import MATTERS, Key
from truceline.terms.weapons import WEAPON_TYPES

LANGUAGE = 1  # the version of this language
LEAST_THRESHOLD = 0.5  # below it a party would be named for what it more probably did not do
MUZZLE_FLASH = "muzzle_flash"  # an item that is counted, and no class of events

TEXT: Mapping[str, object] = {"type": "string", "minLength": 1}
ID = TEXT
TEXTS: Mapping[str, object] = {"type": "array", "items": TEXT, "uniqueItems": True}
TIME: Mapping[str, object] = {"description": "date and time with its offset"}
METRES: Mapping[str, object] = {"type": "number", "minimum": 0}
FLAG: Mapping[str, object] = {"type": "boolean"}
ONE_OR_MORE: Mapping[str, object] = {"anyOf": [TEXT, TEXTS]}
BY_LANGUAGE: Mapping[str, object] = {"type": "object", "additionalProperties": TEXT}
OFFSET: Mapping[str, object] = {"type": "string", "pattern": r"^[+-]\d\d:\d\d$"}


def some_of(words: tuple[str, ...]) -> Mapping[str, object]:
    return {"type": "array", "items": {"enum": list(words)}, "uniqueItems": True}


@dataclass(frozen=True)
class Table:
    """A table of the file. `many`: written [[name]] before each; `free`: its keys are names of the author's own."""

    name: str
    words: str
    keys: tuple[Key, ...]
    many: bool = False
    free: str = ""

    @property
    def known(self) -> tuple[str, ...]:
        return tuple(key.name for key in self.keys)


THRESHOLD = Key(
    "attribution_threshold",
    "the standard of proof: how probable it must be that a party did a breach before it is named (0.95)",
    {"type": "number", "minimum": LEAST_THRESHOLD, "maximum": 1},
)
ROBUST = Key(
    "attribution_robustness",
    "R1: no one is named on the word of a single provider (the default); R2: of two; R0: no such guard",
    {"enum": list(ROBUSTNESS)},
)
DISCLOSED = Key(
    "disclosure", "the widest circle that may learn of findings under it (public)", {"enum": list(DISCLOSURE)}
)

WHERE: tuple[Key, ...] = (
    Key("area", "id of an area, or of several: inside any of them", ONE_OR_MORE),
    Key("within_m", "also within so many metres of the area", METRES),
    Key("side", "of a line, as one walks it from its first position to its last: only this side",
        {"enum": ["left", "right"]}),
    Key("outside", "ids of areas whose inside is taken out", ONE_OR_MORE),
)  # fmt: skip

AGREEMENT = Table("agreement", "What was signed.", (
    Key("id", "its short name", ID, True),
    Key("title", "its title", TEXT, True),
    Key("parties", "ids of those who signed, one or more", {**TEXTS, "minItems": 1}, True),
    Key("in_force_from", "when it comes into force", TIME, True),
    Key("in_force_until", "when it ends, if it says so", TIME),
    Key("areas", "the GeoJSON file of its lines, zones and points", TEXT),
    Key("languages", "its authentic languages; the first is that of `text` and of names in sentences", TEXTS),
    Key("utc_offset", "local time, like +02:00 (see [[clock]]); UTC if absent", OFFSET),
    THRESHOLD,
    ROBUST,
    DISCLOSED,
))  # fmt: skip
CLOCK = Table("clock", "A change of local time, as in spring and autumn.", (
    Key("from", "when it changes", TIME, True),
    Key("utc_offset", "the local time from then on", OFFSET, True),
), many=True)  # fmt: skip
MANDATE = Table("mandate", "What the mission may do: true, false, or towards whom. Silence allows.", tuple(
    Key(act, f"may the mission {act.replace('_', ' ')}", {"anyOf": [FLAG, TEXTS]}) for act in MANDATE_ACTS
))  # fmt: skip
COUNTING = Table(
    "counting", "The counting rule: categories of the author's own, each with what it counts; absent: the field's.",
    (), free="category",
)  # fmt: skip
ACTOR = Table("actor", "Someone besides the parties whom the text speaks of: a force, monitors, a proxy.", (
    Key("id", "its short name; `binds` may name it", ID, True),
    Key("name", "its name in sentences; its id if absent", TEXT),
    Key("role", "what it acts as", {"enum": list(ROLES)}, True),
    Key("article", "the clause that speaks of it", TEXT),
    Key("text", "the words of that clause", TEXT),
    Key("counts_as", "the party whose conduct this one's is, by that clause", TEXT),
    Key("provisions", "ids of the only provisions for which it counts so; absent: all", TEXTS),
    Key("from", "since when it counts so", TIME),
    Key("until", "until when", TIME),
), many=True)  # fmt: skip
DEFINITION = Table("definition", "What the text means by a word: weapons, objects, or conduct.", (
    Key("id", "the word, as provisions name it", ID, True),
    Key("article", "where it is defined", TEXT, True),
    Key("text", "the words of the definition", TEXT, True),
    Key("types", "weapons: any of these types", some_of(WEAPON_TYPES)),
    Key("calibre_least_mm", "weapons: of this calibre or more", METRES),
    Key("calibre_below_mm", "weapons: of less than this calibre", METRES),
    Key("names", "weapons: of these names, whatever else is said of types", TEXTS),
    Key("objects", "objects: areas of these kinds", TEXTS),
    Key("classes", "conduct: matters of these classes", some_of(MATTERS)),
    *WHERE,
    Key("for", "conduct: keys of the place for one party, as [definition.for.PARTY]", {"type": "object"}),
), many=True)  # fmt: skip
WEAPON = Table("weapon", "A weapon that the agreement names beside those known to the program.", (
    Key("name", "its name, as definitions name it", TEXT, True),
    Key("type", "its type", {"enum": list(WEAPON_TYPES)}, True),
    Key("calibre_mm", "its calibre", METRES),
    Key("also", "other spellings", TEXTS),
), many=True)  # fmt: skip
PROVISION = Table("provision", "One rule. What further keys it has, its kind says.", (
    Key("id", "its short name", ID, True),
    Key("article", "the article it comes from", TEXT, True),
    Key("text", "the words of the article", TEXT, True),
    Key("texts", "its words in the other authentic languages, by language", BY_LANGUAGE),
    Key("kind", "what sort of rule it is", TEXT, True),
    Key("binds", "ids of the parties and actors it binds", TEXTS, True),
    *WHERE,
    Key("from", "in force from; absent: with the agreement", TIME),
    Key("until", "in force until; absent: with the agreement", TIME),
    Key("hours", 'in force only at these hours of the local day, like ["22:00", "06:00"]',
        {"type": "array", "items": {"type": "string", "pattern": r"^\d\d:\d\d$"}, "minItems": 2, "maxItems": 2}),
    Key("exempt_roles", "actors of these roles are exempt", some_of(ROLES)),
    THRESHOLD,
    ROBUST,
    DISCLOSED,
    Key("for", "keys of the place and of the kind for one party, as [provision.for.PARTY]", {"type": "object"}),
), many=True)  # fmt: skip
AMENDMENT = Table("amendment", "A later text that changes a provision: from its day on, keys of the provision that it "
    "holds take the place of the provision's own.", (
    Key("id", "its short name", ID, True),
    Key("article", "where it stands", TEXT, True),
    Key("amends", "id of the provision", TEXT, True),
    Key("from", "in force from", TIME, True),
    Key("text", "the provision's new words", TEXT),
    Key("repeals", "true: the provision ends", FLAG),
), many=True)  # fmt: skip
SUSPENSION = Table("suspension", "Time in which the text does not bind.", (
    Key("from", "from", TIME, True),
    Key("until", "until; absent: until further notice", TIME),
    Key("party", "for this party only", TEXT),
    Key("area", "in this area only", TEXT),
    Key("provisions", "these provisions only", TEXTS),
    Key("article", "by what text", TEXT),
), many=True)  # fmt: skip
DIVERGENCE = Table("divergence", "Authentic texts that differ, or words that the parties read differently.", (
    Key("id", "its short name", ID, True),
    Key("provision", "id of the provision", TEXT, True),
    Key("words", "what differs", TEXT, True),
    Key("languages", "the languages whose texts differ", TEXTS),
    Key("reading", "how the provision reads otherwise: its keys, as [divergence.reading]; absent: it cannot be written "
        "as data", {"type": "object"}),
), many=True)  # fmt: skip
RULING = Table("ruling", "An entry of the register of interpretation; never changed, only followed by others.", (
    Key("id", "its short name", ID, True),
    Key("on", "id of the divergence", TEXT, True),
    Key("made", "when it was made, and so known", TIME, True),
    Key("by", "who ruled", TEXT, True),
    Key("holds", "which holds: the text as written, or the other reading", {"enum": ["text", "reading"]}, True),
    Key("words", "the ruling", TEXT, True),
    Key("version", "its version (1)", {"type": "integer", "minimum": 1}),
    Key("from", "of conduct from this day on; absent: always", TIME),
), many=True)  # fmt: skip

TABLES: tuple[Table, ...] = (
    AGREEMENT, CLOCK, MANDATE, COUNTING, ACTOR, DEFINITION, WEAPON, PROVISION, AMENDMENT, SUSPENSION, DIVERGENCE,
    RULING,
)  # fmt: skip
LANGUAGE_KEY = Key("language", "the version of this language (1)", {"const": LANGUAGE})
