"""The documents hang together: no dead link, no page that nobody leads to, figures as the code gives them."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from .pages import ROOT, documents

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
MOST_WIDE = 140  # a table's row and a picture's line may be wider
WRITTEN_BY_CODE = {"terms.md", "world.md"}


def links(page: Path) -> list[str]:
    return [link for link in LINK.findall(page.read_text("utf-8")) if "://" not in link]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as forges make them."""
    headings = HEADING.findall(page.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", documents(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / unquote(path)).resolve() if path else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if anchor:
            assert anchor in anchors(target), link


def test_every_picture_is_shown_somewhere() -> None:
    shown = {(page.parent / unquote(link)).resolve() for page in documents() for link in links(page)}
    assert sorted(set(ROOT.glob("docs/**/*.png")) - shown) == []


def test_every_page_can_be_reached_from_the_first() -> None:
    reached, left = set(), [ROOT / "README.md"]
    while left:
        page = left.pop()
        if page in reached:
            continue
        reached.add(page)
        targets = ((page.parent / link.partition("#")[0]).resolve() for link in links(page) if link[0] != "#")
        left += [target for target in targets if target.suffix == ".md"]
    assert sorted(set(documents()) - reached) == []


def test_decisions_are_numbered_without_a_gap_and_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted(page for page in folder.glob("*.md") if page.name != "README.md")
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    listed = (folder / "README.md").read_text("utf-8")
    assert [page.name for page in pages if f"({page.name})" not in listed] == []


@pytest.mark.parametrize("page", documents(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_lines_are_short_enough_to_read_and_compare(page: Path) -> None:
    lines = page.read_text("utf-8").splitlines()
    prose = [line for line in lines if not line.startswith(("|", "!")) and page.name not in WRITTEN_BY_CODE]
    assert [line for line in prose if len(line) > MOST_WIDE] == []
