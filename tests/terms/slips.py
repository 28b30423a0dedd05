"""Slips of the pen in an agreement: every key and every word of it misspelt in turn."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

# What follows these keys is the author's own words or names, which nothing can check.
FREE_VALUES = ("title", "text", "texts", "article", "words", "name", "by", "also", "about", "areas", "version")
FREE_TABLES = ("counting",)  # whose keys are names of the author's own
DECLARED = ("id", "parties", "languages")  # names that others refer to
NEIGHBOURS = dict(zip("abcdefghijklmnopqrstuvwxyz", "svxfrgtjuhkonmibptywcbqzut", strict=False))


@dataclass(frozen=True)
class Token:
    """A key or word of the text: where it stands (offset, 1-based line), and what sort it is."""

    word: str
    start: int
    line: int
    sort: str  # key, word, value (a number, time or flag), declared


@dataclass(frozen=True)
class Slip:
    """A text with one token misspelt."""

    token: Token
    wrong: str
    text: str


def tokens(text: str) -> list[Token]:
    """All keys and values of a terms.toml, free words left out."""
    found: list[Token] = []
    offset, table = 0, ""
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        header = re.match(r"\s*\[\[?([\w.-]+)\]\]?", line)
        if header:
            table = header[1]
            found += [
                Token(part[0], offset + header.start(1) + part.start(), number, "key")
                for part in re.finditer(r"[^.]+", header[1])
            ]
        elif not line.lstrip().startswith("#"):
            found += _pair(line, offset, number, table)
        offset += len(line)
    return found


def _pair(line: str, offset: int, number: int, table: str) -> Iterator[Token]:
    pair = re.match(r"\s*([\w-]+)\s*=\s*", line)
    if pair is None:
        return
    key = pair[1]
    if table not in FREE_TABLES:
        yield Token(key, offset + pair.start(1), number, "key")
    rest, base = line[pair.end() :], offset + pair.end()
    if key == "texts":
        inner = re.search(r"\{\s*(\w+)", rest)
        if inner:
            yield Token(inner[1], base + inner.start(1), number, "key")
        return
    if key in FREE_VALUES and not (key == "by" and rest[0].isdigit()):
        return
    if '"' not in rest:
        value = rest.split("#")[0].strip()
        yield Token(value, base, number, "value")
        return
    for quoted in re.finditer(r'"([^"]*)"', rest):
        word = quoted[1]
        declared = key == "id" or (key in DECLARED and table == "agreement")
        sort = "declared" if declared else "word" if word[:1].isalpha() else "value"
        yield Token(word, base + quoted.start(1), number, sort)


def misspelt(word: str, chance: random.Random, way: int) -> str | None:
    """A word with one slip: a letter dropped, doubled, changed, or swapped with its neighbour."""
    if len(word) < 2:
        return None
    place = chance.randrange(len(word) - 1)
    letter = word[place]
    if way == 0:
        wrong = word[:place] + word[place + 1 :]
    elif way == 1:
        wrong = word[:place] + letter + word[place:]
    elif way == 2:
        wrong = word[:place] + NEIGHBOURS.get(letter.lower(), "x") + word[place + 1 :]
    else:
        wrong = word[:place] + word[place + 1] + letter + word[place + 2 :]
    return wrong if wrong != word else None


def slips(text: str, seed: int, ways: tuple[int, ...]) -> Iterator[Slip]:
    """Every token misspelt in turn, once in each of the ways; a number, time or flag by a letter where none belongs."""
    known = {token.word for token in tokens(text)}
    for token in tokens(text):
        chance = random.Random(f"{seed} {token.start}")
        for way in ways if token.sort != "value" else (0,):
            wrong = misspelt(token.word, chance, way) if token.sort != "value" else "x" + token.word[1:]
            if wrong is None or wrong in known:
                continue
            yield Slip(token, wrong, text[: token.start] + wrong + text[token.start + len(token.word) :])
