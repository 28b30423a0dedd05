"""A page that draws an agreement: its lines and zones, and who is bound to what, where and when."""

from collections.abc import Mapping, Sequence

from truceline.geo.frame import frame_for
from truceline.geo.view import Position, view_of
from truceline.geo.zone import outlines
from truceline.model.agreement import MANDATE_ACTS, Actor, Agreement, Area, Definition, Provision, Suspension, Where
from truceline.model.ground import Polygon
from truceline.model.instant import Instant, format_utc
from truceline.model.problem import Problem
from truceline.reports.canvas import Canvas, agreed, canvas_of, described, grid, name_of, scale_bar
from truceline.reports.english import ENGLISH
from truceline.reports.figures import metres
from truceline.reports.markup import Content, Markup, content, name, plain, short, tag
from truceline.reports.page import Look, Section, page
from truceline.reports.tables import listed, table
from truceline.reports.texts import Texts

Grounds = Sequence[Sequence[tuple[str, Where | None]]]  # of every provision, of every party it binds (None: everywhere)


def agreement_page(
    agreement: Agreement,
    grounds: Grounds,
    notes: Sequence[Problem],
    *,
    look: Look,
    status: str = "test",
    texts: Texts = ENGLISH,
) -> bytes:
    """The page as UTF-8. `grounds`: where its provisions apply; `notes`: what does not go together.

    Same arguments, same bytes.
    """
    parts: list[tuple[str, Content]] = [
        ("map", _map(agreement, grounds, texts)),
        ("provisions", _provisions(agreement, grounds, texts)),
        ("actors", _list([_actor(one, texts) for one in agreement.actors], texts)),
        ("meanings", _list([_definition(one, texts) for one in agreement.definitions], texts)),
        ("decided", _list(_decided(agreement, texts), texts)),
        ("mandate", listed(_mandate(agreement, texts))),
        ("notes", _list([plain(f"{note.what}. {note.remedy}.", 800) for note in notes], texts)),
    ]
    sections = [Section(id_, texts.say(f"agreement.section.{id_}"), body) for id_, body in parts]
    title = texts.say("agreement.title", title=plain(agreement.title))
    return page(title, status, texts.say("agreement.warning"), sections, look, texts, script=False)


def _map(agreement: Agreement, grounds: Grounds, texts: Texts) -> Markup:
    """The ground with every line, area and zone; the zones numbered, and listed below."""
    corners = [position for area in agreement.areas for position in _positions(area)]
    if not corners:
        return tag("p", texts.say("agreement.no_map"))
    areas = {area.id: area for area in agreement.areas}
    frame = frame_for([lon for lon, _ in corners], [lat for _, lat in corners])
    zones = _zones(agreement, grounds)
    drawn = [(where, outlines(frame, areas, where)) for where in zones]
    shown = [*corners, *(position for _, polygons in drawn for polygon in polygons for position in polygon[0])]
    canvas = canvas_of(view_of(shown))
    body = content(
        tag("rect", class_="sheet", width=canvas.width, height=canvas.height),
        grid(canvas),
        tag(
            "g",
            *(_zone(canvas, number, polygons) for number, (_, polygons) in enumerate(drawn, start=1)),
            class_="zones",
        ),
        agreed(canvas, agreement.areas, texts),
        _labels(canvas, agreement.areas, texts),
        scale_bar(canvas, texts),
    )
    picture = described(texts, "map.agreement", body, width=canvas.width, height=canvas.height, id_="agreement-map")
    items = [
        texts.write("agreement.zone", number=str(number), provisions=_spoken(where, zones[where], agreement, texts))
        for number, (where, _) in enumerate(drawn, start=1)
    ]
    return content(picture, tag("h3", texts.say("agreement.zones")), _list(items, texts))


