"""Every golden file: a file in the repository that the code can write, and must write the same."""

import runpy
from collections.abc import Callable
from pathlib import Path

from reports import day_making, making
from reports.test_pages import mission, public
from reports.test_periodic_pages import daily
from terms.regenerate import generated
from truceline.sim.reference import reference

ROOT = Path(__file__).parents[2]
FIRST_LIGHT = "missions/first-light"
COALITION = "missions/coalition-35"


def pages() -> dict[str, bytes]:
    """Both pages of an invented result."""
    case, result = making.case(), making.result()
    return {
        "tests/reports/golden/report.html": mission(case, result),
        "tests/reports/golden/public.html": public(case, result),
    }


def days_reports() -> dict[str, bytes]:
    """The report of an invented day, in every language."""
    names = {"daily.html": day_making.EN, "daily-uk.html": day_making.UK}
    of, before = day_making.record(silences=day_making.silences()), day_making.yesterday()
    return {f"tests/reports/golden/{name}": daily(of, texts=texts, previous=before) for name, texts in names.items()}


def keys_of_worlds() -> dict[str, bytes]:
    """The reference of WORLD.toml."""
    return {"docs/reference/world.md": reference().encode()}


def language_of_agreements() -> dict[str, bytes]:
    """The generated parts of the reference of agreements, and the schema of terms.toml."""
    return {f"docs/reference/{name}": text.encode() for name, text in generated().items()}


def first_light() -> dict[str, bytes]:
    """The example mission, but for its README."""
    files: dict[str, bytes] = runpy.run_path(str(ROOT / "scripts" / "first_light.py"))["files"]()
    return {f"{FIRST_LIGHT}/{path}": data for path, data in files.items()}


def coalition_35() -> dict[str, bytes]:
    """The coalition's worked example, but for its README."""
    files: dict[str, bytes] = runpy.run_path(str(ROOT / "scripts" / "coalition_35.py"))["files"]()
    return {f"{COALITION}/{path}": data for path, data in files.items()}


MAKERS: tuple[Callable[[], dict[str, bytes]], ...] = (
    pages,
    days_reports,
    keys_of_worlds,
    language_of_agreements,
    first_light,
    coalition_35,
)
