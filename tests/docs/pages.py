"""The documents of the repository, and the examples in them that say that they run."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```sh runnable(?: exit=(\d+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """The lines of an example, the exit code they end with, and where they stand."""

    script: str
    exit_code: int
    line: int


def documents() -> list[Path]:
    """Every Markdown page that is for people who read the project."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "missions").rglob("*.md")]
    return sorted(found)


def examples(page: Path) -> list[Example]:
    """The fenced examples of a page that are marked `sh runnable`, or `sh runnable exit=1`, in their order."""
    text = page.read_text("utf-8")
    return [
        Example(match[2], int(match[1] or 0), text[: match.start()].count("\n") + 1) for match in FENCE.finditer(text)
    ]
