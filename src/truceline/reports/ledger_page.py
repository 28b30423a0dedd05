"""ledger.html: what the coalition has, lacks, and would lose, on a date. And the same as canonical JSON lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from truceline.coalition.consultation import WITHOUT_PREJUDICE
from truceline.coalition.deployable import Misplaced, Standing
from truceline.coalition.ledger import EVERYONE, Contribution, Ledger, holding
from truceline.coalition.pillars import Need, PillarState
from truceline.coalition.what_if import Consequences, Sight
from truceline.custody.canonical import Json, canonical_json, canonical_line
from truceline.model.finding import Reason
from truceline.model.instant import Instant, format_utc
from truceline.reports.english import ENGLISH
from truceline.reports.figures import day, percent
from truceline.reports.markup import Content, Markup, content, name, plain, tag
from truceline.reports.page import Look, Section, page
from truceline.reports.records import reason_record
from truceline.reports.tables import folded, listed, table
from truceline.reports.texts import Texts

MOST_OBSTACLES = 6


@dataclass(frozen=True)
class Shown:
    """A ledger on a date: how each contribution stands, the pillars, what is misplaced; what each nation's lapse would
    take; and suppositions that were asked for, each with its words."""

    mission: str
    status: str  # actual, exercise or test
    ledger: Ledger
    when: Instant
    standings: Mapping[str, Standing]
    pillars: Sequence[PillarState]
    misplaced: Sequence[Misplaced]
    lapses: Sequence[tuple[str, Consequences]] = ()
    asked: Sequence[tuple[str, Consequences]] = ()


def ledger_files(shown: Shown) -> dict[str, bytes]:
    """contributions.ndjson, pillars.ndjson, misplaced.ndjson and whatif.ndjson, by name."""
    head = canonical_line({"on": format_utc(shown.when, digits=0), "note": WITHOUT_PREJUDICE})
    lines = {
        "contributions.ndjson": [_contribution_line(shown, one) for one in shown.ledger.contributions],
        "pillars.ndjson": [canonical_line(_need_line(one, need)) for one in shown.pillars for need in one.needs],
        "misplaced.ndjson": [
            canonical_line({"contribution": one.contribution, "caveat": one.caveat, "by_agreement": one.by_agreement,
                            "words": one.words})
            for one in shown.misplaced
        ],
        "whatif.ndjson": [canonical_line(_whatif_line(what, found)) for what, found in (*shown.lapses, *shown.asked)],
    }  # fmt: skip
    return {file: head + b"".join(some) for file, some in lines.items()}


def _contribution_line(shown: Shown, one: Contribution) -> bytes:
    standing = shown.standings[one.id]
    return canonical_line(
        {
            "id": one.id, "nation": one.nation, "pillar": one.pillar, "asset": one.asset, "least": one.least,
            "most": one.most, "status": standing.status, "deployable": standing.deployable,
            "obstacles": [reason_record(reason) for reason in standing.obstacles],
        }
    )  # fmt: skip


def _need_line(state: PillarState, need: Need) -> dict[str, Json]:
    return {
        "pillar": state.pillar, "commitment": need.commitment.id, "words": need.commitment.words,
        "asset": need.commitment.asset, "needs": need.commitment.amount, "least": need.least, "most": need.most,
        "owed": need.owed, "lacks": need.lacks, "contributions": list(need.contributions),
    }  # fmt: skip


def _whatif_line(what: str, found: Consequences) -> dict[str, Json]:
    line: dict[str, Json] = {
        "what": what,
        "lost": [
            {
                "contribution": one.contribution,
                "nation": one.nation,
                "because": [reason_record(why) for why in one.because],
            }
            for one in found.lost
        ],
        "gained": list(found.gained),
        "sensors": list(found.sensors),
        "supplies": list(found.supplies),
        "lacks_more": [{"commitment": id_, "before": a, "after": b} for id_, a, b in _lacks_more(found)],
    }
    if found.sight is not None:
        line["line"] = [{"providers": n, "before": a, "after": b} for n, a, b in found.sight.line]
        line["falls"] = [
            {"finding": one.finding, "before": one.before, "after": one.after, "words": one.words}
            for one in found.sight.falls
        ]
    return line


def _lacks_more(found: Consequences) -> list[tuple[str, float, float]]:
    """(commitment, lacks now, lacks then) of every need that would lack more."""
    now = {need.commitment.id: need.lacks for state in found.before for need in state.needs}
    then = {need.commitment.id: need.lacks for state in found.after for need in state.needs}
    return [(id_, now[id_], lacks) for id_, lacks in then.items() if lacks > now[id_]]


def ledger_json(shown: Shown) -> bytes:
    """The figures of the page in a few numbers."""
    return canonical_json(
        {
            "on": format_utc(shown.when, digits=0),
            "note": WITHOUT_PREJUDICE,
            "contributions": len(shown.ledger.contributions),
            "deployable": sum(one.deployable for one in shown.standings.values()),
            "lacking": [need.commitment.id for state in shown.pillars for need in state.lacking],
            "misplaced": [one.contribution for one in shown.misplaced],
        }
    )


def ledger_page(shown: Shown, *, look: Look, texts: Texts = ENGLISH) -> bytes:
    """The page as UTF-8. Same arguments, same bytes."""
    on = day(shown.when)
    bodies: list[tuple[str, Content]] = [
        ("summary", _summary(shown, texts)),
        ("pillars", _pillars(shown, texts)),
        ("misplaced", _misplaced(shown, texts)),
        ("whatif", [_asked(what, found, texts) for what, found in shown.asked] + [_lapses(shown, texts)]),
        ("contributions", _contributions(shown, texts)),
        ("authorities", _authorities(shown, texts)),
        ("caveats", _caveats(shown, texts)),
    ]
    sections = [Section(id_, texts.say(f"ledger.section.{id_}", day=on), body) for id_, body in bodies]
    title = texts.say("ledger.title", mission=plain(shown.mission), day=on)
    return page(title, shown.status, texts.say("ledger.warning"), sections, look, texts, script=False)


def _summary(shown: Shown, texts: Texts) -> Markup:
    able = sum(one.deployable for one in shown.standings.values())
    lead = texts.say(
        "ledger.lead",
        nations=texts.count("noun.nation", len(shown.ledger.nations)),
        contributions=texts.count("noun.contribution", len(shown.ledger.contributions)),
        deployable=str(able),
        day=day(shown.when),
    )
    return content(tag("p", lead, class_="lead"), tag("p", texts.say("page.without_prejudice")))


def _pillars(shown: Shown, texts: Texts) -> Content:
    heads = [texts.say(f"ledger.{key}") for key in ("commitment", "pillar", "needs", "has", "lacks")]
    rows = [
        [
            content(name(need.commitment.id), " ", tag("span", plain(need.commitment.words, 300), class_="small")),
            texts.say(f"pillar.{state.pillar}"),
            f"{need.commitment.amount:g} {plain(need.commitment.asset, 80)}",
            f"{need.least:g} – {need.most:g}",
            _lacks(need, texts),
        ]
        for state in shown.pillars
        for need in state.needs
    ]
    words = [
        texts.say("ledger.pillar_words", pillar=texts.say(f"pillar.{state.pillar}"), able=str(len(state.deployable)),
                  unable=str(len(state.not_deployable)))
        for state in shown.pillars
    ]  # fmt: skip
    return [listed(words), table(texts.say("ledger.pillars"), heads, rows, numeric=(3,))]


def _lacks(need: Need, texts: Texts) -> Content:
    if not need.owed:
        return content(texts.say("ledger.not_owed"), _tree(need.unmet))
    return tag("strong", f"{need.lacks:g}") if need.lacks else texts.say("ledger.nothing")


def _tree(reasons: Sequence[Reason]) -> Markup:
    """Reasons as a list, each with what it rests on."""
    if not reasons:
        return content()
    shown = [content(plain(one.words, 400), _tree(one.because)) for one in reasons[:MOST_OBSTACLES]]
    more = [f"… ({len(reasons)})"] if len(reasons) > MOST_OBSTACLES else []
    return listed([*shown, *more])


def _misplaced(shown: Shown, texts: Texts) -> Content:
    if not shown.misplaced:
        return tag("p", texts.say("ledger.none_misplaced"))
    heads = [texts.say(f"ledger.{key}") for key in ("contribution", "against", "what")]
    rows = [
        [
            name(one.contribution),
            content(
                texts.say("ledger.by_agreement" if one.by_agreement else "ledger.by_caveat"), " ", name(one.caveat)
            ),
            plain(one.words, 400),
        ]
        for one in shown.misplaced
    ]
    return table(texts.say("ledger.misplaced"), heads, rows)


def _lapses(shown: Shown, texts: Texts) -> Markup:
    """What would go if the consent of one nation lapsed, nation by nation."""
    heads = [texts.say(f"ledger.{key}") for key in ("nation", "lost", "sensors", "newly", "supplies")]
    names = {one.id: one.name for one in shown.ledger.nations}
    rows = []
    for nation, found in sorted(shown.lapses, key=lambda one: (-len(one[1].lost), one[0])):
        pillars = {id_: state.pillar for state in found.after for need in state.needs for id_ in [need.commitment.id]}
        newly = dict.fromkeys(pillars[id_] for id_, _, _ in _lacks_more(found))
        rows.append(
            [
                name(names.get(nation, nation)),
                str(len(found.lost)),
                str(len(found.sensors)),
                ", ".join(texts.say(f"pillar.{pillar}") for pillar in newly) or texts.say("ledger.nothing"),
                ", ".join(found.supplies) or texts.say("ledger.nothing"),
            ]
        )
    return table(texts.say("ledger.lapses"), heads, rows, numeric=(1, 2)) if rows else content()


def _asked(what: str, found: Consequences, texts: Texts) -> Markup:
    lost = [
        content(name(one.contribution), " (", name(one.nation), ")", _tree(one.because)) for one in found.lost
    ]  # fmt: skip
    count = texts.say("ledger.lost_words", count=texts.count("noun.contribution", len(found.lost)))
    return content(
        tag("h3", texts.say("ledger.whatif", what=plain(what, 200))),
        folded(count, listed(lost)) if lost else tag("p", count),
        _sight(found, texts),
    )


def _sight(found: Consequences, texts: Texts) -> Markup:
    if not found.sensors:
        return tag("p", texts.say("ledger.no_sensors"))
    if found.sight is None:
        return tag("p", texts.say("ledger.not_asked"))
    heads = [texts.say(f"ledger.{key}") for key in ("providers", "before", "after")]
    rows = [[f"{count}+", percent(before), percent(after)] for count, before, after in found.sight.line]
    return content(
        table(texts.say("ledger.line"), heads, rows, numeric=(1, 2), class_="slim"), _falls(found.sight, texts)
    )


def _falls(sight: Sight, texts: Texts) -> Markup:
    if not sight.falls:
        return tag("p", texts.say("ledger.no_falls", count=str(sight.findings)))
    heads = [texts.say(f"ledger.{key}") for key in ("finding", "before", "after", "because")]
    rows = [
        [
            name(one.finding), one.before,
            texts.say("ledger.then", after=one.after) if one.after else texts.say("ledger.unreached"),
            plain(one.words, 500),
        ]
        for one in sight.falls
    ]  # fmt: skip
    return table(texts.say("ledger.falls", count=str(sight.findings)), heads, rows)


def _contributions(shown: Shown, texts: Texts) -> Content:
    heads = [
        texts.say(f"ledger.{key}")
        for key in ("contribution", "asset", "amount", "domain", "status", "where", "deployable")
    ]
    parts = []
    for nation in shown.ledger.nations:
        mine = [one for one in shown.ledger.contributions if one.nation == nation.id]
        if not mine:
            continue
        able = sum(shown.standings[one.id].deployable for one in mine)
        caption = f"{plain(nation.name)}: {able} / {len(mine)}"
        rows = [_contribution(shown, one, texts) for one in mine]
        parts.append(table(caption, heads, rows, folded=texts))
    return parts


def _contribution(shown: Shown, one: Contribution, texts: Texts) -> list[Content]:
    standing = shown.standings[one.id]
    amount = f"{one.least:g}" if one.least == one.most else f"{one.least:g} – {one.most:g}"
    where = ", ".join(filter(None, (one.country, f"hub {one.hub}" if one.hub else None)))
    why = texts.say("ledger.yes") if standing.deployable else content(texts.say("ledger.no"), _tree(standing.obstacles))
    return [
        name(one.id), plain(one.asset, 80), amount, one.domain, standing.status or texts.say("ledger.nothing"),
        plain(where) or texts.say("ledger.nothing"), why,
    ]  # fmt: skip


def _authorities(shown: Shown, texts: Texts) -> Markup:
    heads = [texts.say(f"ledger.{key}") for key in ("words", "nation", "kind", "state", "expires")]
    rows = []
    for one in shown.ledger.authorities:
        entry = holding(one.history, shown.when)
        state = (
            texts.say("ledger.nothing") if entry is None else f"{entry.outcome}, {day(entry.at_us)}, {plain(entry.by)}"
        )
        rows.append(
            [
                content(name(one.id), " ", plain(one.title, 200)), name(one.nation), one.kind, state,
                texts.say("ledger.never") if one.expires_us is None else day(one.expires_us),
            ]
        )  # fmt: skip
    return table(texts.say("ledger.section.authorities"), heads, rows)


def _caveats(shown: Shown, texts: Texts) -> Markup:
    heads = [texts.say(f"ledger.{key}") for key in ("words", "nation", "kind", "from_until")]
    rows = [
        [
            content(name(one.id), " ", plain(one.words, 300)),
            texts.say("ledger.everyone") if one.nation == EVERYONE else name(one.nation),
            one.kind,
            f"{_day(one.from_us)} – {_day(one.until_us)}",
        ]
        for one in shown.ledger.caveats
    ]
    return table(texts.say("ledger.section.caveats"), heads, rows)


def _day(instant: Instant | None) -> str:
    return "…" if instant is None else day(instant)
