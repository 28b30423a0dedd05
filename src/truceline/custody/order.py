"""Orders for what one person must not do alone: signed by two officers of different nations, and logged.

To release what is exact:                 To take inputs out of a store in bulk:

    truceline/order/v1                        truceline/export/v1
    result <id of the statement>              log <origin of the store>
    to <audience>                             kind <kind of input>
    exact <id of a finding>…                  from <first entry>
                                              until <the entry after the last>
                                              to <who gets them>

Each is a signed note (note.py) over these lines. Officers and their nations stand in a file of their own:

    officer <name> <nation> <vkey>
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from truceline.custody.checkpoint import read_size
from truceline.custody.entry import KINDS
from truceline.custody.note import ED25519, CheckEd25519, Note, VerifierKey, read_vkey, verify_note
from truceline.custody.release import Audience, read_audience
from truceline.model.problem import Place, Problem, Unusable

HEAD, EXPORT_HEAD = "truceline/order/v1", "truceline/export/v1"
LEAST_OFFICERS = 2

_FINDING = re.compile(r"F-[0-9a-f]{16}")
_RESULT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Order:
    """Which findings of which result may leave exact, and to whom."""

    result: str
    to: Audience
    exact: tuple[str, ...]

    def to_text(self) -> str:
        """The text that officers sign."""
        lines = (HEAD, f"result {self.result}", f"to {self.to}", *(f"exact {id_}" for id_ in self.exact))
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """Which inputs of which log may be taken out, and who gets them."""

    log: str
    kind: str
    first: int
    end: int
    to: str

    def to_text(self) -> str:
        """The text that officers sign."""
        lines = (EXPORT_HEAD, f"log {self.log}", f"kind {self.kind}", f"from {self.first}", f"until {self.end}")
        return "".join(f"{line}\n" for line in (*lines, f"to {self.to}"))


@dataclass(frozen=True, slots=True)
class Officer:
    """Who may sign an order, and for which nation."""

    name: str
    nation: str
    key: VerifierKey


def read_order(text: str) -> Order:
    """The order that a text is. Raises ValueError."""
    head, *lines = text.removesuffix("\n").split("\n")
    words = [line.partition(" ")[::2] for line in lines]
    if head != HEAD or len(words) < 3 or [word for word, _ in words[:2]] != ["result", "to"]:
        raise ValueError(f"an order has the lines {HEAD}, result, to, and one for each finding: exact")
    exact = tuple(rest for word, rest in words[2:] if word == "exact" and _FINDING.fullmatch(rest))
    if len(exact) != len(words) - 2 or not _RESULT.fullmatch(words[0][1]):
        raise ValueError("a line of the order names no result, or no finding")
    order = Order(words[0][1], read_audience(words[1][1]), exact)
    if order.to_text() != text:
        raise ValueError("the order is not written as orders are")
    return order


def read_export_order(text: str) -> ExportOrder:
    """The order to export that a text is. Raises ValueError."""
    head, *lines = text.removesuffix("\n").split("\n")
    words = dict(line.partition(" ")[::2] for line in lines)
    if head != EXPORT_HEAD or list(words) != ["log", "kind", "from", "until", "to"] or not words["to"].strip():
        raise ValueError(f"an order to export has the lines {EXPORT_HEAD}, log, kind, from, until, to")
    order = ExportOrder(words["log"], words["kind"], read_size(words["from"]), read_size(words["until"]), words["to"])
    if order.kind not in KINDS or order.to_text() != text:
        raise ValueError("the order is not written as orders are, or names no kind of input")
    return order


def read_officers(file: str, data: bytes) -> tuple[Officer, ...]:
    """The officers of a file. Raises Unusable with every line that is wrong."""
    officers: list[Officer] = []
    problems: list[Problem] = []
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), start=1):
        items = line.split()
        if not items or items[0].startswith("#"):
            continue
        try:
            if len(items) != 4 or items[0] != "officer":
                raise ValueError("a line is: officer NAME NATION VKEY")
            key = read_vkey(items[3])
            if key.type != ED25519:
                raise ValueError("an officer's key is of type 1")
            if any(one.name == items[1] or one.key.public == key.public for one in officers):
                raise ValueError("the name or the key stands above")
            officers.append(Officer(items[1], items[2], key))
        except ValueError as error:
            problems.append(Problem(Place(file, line=number), str(error), "mend the line"))
    if problems:
        raise Unusable(problems)
    return tuple(officers)


def ordered(note: Note, officers: Sequence[Officer], check: CheckEd25519) -> tuple[Order, tuple[Officer, ...]]:
    """The order that a note gives, and who signed it. Raises ValueError unless two of different nations did."""
    order = read_order(note.text)
    return order, signed_by_two(note, officers, check)


def signed_by_two(note: Note, officers: Sequence[Officer], check: CheckEd25519) -> tuple[Officer, ...]:
    """The officers who signed an order. Raises ValueError unless two of different nations did."""
    keys = {one.key: one for one in officers}
    signed = tuple(keys[verified.key] for verified in verify_note(note, list(keys), check))
    if len(signed) < LEAST_OFFICERS or len({one.nation for one in signed}) < LEAST_OFFICERS:
        names = ", ".join(f"{one.name} ({one.nation})" for one in signed) or "nobody known"
        raise ValueError(f"two officers of different nations must sign an order; this one is signed by {names}")
    return signed
