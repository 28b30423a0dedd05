"""Pictures of the service's pages for the documents, in all themes, from a service of its own with a replayed mission.

    python scripts/service_screenshots.py docs/how-to/images

Needs chromium, playwright, the extra `service` and a built watch floor (make web). Pictures are kept with 64 colours:
enough for pages, and small.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from truceline.edges.live.data_folder import read_store
from truceline.edges.live.decisions import read_all
from truceline.edges.people.roles import Account
from truceline.edges.people.sessions import People
from truceline.findings.decision import TakenUp

COMMAND = "import sys; from truceline.edges.cli.main import main; sys.exit(main())"
MISSION = Path(__file__).parents[1] / "missions" / "first-light"
PATIENCE_MS = 240_000.0
SIZE = {"width": 1360, "height": 860}
PHONE = {"width": 390, "height": 844}
MOST_BYTES = 150_000
COLOURS = 64
PERSONS = (
    ("d.amari", "Dana Amari", "borea", "director"), ("m.okoro", "M. Okoro", "cordia", "monitor"),
    ("r.ilves", "R. Ilves", "aland", "watchkeeper"), ("s.vale", "S. Vale", "dania", "reviewer"),
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        taken = Path(data) / "taken"
        server = subprocess.Popen(
            [sys.executable, "-c", COMMAND, "serve", f"{data}/data", "--mission", str(MISSION), "--port", "0",
             "--replay", "0"],
            stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        try:
            assert server.stdout is not None
            _, link = re.findall(r"http\S+", server.stdout.readline() + server.stdout.readline())
            shoot(link, taken)
            shoot_people(link.partition("/sign-in")[0], Path(data) / "data", taken)
        finally:
            server.kill()
            server.wait()
        made = [with_few_colours(one, args.folder / one.name) for one in sorted(taken.glob("*.png"))]
    too_large = [one for one in made if one.stat().st_size > MOST_BYTES]
    for one in too_large:
        print(f"{one} is larger than {MOST_BYTES:,} bytes", file=sys.stderr)
    return 1 if too_large else 0


def with_few_colours(taken: Path, path: Path) -> Path:
    """A picture kept with so few colours that it is small; where."""
    with Image.open(taken) as image:
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    return path


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
        page.goto(f"{at}{finding}")
        page.screenshot(path=folder / "finding-phone.png")
        browser.close()


def shoot_people(at: str, data: Path, folder: Path) -> None:
    """A case on its way through people's hands, and the pages of people."""
    with sync_playwright() as playing:
        browser = playing.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])

        def seated(*roles: str, nation: str, party: str | None = None) -> Page:
            database = People(data / "people.sqlite")
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
            review(one, address, folder, data)
        director = seated("director", nation="dania")
        director.goto(address)
        director.locator("form[action$='/clock'] textarea").fill("It was the first fire after the truce began to hold.")
        director.locator("form[action$='/clock'] button").click()
        director.locator("form[action$='/notify'] button").click()
        picture(director, folder, "case")
        director.goto(f"{at}/findings/{address.rpartition('/')[2]}")
        director.wait_for_selector("text=In sigmas", state="attached", timeout=PATIENCE_MS)
        picture(director, folder, "clock")
        director.goto(address)
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
        desk = seated(nation="exercise")
        shoot_desk(desk, at, folder)
        monitor = seated("monitor", nation="exercise")
        monitor.goto(f"{at}/field")
        monitor.get_by_role("button", name="Send help").click()
        monitor.locator("#says:has-text('desk knows')").wait_for()
        picture(monitor, folder, "field")
        monitor.set_viewport_size(PHONE)  # type: ignore[arg-type]
        monitor.locator("#theme-red").check()
        monitor.screenshot(path=folder / "field-phone.png")
        for name in ("patrols", "hand-over"):
            desk.goto(f"{at}/{name}")
            picture(desk, folder, name)
        shoot_accounts(seated, at, data, folder)
        browser.close()


def shoot_desk(desk: Page, at: str, folder: Path) -> None:
    """Contacts and alerts, with one of each."""
    desk.goto(f"{at}/contacts")
    desk.locator("select[name=to]").select_option("mission")
    desk.locator("textarea[name=words]").fill("They say that their guns are silent, and ask for a call at noon.")
    desk.locator("form.fields button").click()
    while not desk.locator("td:has-text('a call at noon')").count():
        desk.wait_for_timeout(1_000)
        desk.goto(f"{at}/contacts")
    picture(desk, folder, "contacts")
    desk.goto(f"{at}/alerts")
    form = desk.locator("form.fields").first
    for field, words in (("headline", "Keep away from the mill"), ("area", "Around the mill, 3 km")):
        form.locator(f"[name={field}]").fill(words)
    for field, words in (
        ("words", "Fire fell near the mill twice this hour."),
        ("instruction", "Stay in, or go round."),
    ):
        form.locator(f"textarea[name={field}]").fill(words)
    form.locator("[name=where]").select_option(index=1)
    form.locator("button").click()
    picture(desk, folder, "alerts")


def shoot_accounts(seated: Callable[..., Page], at: str, data: Path, folder: Path) -> None:
    """The pages of people and of what they may."""
    people = People(data / "people.sqlite")
    for id_, name, nation, role in PERSONS:
        account = Account(id=id_, name=name, nation=nation, roles=(role,))
        people.accounts.give(account, "exercise", ())
    people.new_device("d.amari")
    people.database.rows("INSERT INTO passkey VALUES (?, ?, ?, 0, ?)", (b"1", "d.amari", b"", people.database.now_us()))
    people.access.note("d.amari", "added", "passkey", "d.amari")
    key = people.begin("d.amari", way="passkey")
    people.begin("d.amari", way="provider")
    people.close()
    director = seated("director", nation="dania")
    director.goto(f"{at}/roster")
    director.locator("select[name=account]").select_option("r.ilves")
    start = director.locator("input[name=from]").input_value()
    director.locator("input[name=until]").fill(start[:11] + "23:59")
    director.locator("form.fields button").click()
    picture(director, folder, "roster")
    for role, name in (("director", "published"), ("auditor", "looks"), ("administrator", "people")):
        page = seated(role, nation="dania")
        page.goto(f"{at}/{name}")
        picture(page, folder, name)
    page = seated("analyst", nation="dania")
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "truceline", "value": key, "url": at}])
    for name in ("account", "programs", "confirm?to=/roster"):
        page.goto(f"{at}/{name}")
        picture(page, folder, name.partition("?")[0])


def review(page: Page, address: str, folder: Path, data: Path) -> None:
    """Take up a case, picture its sheet, and answer: forbidden, and done by the first party of the agreement."""
    page.goto(address)
    page.locator("input[name=ties]").fill("none")
    page.locator("input[name=tied]").check()
    page.locator("form[action$='/take'] button").click()
    page.wait_for_selector(".review-sheet", timeout=PATIENCE_MS)
    masked = "A masked sheet" in page.locator("main").inner_text()
    picture(page, folder, "sheet-masked" if masked else "sheet")
    page.locator("input[name=forbidden]").first.check()
    page.locator(f"input[name=who][value=side-{first_party(data) if masked else 0}]").check()
    page.locator("textarea[name=words]").fill("Several heard it, and where it came from is held by one side.")
    page.locator("form[action$='/answer'] button").click()


def first_party(data: Path) -> int:
    """Which side of the last masked sheet is the first party: what the reviewer of an exercise may not know."""
    store = read_store(data / "store.sqlite")
    (*_, sides) = (one.said.sides for one in read_all(store) if isinstance(one.said, TakenUp) and one.said.masked)
    store.close()
    return sides.index(min(sides))


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
