"""A store followed: what a mission was set up with, and its lines as they come, understood once each."""

from bisect import insort
from collections.abc import Mapping
from dataclasses import replace

from truceline.edges.inputs import WHOLE_KINDS, Inputs, WholeFile
from truceline.edges.intake import read_line, understand
from truceline.edges.store.door import Store
from truceline.model.case import Case
from truceline.model.filing import Claim, Contact, Notice
from truceline.model.observation import Observation
from truceline.terms.contract import Kind

LINES = ("observation", "notice", "claim", "contact")


def set_up(store: Store) -> Inputs:
    """The whole files that a store's log begins with: no line among them, and the code that ran first."""
    whole: dict[tuple[str, str], WholeFile] = {}
    for kept in store.inputs():
        if kept.entry.kind not in WHOLE_KINDS:
            break
        id_ = "code" if kept.entry.kind == "code" else kept.entry.id
        whole.setdefault((kept.entry.kind, id_), WholeFile(kept.entry.kind, id_, kept.data))
    return Inputs(tuple(whole.values()), ())


class Following:
    """The case that a store's log describes so far. What cannot be used is counted, and stays in the log.

    Of lines with one id the store keeps the first; a line that cannot be used changes nothing here.
    """

    def __init__(self, store: Store, kinds: Mapping[str, Kind]) -> None:
        self._store = store
        self._base = understand(set_up(store), kinds).case
        self._observations: list[Observation] = []
        self._notices: list[Notice] = []
        self._claims: list[Claim] = []
        self._contacts: list[Contact] = []
        self.size = 0
        self.unusable = 0
        self.lines = 0  # read so far, usable or not

    @property
    def set_up(self) -> Case:
        """The case without any line."""
        return self._base

    def catch_up(self, size: int | None = None) -> list[Observation]:
        """Read on, up to `size` inputs of the log; the observations that are new, in order of the log."""
        found: list[Observation] = []
        for kept in self._store.inputs(self.size, size):
            self.size = kept.index + 1
            self.lines += kept.entry.kind in LINES or kept.entry.kind == "set_aside"
            if kept.entry.kind in LINES:
                try:
                    record = read_line(kept.entry.kind, kept.data, self._base.agreement, self._base.network)
                except ValueError:
                    self.unusable += 1
                    continue
                self._file(record)
                if isinstance(record, Observation):
                    found.append(record)
            elif kept.entry.kind == "set_aside":
                self.unusable += 1
        return found

    def forget(self) -> None:
        """Drop the observations read so far, for one who only looks at new ones."""
        self._observations.clear()

    def case(self) -> Case:
        """The case as far as it was read."""
        return replace(
            self._base,
            observations=tuple(sorted(self._observations, key=lambda one: (one.received_us, one.id))),
            notices=tuple(self._notices),
            claims=tuple(self._claims),
            contacts=tuple(self._contacts),
        )

    def _file(self, record: Observation | Notice | Claim | Contact) -> None:
        if isinstance(record, Observation):
            self._observations.append(record)
        elif isinstance(record, Notice):
            insort(self._notices, record, key=lambda one: (one.received_us, one.id))
        elif isinstance(record, Claim):
            insort(self._claims, record, key=lambda one: (one.time_us, one.id))
        else:
            insort(self._contacts, record, key=lambda one: (one.time_us, one.id))
