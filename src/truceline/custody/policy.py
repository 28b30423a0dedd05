"""Whose signatures make a checkpoint good (C2SP tlog-policy): logs, witnesses, groups of witnesses, and the quorum.

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> all|any|<k> <name>…
    quorum <name>|none

A line per thing; blank lines and lines that begin with # are passed over; a name is defined before it is used.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from truceline.custody.note import COSIGNATURE, ED25519, VerifierKey, read_vkey
from truceline.model.problem import Place, Problem, Unusable

NONE = "none"
MOST_BYTES = 1_000_000

_FORBIDDEN = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")
_COUNT = re.compile(r"[1-9][0-9]{0,5}")


@dataclass(frozen=True, slots=True)
class Group:
    """Witnesses, or groups of them, of which at least `least` must have cosigned."""

    least: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Which logs, which witnesses, and how many of them."""

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, VerifierKey]
    groups: Mapping[str, Group]
    quorum: str
    urls: Mapping[str, str] = field(default_factory=dict)  # of logs (by key name) and witnesses (by name)
    revoked: Mapping[VerifierKey, int] = field(default_factory=dict)  # since when not to be believed, seconds

    def reached(self, cosigned: Collection[str]) -> bool:
        """Whether witnesses of these names are a quorum."""
        return self.quorum == NONE or self._has(self.quorum, cosigned)

    def can_block(self, absent: Collection[str]) -> bool:
        """Whether these witnesses, by keeping silent together, could keep a checkpoint from its quorum."""
        return not self.reached([name for name in self.witnesses if name not in absent])

    def explained(self, cosigned: Collection[str]) -> tuple[str, ...]:
        """The quorum in words, a line for each witness and group under it, indented."""
        if self.quorum == NONE:
            return ("no witness is asked for",)
        return tuple(self._lines(self.quorum, cosigned, ""))

    def _has(self, name: str, cosigned: Collection[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in cosigned
        return sum(self._has(member, cosigned) for member in group.members) >= group.least

    def _lines(self, name: str, cosigned: Collection[str], indent: str) -> list[str]:
        there = self._has(name, cosigned)
        group = self.groups.get(name)
        if group is None:
            return [f"{indent}{name}: {'cosigned' if there else 'not cosigned'}"]
        of = f"{group.least} of {len(group.members)}"
        lines = [f"{indent}{name} ({of}): {'reached' if there else 'not reached'}"]
        return lines + [line for one in group.members for line in self._lines(one, cosigned, f"{indent}  ")]


def read_policy(file: str, data: bytes) -> Policy:
    """The policy of a file. Raises Unusable with every line that is wrong."""
    return _Reading(file).read(data)


class _Reading:
    def __init__(self, file: str) -> None:
        self._file = file
        self._problems: list[Problem] = []
        self._logs: list[VerifierKey] = []
        self._witnesses: dict[str, VerifierKey] = {}
        self._groups: dict[str, Group] = {}
        self._urls: dict[str, str] = {}
        self._quorum: str | None = None
        self._taken: set[str] = set()  # names that are members of a group

    def read(self, data: bytes) -> Policy:
        if len(data) > MOST_BYTES:
            self._say(0, f"the policy has more than {MOST_BYTES} bytes", "give a policy")
            raise Unusable(self._problems)
        if data and not data.endswith(b"\n"):
            self._say(data.count(b"\n") + 1, "the last line does not end in a newline", "add one")
        words: Mapping[str, Callable[[int, Sequence[str]], None]] = {
            "log": self._log, "witness": self._witness, "group": self._group, "quorum": self._set_quorum
        }  # fmt: skip
        for number, line in enumerate(data.split(b"\n"), start=1):
            if _FORBIDDEN.search(line):
                self._say(number, "a control character stands here", "remove it; lines end in a newline alone")
                continue
            # Octets above 127 are opaque: each stands for itself, whatever it means in UTF-8.
            items = [item.decode("utf-8", "surrogateescape") for item in re.split(rb"[ \t]+", line.strip(b" \t"))]
            if items[0] and not items[0].startswith("#"):
                word = words.get(items[0])
                if word is None:
                    self._say(number, f"{items[0][:40]!r} begins no line", f"begin it with {', '.join(words)}")
                else:
                    word(number, items[1:])
        if self._quorum is None:
            self._say(0, "there is no quorum line", "add one: quorum NAME, or quorum none")
        if self._problems or self._quorum is None:
            raise Unusable(self._problems)
        return Policy(tuple(self._logs), self._witnesses, self._groups, self._quorum, self._urls)

    def _log(self, number: int, items: Sequence[str]) -> None:
        if not 1 <= len(items) <= 2:
            return self._say(number, "a log line has a key and perhaps an address", "log VKEY [URL]")
        key = self._key(number, items[0], ED25519, [*self._logs])
        if key is not None:
            self._logs.append(key)
            if items[1:]:
                self._urls[key.name] = items[1]
        return None

    def _witness(self, number: int, items: Sequence[str]) -> None:
        if not 2 <= len(items) <= 3:
            return self._say(number, "a witness has a name, a key and perhaps an address", "witness NAME VKEY [URL]")
        key = self._key(number, items[1], COSIGNATURE, [*self._witnesses.values()])
        if self._is_new(number, items[0]) and key is not None:
            self._witnesses[items[0]] = key
            if items[2:]:
                self._urls[items[0]] = items[2]
        return None

    def _group(self, number: int, items: Sequence[str]) -> None:
        if len(items) < 3:
            return self._say(number, "a group has a name, a number and members", "group NAME all|any|K NAME…")
        name, least, *members = items
        for member in members:
            if member not in self._witnesses and member not in self._groups:
                self._say(number, f"{member[:60]!r} is not defined above", "define it first")
            elif member in self._taken:
                self._say(number, f"{member[:60]!r} is a member already", "let each be a member once")
            self._taken.add(member)
        count = {"all": len(members), "any": 1}.get(least) or (int(least) if _COUNT.fullmatch(least) else 0)
        if not 1 <= count <= len(members):
            self._say(number, f"{least[:20]!r} of {len(members)} members", "give all, any, or a number of them")
        elif self._is_new(number, name):
            self._groups[name] = Group(count, tuple(members))
        return None

    def _set_quorum(self, number: int, items: Sequence[str]) -> None:
        if len(items) != 1:
            return self._say(number, "a quorum line has one name", "quorum NAME, or quorum none")
        if self._quorum is not None:
            return self._say(number, "there is a quorum line above", "keep one")
        if items[0] != NONE and items[0] not in self._witnesses and items[0] not in self._groups:
            return self._say(number, f"{items[0][:60]!r} is not defined above", "define it first")
        self._quorum = items[0]
        return None

    def _key(self, number: int, text: str, type_: int, others: Sequence[VerifierKey]) -> VerifierKey | None:
        try:
            key = read_vkey(text)
        except ValueError as error:
            self._say(number, str(error), "copy the key again from its owner")
            return None
        if key.type != type_:
            what = "a log's key is of type 1" if type_ == ED25519 else "a witness's key is of type 4"
            self._say(number, f"{what}, this one of type {key.type}", "give the right key")
            return None
        if any(other.public == key.public for other in others):
            self._say(number, "the same key stands above", "keep one of the two lines")
            return None
        return key

    def _is_new(self, number: int, name: str) -> bool:
        if name == NONE or name in self._witnesses or name in self._groups:
            self._say(number, f"the name {name[:60]!r} is taken", "give another")
            return False
        return True

    def _say(self, number: int, what: str, remedy: str) -> None:
        self._problems.append(Problem(Place(self._file, line=number), what, remedy))
