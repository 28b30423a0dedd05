"""Pictures of the service's pages for the documents, in all themes, from a service of its own with a replayed mission.

    python scripts/service_screenshots.py docs/how-to/images

Needs chromium, playwright, the extra `service` and a built watch floor (make web).
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from truceline.edges.people.sessions import People

COMMAND = "import sys; from truceline.edges.cli.main import main; sys.exit(main())"
MISSION = Path(__file__).parents[1] / "missions" / "first-light"
PATIENCE_MS = 240_000.0
SIZE = {"width": 1360, "height": 860}
PHONE = {"width": 390, "height": 844}
MOST_BYTES = 400_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        server = subprocess.Popen(
            [sys.executable, "-c", COMMAND, "serve", f"{data}/data", "--mission", str(MISSION), "--port", "0",
             "--replay", "0"],
            stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        try:
            assert server.stdout is not None
            _, link = re.findall(r"http\S+", server.stdout.readline() + server.stdout.readline())
            shoot(link, args.folder)
            shoot_people(link.partition("/sign-in")[0], Path(data) / "data" / "people.sqlite", args.folder)
        finally:
            server.kill()
            server.wait()
    too_large = [one for one in args.folder.glob("*.png") if one.stat().st_size > MOST_BYTES]
    for one in too_large:
        print(f"{one} is larger than {MOST_BYTES:,} bytes", file=sys.stderr)
    return 1 if too_large else 0


def shoot(link: str, folder: Path) -> None:
    """Sign in, wait until the mission is judged, take the pictures."""
    with sync_playwright() as playing:
        browser = playing.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = browser.new_context(viewport=SIZE, device_scale_factor=0.75)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(link)
        page.screenshot(path=folder / "sign-in.png", clip={"x": 0, "y": 0, "width": 1000, "height": 240})
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_selector("tbody .outcome.attributed", timeout=PATIENCE_MS)
        at = page.url.partition("/#")[0].rstrip("/")
        chosen = page.locator("tr:has(.outcome.attributed) [data-id]").first.get_attribute("data-id")
        finding = page.locator("tbody .outcome.attributed").first.get_attribute("href")
        for theme in ("light", "dark", "red"):
            page.goto("about:blank")
            page.goto(f"{at}/#at={chosen}")
            settled(page, theme)
            page.screenshot(path=folder / f"floor-{theme}.png")
        page.goto(f"{at}/#tab=legend")
        page.goto(f"{at}{finding}")
        page.wait_for_selector("text=In sigmas", state="attached", timeout=PATIENCE_MS)
        for theme in ("light", "dark", "red"):
            page.locator(f"#theme-{theme}").check()
            page.screenshot(path=folder / f"finding-{theme}.png", clip={"x": 0, "y": 0, "width": 1360, "height": 1500},
                            full_page=True)  # fmt: skip
        page.goto(f"{at}/findings")
        page.locator("#theme-light").check()
        page.screenshot(path=folder / "findings-light.png")
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        page.goto(f"{at}/#at={chosen}")
        settled(page, "dark")
        page.screenshot(path=folder / "floor-phone.png")
        browser.close()


def shoot_people(at: str, people: Path, folder: Path) -> None:
    """A case on its way through people's hands, and the pages of people."""
    with sync_playwright() as playing:
        browser = playing.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])

        def seated(*roles: str, nation: str, party: str | None = None) -> Page:
            database = People(people)
            key = database.new_link(*roles, nation=nation, party=party)
            database.close()
            page = browser.new_context(viewport=SIZE, device_scale_factor=0.75).new_page()  # type: ignore[arg-type]
            page.goto(f"{at}/sign-in?key={key}")
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_selector("nav")
            return page

        reviewers = [seated("reviewer", nation=nation) for nation in ("aland", "borea", "cordia")]
        page = reviewers[0]
        page.goto(f"{at}/reviews")
        while not page.locator("tbody a[href$='#take']").count():
            page.wait_for_timeout(1_000)
            page.reload()
        picture(page, folder, "reviews")
        chosen = page.locator("tbody a[href$='#take']").first.get_attribute("href") or ""
        address = at + chosen.partition("#")[0]
        for one in reviewers[:2]:
            review(one, address, folder)
        director = seated("director", nation="dania")
        director.goto(address)
        if not director.locator("form[action$='/notify']").count():
            review(reviewers[2], address, folder)
            director.reload()
        director.locator("form[action$='/notify'] button").click()
        picture(director, folder, "case")
        told = director.locator("tbody td:has-text('they may reply')").first.inner_text().partition(";")[0]
        parties = told.partition(" ")[2].split(", ")
        for party in parties:
            liaison = seated("party_liaison", nation=party, party=party)
            liaison.goto(f"{at}/replies")
            liaison.locator("textarea").first.fill(
                "We were fired at first. We ask for the sensors' records of that hour."
            )
            picture(liaison, folder, "replies")
            liaison.locator("form.fields button").first.click()
        director.reload()
        director.locator("textarea[name=words] >> nth=1").fill("Two reviewers found so; both replies were weighed.")
        director.locator("select[name=outcome]").select_option("undetermined")
        director.locator("form[action$='/conclude'] button").click()
        director.locator("form[action$='/publish'] textarea").fill("Fire was heard and fell; who fired remains open.")
        director.locator("form[action$='/publish'] button").click()
        monitor = seated("monitor", nation="exercise")
        monitor.goto(f"{at}/field")
        monitor.get_by_role("button", name="Send help").click()
        monitor.locator("#says:has-text('desk knows')").wait_for()
        picture(monitor, folder, "field")
        desk = seated(nation="exercise")
        for name in ("patrols", "contacts"):
            desk.goto(f"{at}/{name}")
            picture(desk, folder, name)
        for role, name in (("director", "published"), ("director", "roster"), ("auditor", "looks"),
                           ("administrator", "people")):  # fmt: skip
            page = seated(role, nation="dania")
            page.goto(f"{at}/{name}")
            picture(page, folder, name)
        browser.close()


def review(page: Page, address: str, folder: Path) -> None:
    """Take up a case, picture its sheet, and answer."""
    page.goto(address)
    page.locator("input[name=ties]").fill("none")
    page.locator("input[name=tied]").check()
    page.locator("form[action$='/take'] button").click()
    page.wait_for_selector(".review-sheet", timeout=PATIENCE_MS)
    masked = "A masked sheet" in page.locator("main").inner_text()
    picture(page, folder, "sheet-masked" if masked else "sheet")
    page.locator("input[name=forbidden]").first.check()
    page.locator("input[name=who][value=cannot_tell]").check()
    page.locator("textarea[name=words]").fill("Several heard it; the ground is held by one side on one map alone.")
    page.locator("form[action$='/answer'] button").click()


def picture(page: Page, folder: Path, name: str) -> None:
    """A page in every theme."""
    for theme in ("dark", "red", "light"):
        page.locator(f"#theme-{theme}").check()
        page.screenshot(path=folder / f"{name}-{theme}.png", clip={"x": 0, "y": 0, "width": 1360, "height": 1300},
                        full_page=True)  # fmt: skip


def settled(page: Page, theme: str) -> None:
    """Wait until all is drawn in these colours."""
    page.wait_for_selector("html[data-ready=true]", timeout=PATIENCE_MS)
    page.wait_for_selector(".maplibregl-canvas", timeout=PATIENCE_MS)
    page.locator(f"#theme-{theme}").check()
    page.wait_for_timeout(9_000)


if __name__ == "__main__":
    raise SystemExit(main())
