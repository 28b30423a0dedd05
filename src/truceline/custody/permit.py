"""Permits for what one person must not do alone: signed by two officers of different nations, and logged.

To release what is exact:                 To take inputs out of a store in bulk:

    truceline/permit/v1                       truceline/export/v1
    result <id of the statement>              log <origin of the store>
    to <audience>                             kind <kind of input>
    exact <id of a finding>…                  from <first entry>
                                              until <the entry after the last>
                                              to <who gets them>

To end a mission: hand everything to custodians and destroy the keys:

    truceline/sunset/v1
    log <origin of the store>
    because suspension|evacuation|termination
    to <names of the custodians, joined by blanks>

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

HEAD, EXPORT_HEAD, SUNSET_HEAD = "truceline/permit/v1", "truceline/export/v1", "truceline/sunset/v1"
BECAUSE = ("suspension", "evacuation", "termination")
LEAST_OFFICERS = 2

_FINDING = re.compile(r"F-[0-9a-f]{16}")
_RESULT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Permit:
    """Which findings of which result may leave exact, and to whom."""

    result: str
    to: Audience
    exact: tuple[str, ...]

    def to_text(self) -> str:
        """The text that officers sign."""
        lines = (HEAD, f"result {self.result}", f"to {self.to}", *(f"exact {id_}" for id_ in self.exact))
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class ExportPermit:
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
class SunsetPermit:
    """Which mission ends, why, and who takes over."""

    log: str
    because: str
    to: tuple[str, ...]

    def to_text(self) -> str:
        """The text that officers sign."""
        return f"{SUNSET_HEAD}\nlog {self.log}\nbecause {self.because}\nto {' '.join(self.to)}\n"


@dataclass(frozen=True, slots=True)
class Officer:
    """Who may sign a permit, and for which nation."""

    name: str
    nation: str
    key: VerifierKey


def read_permit(text: str) -> Permit:
    """The permit that a text is. Raises ValueError."""
    head, *lines = text.removesuffix("\n").split("\n")
    words = [line.partition(" ")[::2] for line in lines]
    if head != HEAD or len(words) < 3 or [word for word, _ in words[:2]] != ["result", "to"]:
        raise ValueError(f"a permit has the lines {HEAD}, result, to, and one for each finding: exact")
    exact = tuple(rest for word, rest in words[2:] if word == "exact" and _FINDING.fullmatch(rest))
    if len(exact) != len(words) - 2 or not _RESULT.fullmatch(words[0][1]):
        raise ValueError("a line of the permit names no result, or no finding")
    permit = Permit(words[0][1], read_audience(words[1][1]), exact)
    if permit.to_text() != text:
        raise ValueError("the permit is not written as permits are")
    return permit


def read_export_permit(text: str) -> ExportPermit:
    """The permit to export that a text is. Raises ValueError."""
    head, *lines = text.removesuffix("\n").split("\n")
    words = dict(line.partition(" ")[::2] for line in lines)
    if head != EXPORT_HEAD or list(words) != ["log", "kind", "from", "until", "to"] or not words["to"].strip():
        raise ValueError(f"a permit to export has the lines {EXPORT_HEAD}, log, kind, from, until, to")
    permit = ExportPermit(words["log"], words["kind"], read_size(words["from"]), read_size(words["until"]), words["to"])
    if permit.kind not in KINDS or permit.to_text() != text:
        raise ValueError("the permit is not written as permits are, or names no kind of input")
    return permit


def read_sunset_permit(text: str) -> SunsetPermit:
    """The permit to end a mission that a text is. Raises ValueError."""
    head, *lines = text.removesuffix("\n").split("\n")
    words = dict(line.partition(" ")[::2] for line in lines)
    if head != SUNSET_HEAD or list(words) != ["log", "because", "to"] or words["because"] not in BECAUSE:
        raise ValueError(f"a permit to end a mission has the lines {SUNSET_HEAD}, log, because, to")
    permit = SunsetPermit(words["log"], words["because"], tuple(words["to"].split()))
    if not permit.to or permit.to_text() != text:
        raise ValueError("the permit is not written as permits are, or names no custodian")
    return permit


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


def permitted(note: Note, officers: Sequence[Officer], check: CheckEd25519) -> tuple[Permit, tuple[Officer, ...]]:
    """The permit that a note gives, and who signed it. Raises ValueError unless two of different nations did."""
    permit = read_permit(note.text)
    return permit, signed_by_two(note, officers, check)


def signed_by_two(note: Note, officers: Sequence[Officer], check: CheckEd25519) -> tuple[Officer, ...]:
    """The officers who signed a permit. Raises ValueError unless two of different nations did."""
    keys = {one.key: one for one in officers}
    signed = tuple(keys[verified.key] for verified in verify_note(note, list(keys), check))
    if len(signed) < LEAST_OFFICERS or len({one.nation for one in signed}) < LEAST_OFFICERS:
        names = ", ".join(f"{one.name} ({one.nation})" for one in signed) or "nobody known"
        raise ValueError(f"two officers of different nations must sign a permit; this one is signed by {names}")
    return signed
