"""The registers of a period as sections: harm, hindrance, weapons, mines, notices, crossing points, allegations.

Each is empty where there is nothing to report. None of it says who is responsible; sides are told as they were said.
"""

import re
from collections.abc import Sequence

from truceline.model.agreement import Suspension
from truceline.model.finding import OTHER_ACTOR
from truceline.reports.canvas import name_of
from truceline.reports.markup import Content, content, name, plain
from truceline.reports.placing import Located
from truceline.reports.tables import listed, table
from truceline.reports.telling import Telling, number_words, whole
from truceline.reports.texts import Texts
from truceline.terms.counting import Number
from truceline.terms.hindrance import FIRED_AT, NOBODY
from truceline.terms.registers.harm import HarmEntry
from truceline.terms.registers.movement import MovementEntry, by_side
from truceline.terms.registers.notices import NoticeEntry
from truceline.terms.registers.storage import WeaponEntry

MINES = re.compile(r"\bmines?\b|minefield|unexploded|\buxo\b|booby", re.IGNORECASE)
MOST_WORDS = 400
METRES_BELOW = 2_000.0
Placed = tuple[MovementEntry, Located | None]


def harm(told: Telling) -> Content:
    """Casualties and damage, with what came down near by before."""
    texts = told.texts
    heads = [texts.say(f"harm.{key}") for key in ("when", "where", "object", "persons", "cause", "perhaps")]
    lines = [_harm(told, entry, where) for entry, where in told.account.harm]
    return [table(texts.say("harm.caption"), heads, lines, numeric=(3,))] if lines else ()


def _harm(told: Telling, entry: HarmEntry, where: Located | None) -> list[Content]:
    texts = told.texts
    events = {one.id: one for one in told.record.events}
    near = [events[id_] for id_ in entry.perhaps]
    perhaps = listed(
        f"{told.texts.class_(one.class_)}, {told.when(one.origin.time_us, one.origin.time_us, one.origin.time_sigma_s)}"
        for one in near[:5]
    )
    return [
        told.moment(entry.time_us),
        told.where(where),
        plain(entry.object, MOST_WORDS),
        texts.say("harm.not_said") if entry.persons is None else whole(entry.persons),
        texts.say("harm.not_said") if entry.cause_stated is None else plain(entry.cause_stated, MOST_WORDS),
        perhaps if near else texts.say("harm.nothing"),
    ]


def monitors(told: Telling) -> Content:
    """Fire at monitors and at what is theirs."""
    return _movement(told, [one for one in told.account.movement if one[0].kind == FIRED_AT], "movement.monitors")


def mines(told: Telling) -> Content:
    """What monitors met of mines and unexploded ordnance."""
    return _movement(told, [one for one in told.account.movement if _of_mines(one[0])], "mines.caption", sides=False)


def movement(told: Telling) -> Content:
    """All other restrictions, and interference with signals: how many by side and kind, then each."""
    some = [one for one in told.account.movement if one[0].kind != FIRED_AT and not _of_mines(one[0])]
    if not some:
        return ()
    texts = told.texts
    heads = [texts.say(f"movement.{key}") for key in ("side", "kind", "number")]
    sides = by_side([entry for entry, _ in some])
    lines: list[list[Content]] = [
        [_side(told, side), texts.say(f"hindrance.{kind}"), whole(number)] for (side, kind), number in sides.items()
    ]
    summary = table(texts.say("movement.by_side"), heads, lines, numeric=(2,), class_="slim")
    return [*([summary] if told.may_name else []), *_movement(told, some, "movement.caption")]


def _of_mines(entry: MovementEntry) -> bool:
    return entry.kind == NOBODY and bool(MINES.search(entry.words))


def _movement(told: Telling, some: Sequence[Placed], caption: str, *, sides: bool = True) -> Sequence[Content]:
    if not some:
        return ()
    keys = ("when", "where", "kind", "side", "words") if sides else ("when", "where", "words")
    lines = []
    for entry, where in some:
        cells: dict[str, Content] = {
            "when": told.moment(entry.time_us, entry.until_us or entry.time_us),
            "where": told.where(where),
            "kind": told.texts.say(f"hindrance.{entry.kind}"),
            "side": _said_by(told, entry),
            "words": plain(entry.words, MOST_WORDS),
        }
        lines.append([cells[key] for key in keys])
    return [table(told.texts.say(caption), [told.texts.say(f"movement.{key}") for key in keys], lines)]


def _said_by(told: Telling, entry: MovementEntry) -> str:
    """By whom, as those who were hindered said; else whose ground it was."""
    if not told.may_name:
        return told.texts.say("movement.not_named")
    return plain(entry.side) if entry.said else _side(told, entry.side, ground=True)


def _side(told: Telling, side: str, *, ground: bool = False) -> str:
    if not side:
        return told.texts.say("movement.nobody_said")
    return told.texts.say("movement.ground", party=plain(side)) if ground else plain(side)


