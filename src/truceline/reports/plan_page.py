"""Plans as a page and as files: what each would give, where sensors and patrols go. For the duty roster alone."""

from collections.abc import Sequence
from itertools import pairwise

from truceline.coverage.answer import Answer, Heard
from truceline.custody.canonical import Json, canonical_json, canonical_line
from truceline.geo.view import view_of
from truceline.model.case import Case
from truceline.reports.canvas import Canvas, agreed, canvas_of, described, grid, scale_bar
from truceline.reports.english import ENGLISH
from truceline.reports.figures import hemisphere, percent
from truceline.reports.legend import swatch
from truceline.reports.markup import Content, Markup, content, name, plain, short, tag
from truceline.reports.page import Look, Section, page
from truceline.reports.tables import listed, table
from truceline.reports.texts import Texts

SHOWN_CHANCE = 0.5  # the map draws a stretch as heard from here on
PIECES_A_PATH = 60


def plan_files(answers: Sequence[Answer]) -> dict[str, bytes]:
    """NAME.geojson (sensors, routes, stretches) of each plan, and plans.json (what each gives), by file name."""
    files = {f"{one.request.name}.geojson": _geojson(one) for one in answers}
    return files | {"plans.json": canonical_json({"plans": [_summary(one) for one in answers]})}


def _geojson(one: Answer) -> bytes:
    """A FeatureCollection, one feature a line."""
    features: list[Json] = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [chosen.lon, chosen.lat]},
            "properties": {
                "id": f"{one.request.name}-{number:03d}", "kind": chosen.kind, "provider": chosen.provider,
                "cost": chosen.cost, "adds": round(chosen.gain, 5),
            },
        }
        for number, chosen in enumerate(one.chosen, start=1)
    ]  # fmt: skip
    features += [
        {
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": [list(stop) for stop in ridden.stops]},
            "properties": {"id": f"patrol-{number}", "provider": ridden.provider, "hours": ridden.hours,
                           "closes": round(ridden.closed, 4)},
        }
        for number, ridden in enumerate(one.routes, start=1)
        if len(ridden.stops) > 1
    ]  # fmt: skip
    features += [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(lon, 5), round(lat, 5)]},
            "properties": {"stretch": number, "before": before, "after": after},
        }
        for number, ((lon, lat), before, after) in enumerate(
            zip(one.line, one.before.by_stretch, one.after.by_stretch, strict=True)
        )
    ]
    body = b",\n".join(canonical_line(feature).rstrip(b"\n") for feature in features)
    return b'{"type":"FeatureCollection","features":[\n' + body + b"\n]}\n"


def _summary(one: Answer) -> Json:
    return {
        "name": one.request.name,
        "line": one.request.line,
        "length_km": round(one.length_km, 1),
        "providers_wanted": one.request.providers_wanted,
        "sensors": len(one.chosen),
        "cost": round(one.cost, 2),
        "before": _given(one.before),
        "after": _given(one.after),
        "of_the_best_at_least": round(one.sure_share, 4),
        "guarantee": one.guarantee,
    }


def _given(heard: Heard) -> Json:
    km: list[Json] = [{"providers": count, "probability": least, "km": km} for count, least, km in heard.km]
    weakest: Json = {"without": heard.weakest[0], "worth": round(heard.weakest[1], 4)}
    return {"worth": round(heard.worth, 4), "km": km, "weakest": weakest}


def plan_page(case: Case, answers: Sequence[Answer], *, look: Look, texts: Texts = ENGLISH) -> bytes:
    """The page as UTF-8. Same arguments, same bytes."""
    sections = [Section("compare", texts.say("plan.section.compare"), _compare(answers, texts))]
    sections += [
        Section(f"plan-{number}", texts.say("plan.section.plan", name=plain(one.request.name)),
                _plan(case, one, number, texts))
        for number, one in enumerate(answers, start=1)
    ]  # fmt: skip
    title = texts.say("plan.title", mission=plain(case.name))
    return page(title, case.status, texts.say("plan.warning"), sections, look, texts, script=False)


def _compare(answers: Sequence[Answer], texts: Texts) -> Markup:
    first = answers[0]
    km = [(count, least) for count, least, _ in first.after.km]
    wanted = str(first.request.providers_wanted)
    heads = [texts.say(f"plan.{key}") for key in ("name", "sensors", "cost")]
    heads += [texts.say("plan.worth", count=wanted), texts.say("plan.sure"), texts.say("plan.weakest")]
    heads += [texts.say("plan.km", count=f"{count}+", chance=f"{least:.1f}") for count, least in km]
    rows: list[list[Content]] = [
        [texts.say("plan.before"), "0", "0", percent(first.before.worth), "", percent(first.before.weakest[1]),
         *_kilometres(first.before)]
    ]  # fmt: skip
    rows += [
        [
            name(one.request.name), str(len(one.chosen)), f"{one.cost:g}", percent(one.after.worth),
            percent(one.sure_share), f"{percent(one.after.weakest[1])} ({plain(one.after.weakest[0])})",
            *_kilometres(one.after),
        ]
        for one in answers
    ]  # fmt: skip
    notes = list(dict.fromkeys(one.guarantee for one in answers))
    return content(
        table(texts.say("plan.compare"), heads, rows, numeric=range(1, len(heads))),
        listed(texts.say("plan.guarantee", words=words) for words in notes),
    )


