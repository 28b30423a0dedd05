"""TOML bytes → tables, with the line and column of every table and key.

The standard library's tomllib reads the values; tree-sitter's TOML grammar tells where each stands, so
that a fault of an agreement can be shown at its own line.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from truceline.model.problem import Place, Problem, Unusable

MOST_BYTES = 4 * 1024 * 1024
MOST_PARTS = 32  # of a dotted key
BYTE_ORDER_MARK = "\ufeff"

# Strings and comments, in which dots part no keys; and a key of too many parts once they are gone.
_NOT_KEYS = re.compile(
    r""" "{3}(?:\\.|[^\\])*?"{3} | '{3}.*?'{3} | "(?:\\.|[^"\\\n])*" | '[^'\n]*' | \#[^\n]* """, re.X | re.S
)
_LONG_KEY = re.compile(rf"""(?<![\w-])(?:[\w-]++|"")(?:[ \t]*+\.[ \t]*+(?:[\w-]++|"")){{{MOST_PARTS}}}""")

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class TomlDocument:
    """A parsed file. `positions` maps a path like ("provision", 0, "kind") to (line, column), 1-based."""

    file: str
    table: Mapping[str, object]
    positions: Mapping[Path, tuple[int, int]]

    def place(self, *path: str | int) -> Place:
        """Where a key stands; the nearest table around it when the key itself is absent."""
        field = ".".join(str(step) for step in path if isinstance(step, str))
        known = path
        while known and known not in self.positions:
            known = known[:-1]
        line, column = self.positions.get(known, (1, 1))
        return Place(self.file, line=line, column=column, field=field)


def read_toml(file: str, data: bytes) -> TomlDocument:
    """Parse one TOML file. Raises Unusable with the line for text that is not TOML or not UTF-8."""
    if len(data) > MOST_BYTES:
        raise Unusable([Problem(Place(file), f"the file has {len(data):,} bytes", f"keep it under {MOST_BYTES:,}")])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Unusable([Problem(Place(file, line=line), "the text is not UTF-8", "save the file as UTF-8")]) from None
    if text.startswith(BYTE_ORDER_MARK):
        what, remedy = "the text begins with a byte order mark", "save the file as UTF-8 without one"
        raise Unusable([Problem(Place(file, line=1, column=1), what, remedy)])
    _refuse_long_keys(file, text)
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        line, column = _position_of(error, text)
        what = "it is nested too deeply" if isinstance(error, RecursionError) else "a whole number is far too long"
        if isinstance(error, tomllib.TOMLDecodeError):
            what = str(error).split(" (at ")[0]
        raise Unusable([Problem(Place(file, line=line, column=column), what, "mend the TOML at this place")]) from None
    return TomlDocument(file, table, _positions(data))


def _refuse_long_keys(file: str, text: str) -> None:
    """Raise Unusable for a dotted key of very many parts: parsers spend the square of their number on it."""
    bare = _NOT_KEYS.sub(lambda found: '""' + "\n" * found[0].count("\n"), text)
    if found := _LONG_KEY.search(bare):
        place = Place(file, line=bare.count("\n", 0, found.start()) + 1)
        raise Unusable([Problem(place, f"a key has over {MOST_PARTS} parts", "name it in fewer")])


def _position_of(error: Exception, text: str) -> tuple[int, int]:
    """Line and column that tomllib writes into its message, else the end of the text."""
    found = re.search(r"at line (\d+), column (\d+)", str(error))
    return (int(found[1]), int(found[2])) if found else (text.count("\n") + 1, 1)


def _positions(data: bytes) -> dict[Path, tuple[int, int]]:
    tree = Parser(Language(tree_sitter_toml.language())).parse(data)
    positions: dict[Path, tuple[int, int]] = {}
    counts: dict[Path, int] = {}
    for node in tree.root_node.named_children:
        if node.type == "pair":
            _mark_pair(node, (), positions)
        elif node.type in ("table", "table_array_element"):
            _mark_table(node, counts, positions)
    return positions


def _mark_table(node: Node, counts: dict[Path, int], positions: dict[Path, tuple[int, int]]) -> None:
    header = node.named_children[0]
    keys = _keys(header)
    path: Path = ()
    for depth, key in enumerate(keys):
        path += (key,)
        positions.setdefault(path, _at(header))
        last = depth == len(keys) - 1
        if last and node.type == "table_array_element":
            counts[path] = counts.get(path, -1) + 1
            positions.setdefault(path, _at(header))
        if path in counts:
            path += (counts[path],)
        positions.setdefault(path, _at(header))
    for child in node.named_children[1:]:
        if child.type == "pair":
            _mark_pair(child, path, positions)


def _mark_pair(node: Node, base: Path, positions: dict[Path, tuple[int, int]]) -> None:
    key, value = node.named_children[0], node.named_children[-1]
    path = base + tuple(_keys(key))
    positions.setdefault(path, _at(key))
    _mark_value(value, path, positions)


def _mark_value(node: Node, path: Path, positions: dict[Path, tuple[int, int]]) -> None:
    if node.type == "inline_table":
        for child in node.named_children:
            if child.type == "pair":
                _mark_pair(child, path, positions)
    elif node.type == "array":
        items = [child for child in node.named_children if child.type != "comment"]
        for index, child in enumerate(items):
            positions.setdefault((*path, index), _at(child))
            _mark_value(child, (*path, index), positions)


def _keys(node: Node) -> list[str]:
    """The keys of a bare, quoted or dotted key node."""
    if node.type == "dotted_key":
        return [key for child in node.named_children for key in _keys(child)]
    text = (node.text or b"").decode("utf-8", "replace")
    return [text[1:-1] if node.type == "quoted_key" else text]


def _at(node: Node) -> tuple[int, int]:
    return node.start_point.row + 1, node.start_point.column + 1