def _zones(agreement: Agreement, grounds: Grounds) -> Mapping[Where, Sequence[str]]:
    """Every ground that has an inside, with what applies there to whom, in the order of the text."""
    found: dict[Where, list[str]] = {}
    for one, places in zip(agreement.provisions, grounds, strict=True):
        for where in dict.fromkeys(where for _, where in places):
            if where is not None and where.areas:
                parties = ", ".join(party for party, place in places if place == where)
                found.setdefault(where, []).append(f"{one.id} ({parties})")
    return found


def _zone(canvas: Canvas, number: int, polygons: Sequence[Polygon]) -> Markup:
    edges = canvas.path(canvas.view.edges(polygons, canvas.tolerance_m))
    labels = [place for place in canvas.places([polygon[0][0] for polygon in polygons]) if place is not None]
    text = [tag("text", str(number), x=short(x), y=short(y), class_="no") for x, y in labels[:1]]
    return tag("g", tag("path", class_="edge", d=edges), *text) if edges else content()


def _labels(canvas: Canvas, areas: Sequence[Area], texts: Texts) -> Markup:
    """Names of lines and zones; points have theirs already."""
    named = [area for area in areas if area.point is None]
    places = canvas.places([_labelled_at(area) for area in named])
    drawn = [
        tag("text", name_of(area, texts), x=short(place[0] + 3), y=short(place[1] + 11), class_="small")
        for area, place in zip(named, places, strict=True)
        if place is not None
    ]
    return tag("g", *drawn, class_="agreed")


def _labelled_at(area: Area) -> Position:
    """Where the name of a line or zone is written: at the line's end, at the zone's north-western corner."""
    if area.line:
        return area.line[-1]
    return max((position for polygon in area.polygons for position in polygon[0]), key=lambda p: (p[1] - p[0], p))


def _provisions(agreement: Agreement, grounds: Grounds, texts: Texts) -> Markup:
    heads = [texts.say(f"agreement.{key}") for key in ("provision", "article", "binds", "where", "when", "proof")]
    rows = [
        (
            name(one.id),
            content(tag("strong", plain(one.article)), " ", plain(one.text, 800)),
            _binds(one, texts),
            grounds_words(places, agreement, texts),
            _when(agreement, one, texts),
            texts.say("agreement.standard", threshold=f"{one.attribution_threshold:.2f}",
                      robustness=one.attribution_robustness, disclosure=one.disclosure),
        )
        for one, places in zip(agreement.provisions, grounds, strict=True)
    ]  # fmt: skip
    return table(texts.say("agreement.provisions"), heads, rows)


def _binds(one: Provision, texts: Texts) -> str:
    binds = plain(", ".join(one.binds))
    if not one.exempt_roles:
        return binds
    return texts.say("agreement.exempt", binds=binds, roles=", ".join(one.exempt_roles))


def place_words(where: Where | None, agreement: Agreement, texts: Texts) -> str:
    """Where a provision applies, in words."""
    if where is None:
        return texts.say("agreement.everywhere")
    areas, less = _names(where.areas, agreement, texts), _names(where.outside, agreement, texts)
    if not where.areas:
        return texts.say("agreement.outside", areas=less) if less else texts.say("agreement.everywhere")
    reach = metres(where.within_m)
    if where.side and where.within_m:
        place = texts.say("agreement.within_side", metres=reach, areas=areas, side=where.side)
    elif where.side:
        place = texts.say("agreement.beyond", areas=areas, side=where.side)
    elif where.within_m:
        place = texts.say("agreement.within", metres=reach, areas=areas)
    else:
        place = texts.say("agreement.inside", areas=areas)
    return texts.say("agreement.less", place=place, areas=less) if less else place


def _names(ids: Sequence[str], agreement: Agreement, texts: Texts, most: int = 6) -> str:
    areas = {area.id: area for area in agreement.areas}
    listed_ = [name_of(areas[id_], texts) for id_ in ids[:most]]
    return ", ".join(listed_) + (f" (+ {len(ids) - most})" if len(ids) > most else "")


