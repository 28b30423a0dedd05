"""The style sheet and the scripts of the pages, read from the package."""

from importlib.resources import files

from truceline.reports.page import Look


def mission_look() -> Look:
    """The look of report.html."""
    return Look(style=_template("page.css"), script=_template("mission.js"))


def public_look() -> Look:
    """The look of public.html, which has no script."""
    return Look(style=_template("page.css"))


def coverage_look() -> Look:
    """The look of the pages of coverage and of plans."""
    return Look(style=_template("page.css") + _template("coverage.css"))


def report_look() -> Look:
    """The look of daily, weekly, spot and thematic reports."""
    return Look(style=_template("page.css") + _template("report.css"))


def _template(name: str) -> str:
    return files("truceline.reports").joinpath("templates", name).read_text("utf-8")
