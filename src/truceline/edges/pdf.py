"""A page as PDF: what the page says, set by typst, with its pictures as they are. Same page, same bytes.

Needs the optional package `typst` (pip install 'truceline[pdf]'). Only typst's own typefaces are used, so that the
document does not hang on those of the machine. What a reader may open on the page is open on paper. A page that says of
when it tells (its meta element `date`) becomes an archival document, PDF/A-2b, dated so; no clock is read.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from importlib import import_module

from truceline.model.problem import Place, Problem, Unusable

VOID = frozenset({"meta", "input", "br", "col", "link"})
LEFT_OUT = frozenset({"footer", "head", "script", "style", "nav", "fieldset", "title", "desc"})
UNSEEN = frozenset({"skip", "unseen", "store", "themes"})
PAGE = """#set document(title: {title}, date: {date})
#set page(paper: "a4", margin: (x: 18mm, y: 20mm), header: text(8pt, weight: "bold", {banner}), footer: {footer})
#set text(9.5pt, lang: {language})
#set par(justify: false)
#set table(stroke: (x: none, y: 0.4pt + gray), inset: 4pt)
#show table: set text(8pt)
#show table.cell: set par(justify: false)
#show heading: set block(above: 1.2em, below: 0.7em)
"""
FOOTER = """context text(8pt, grid(columns: (1fr, auto), gutter: 4mm, {words},
  counter(page).display("1 / 1", both: true)))"""
NARROW, FULL, WHOLE = 24, 110, 600  # characters: of a column that needs no share, of a line, of a row kept on one sheet
WORD = 0.8  # shares of a column by the longest word in it, at least
WIDE_MM, TALL = 174.0, 0.75  # of the sheet's text; higher pictures, over their width, are made smaller


@dataclass
class Node:
    """An element of the page: its name, attributes, and what it holds: text or elements."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    inside: list["Node | str"] = field(default_factory=list)

    @property
    def classes(self) -> frozenset[str]:
        return frozenset(self.attributes.get("class", "").split())

    def all(self, name: str) -> Iterator["Node"]:
        """Every element of a name below this one."""
        for one in self.inside:
            if isinstance(one, Node):
                if one.name == name:
                    yield one
                yield from one.all(name)

    @property
    def text(self) -> str:
        """Its words, blanks drawn together."""
        return re.sub(r"\s+", " ", "".join(one if isinstance(one, str) else one.text for one in self.inside)).strip()


class _Reader(HTMLParser):
    """The page as elements; case of names is kept within pictures by their own list."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.top = Node("top")
        self.open = [self.top]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {key: value or "" for key, value in attrs})
        self.open[-1].inside.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if any(node.name == tag for node in self.open[1:]):
            while self.open.pop().name != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def pdf_of(page: bytes) -> bytes:
    """The page as a PDF document. Raises Unusable where typst is not installed."""
    try:
        typst = import_module("typst")
    except ImportError:
        what = "a PDF needs the package typst, which is not installed"
        raise Unusable([Problem(Place("--pdf"), what, "pip install 'truceline[pdf]', or leave --pdf out")]) from None
    top = _read(page)
    standards = ["a-2b"] if _date(top) is not None else []
    made: bytes = typst.compile(
        _document(top).encode(), format="pdf", ignore_system_fonts=True, pdf_standards=standards
    )
    return made


def with_pdf(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same files, and beside each page, NAME.html, its PDF, NAME.pdf."""
    pages = {path: data for path, data in files.items() if path.endswith(".html")}
    return dict(files) | {f"{path.removesuffix('.html')}.pdf": pdf_of(data) for path, data in pages.items()}


def document_of(page: bytes) -> str:
    """The page as the text of a typst document."""
    return _document(_read(page))


def _document(top: Node) -> str:
    title = next((one.text for one in top.all("title")), "")
    banners = [one for one in top.all("div") if "banner" in one.classes]
    banner = " · ".join(part.text for one in banners[:1] for part in one.all("p"))
    language = next((one.attributes.get("lang", "en") for one in top.all("html")), "en")
    style = _style("".join(one.text for one in top.all("style")))
    body = next(top.all("body"), top)
    feet = next((part.text for one in top.all("footer") for part in one.all("p")), "")
    head = PAGE.format(
        title=_string(title), banner=_string(banner), language=_string(language), date=_date(top) or "none",
        footer=FOOTER.format(words=_string(feet)),
    )  # fmt: skip
    return head + _content(body.inside, style)