def _kilometres(heard: Heard) -> list[Content]:
    return [f"{km:g} km" for _, _, km in heard.km]


def _plan(case: Case, one: Answer, number: int, texts: Texts) -> Content:
    heads = [texts.say(f"plan.{key}") for key in ("no", "kind", "provider", "place", "cost", "gain")]
    rows = [
        [
            str(place), name(chosen.kind), name(chosen.provider),
            f"{hemisphere(chosen.lat, 'NS', 4)} {hemisphere(chosen.lon, 'EW', 4)}", f"{chosen.cost:g}",
            f"{100 * chosen.gain:.2f} %",
        ]
        for place, chosen in enumerate(one.chosen, start=1)
    ]  # fmt: skip
    chosen = table(texts.say("plan.chosen"), heads, rows, numeric=(4, 5)) if rows else tag("p", texts.say("plan.none"))
    routes = [
        tag("p", texts.say(
            "plan.patrol", provider=plain(ridden.provider), stops=texts.count("noun.stop", len(ridden.stops)),
            hours=f"{ridden.hours:.1f}", share=percent(ridden.closed),
        ))
        for ridden in one.routes
    ]  # fmt: skip
    return [_map(case, one, number, texts), chosen, *routes]


def _map(case: Case, one: Answer, number: int, texts: Texts) -> Markup:
    standing = [(sensor.lon, sensor.lat) for sensor in case.network.sensors]
    coming = [(chosen.lon, chosen.lat) for chosen in one.chosen]
    canvas = canvas_of(view_of([*one.line, *coming]))
    body = content(
        tag("rect", class_="sheet", width=canvas.width, height=canvas.height),
        grid(canvas),
        agreed(canvas, [area for area in case.agreement.areas if area.line], texts),
        tag("g", *_stretches(canvas, one)),
        tag("g", *(tag("rect", class_="stands", x=short(x - 2.5), y=short(y - 2.5), width=5, height=5)
                   for x, y in canvas.within(standing))),
        tag("g", *_routes(canvas, one)),
        tag("g", *_coming(canvas, coming)),
        scale_bar(canvas, texts),
    )  # fmt: skip
    key = "map.plan"
    told = {
        f"{key}.title": texts.say(f"{key}.title", name=plain(one.request.name)),
        f"{key}.desc": texts.say(f"{key}.desc"),
    }
    named = Texts(texts.language, texts.direction, {**texts.messages, **told}, texts.plural)
    picture = described(named, key, body, width=canvas.width, height=canvas.height, id_=f"map-{number}")
    return content(picture, _legend(one, texts))


def _legend(one: Answer, texts: Texts) -> Markup:
    stretch = texts.say("plan.stretch", count=str(one.request.providers_wanted), chance=f"{SHOWN_CHANCE:.1f}")
    keys = [
        content(swatch(tag("path", d="M0 7H26", class_="held")), " ", stretch),
        content(swatch(tag("path", d="M0 7H26", class_="gap")), " ", texts.say("plan.gap")),
        content(swatch(tag("rect", class_="stands", x=10, y=4, width=6, height=6)), " ", texts.say("plan.now_heard")),
        content(swatch(tag("circle", class_="comes", cx=13, cy=7, r=5)), " ", texts.say("plan.to_come")),
    ]
    if one.routes:
        keys.append(content(swatch(tag("path", d="M0 7H26", class_="route")), " ", texts.say("plan.route")))
    return tag("div", listed(keys), class_="legend")


def _stretches(canvas: Canvas, one: Answer) -> list[Markup]:
    """The line, stretch by stretch: heard by as many as are wanted, or not."""
    places = canvas.places(one.line)
    drawn: dict[str, list[str]] = {"held": [], "gap": []}
    for (start, end), known in zip(pairwise(places), one.after.by_stretch, strict=False):
        if start is not None and end is not None:
            pieces = drawn["held" if known >= SHOWN_CHANCE else "gap"]
            pieces.append(f"M{short(start[0])} {short(start[1])}L{short(end[0])} {short(end[1])}")
    return [
        tag("path", class_=class_, d="".join(pieces[at : at + PIECES_A_PATH]))
        for class_, pieces in drawn.items()
        for at in range(0, len(pieces), PIECES_A_PATH)
    ]


def _routes(canvas: Canvas, one: Answer) -> list[Markup]:
    paths = []
    for ridden in one.routes:
        places = canvas.within(ridden.stops)
        if len(places) > 1:
            path = "M" + "L".join(f"{short(x)} {short(y)}" for x, y in places[:PIECES_A_PATH])
            paths.append(tag("path", class_="route", d=path))
    return paths


def _coming(canvas: Canvas, coming: Sequence[tuple[float, float]]) -> list[Markup]:
    drawn: list[Markup] = []
    for number, place in enumerate(canvas.places(coming), start=1):
        if place is not None:
            drawn.append(tag("circle", class_="comes", cx=short(place[0]), cy=short(place[1]), r=7))
            drawn.append(
                tag("text", str(number), x=short(place[0]), y=short(place[1] + 3), text_anchor="middle", class_="small")
            )
    return drawn