def _when(agreement: Agreement, one: Provision, texts: Texts) -> str:
    start = max(agreement.in_force_from_us, one.from_us or agreement.in_force_from_us)
    ends = [end for end in (one.until_us, agreement.in_force_until_us) if end is not None]
    span = _span(start, min(ends) if ends else None, texts)
    if one.hours is None:
        return span
    first, last = (f"{minute // 60:02d}:{minute % 60:02d}" for minute in one.hours)
    return texts.say("agreement.hours", span=span, start=first, end=last)


def _span(start: Instant, end: Instant | None, texts: Texts) -> str:
    begin = format_utc(start, digits=0)
    if end is None:
        return texts.say("agreement.from", start=begin)
    return texts.say("agreement.span", start=begin, end=format_utc(end, digits=0))


def _spoken(where: Where, provisions: Sequence[str], agreement: Agreement, texts: Texts) -> str:
    """The provisions of a zone, each with whom it binds."""
    return plain(f"{place_words(where, agreement, texts)} – {'; '.join(provisions)}", 1000)


def grounds_words(places: Sequence[tuple[str, Where | None]], agreement: Agreement, texts: Texts) -> str:
    """Where a provision applies to each party, those of the same ground together."""
    distinct = dict.fromkeys(where for _, where in places)
    if len(distinct) < 2:
        return place_words(next(iter(distinct), None), agreement, texts)
    parts = []
    for where in distinct:
        parties = ", ".join(party for party, place in places if place == where)
        parts.append(f"{plain(parties)}: {place_words(where, agreement, texts)}")
    return "; ".join(parts)


def _actor(one: Actor, texts: Texts) -> str:
    words = texts.say("agreement.actor", name=plain(one.name), id=plain(one.id), role=one.role)
    if one.counts_as:
        words += texts.say("agreement.counts_as", party=plain(one.counts_as), article=plain(one.article))
    return words


def _definition(one: Definition, texts: Texts) -> str:
    return texts.say("agreement.definition", id=plain(one.id), article=plain(one.article), text=plain(one.text, 800))


def _decided(agreement: Agreement, texts: Texts) -> list[str]:
    """Suspensions, divergences and rulings."""
    found = [_suspended(one, texts) for one in agreement.suspensions]
    found += [
        texts.say("agreement.divergence", id=plain(one.id), provision=plain(one.provision), words=plain(one.words, 600))
        for one in agreement.divergences
    ]
    found += [
        texts.say(
            "agreement.ruling",
            id=plain(one.id),
            version=str(one.version),
            made=format_utc(one.made_us, digits=0),
            by=plain(one.by),
            on=plain(one.on),
            words=plain(one.words, 600),
        )
        for one in agreement.rulings
    ]
    return found


def _suspended(one: Suspension, texts: Texts) -> str:
    limits = ", ".join(filter(None, (one.party, one.area, ", ".join(one.provisions))))
    what = plain(limits) if limits else texts.say("agreement.suspension.all")
    article = f" ({plain(one.article)})" if one.article else ""
    return texts.say("agreement.suspension", span=_span(one.from_us, one.until_us, texts), what=what, article=article)


def _mandate(agreement: Agreement, texts: Texts) -> list[str]:
    said = dict(agreement.mandate)
    found = []
    for act in MANDATE_ACTS:
        value, words = said.get(act, True), act.replace("_", " ")
        if isinstance(value, tuple):
            found.append(texts.say("agreement.mandate.to", act=words, audiences=plain(", ".join(value))))
        else:
            found.append(texts.say(f"agreement.mandate.{'yes' if value else 'no'}", act=words))
    return found


def _list(items: Sequence[Content], texts: Texts) -> Markup:
    return listed(items) if items else tag("p", texts.say("agreement.nothing"))


def _positions(area: Area) -> list[Position]:
    points = [area.point] if area.point is not None else []
    return [*area.line, *points, *(position for polygon in area.polygons for position in polygon[0])]