def _read(page: bytes) -> Node:
    reader = _Reader()
    reader.feed(page.decode("utf-8"))
    return reader.top


def _date(top: Node) -> str | None:
    """The day and time that a page says it tells of, as typst writes it."""
    said = next(
        (one.attributes.get("content", "") for one in top.all("meta") if one.attributes.get("name") == "date"), ""
    )
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z", said)
    if match is None:
        return None
    parts = zip(("year", "month", "day", "hour", "minute", "second"), map(int, match.groups()), strict=True)
    return f"datetime({', '.join(f'{name}: {value}' for name, value in parts)})"


def _content(inside: Sequence["Node | str"], style: str) -> str:
    return "".join(_text(one) if isinstance(one, str) else _element(one, style) for one in inside)


def _text(words: str) -> str:
    drawn = re.sub(r"[ \t\n\r]+", " ", words)
    return f"#{_string(drawn)};" if drawn.strip() else (" " if drawn else "")


def _element(node: Node, style: str) -> str:
    if node.name in LEFT_OUT or node.classes & UNSEEN or "banner" in node.classes:
        return ""
    if node.name in ("table", "svg"):
        return _table(node, style) if node.name == "table" else _picture(node, style)
    inner = _content(node.inside, style)
    match node.name:
        case "h1" | "h2" | "h3" | "h4":
            return f"\n#heading(level: {node.name[1]})[{inner}]\n"
        case "p" | "summary":
            return f"\n#par[{inner}]\n"
        case "strong" | "b" | "dt":
            return f"#strong[{inner}]" + (" " if node.name == "dt" else "")
        case "code":
            return f"#raw({_string(node.text)})"
        case "ul" | "ol":
            items = [one for one in _elements(node) if one.name == "li"]
            return "\n#list(" + ", ".join(f"[{_content(one.inside, style)}]" for one in items) + ")\n" if items else ""
        case "section" if "across" in node.classes:
            return f"\n#page(flipped: true)[{inner}]\n"
        case "dd" | "div" | "section" | "header" | "details":
            return f"\n{inner}\n\n"
        case "br":
            return "#linebreak()"
        case _:
            return inner


def _table(node: Node, style: str) -> str:
    rows, head = _rows(node), [row for one in _elements(node) if one.name == "thead" for row in _rows(one)]
    width = max((sum(_span(cell) for cell in _cells(row)) for row in rows), default=0)
    if not width:
        return ""
    parts = [f"columns: ({_widths(rows, width)},)"]
    if head:
        parts.append(f"table.header({', '.join(_cell(one, style, bold=True) for row in head for one in _cells(row))})")
    for row in rows:
        if not any(row is other for other in head):
            whole = len(row.text) <= WHOLE
            parts += [_cell(one, style, bold=one.name == "th", whole=whole) for one in _cells(row)]
    caption = next((one.text for one in _elements(node) if one.name == "caption"), "")
    said = f"\n#block(sticky: true, text(8pt, gray.darken(40%), {_string(caption)}))\n" if caption else ""
    return f"{said}\n#table({', '.join(parts)})\n"


def _widths(rows: Sequence[Node], width: int) -> str:
    """As wide as they need where all fits on a line; else columns with much to say share what the others leave."""
    columns = [[cell.text for row in rows if len(cells := _cells(row)) == width for cell in cells[at : at + 1]]
               for at in range(width)]  # fmt: skip
    most = [max(map(len, column), default=0) for column in columns]
    narrow = sum(one for one in most if one <= NARROW)
    if sum(most) <= FULL or max(most) <= NARROW or narrow > FULL - NARROW:
        return ", ".join(["auto"] * width)
    shares = []
    for column, longest in zip(columns, most, strict=True):
        word = max((len(one) for text in column for one in re.split("[ -]", text)), default=0)
        shares.append(max(WORD * word, (longest * sum(map(len, column)) / max(1, len(column))) ** 0.35))
    return ", ".join("auto" if one <= NARROW else f"{share:.1f}fr" for one, share in zip(most, shares, strict=True))


