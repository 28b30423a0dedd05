"""Writes the golden pages anew: cd tests && python -m reports.regenerate"""

from . import making
from .test_pages import GOLDEN, mission, public

if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, page in (("report.html", mission), ("public.html", public)):
        (GOLDEN / name).write_bytes(page(making.case(), making.result()))
