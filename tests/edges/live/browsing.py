"""What tests of pages share: a service in a process of its own, the browser, and what stands in anybody's way."""

import os
import re
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the extra `service` is not installed")
pytest.importorskip("playwright", reason="the browser's driver is not installed")

from playwright.sync_api import Browser, Page, Playwright

from truceline.edges.web import is_built

CHROMIUM = Path("/usr/bin/chromium")
NEEDED = bool(os.environ.get("CI"))
COMMAND = "import sys; from truceline.edges.cli.main import main; sys.exit(main())"
MISSION = Path(__file__).parents[3] / "missions" / "first-light"
AXE = Path(str(files("truceline.edges.web"))) / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE_MS = 240_000.0
SERIOUS = ("serious", "critical")

IN_A_BROWSER = [
    pytest.mark.skipif(
        not NEEDED and not CHROMIUM.exists(), reason="there is no chromium: scripts/install-chromium.sh"
    ),
    pytest.mark.skipif(not NEEDED and not is_built(), reason="the watch floor is not built: make web"),
]


class Service:
    """A service that runs, and the arguments to begin it again where it was."""

    def __init__(self, data: Path, *arguments: str) -> None:
        self.data = data
        self.start("--port", "0", *arguments)

    def start(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, "serve", str(self.data), *arguments], stdout=subprocess.PIPE, text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        assert self.process.stdout is not None
        self.url, self.link = re.findall(r"http\S+", self.process.stdout.readline() + self.process.stdout.readline())

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def launched(playing: Playwright) -> Browser:
    """Debian's own browser."""
    return playing.chromium.launch(
        executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-background-networking"]
    )


def comes_true(page: Page, expression: str, arg: object = None, patience_s: float = 60.0) -> None:
    """Wait until the expression holds. Asked from outside: a page's policy refuses what Playwright would poll with."""
    last = time.monotonic() + patience_s
    while not page.evaluate(expression, arg):
        assert time.monotonic() < last, f"not within {patience_s:.0f} s: {expression}"
        page.wait_for_timeout(50)


def axe(page: Page) -> list[tuple[str, str]]:
    """Serious faults that axe finds: rule and first element. Injected past the policy, which pages keep to."""
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": AXE.read_text("utf-8")})
    result: Any = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    session.detach()
    return [(one["id"], one["nodes"][0]["html"][:200]) for one in result["violations"] if one["impact"] in SERIOUS]
