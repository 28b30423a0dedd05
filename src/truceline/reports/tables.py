"""Tables as every page has them: a caption, heads with a scope, cells that a narrow screen can stack."""

from collections.abc import Iterable, Sequence

from truceline.reports.markup import Content, Markup, content, tag
from truceline.reports.texts import Texts


def table(
    caption: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Content]],
    *,
    numeric: Iterable[int] = (),
    folded: Texts | None = None,
    class_: str | None = None,
) -> Markup:
    """A table whose rows each begin with their own head. `numeric`: columns that stand to the right; `folded`: in a
    <details>, under its caption."""
    right = set(numeric)
    drawn = tag(
        "table",
        tag("caption", caption, class_="unseen" if folded else None),
        tag(
            "thead", tag("tr", *(tag("th", head, scope="col", class_=_side(i, right)) for i, head in enumerate(heads)))
        ),
        tag("tbody", *(_row(row, right) for row in rows)),
        class_=class_,
    )
    return tag("details", tag("summary", caption), wide(drawn, caption)) if folded else wide(drawn, caption)


def wide(drawn: Markup, caption: str) -> Markup:
    """A table that scrolls by itself, with the keyboard too, where the screen is narrow."""
    return tag("div", drawn, class_="wide", tabindex="0", role="region", aria_label=caption)


def _row(row: Sequence[Content], right: set[int]) -> Markup:
    cells = (tag("td", cell, class_=_side(i, right)) for i, cell in enumerate(row[1:], 1))
    return tag("tr", tag("th", row[0], scope="row", class_=_side(0, right)), *cells)


def _side(column: int, right: set[int]) -> str | None:
    return "n" if column in right else None


def bar(probability: float) -> Markup:
    """A bar as long as a probability; the number always stands beside it."""
    width = min(100, max(0, round(100 * probability)))
    return tag("span", tag("i", class_=f"b{width}"), class_="bar", aria_hidden="true")


def bar_styles() -> str:
    """The widths of the bars, for the style sheet: no element carries a style of its own."""
    return "".join(f".b{width}{{width:{width}%}}" for width in range(101))


def listed(items: Iterable[Content]) -> Markup:
    """A list."""
    return tag("ul", *(tag("li", item) for item in items))


def folded(summary: Content, *parts: Content, id_: str | None = None) -> Markup:
    """What a reader may open, and paper always shows."""
    return tag("details", tag("summary", summary), content(*parts), id=id_)