def _elements(node: Node) -> list[Node]:
    return [one for one in node.inside if isinstance(one, Node)]


def _rows(part: Node) -> list[Node]:
    """The rows of a table or a part of it; tables within its cells have their own."""
    found: list[Node] = []
    for one in _elements(part):
        found += [one] if one.name == "tr" else _rows(one) if one.name in ("thead", "tbody", "tfoot") else []
    return found


def _cells(row: Node) -> list[Node]:
    return [one for one in _elements(row) if one.name in ("td", "th")]


def _span(cell: Node, way: str = "colspan") -> int:
    value = cell.attributes.get(way, "1")
    return int(value) if value.isdigit() else 1


def _cell(cell: Node, style: str, *, bold: bool, whole: bool = False) -> str:
    body = _content(cell.inside, style)
    body = f"[#strong[{body}]]" if bold and body.strip() else f"[{body}]"
    wide, high = _span(cell), _span(cell, "rowspan")
    side = "right" if "n" in cell.classes else "left"
    kept = ", breakable: false" if whole else ""
    return f"table.cell(colspan: {wide}, rowspan: {high}, align: {side}{kept}){body}"


def _picture(node: Node, style: str) -> str:
    """A picture as it is, with the rules of the page's style sheet that a picture can use."""
    box = node.attributes.get("viewbox", "0 0 100 100")
    _, _, width, height = (float(one) for one in box.split())
    small = width <= 64
    inner = "".join(_markup(one) for one in node.inside)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{width:g}" height="{height:g}">'
    drawn = f"{head}<style>{style}</style>{inner}</svg>"
    tall = height / width > TALL
    size = "height: 1em" if small else f"height: {TALL * WIDE_MM:g}mm" if tall else "width: 100%"
    image = f'image(bytes({_string(drawn)}), format: "svg", {size})'
    return f"#box({image})" if small else f"\n#{image}\n"


CASED = {"viewbox": "viewBox", "textlength": "textLength", "markerwidth": "markerWidth", "markerheight": "markerHeight",
         "refx": "refX", "refy": "refY", "patternunits": "patternUnits", "clippath": "clipPath",
         "preserveaspectratio": "preserveAspectRatio", "patterntransform": "patternTransform"}  # fmt: skip


def _markup(one: "Node | str") -> str:
    """An element of a picture as it stood."""
    if isinstance(one, str):
        return escape(one, quote=False)
    if one.name in ("title", "desc", "script"):
        return ""
    held = "".join(f' {CASED.get(key, key)}="{escape(value)}"' for key, value in one.attributes.items())
    name = CASED.get(one.name, one.name)
    return f"<{name}{held}>{''.join(_markup(inner) for inner in one.inside)}</{name}>"


def _style(sheet: str) -> str:
    """The plain rules of a style sheet, its variables (those of the light theme) put in."""
    bare = _without_blocks(re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL))
    variables: dict[str, str] = {}
    rules = []
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", bare):
        if selector.strip() == ":root":
            for name, value in re.findall(r"--([\w-]+)\s*:\s*([^;]+)", body):
                variables.setdefault(name, value.strip())
        elif ":" not in selector and "@" not in selector and "*" not in selector:
            rules.append(f"{' '.join(selector.split())}{{{' '.join(body.split())}}}")
    return re.sub(r"var\(--([\w-]+)\)", lambda match: variables.get(match[1], "black"), "".join(rules))


def _without_blocks(sheet: str) -> str:
    """Without @media and the like, which hold rules of their own."""
    found, depth, at = [], 0, 0
    for match in re.finditer(r"@[\w-]+[^{;]*\{|[{}]", sheet):
        mark = match[0]
        if depth == 0 and mark.startswith("@"):
            found.append(sheet[at : match.start()])
            depth = 1
        elif depth:
            depth += -1 if mark == "}" else 1
            at = match.end() if depth == 0 else at
    return "".join(found) + sheet[at:] if depth == 0 else "".join(found)


def _string(words: str) -> str:
    """A typst string."""
    escaped = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "").replace("\t", " ")
    return f'"{escaped}"'
