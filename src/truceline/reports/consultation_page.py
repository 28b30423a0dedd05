"""consultations.html: where each consultation stands, who answers to whom, who is on duty. A record; nothing acts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from truceline.coalition.command import Framework, chain, holder, on_duty
from truceline.coalition.consultation import ClockState, Consultation, Decision, state_at
from truceline.coalition.started import Started
from truceline.findings.decision import id_of
from truceline.model.instant import US_PER_HOUR, Instant
from truceline.model.problem import Problem
from truceline.reports.english import ENGLISH
from truceline.reports.figures import minute
from truceline.reports.markup import Content, Markup, content, name, plain, tag
from truceline.reports.page import Look, Section, page
from truceline.reports.tables import listed, table
from truceline.reports.texts import Texts


@dataclass(frozen=True)
class Record:
    """What is shown: consultations, the framework and what is wrong with it; nations: (id, name)."""

    mission: str
    status: str
    when: Instant
    nations: Sequence[tuple[str, str]]
    consultations: Sequence[Consultation]
    framework: Framework | None
    faults: Sequence[Problem] = ()
    started: Sequence[Started] | None = None  # clocks of the live service's log; None: no log was given


def consultation_page(record: Record, *, look: Look, texts: Texts = ENGLISH) -> bytes:
    """The page as UTF-8. Same arguments, same bytes."""
    sections = [
        Section(f"c-{number}", texts.say("consultation.section", id=plain(one.id)), _consultation(record, one, texts))
        for number, one in enumerate(record.consultations, start=1)
    ]
    if not sections:
        sections = [Section("c-0", texts.say("consultation.section", id="–"), tag("p", texts.say("consultation.none")))]
    if record.started is not None:
        about = {id_ for one in record.consultations for id_ in one.about}
        alone = [one for one in record.started if one.finding not in about and one.clock.started_us <= record.when]
        sections.append(Section("clocks", texts.say("consultation.alone"), _alone(alone, record.when, texts)))
    if record.framework is not None:
        sections.append(
            Section("command", texts.say("consultation.command"), _command(record, record.framework, texts))
        )
    title = texts.say("consultation.title", mission=plain(record.mission), when=minute(record.when))
    return page(title, record.status, texts.say("consultation.warning"), sections, look, texts, script=False)


def _consultation(record: Record, one: Consultation, texts: Texts) -> Content:
    what = ", ".join([*one.about, *([one.pattern] if one.pattern else [])])
    logged = {started.clock: started for started in record.started or () if started.finding in one.about}
    clocks = sorted({*one.clocks, *logged}, key=lambda clock: (clock.started_us, clock.hours, clock.started_by))
    state = state_at(replace(one, clocks=tuple(clocks)), [id_ for id_, _ in record.nations], record.when)
    parts: list[Content] = [
        tag("p", texts.say("consultation.about", what=plain(what, 400), when=minute(one.opened_us),
                           who=plain(one.opened_by)), class_="lead"),
    ]  # fmt: skip
    if state.clocks:
        rows = [_clock(clock, logged.get(clock.clock), texts) for clock in state.clocks]
        parts.append(table(texts.say("consultation.clocks"), _heads(texts), rows))
    parts.append(_nations(record, one, texts))
    considered = [entry for entry in one.considered if entry.at_us <= record.when]
    if considered:
        heads = [texts.say(f"consultation.{key}") for key in ("measure", "what", "by", "when")]
        rows = [
            [texts.say(f"measure.{entry.kind}"), plain(entry.words, 400), name(entry.by), minute(entry.at_us)]
            for entry in considered
        ]
        parts.append(table(texts.say("consultation.considered"), heads, rows))
    decisions = [entry for entry in one.decisions if entry.at_us <= record.when]
    parts += [_decision(entry, texts) for entry in decisions] or [tag("p", texts.say("consultation.undecided"))]
    parts.append(tag("p", texts.say("page.without_prejudice")))
    return parts


def _heads(texts: Texts) -> list[str]:
    return [texts.say(f"consultation.{key}") for key in ("hours", "started", "ends", "by", "basis", "clock", "source")]


def _alone(started: Sequence[Started], when: Instant, texts: Texts) -> Content:
    """Clocks of the log that no consultation is about."""
    if not started:
        return tag("p", texts.say("consultation.alone.none"))
    rows = [_clock(ClockState(one.clock, one.clock.ends_us - when, None), one, texts) for one in started]
    return table(texts.say("consultation.clocks"), _heads(texts), rows)


def _source(started: Started | None, texts: Texts) -> str:
    """Where a clock stands: in the log, with what it rests on; or only in the record that people keep."""
    if started is None:
        return texts.say("consultation.by_hand")
    reviewed = ", ".join(map(id_of, started.reviewed))
    mandate = texts.say("consultation.no_mandate") if started.mandate is None else id_of(started.mandate)
    return texts.say(
        "consultation.of_log", decision=id_of(started.decision), account=plain(started.account),
        nation=plain(started.nation), mandate=mandate, finding=plain(started.finding), reviewed=reviewed,
        party=plain(started.party or "–"),
    )  # fmt: skip


def _clock(clock: ClockState, started: Started | None, texts: Texts) -> list[Content]:
    hours, left = divmod(max(clock.left_us, 0), US_PER_HOUR)
    words = texts.say(f"clock.{clock.state}", left=f"{hours} h {left * 60 // US_PER_HOUR} min")
    one = clock.clock
    return [
        f"{one.hours} h", minute(one.started_us), minute(one.ends_us), name(one.started_by), plain(one.basis, 300),
        words, _source(started, texts),
    ]  # fmt: skip


def _nations(record: Record, one: Consultation, texts: Texts) -> Markup:
    """Every nation: when it was told, what it holds, where its parliament is."""
    informed = {entry.nation: entry.at_us for entry in one.informed if entry.at_us <= record.when}
    held = {entry.nation: entry for entry in one.positions if entry.at_us <= record.when}
    steps = {entry.nation: entry for entry in one.parliaments if entry.at_us <= record.when}
    heads = [texts.say("ledger.nation")]
    heads += [texts.say(f"consultation.{key}") for key in ("informed", "position", "reservation", "parliament")]
    rows: list[list[Content]] = []
    for id_, named in record.nations:
        position, step = held.get(id_), steps.get(id_)
        told = minute(informed[id_]) if id_ in informed else texts.say("consultation.not_informed")
        silent = texts.say("consultation.silent") if id_ in informed else ""
        rows.append(
            [
                name(named), told, texts.say(f"position.{position.position}") if position else silent,
                plain(position.reservation, 300) if position else "", texts.say(f"step.{step.step}") if step else "",
            ]
        )  # fmt: skip
    return table(texts.say("consultation.nations"), heads, rows)


def _decision(one: Decision, texts: Texts) -> Markup:
    measures = ", ".join(texts.say(f"measure.{measure}") for measure in one.measures)
    return tag(
        "div",
        tag("p", texts.say("consultation.decided", when=minute(one.at_us), who=plain(", ".join(one.by), 400),
                           words=plain(one.words, 600))),
        tag("p", texts.say("consultation.reasons", reasons=plain(one.reasons, 600))),
        tag("p", texts.say("consultation.measures", measures=measures) if measures
            else texts.say("consultation.no_measure")),
    )  # fmt: skip


def _command(record: Record, framework: Framework, texts: Texts) -> Content:
    names: Mapping[str, str] = dict(record.nations)
    heads = [texts.say(f"command.{key}") for key in ("post", "kind", "holder", "chain", "duty")]
    rows = []
    for post in framework.posts:
        held = holder(post, record.when)
        above = chain(framework, post.id, record.when)[1:]
        duty = [one.person for one in on_duty(framework, post.id, record.when)]
        rows.append(
            [
                content(name(post.id), " ", plain(post.title)),
                post.kind,
                plain(names.get(held, held) if held else texts.say("command.nobody")),
                " → ".join(map(plain, above)) or texts.say("command.top"),
                ", ".join(map(plain, duty)) or texts.say("command.nobody"),
            ]
        )
    tasks = [one for one in framework.tasks if one.at_us <= record.when]
    task_heads = [texts.say("command.task"), texts.say("command.post"), texts.say("consultation.what"),
                  texts.say("consultation.by"), texts.say("consultation.when")]  # fmt: skip
    task_rows = [
        [
            content(name(one.id), f" ({one.kind})"),
            name(one.post),
            plain(one.words, 300),
            name(one.by),
            minute(one.at_us),
        ]
        for one in tasks
    ]
    wrong = [plain(f"{fault.place.feature}: {fault.what}. {fault.remedy}.", 400) for fault in record.faults]
    return [
        table(texts.say("command.posts"), heads, rows),
        table(texts.say("command.tasks"), task_heads, task_rows) if tasks else tag("p", texts.say("command.no_tasks")),
        content(tag("h3", texts.say("command.faults")), listed(wrong)) if wrong else content(),
    ]
