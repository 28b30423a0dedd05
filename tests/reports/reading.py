"""A page as a reader's program sees it: its elements, in order, with attributes and text."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "input", "br", "col", "link"})


@dataclass
class Element:
    """One element and what it holds, in order."""

    name: str
    attributes: dict[str, str | None]
    parent: "Element | None" = None
    pieces: "list[str | Element]" = field(default_factory=list)

    @property
    def children(self) -> "list[Element]":
        return [piece for piece in self.pieces if isinstance(piece, Element)]

    @property
    def text(self) -> str:
        """Its own text only."""
        return "".join(piece for piece in self.pieces if isinstance(piece, str))

    def all(self, *names: str) -> Iterator["Element"]:
        """The elements of these names within, in order of the document; all, where none is given."""
        for child in self.children:
            if not names or child.name in names:
                yield child
            yield from child.all(*names)

    @property
    def words(self) -> str:
        """All text within."""
        return "".join(piece if isinstance(piece, str) else f" {piece.words} " for piece in self.pieces)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("document", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs), self.open[-1])
        assert len(dict(attrs)) == len(attrs), f"an attribute twice in {tag}"
        self.open[-1].pieces.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        closed = self.open.pop()
        assert closed.name == tag, f"<{closed.name}> is closed by </{tag}>"

    def handle_data(self, data: str) -> None:
        self.open[-1].pieces.append(data)


def read(page: bytes) -> Element:
    """The document. Fails where elements are not nested properly."""
    reader = _Reader()
    reader.feed(page.decode())
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].name}> is never closed"
    return reader.root
