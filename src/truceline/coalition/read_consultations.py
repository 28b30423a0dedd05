"""coalition/consultations.toml of a mission → Consultations.

[[consultation]] id, about?, pattern?, opened, opened_by; lists: clocks, informed, positions, parliaments, considered,
decisions
"""

from truceline.coalition.consultation import (
    CLOCK_HOURS,
    MEASURES,
    POSITIONS,
    STEPS,
    Clock,
    Considered,
    Consultation,
    Decision,
    Held,
    Informed,
    Measure,
    Step,
)  # fmt: skip
from truceline.coalition.reading import Reader, by_id, in_order
from truceline.formats.fields import Fields
from truceline.formats.toml_document import read_toml

TABLES = ("consultation",)
CONSULTATION = (
    "id", "about", "pattern", "opened", "opened_by", "clocks", "informed", "positions", "parliaments", "considered",
    "decisions",
)  # fmt: skip


def read_consultations(file: str, data: bytes, nations: frozenset[str]) -> tuple[Consultation, ...]:
    """All consultations, in order of id. Raises Unusable with every fault at its line."""
    reader = Reader(read_toml(file, data), TABLES)
    found = reader.each("consultation", CONSULTATION, lambda fields: _consultation(reader, fields))
    reader.unique("consultation", [one.id for one in found])
    for one in found:
        named = {entry.nation for entry in one.informed} | {entry.nation for entry in one.positions}
        named |= {entry.nation for entry in one.parliaments} | {who for entry in one.decisions for who in entry.by}
        reader.known("nation", one.id, named, nations)
    reader.finish()
    return by_id(found)


def _consultation(reader: Reader, fields: Fields) -> Consultation:
    about, pattern = fields.words("about", required=False), fields.text_or_none("pattern") or ""
    if not about and not pattern:
        fields.fault("about", "it is about nothing", "name findings in 'about', or write a 'pattern'")
    opened = fields.instant("opened")
    one = Consultation(
        id=fields.text("id"),
        about=about,
        pattern=pattern,
        opened_us=opened,
        opened_by=fields.text("opened_by"),
        clocks=in_order(reader.entries(fields, "clocks", _clock), lambda entry: entry.started_us),
        informed=in_order(reader.entries(fields, "informed", _informed), lambda entry: entry.at_us),
        positions=in_order(reader.entries(fields, "positions", _held), lambda entry: entry.at_us),
        parliaments=in_order(reader.entries(fields, "parliaments", _step), lambda entry: entry.at_us),
        considered=in_order(reader.entries(fields, "considered", _considered), lambda entry: entry.at_us),
        decisions=in_order(reader.entries(fields, "decisions", _decision), lambda entry: entry.at_us),
    )
    if any(clock.started_us < opened for clock in one.clocks):
        fields.fault("clocks", "a clock starts before the consultation", "a person starts it, within the consultation")
    return one


def _clock(fields: Fields) -> Clock:
    hours = fields.whole_or_none("hours", least=1) or CLOCK_HOURS[0]
    return Clock(
        hours=hours,
        started_us=fields.instant("started"),
        started_by=fields.text("started_by"),
        basis=fields.text("basis"),
    )


def _informed(fields: Fields) -> Informed:
    return Informed(nation=fields.text("nation"), at_us=fields.instant("at"), by=fields.text("by"))


def _held(fields: Fields) -> Held:
    return Held(
        nation=fields.text("nation"),
        at_us=fields.instant("at"),
        position=fields.choice("position", POSITIONS),
        reservation=fields.text_or_none("reservation") or "",
    )


def _step(fields: Fields) -> Step:
    return Step(
        nation=fields.text("nation"),
        at_us=fields.instant("at"),
        step=fields.choice("step", STEPS),
        note=fields.text_or_none("note") or "",
    )


def _measure(word: str) -> Measure:
    return next((one for one in MEASURES if one == word), "diplomatic")


def _considered(fields: Fields) -> Considered:
    return Considered(
        kind=_measure(fields.choice("kind", MEASURES)),
        words=fields.text("words"),
        by=fields.text("by"),
        at_us=fields.instant("at"),
    )


def _decision(fields: Fields) -> Decision:
    return Decision(
        at_us=fields.instant("at"),
        by=fields.words("by"),
        words=fields.text("words"),
        reasons=fields.text("reasons"),
        measures=tuple(_measure(word) for word in fields.words_among("measures", MEASURES)),
    )
