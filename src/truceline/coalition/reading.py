"""What the coalition's files share when they are read: lists of tables with the line of each field, dated entries."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

from truceline.formats.fields import Fields, suggest
from truceline.formats.toml_document import TomlDocument
from truceline.model.instant import Instant
from truceline.model.problem import Place, Problem, Unusable

T = TypeVar("T")


class Named(Protocol):
    """What has an id."""

    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=Named)


def by_id(some: Sequence[N]) -> tuple[N, ...]:
    """In order of id."""
    return tuple(sorted(some, key=lambda one: one.id))


class Reader:
    """One file of the coalition's, and everything that is wrong with it."""

    def __init__(self, document: TomlDocument, tables: Collection[str]) -> None:
        self.document = document
        self.problems: list[Problem] = []
        top = Fields(self.document.table, self.document.place)
        top.note_unknown(tables)
        self.problems += top.problems

    def each(self, name: str, known: Collection[str], read: Callable[[Fields], T]) -> tuple[T, ...]:
        """Every [[name]], read; unknown keys are pointed out."""
        found = []
        for fields in self._tables(self.document.table.get(name, []), (name,)):
            one = read(fields)
            fields.note_unknown(known)
            self.problems += fields.problems
            found.append(one)
        return tuple(found)

    def entries(self, fields: Fields, field: str, read: Callable[[Fields], T]) -> tuple[T, ...]:
        """The tables of a list within a table, `field = [{…}, …]`, read."""
        value = fields.table.get(field)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            fields.fault(field, f"{field!r} is no list of tables", f"write {field} = [{{at = …}}, …]")
            return ()
        found = []
        for number, table in enumerate(value):
            inner = Fields(table, lambda _, at=number: fields.item_at(field, at))  # type: ignore[misc]
            found.append(read(inner))
            self.problems += inner.problems
        return tuple(found)

    def unique(self, what: str, ids: Sequence[str]) -> None:
        """Note ids that stand twice."""
        for id_ in sorted({one for one in ids if ids.count(one) > 1}):
            self.note(what, f"{what} {id_!r} stands twice", "give each its own id")

    def known(self, what: str, of: str, named: Collection[str], among: Collection[str]) -> None:
        """Note names that nobody has."""
        for one in sorted(set(named) - set(among)):
            self.note(what, f"{of} names {what} {one!r}, which is not in the file", suggest(one, among))

    def note(self, field: str, what: str, remedy: str) -> None:
        self.problems.append(Problem(Place(self.document.file, field=field), what, remedy))

    def finish(self) -> None:
        """Raise Unusable with every fault, if there is any."""
        faults = [problem for problem in self.problems if problem.fatal]
        if faults:
            raise Unusable(faults)

    def _tables(self, value: object, path: tuple[str | int, ...]) -> Iterator[Fields]:
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.note(str(path[0]), f"{path[0]!r} is no list of tables", f"write [[{path[0]}]] for each")
            return
        for number, table in enumerate(value):
            at = (*path, number)
            yield Fields(
                table,
                lambda field, at=at: self.document.place(*at, field),  # type: ignore[misc]
                lambda field, index, at=at: self.document.place(*at, field, index),  # type: ignore[misc]
            )


def in_order(entries: Sequence[T], at: Callable[[T], Instant]) -> tuple[T, ...]:
    """Dated entries in order of time; of two of one instant, the later in the file counts."""
    return tuple(sorted(entries, key=at))


def circle(needs: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Names that need one another in a circle, if there is one; else nothing."""
    done: set[str] = set()
    for start in sorted(needs):
        path: list[str] = []
        stack: list[tuple[str, int]] = [(start, 0)]
        while stack:
            name, turn = stack.pop()
            if turn == 0:
                if name in path:
                    return (*path[path.index(name) :], name)
                if name in done:
                    continue
                path.append(name)
            following = needs.get(name, ())
            if turn < len(following):
                stack += [(name, turn + 1), (following[turn], 0)]
            else:
                done.add(name)
                path.remove(name)
    return ()
