"""The reference page of WORLD.toml, written from the records that read it, so that it cannot lag behind."""

import math

from truceline.sim.families import FAMILIES
from truceline.sim.keys import Key, keys_of, shown
from truceline.sim.world import LISTS, SECTIONS

HEAD = """# WORLD.toml: every key

Written by `truceline sim --keys`. A number may be given as `[low, high]`: it is then drawn evenly by the seed.
Unknown keys are errors. A family's settings stand between the defaults below and the file's own.

## Top

| key | takes | default | what it is |
|---|---|---|---|
| `world` | `1` | | the version of this format; required |
| `name` | text | | the mission's name; required |
| `family` | word | `"salvos"` | where the settings start from (see Families) |
| `status` | `"exercise"`, `"test"` | `"exercise"` | the mission's status |
"""


def reference() -> str:
    """The page, in Markdown."""
    parts = [HEAD]
    for name, section in SECTIONS.items():
        parts.append(_section(f"[{name}]", section))
    for name, (_, section) in LISTS.items():
        parts.append(_section(f"[[{name}]]", section))
    parts.append("## Families\n\n| family | what it is |\n|---|---|\n")
    parts.append("".join(f"| `{name}` | {about} |\n" for name, (about, _) in FAMILIES.items()))
    return "".join(parts)


def _section(title: str, section: type) -> str:
    about = (section.__doc__ or "").split(": ", 1)[-1].strip()
    rows = "".join(_row(name, key, default) for name, (key, default) in keys_of(section).items())
    return (
        f"\n## `{title}`\n\n{about[0].upper()}{about[1:]}\n\n| key | takes | unit | default | what it is |\n"
        f"|---|---|---|---|---|\n{rows}\n"
    )


def _row(name: str, key: Key, default: object) -> str:
    return f"| `{name}` | {_takes(key)} | {key.unit} | `{shown(default)}` | {key.about} |\n"


def _takes(key: Key) -> str:
    if key.kind == "choice" or (key.kind == "words" and key.among):
        listed = ", ".join(f"`{word}`" for word in key.among)
        return listed if key.kind == "choice" else f"list of {listed}"
    plain = {"span": "number", "whole": "whole number", "flag": "true or false", "text": "text", "words": "list"}
    bounds = ""
    if key.least > -math.inf and key.most < math.inf:
        bounds = f", {key.least:g} to {key.most:g}"
    elif key.least > -math.inf and key.kind in ("span", "whole"):
        bounds = f", at least {key.least:g}"
    return plain[key.kind] + bounds
