"""The labels of a map: what happened at a place, how often, and which findings speak of it."""

from collections.abc import Callable, Sequence

from truceline.reports.clusters import Cluster, Mark, clusters
from truceline.reports.markup import Markup, content, short, tag
from truceline.reports.symbols import event_symbol
from truceline.reports.texts import Texts

ZOOMS = (1, 4, 16)  # labels are laid out for each, and shown from there to the next
ROW, DIGIT, SYMBOL, HEAD = 15.0, 7.0, 15.0, 13.0
MOST_ROWS = 3
MOST_NUMBERS = 3

Outcome = Callable[[int], str]  # of the finding of a number
Href = Callable[[int], str]


def glyph_layers(
    marks: Sequence[Mark], outcome: Outcome, href: Href, texts: Texts, zooms: Sequence[int] = ZOOMS
) -> Markup:
    """The labels of all marks, laid out once for each zoom; the style sheet shows the first."""
    return content(_layer(marks, zoom, outcome, href, texts) for zoom in zooms)


def _layer(marks: Sequence[Mark], zoom: int, outcome: Outcome, href: Href, texts: Texts) -> Markup:
    spread = [Mark((mark.at[0] * zoom, mark.at[1] * zoom), mark.what, mark.of) for mark in marks]
    glyphs = [_glyph(cluster, zoom, outcome, href, texts) for cluster in clusters(spread, _measure)]
    return tag("g", *glyphs, class_=f"zoom zoom-{zoom}")


def _measure(cluster: Cluster) -> tuple[float, float]:
    width, height = _size(cluster)
    return width + 2.0, height + 2.0


def _size(cluster: Cluster) -> tuple[float, float]:
    counts = cluster.counts
    rows = min(len(counts), MOST_ROWS + (len(counts) == MOST_ROWS + 1))
    if len(cluster.marks) == 1 and not cluster.belongs:
        return SYMBOL, SYMBOL
    digits = len(str(counts[0][1])) if len(cluster.marks) > 1 else 0
    width = SYMBOL + 3 + (DIGIT * digits + 5 if digits else 0)
    head = _head(cluster)
    more = ROW if len(counts) > rows else 0.0
    return max(width, 6.2 * len(head) + 8), ROW * rows + more + (HEAD if head else 0.0) + 2


def _head(cluster: Cluster) -> str:
    """The numbers of the findings, as many as there is room for."""
    numbers = cluster.belongs
    if len(numbers) <= MOST_NUMBERS:
        return " ".join(map(str, numbers))
    return f"{numbers[0]} +{len(numbers) - 1}"


def _glyph(cluster: Cluster, zoom: int, outcome: Outcome, href: Href, texts: Texts) -> Markup:
    at = f"translate({short(cluster.at[0] / zoom, 2)} {short(cluster.at[1] / zoom, 2)})"
    transform = at if zoom == 1 else f"{at} scale({short(1 / zoom, 4)})"
    words = ", ".join(texts.count(f"class.{class_}", number) for class_, number in cluster.counts)
    if not cluster.belongs:
        return tag("g", tag("title", words), _body(cluster, ""), class_="gl", transform=transform)
    state = "attributed" if any(outcome(number) == "attributed" for number in cluster.belongs) else "undetermined"
    numbers = ", ".join(map(str, cluster.belongs))
    title = texts.say("map.glyph", numbers=numbers, words=words)
    drawn = tag("g", tag("title", title), _body(cluster, state), class_="gl", transform=transform)
    return tag("a", drawn, href=href(cluster.belongs[0]), aria_label=title)


def _body(cluster: Cluster, state: str) -> Markup:
    width, height = _size(cluster)
    counts, head = cluster.counts, _head(cluster)
    if len(cluster.marks) == 1 and not head:
        return event_symbol(counts[0][0], 0, 0)
    top, left = -height / 2 + 1, -width / 2
    drawn = [tag("rect", class_=f"plate {state}".strip(), x=left, y=-height / 2, width=width, height=height, rx=3.0)]
    if head:
        drawn.append(tag("text", head, class_="no", x=0.0, y=top + HEAD - 3, text_anchor="middle"))
        top += HEAD
    shown = counts if len(counts) <= MOST_ROWS + 1 else counts[:MOST_ROWS]
    for row, (class_, number) in enumerate(shown):
        middle = top + ROW * (row + 0.5)
        if len(cluster.marks) == 1:
            drawn.append(event_symbol(class_, 0, middle))
        else:
            drawn.append(event_symbol(class_, left + 2 + SYMBOL / 2, middle))
            drawn.append(tag("text", str(number), x=left + SYMBOL + 5, y=middle + 4))
    if len(shown) < len(counts):
        left_out = sum(number for _, number in counts[len(shown) :])
        drawn.append(tag("text", f"+{left_out}", x=left + 6, y=top + ROW * (len(shown) + 0.5) + 4))
    return content(drawn)
