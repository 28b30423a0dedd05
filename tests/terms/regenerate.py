"""Write the generated parts of the reference of agreements anew: `python -m terms.regenerate` in tests/."""

import json
from pathlib import Path

from truceline.terms.cases import facts as facts_of_cases
from truceline.terms.cases import phrases
from truceline.terms.reference import kinds_of_provision, tables_of_keys, words
from truceline.terms.schema import schema

from .making import KINDS

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def generated() -> dict[str, str]:
    """The generated files by name, the reference's own prose as it stands."""
    page = (REFERENCE / "terms.md").read_text()
    parts = {
        "tables": tables_of_keys(),
        "kinds": kinds_of_provision(KINDS),
        "words": words(),
        "facts": _block(facts_of_cases.__doc__),
        "phrases": _block(phrases.__doc__),
    }
    for name, text in parts.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, after = page.split(begin)[0], page.split(end)[1]
        page = f"{before}{begin}{text}{end}{after}"
    return {
        "terms.md": page,
        "terms.schema.json": json.dumps(schema(KINDS), indent=1, ensure_ascii=False) + "\n",
    }


def _block(docstring: str | None) -> str:
    """The indented part of a docstring, as a block of code."""
    lines = [line[4:] for line in (docstring or "").splitlines() if line.startswith("    ")]
    return "```\n" + "\n".join(lines) + "\n```\n"


if __name__ == "__main__":
    for name, text in generated().items():
        (REFERENCE / name).write_text(text)
