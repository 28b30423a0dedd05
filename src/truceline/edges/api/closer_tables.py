"""Tables of a closer look: residuals, providers left out, who could have heard, hypotheses, exhibits."""

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from truceline.edges.api.finding_map import residual_words, sigmas
from truceline.edges.live.why import Ear, Member, Why
from truceline.model.finding import OTHER_ACTOR, Finding
from truceline.reports.figures import metres, percent
from truceline.reports.findings_table import responsibility
from truceline.reports.markup import Content, Markup, content, name, plain, tag
from truceline.reports.tables import bar, table
from truceline.reports.texts import Texts

MOST_HYPOTHESES = 8


def residual_table(why: Why, texts: Texts) -> Markup:
    """Every arrival and how far it is from what the origin predicts."""
    rows = [_residual(one, texts) for one in why.members]
    heads = [texts.say(f"found.residuals.{head}")
             for head in ("sensor", "provider", "kind", "time", "residual", "sigmas", "azimuth")]  # fmt: skip
    note = tag("p", texts.say("found.residuals.note"), class_="small")
    drawn = table(texts.say("found.residuals"), heads, rows, numeric=(4, 5, 6), folded=texts)
    return content(drawn, note)


def _residual(one: Member, texts: Texts) -> list[Content]:
    far = sigmas(one)
    off = "–" if one.azimuth_off_deg is None else f"{one.azimuth_off_deg:+.0f}° ± {one.azimuth_sigma_deg or 0:.0f}°"
    return [
        name(one.sensor),
        name(one.provider),
        plain(one.kind),
        one.time[11:23],
        residual_words(one, texts) if one.residual_s is not None else "–",
        "–" if far is None else f"{far:.1f}",
        off,
    ]


def without_table(finding: Finding, why: Why, parties: Sequence[str], texts: Texts) -> Markup:
    """Bars of responsibility with all providers, and recomputed without each."""
    rows: list[list[Content]] = [
        [texts.say("found.who.with"), responsibility(finding.responsibility, parties, texts), ""]
    ]
    for one in why.without:
        found = texts.say("found.who.part", found=str(one.found), all=str(len(why.events)))
        bars: Content = texts.say("found.who.gone")
        if one.responsibility:
            bars = responsibility(tuple(sorted(one.responsibility.items())), parties, texts)
        rows.append([texts.write("found.who.without", provider=name(one.provider)), bars, found])
    heads = [texts.say("found.who.provider"), texts.say("findings.who"), texts.say("noun.event").split("|")[1]]
    return table(texts.say("found.who.caption"), heads, rows, class_="slim")


def listening_table(why: Why | None, texts: Texts) -> Markup:
    """Sensors within reach then: saw, would have seen and did not, could not have seen."""
    if why is None:
        return tag("p", texts.say("found.working"), role="status")
    counts = {state: sum(ear.state == state for ear in why.ears) for state in ("heard", "missed", "could_not")}
    words = tag("p", texts.say("found.coverage.counts", **{key: str(number) for key, number in counts.items()}))
    rows = [_ear(ear, texts) for ear in why.ears]
    heads = [texts.say(key) for key in ("found.residuals.sensor", "found.residuals.provider", "sensors.kind",
             "found.coverage.distance", "found.coverage.chance", "found.coverage.state")]  # fmt: skip
    return content(words, table(texts.say("found.coverage.caption"), heads, rows, numeric=(3, 4), folded=texts))


def _ear(ear: Ear, texts: Texts) -> list[Content]:
    return [
        name(ear.sensor), name(ear.provider), plain(ear.kind).replace("_", " "), metres(ear.distance_m),
        percent(ear.chance), texts.say(f"found.coverage.{ear.state}"),
    ]  # fmt: skip


def hypothesis_table(finding: Finding, parties: Sequence[str], texts: Texts) -> Markup:
    """What else may have been: every actor in turn, the likeliest first."""
    shares = sorted(finding.responsibility, key=lambda item: (-item[1], item[0]))
    rows: list[list[Content]] = []
    for actor, share in shares[:MOST_HYPOTHESES]:
        known = actor in parties or actor != OTHER_ACTOR
        words: Content = (
            texts.write("found.hypotheses.actor", party=name(actor)) if known else texts.say("found.hypotheses.other")
        )
        rows.append([words, tag("span", bar(share), " ", percent(share), class_="share")])
    heads = [texts.say("found.hypotheses.what"), texts.say("found.hypotheses.sure")]
    return table(texts.say("found.hypotheses.caption"), heads, rows, class_="slim")


def exhibit_table(why: Why | None, holds: Callable[[str], bool], texts: Texts) -> Markup:
    """Exhibits of the observations, to be saved."""
    if why is None:
        return tag("p", texts.say("found.working"), role="status")
    rows: list[list[Content]] = []
    for one in why.members:
        for digest, media_type in one.exhibits:
            address = f"/api/v1/exhibits/{digest}?{urlencode({'observation': one.observation})}"
            link = tag("a", texts.say("found.exhibits.save"), href=address, download=True)
            state: Content = link if holds(digest) else texts.say("found.exhibits.missing")
            rows.append([name(one.observation), plain(media_type), tag("code", digest), state])
    if not rows:
        return tag("p", texts.say("found.exhibits.none"))
    heads = [texts.say(f"found.exhibits.{head}") for head in ("observation", "type", "digest")]
    return table(texts.say("found.exhibits.caption"), [*heads, ""], rows)
