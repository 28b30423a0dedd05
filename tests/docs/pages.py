"""The documents of the repository, and the examples in them that say that they run."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```sh runnable(?: exit=(\d+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


QUOTED = re.compile(r"^(?:    \S.*\n)+", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """The lines of an example, the exit code they end with, where they stand; and what is quoted of their output."""

    script: str
    exit_code: int
    line: int
    output: tuple[str, ...]


def documents() -> list[Path]:
    """Every Markdown page that is for people who read the project."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "missions").rglob("*.md")]
    return sorted(found)


def examples(page: Path) -> list[Example]:
    """The fenced examples of a page that are marked `sh runnable`, or `sh runnable exit=1`, in their order.

    Output is quoted indented by four, before the next fence or heading; "…" at the end of a line stands for its rest.
    """
    text = page.read_text("utf-8")
    found = []
    for match in FENCE.finditer(text):
        after = re.split(r"^(?:```|#)", text[match.end() :], maxsplit=1, flags=re.MULTILINE)[0]
        quoted = QUOTED.search(after)
        lines = tuple(line.strip().rstrip(" …") for line in quoted[0].splitlines()) if quoted else ()
        found.append(Example(match[2], int(match[1] or 0), text[: match.start()].count("\n") + 1, lines))
    return found
