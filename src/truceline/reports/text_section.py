"""What the text says of what is no fire: weapons seen, monitors hindered, stores counted, ground taken, duties undone.

Each is judged by the text supposing in turn that each party, or other actor of the agreement, did it. It never says who
did: that is a finding's, and findings are of events.
"""

from collections.abc import Iterator, Sequence

from truceline.model.finding import Breach, Verdict
from truceline.model.incident import Act
from truceline.model.observation import Damage, Inspection, Restriction
from truceline.reports.canvas import name_of
from truceline.reports.markup import Content, plain, tag
from truceline.reports.placing import Located
from truceline.reports.tables import table
from truceline.reports.telling import Telling, number_words
from truceline.terms.counting import Number
from truceline.terms.evaluate import evaluate
from truceline.terms.matter import Advance, Matter, Omission, Sighting

SAID: tuple[Verdict, ...] = (
    "breach",
    "indeterminate",
    "exempt",
)  # what is said of; what is not forbidden is not listed
KEYS = ("when", "what", "where", "who", "verdict", "article", "decided")
MOST_WORDS = 400


def text(told: Telling) -> Content:
    """Every such matter of the period that the text touches; empty if there is none, or nothing may be verified."""
    if not told.may_verify:
        return ()
    texts, prepared = told.texts, told.record.prepared
    matters = [prepared.matters[id_][0] for id_ in prepared.apart]
    some = [one for one in matters if told.account.period.holds(one.time_us)]
    lines = [line for one, where in zip(some, _where(told, some), strict=True) for line in _lines(told, one, where)]
    if not lines:
        return ()
    heads = [texts.say(f"text.{key}") for key in KEYS]
    engine = texts.say("spot.engine")
    note = [tag("p", engine, class_="small")] if engine else []
    return [tag("p", texts.say("text.meaning")), *note, table(texts.say("text.caption"), heads, lines)]


def _where(told: Telling, matters: Sequence[Matter]) -> list[Located | None]:
    spots = [one.spot for one in matters]
    placed = [(spot, one.time_us) for spot, one in zip(spots, matters, strict=True) if spot is not None]
    located = iter(
        told.record.placing.located(
            [(spot.lon, spot.lat) for spot, _ in placed],
            [spot.ellipse90.semi_major_m for spot, _ in placed],
            [when for _, when in placed],
        )
    )
    return [None if spot is None else next(located) for spot in spots]


def _lines(told: Telling, matter: Matter, where: Located | None) -> Iterator[list[Content]]:
    """One line for each provision and verdict, with all of whom it would hold."""
    texts, prepared = told.texts, told.record.prepared
    found: dict[tuple[str, Verdict, str], list[str]] = {}
    breaches: dict[tuple[str, Verdict, str], Breach] = {}
    for actor in _actors(told, matter):
        for breach in evaluate(prepared, Act((matter.id,), ()), actor):
            if breach.verdict in SAID:
                key = breach.provision, breach.verdict, breach.decided_by
                found.setdefault(key, []).append(actor)
                breaches[key] = breach
    articles = {one.id: one.article for one in prepared.agreement.provisions}
    for key, actors in found.items():
        provision, verdict, decided = key
        yield [
            told.moment(matter.time_us),
            _what(told, matter),
            told.where(where) if where is not None else "–",
            ", ".join(map(plain, actors)),
            texts.say(f"text.{verdict}"),
            plain(articles[provision]),
            plain(decided, MOST_WORDS),
        ]


def _actors(told: Telling, matter: Matter) -> Sequence[str]:
    """Of whom it is asked: everybody whom the text may bind; where it is one's own duty or gain, of that one."""
    if isinstance(matter.about, Omission | Advance):
        return (matter.about.party,)
    agreement = told.record.case.agreement
    return (*agreement.parties, *(actor.id for actor in agreement.actors))


def _what(told: Telling, matter: Matter) -> str:
    """What the matter is, in words; quotations stay as they were written."""
    texts, about = told.texts, matter.about
    areas = {area.id: area for area in told.record.case.agreement.areas}
    if isinstance(about, Sighting):
        number = Number(uncountable=1) if about.count is None else Number(*about.count)
        return texts.say("matter.sighting", number=number_words(number, texts), weapon=plain(about.weapon.said))
    if isinstance(about, Restriction):
        return texts.say("matter.restriction", words=plain(about.what, MOST_WORDS))
    if isinstance(about, Inspection):
        site = name_of(areas[about.site], texts) if about.site in areas else plain(about.site)
        return texts.say("matter.inspection", site=site)
    if isinstance(about, Damage):
        return texts.say("matter.damage", object=plain(about.object, MOST_WORDS))
    if isinstance(about, Advance):
        return texts.say("matter.advance", mapper=plain(about.mapper))
    assert isinstance(about, Omission), about
    return texts.say("matter.omission", due=told.stamp(about.due_us))
