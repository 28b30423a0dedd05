"""report.html: a run for the mission's own eyes. It holds sensors and exact origins, and says so on every sheet."""

from collections.abc import Sequence

from truceline.model.case import Case
from truceline.model.result import Result
from truceline.reports.english import ENGLISH
from truceline.reports.event_table import event_table
from truceline.reports.figures import minute
from truceline.reports.findings_table import findings_table
from truceline.reports.listening import Window, listening, window_of
from truceline.reports.markup import Content, Markup, content, name, plain, tag
from truceline.reports.mission_map import mission_map, page_symbols
from truceline.reports.numbering import Numbered
from truceline.reports.page import Look, Section, page
from truceline.reports.record_tables import incident_table, sensor_table, set_aside_table
from truceline.reports.summary import summary
from truceline.reports.tables import folded
from truceline.reports.texts import Texts
from truceline.reports.timeline import timeline


def mission_page(
    case: Case,
    result: Result,
    *,
    look: Look,
    set_aside: Sequence[tuple[str, int]] = (),
    digests: Sequence[tuple[str, str]] = (),
    texts: Texts = ENGLISH,
) -> bytes:
    """The page as UTF-8. Same arguments, same bytes.

    set_aside: (reason, lines) of what could not be used; digests: (what, hex) of the log, the inputs and the code.
    """
    window = window_of(case, result)
    heard = listening(case, window)
    numbered = Numbered(result.findings)
    in_findings = {id_ for finding in result.findings for id_ in finding.events}
    others = [event for event in result.events if event.id not in in_findings]
    sections = [
        Section("summary", texts.say("section.summary"), [page_symbols(result), summary(case, result, window, texts)]),
        Section("map-section", texts.say("section.map"), mission_map(case, result, numbered, window.until_us, texts)),
        Section("timeline", texts.say("section.timeline"), timeline(result, numbered, heard, texts)),
        Section("findings", texts.say("section.findings"), findings_table(case.agreement, result, numbered, texts)),
        Section("incidents", texts.say("section.incidents"), incident_table(case, result, numbered, texts)),
        Section(
            "events",
            texts.say("section.events"),
            folded(texts.count("events.others", len(others)), event_table(others, texts, texts.say("events.caption")))
            if others
            else tag("p", texts.say("events.no_others")),
        ),
        Section("sensors", texts.say("section.sensors"), sensor_table(case, result, heard, texts)),
        Section("aside", texts.say("section.aside"), set_aside_table(set_aside, texts)),
        Section("record", texts.say("section.record"), _record(case, window, digests, texts)),
    ]
    title = texts.say("mission.title", mission=plain(case.name))
    return page(title, case.status, texts.say("mission.warning"), sections, look, texts)


def _record(case: Case, window: Window, digests: Sequence[tuple[str, str]], texts: Texts) -> Markup:
    """What the page was made of, and the rules by which it speaks."""
    agreement = case.agreement
    received = [one.received_us for one in case.observations]
    facts: list[tuple[str, Content]] = [
        ("mission", name(case.name)),
        ("agreement", texts.write("record.title", title=name(agreement.title), id=name(agreement.id))),
        ("parties", [content(", " * bool(i), name(party)) for i, party in enumerate(agreement.parties)]),
        ("window", f"{minute(window.first_us)} – {minute(window.last_us)}"),
        ("received", f"{minute(min(received))} – {minute(max(received))}" if received else "–"),
        ("lines", texts.count("noun.observation", len(case.observations))),
        ("provisions", [
            tag("p", texts.write("record.provision", article=name(one.article), text=plain(one.text, 600),
                                 threshold=f"{one.attribution_threshold:.2f}", robustness=one.attribution_robustness))
            for one in agreement.provisions
        ]),
    ]  # fmt: skip
    rows = [content(tag("dt", texts.say(f"record.{key}")), tag("dd", value)) for key, value in facts]
    rows += [content(tag("dt", plain(what)), tag("dd", tag("code", plain(hex_)))) for what, hex_ in digests]
    rules = tag(
        "ul", *(tag("li", texts.say(f"rule.{rule}")) for rule in ("words", "robustness", "evidence", "figures"))
    )
    return content(tag("dl", *rows), tag("h3", texts.say("record.rules")), rules)
