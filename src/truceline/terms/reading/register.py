"""What was decided about the text: [[suspension]], [[divergence]], [[ruling]]."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from truceline.model.agreement import Area, Divergence, Ruling, Suspension
from truceline.terms.reading.document import Document, Layer
from truceline.terms.reading.keys import DIVERGENCE, RULING, SUSPENSION

HOLDS = ("text", "reading")


@dataclass(frozen=True)
class Disputed:
    """A divergence with the table of its other reading; None: it cannot be written as data."""

    divergence: Divergence
    reading: Layer | None


def read_suspensions(
    document: Document, parties: Sequence[str], areas: Mapping[str, Area], provisions: Sequence[str]
) -> tuple[Suspension, ...]:
    """Times in which the text does not bind."""
    inside = {id_: area for id_, area in areas.items() if area.polygons or area.radius_m}
    found = []
    for layer in document.many(SUSPENSION):
        fields = document.fields(layer)
        start, end = fields.span()
        if start is None and "from" not in fields.table:
            fields.instant("from")
        found.append(
            Suspension(
                from_us=start or 0,
                until_us=end,
                party=fields.choice("party", parties) if "party" in fields.table else None,
                area=fields.choice("area", inside) if "area" in fields.table else None,
                provisions=fields.words_among("provisions", provisions),
                article=fields.text_or_none("article") or "",
            )
        )
        document.done(fields, SUSPENSION.known)
    return tuple(found)


def read_divergences(document: Document, provisions: Sequence[str], languages: Sequence[str]) -> tuple[Disputed, ...]:
    """Where the text can be read in two ways."""
    layers = document.many(DIVERGENCE)
    document.ids(layers, "divergence")
    found = []
    for layer in layers:
        fields = document.fields(layer)
        reading = layer.below("reading")
        if reading is None and "reading" in layer.table:
            fields.fault("reading", "'reading' is not a table", "write [divergence.reading], then the keys that differ")
        divergence = Divergence(
            id=fields.text("id"),
            provision=fields.choice("provision", provisions),
            words=fields.text("words"),
            languages=fields.words_among("languages", languages),
        )
        found.append(Disputed(divergence, reading))
        document.look_for_slips(layer, DIVERGENCE.known)
        document.done_layers(fields, [layer])
    return tuple(found)


def read_rulings(document: Document, divergences: Sequence[str]) -> tuple[Ruling, ...]:
    """The register of interpretation, in the file's order."""
    layers = document.many(RULING)
    document.ids(layers, "ruling")
    found = []
    for layer in layers:
        fields = document.fields(layer)
        version = fields.whole_or_none("version", least=1)
        found.append(
            Ruling(
                id=fields.text("id"),
                on=fields.choice("on", divergences),
                made_us=fields.instant("made"),
                by=fields.text("by"),
                words=fields.text("words"),
                reading=fields.choice("holds", HOLDS) == "reading",
                version=1 if version is None else version,
                from_us=fields.instant_or_none("from"),
            )
        )
        document.done(fields, RULING.known)
    return tuple(found)
