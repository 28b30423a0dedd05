"""A terms.toml being read: its tables as fields with their places, laid over one another where later texts amend."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from truceline.formats.fields import Fields
from truceline.formats.toml_document import Path, TomlDocument
from truceline.model.problem import Place, Problem
from truceline.terms.reading.keys import Table

OF_TABLES = ("for", "reading", "texts")  # keys whose value is a table


@dataclass(frozen=True)
class Layer:
    """A table and where it stands in the file."""

    path: Path
    table: Mapping[str, object]

    def below(self, key: str) -> "Layer | None":
        """A table within it; None if there is none of that name."""
        value = self.table.get(key)
        return Layer((*self.path, key), value) if isinstance(value, Mapping) else None

    def without(self, *keys: str) -> "Layer":
        return Layer(self.path, {key: value for key, value in self.table.items() if key not in keys})


class Document:
    """The file, and all faults found in it so far, each once."""

    def __init__(self, document: TomlDocument) -> None:
        self.toml = document
        self._problems: dict[Problem, None] = {}
        self._meant: dict[Path, tuple[str, ...]] = {}

    @property
    def problems(self) -> list[Problem]:
        return sorted(self._problems)

    @property
    def faulty(self) -> bool:
        return any(problem.fatal for problem in self._problems)

    def note(self, problem: Problem) -> None:
        self._problems[problem] = None

    def place(self, *path: str | int) -> Place:
        return self.toml.place(*path)

    def one(self, table: Table, *, required: bool = False) -> Fields:
        """The fields of a table that stands once; empty, with a fault, if it must and does not."""
        value = self.toml.table.get(table.name)
        if (value is None and required) or (value is not None and not isinstance(value, Mapping)):
            what = f"[{table.name}] is missing" if value is None else f"{table.name!r} is not a table"
            self.note(Problem(self.place(table.name), what, f"write [{table.name}]"))
        return self.fields(Layer((table.name,), value if isinstance(value, Mapping) else {}))

    def many(self, table: Table) -> list[Layer]:
        """The tables of a name that may stand many times, in the file's order."""
        value = self.toml.table.get(table.name, [])
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            what, remedy = f"{table.name!r} is not a list of tables", f"write [[{table.name}]] before each"
            self.note(Problem(self.place(table.name), what, remedy))
            return []
        return [Layer((table.name, number), item) for number, item in enumerate(value)]

    def fields(self, *layers: Layer) -> Fields:
        """Layers read as one table: of a key that several hold, the last one's value stands."""
        merged: dict[str, object] = {}
        held: dict[str, Path] = {}
        for layer in layers:
            merged.update(layer.table)
            held.update(dict.fromkeys(layer.table, layer.path))
        base = layers[0].path
        return Fields(
            merged,
            lambda field: self.place(*held.get(field, base), field),
            lambda field, index: self.place(*held.get(field, base), field, index),
        )

    def done(self, fields: Fields, known: Sequence[str] | None = None) -> None:
        """Keep the faults of a table; with `known`, after looking for keys that nobody reads."""
        if known is not None:
            fields.note_unknown(known)
        for problem in fields.problems:
            self.note(problem)

    def look_for_slips(self, layer: Layer, known: Sequence[str]) -> None:
        """Note the keys of a layer that nobody reads, and remember which were meant: a table by a table's name only."""
        meant: list[str] = []
        for tables in (True, False):
            part = {key: value for key, value in layer.table.items() if isinstance(value, Mapping) is tables}
            fields = self.fields(Layer(layer.path, part))
            meant += fields.note_unknown([key for key in known if (key in OF_TABLES) is tables], again=OF_TABLES)
            self.done(fields)
        self._meant[layer.path] = tuple(meant)

    def done_layers(self, fields: Fields, layers: Sequence[Layer]) -> None:
        """Keep the faults of layers read as one, save for what is missing only by a slip that is noted already."""
        meant = [key for layer in layers for key in self._meant.get(layer.path, ())]
        missing = tuple(f"required field {key!r} is missing" for key in meant)
        fields.problems = [one for one in fields.problems if not (missing and one.what.startswith(missing))]
        self.done(fields)

    def ids(self, layers: Sequence[Layer], what: str, key: str = "id") -> tuple[str, ...]:
        """The ids of tables; a fault is noted for one that stands twice."""
        found: list[str] = []
        for layer in layers:
            value = layer.table.get(key)
            if isinstance(value, str) and value in found:
                place = self.place(*layer.path, key)
                self.note(Problem(place, f"{what} {value!r} stands twice", "give each its own id"))
            if isinstance(value, str):
                found.append(value)
        return tuple(found)
