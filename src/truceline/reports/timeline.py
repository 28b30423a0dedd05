"""The timeline of report.html: findings, events by class, and how many sensors were heard from."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from truceline.model.event import Event
from truceline.model.instant import US_PER_S, Instant
from truceline.model.observation import CLASSES
from truceline.model.result import Result
from truceline.reports.canvas import WIDTH, described
from truceline.reports.figures import clock, day, minute
from truceline.reports.listening import Listening, Window, round_step_us
from truceline.reports.markup import Markup, content, name, short, tag
from truceline.reports.numbering import OPEN, Numbered, anchor
from truceline.reports.symbols import event_symbol, in_text, shown_class
from truceline.reports.tables import table
from truceline.reports.texts import Texts

LEFT, RIGHT, TOP = 225.0, 990.0, 22.0
LANE, FINDING_ROW, MOST_FINDING_ROWS, COVERAGE = 27.0, 14.0, 10, 52.0
INFERRED = ("dead", "deaf")
BIN = 5.0  # width of a bar
MOST_TICKS, MOST_COLUMNS = 9, 12
NUMBER_ROOM = 7.0  # a digit


@dataclass(frozen=True, order=True)
class Unheard:
    """A sensor that could not be counted on from an instant on: `how` is silent (counted), dead or deaf (inferred)."""

    since_us: Instant
    sensor: str
    how: str


def timeline(result: Result, numbered: Numbered, heard: Listening, texts: Texts) -> Markup:
    """The picture and the table that says the same."""
    axis = Axis(heard.window)
    findings, y = _findings(numbered, result, axis, texts)
    lanes: list[Markup] = []
    for class_, events in _by_class(result.events):
        lanes.append(_lane(class_, events, axis, y, texts))
        y += LANE
    unheard = _unheard(heard, result)
    lanes.append(_coverage(heard, unheard, axis, y, texts))
    height = y + COVERAGE + 8
    body = content(_ticks(axis, height, texts), findings, *lanes)
    outside = sum(not axis.shows(event) for event in result.events)
    note = tag("p", texts.say("timeline.outside", events=texts.count("noun.event", outside))) if outside else content()
    picture = described(texts, "timeline", body, width=WIDTH, height=height, id_="timeline-picture")
    return content(picture, note, _unheard_words(unheard, texts), _table(result, axis, heard, texts))


class Axis:
    """Time across the picture."""

    def __init__(self, window: Window) -> None:
        self.window = window

    def x(self, instant: Instant) -> float:
        """The place of an instant; what lies outside stands at the edge."""
        share = (instant - self.window.from_us) / self.window.length_us
        return LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, share))

    def holds(self, instant: Instant) -> bool:
        return self.window.from_us <= instant < self.window.until_us

    def shows(self, event: Event) -> bool:
        """Whether an event, give or take its sigma, falls within the picture."""
        sigma_us = int(event.origin.time_sigma_s * US_PER_S)
        start, end = event.origin.time_us - sigma_us, event.origin.time_us + sigma_us
        return start < self.window.until_us and end >= self.window.from_us

    def marks(self, most: int) -> list[Instant]:
        """Round instants, at most so many and one."""
        step = round_step_us(self.window.length_us, most)
        first = -(-self.window.from_us // step) * step
        return list(range(first, self.window.until_us, step))


def _by_class(events: Sequence[Event]) -> list[tuple[str, list[Event]]]:
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        found[shown_class(event)].append(event)
    return [(class_, found[class_]) for class_ in CLASSES if class_ in found]


def _ticks(axis: Axis, height: float, texts: Texts) -> Markup:
    drawn = [tag("text", texts.say("timeline.utc", day=day(axis.window.from_us)), x=8.0, y=14.0)]
    previous = day(axis.window.from_us)
    for instant in axis.marks(MOST_TICKS):
        x = axis.x(instant)
        label = clock(instant)[:5] if day(instant) == previous else f"{day(instant)[5:]} {clock(instant)[:5]}"
        previous = day(instant)
        drawn.append(tag("path", d=f"M{short(x)} {short(TOP - 4)}V{short(height)}"))
        drawn.append(tag("text", label, x=x, y=14.0, text_anchor="middle"))
    return tag("g", *drawn, class_="grid")


def _findings(numbered: Numbered, result: Result, axis: Axis, texts: Texts) -> tuple[Markup, float]:
    """Bars from the first to the last event of each finding that a breach may be in, in as many rows as needed."""
    times = {event.id: event.origin.time_us for event in result.events}
    ends = [LEFT - 100.0]
    drawn: list[Markup] = []
    for number, finding in numbered.items:
        if finding.outcome not in OPEN or not finding.events:
            continue
        start = axis.x(min(times[id_] for id_ in finding.events))
        width = max(5.0, axis.x(max(times[id_] for id_ in finding.events)) - start)
        room = width + NUMBER_ROOM * len(str(number)) + 5
        row = next((i for i, end in enumerate(ends) if end <= start), len(ends))
        crowded = row == MOST_FINDING_ROWS
        if crowded:
            row -= 1  # drawn over others, without its number
        elif row == len(ends):
            ends.append(0.0)
        ends[row] = max(ends[row], start + room)
        y = TOP + 4 + FINDING_ROW * row
        words = texts.say(f"timeline.{finding.outcome}", number=str(number))
        bar = tag(
            "rect", class_=f"plate {finding.outcome}", x=start, y=y + 1, width=width, height=FINDING_ROW - 4, rx=2.0
        )
        label = tag("text", "" if crowded else str(number), class_="no", x=start + width + 2, y=y + FINDING_ROW - 3)
        drawn.append(tag("a", tag("title", words), bar, label, href=f"#{anchor(number)}", aria_label=words))
    height = FINDING_ROW * len(ends) + 8
    head = tag("text", texts.say("timeline.findings"), x=8.0, y=TOP + 4 + FINDING_ROW - 3)
    return tag("g", head, *drawn, class_="findings-lane"), TOP + height


def _lane(class_: str, events: Sequence[Event], axis: Axis, y: float, texts: Texts) -> Markup:
    """Bars as high as there were events; where the time is known worse than a bar, a line as long as the doubt."""
    foot = y + LANE - 3
    bars: defaultdict[int, int] = defaultdict(int)
    drawn = [
        tag("path", d=f"M{short(LEFT)} {short(foot)}H{short(RIGHT)}", class_="foot"),
        event_symbol(class_, 16.0, y + LANE / 2),
        tag("text", texts.count(f"class.{class_}", len(events)), x=30.0, y=y + LANE / 2 + 4),
    ]
    width_us = axis.window.length_us * BIN / (RIGHT - LEFT)
    vague = [event for event in events if event.origin.time_sigma_s * US_PER_S > width_us]
    sharp = [event for event in events if event.origin.time_sigma_s * US_PER_S <= width_us]
    for event in sharp:
        if axis.holds(event.origin.time_us):
            bars[int((axis.x(event.origin.time_us) - LEFT) // BIN)] += 1
    for number, count in sorted(bars.items()):
        high = min(LANE - 5, 5 + 3.2 * sqrt(count - 1))
        drawn.append(
            tag("rect", tag("title", str(count)), x=LEFT + number * BIN, y=foot - high, width=BIN - 1, height=high)
        )
    for row, event in enumerate(vague):
        sigma_us = int(event.origin.time_sigma_s * US_PER_S)
        start, end = axis.x(event.origin.time_us - sigma_us), axis.x(event.origin.time_us + sigma_us)
        line = foot - 3 - (row * 3) % (LANE - 8)
        drawn.append(tag("path", class_="vague", d=f"M{short(start)} {short(line)}H{short(end)}"))
    return tag("g", *drawn, class_="lane")


def _coverage(heard: Listening, unheard: Sequence[Unheard], axis: Axis, y: float, texts: Texts) -> Markup:
    most = max(*heard.in_service, *heard.counts, 1)
    foot, room = y + COVERAGE, COVERAGE - 12
    steps, limits = [], []
    for number, (count, serving) in enumerate(zip(heard.counts, heard.in_service, strict=True)):
        start, end = (axis.x(instant) for instant in heard.bounds(number))
        steps.append(f"{short(start)} {short(foot - room * count / most)}H{short(end)}")
        limits.append(f"{short(start)} {short(foot - room * serving / most)}H{short(end)}")
    left = short(axis.x(heard.window.first_us))
    drawn = [
        tag("path", class_="heard", d=f"M{left} {short(foot)}L" + "L".join(steps) + f"V{short(foot)}Z"),
        tag("path", class_="serving", d="M" + "L".join(limits)),
        tag("text", texts.say("timeline.heard"), x=8.0, y=y + 24),
        tag("text", texts.say("timeline.of", most=str(most)), x=8.0, y=y + 40, class_="small"),
    ]
    for one in unheard:
        x = axis.x(one.since_us)
        title = tag("title", texts.say(f"timeline.{one.how}_mark", sensor=one.sensor))
        drawn.append(tag("path", title, class_="silent", d=f"M{short(x - 4)} {short(y + 4)}l8 8m0-8l-8 8"))
    return tag("g", *drawn, class_="coverage")


def _unheard(heard: Listening, result: Result) -> list[Unheard]:
    """Sensors that fell silent, and those that the inference holds dead or deaf, each by the first time it says so."""
    found = {("silent", sensor): since_us for sensor, since_us in heard.silent}
    for one in sorted(result.health, key=lambda health: health.from_us):
        if one.state in INFERRED:
            found.setdefault((one.state, one.sensor), one.from_us)
    return sorted(Unheard(since_us, sensor, how) for (how, sensor), since_us in found.items())


def _unheard_words(unheard: Sequence[Unheard], texts: Texts) -> Markup:
    paragraphs = []
    for how in ("silent", *INFERRED):
        ones = [
            texts.write("timeline.since", sensor=name(one.sensor), when=minute(one.since_us))
            for one in unheard
            if one.how == how
        ]
        if ones:
            joined = [ones[0], *(content("; ", one) for one in ones[1:])]
            count = texts.count("noun.sensor", len(ones))
            paragraphs.append(tag("p", texts.say(f"timeline.{how}", count=count), " ", joined, "."))
    return content(paragraphs)


def _table(result: Result, axis: Axis, heard: Listening, texts: Texts) -> Markup:
    marks = axis.marks(MOST_COLUMNS)
    bounds = [axis.window.from_us, *(mark for mark in marks if mark > axis.window.from_us), axis.window.until_us]
    rows: list[list[Markup | str]] = []
    for class_, events in _by_class(result.events):
        cells = [sum(start <= event.origin.time_us < end for event in events) for start, end in pairwise(bounds)]
        head = content(in_text(class_), " ", texts.count(f"class.{class_}", len(events)))
        rows.append([head, *(str(cell) if cell else "–" for cell in cells)])
    least = []
    for start, end in pairwise(bounds):
        within = [
            count for number, count in enumerate(heard.counts)
            if heard.bounds(number)[0] < end and heard.bounds(number)[1] > start
        ]  # fmt: skip
        least.append(str(min(within)) if within else "–")
    rows.append([texts.say("timeline.least_heard"), *least])
    heads = [texts.say("timeline.what"), *(minute(start)[11:] for start in bounds[:-1])]
    return table(texts.say("timeline.table"), heads, rows, numeric=range(1, len(heads)), folded=texts)
