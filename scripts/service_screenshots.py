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


def settled(page: Page, theme: str) -> None:
    """Wait until all is drawn in these colours."""
    page.wait_for_selector("html[data-ready=true]", timeout=PATIENCE_MS)
    page.wait_for_selector(".maplibregl-canvas", timeout=PATIENCE_MS)
    page.locator(f"#theme-{theme}").check()
    page.wait_for_timeout(9_000)


if __name__ == "__main__":
    raise SystemExit(main())