def weapons(told: Telling) -> Content:
    """Every status of the weapons that the agreement withdraws, each sighting once, whoever it would break it for."""
    texts = told.texts
    heads = [texts.say(f"weapons.{key}") for key in ("status", "when", "where", "what", "number")]
    seen: dict[tuple[str, str, str], list[Content]] = {}
    for entry, where in told.account.weapons:
        seen.setdefault((entry.id, entry.weapon, entry.status), _weapon(told, entry, where))
    lines = [seen[key] for key in sorted(seen, key=lambda key: (key[2], key[0], key[1]))]
    return [table(texts.say("weapons.caption"), heads, lines, numeric=(4,))] if lines else ()


def _weapon(told: Telling, entry: WeaponEntry, where: Located | None) -> list[Content]:
    areas = {area.id: area for area in told.record.case.agreement.areas}
    place = told.where(where)
    if entry.site in areas:
        site = name_of(areas[entry.site], told.texts)
        place = told.texts.say("weapons.site", site=site, party=plain(entry.party))
    count = Number(uncountable=1) if entry.number is None else Number(*entry.number)
    return [
        told.texts.say(f"status_of.{entry.status}"),
        told.moment(entry.time_us),
        place,
        plain(entry.weapon) if entry.weapon else told.texts.say("weapons.any"),
        number_words(count, told.texts) if entry.number is not None else "–",
    ]


def local(told: Telling) -> Content:
    """Local ceasefires and other suspensions, and what parties announced, with how it was received."""
    texts = told.texts
    said = [_suspension(told, one) for one in told.account.suspensions]
    heads = [texts.say(f"notice.{key}") for key in ("id", "party", "what", "when", "where", "reception", "used")]
    lines = [_notice(told, one) for one in told.account.notices]
    notices = [table(texts.say("notice.caption"), heads, lines)] if lines else []
    return [*([listed(said)] if said else []), *notices]


def _suspension(told: Telling, one: Suspension) -> str:
    texts = told.texts
    areas = {area.id: area for area in told.record.case.agreement.areas}
    start, until = told.stamp(one.from_us), one.until_us
    span = (
        texts.say("local.open", start=start)
        if until is None
        else texts.say("local.span", start=start, end=told.stamp(until))
    )
    what = [plain(one.party) if one.party else texts.say("local.all")]
    what += [texts.say("local.in", area=name_of(areas[one.area], texts))] if one.area else []
    what += [texts.say("local.by", article=plain(one.article))] if one.article else []
    return texts.say("local.suspension", span=span, what=" ".join(what))


def _notice(told: Telling, entry: NoticeEntry) -> list[Content]:
    texts, one = told.texts, entry.notice
    (where,) = told.record.placing.located([(one.lon, one.lat)], [0.0], [one.from_us])
    used, beyond = whole(len(entry.used_by)), whole(len(entry.beyond))
    key = "notice.more" if entry.beyond else "notice.covered"
    return [
        name(one.id),
        name(one.party),
        told.texts.class_(one.activity),
        told.moment(one.from_us, one.until_us),
        texts.say("notice.radius", radius=_radius(one.radius_m, texts), place=told.where(where)),
        texts.say(f"notice.{entry.reception}"),
        texts.say(key, covered=used, more=beyond) if entry.beyond else texts.say(key, covered=used),
    ]


def _radius(radius_m: float, texts: Texts) -> str:
    """A stated radius, as it was stated."""
    if radius_m < METRES_BELOW:
        return texts.say("unit.metres", metres=f"{radius_m:.0f}")
    return texts.say("unit.kilometres", kilometres=f"{radius_m / 1000:.3g}")


def crossings(told: Telling) -> Content:
    """What monitors wrote of crossing points."""
    texts = told.texts
    areas = {area.id: area for area in told.record.case.agreement.areas}
    heads = [texts.say(f"crossing.{key}") for key in ("point", "when", "words")]
    lines: list[list[Content]] = [
        [name_of(areas[point], texts), told.moment(one.time_us), plain(one.text or "", MOST_WORDS)]
        for point, one in told.account.crossings
    ]
    return [table(texts.say("crossing.caption"), heads, lines)] if lines else ()


def claims(told: Telling) -> Content:
    """What parties allege, with what became of it: allegations of interested sources, never counted."""
    texts = told.texts
    keys = ("party", "accuses", "when", "what", "where", "outcome")
    heads = [texts.say(f"claim.{key}") for key in keys]
    places = told.record.placing.located(
        [(one.lon, one.lat) for one, _ in told.account.claims],
        [one.radius_m for one, _ in told.account.claims],
        [one.time_us for one, _ in told.account.claims],
    )
    lines: list[list[Content]] = []
    for (one, outcome), where in zip(told.account.claims, places, strict=True):
        accused = texts.say("spot.other") if one.accuses == OTHER_ACTOR else plain(one.accuses)
        what = told.texts.class_(one.class_)
        lines.append(
            [
                name(one.party),
                accused if told.may_name else texts.say("movement.not_named"),
                told.moment(one.time_us),
                content(f"{whole(one.count)} × {what}" if one.count else what),
                told.where(where),
                texts.say(f"claim.{outcome or 'open'}"),
            ]
        )
    return [table(texts.say("claim.caption"), heads, lines)] if lines else ()
