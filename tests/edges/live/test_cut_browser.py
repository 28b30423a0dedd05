"""The watch floor over a bad network: it says that it is cut off, and shows what it missed when it is not any more."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

pytest.importorskip("playwright", reason="the browser's driver is not installed")

from playwright.sync_api import Browser, Page, sync_playwright

from truceline.client import Client
from truceline.edges.live.data_folder import DataFolder, feed_key

from .browsing import IN_A_BROWSER, PATIENCE_MS, Service, comes_true, launched
from .making import bang, mission_folder
from .wire import BAD_GATEWAY, Wire

pytestmark = IN_A_BROWSER
WAYS = ("cut", "answered by a gateway", "blocked")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("cut")
    one = Service(folder / "data", "--mission", str(mission_folder(folder / "mission")))
    yield one
    one.kill()


@pytest.fixture(scope="module")
def wire(service: Service) -> Iterator[Wire]:
    made = Wire(urlsplit(service.url).port or 0)
    yield made
    made.close()


@pytest.fixture(scope="module")
def page(service: Service, wire: Wire) -> Iterator[Page]:
    """Somebody at the floor, at the other end of the wire."""
    with sync_playwright() as playing:
        browser: Browser = launched(playing)
        one = browser.new_page()
        one.clock.install()
        one.goto(service.link.replace(service.url, f"http://127.0.0.1:{wire.port}"))
        one.get_by_role("button", name="Sign in").click()
        one.wait_for_selector(".stands:not(.off)", timeout=PATIENCE_MS)
        yield one
        browser.close()


def heard(service: Service, number: int) -> None:
    """A bang, sent by a way of its own."""
    client = Client(service.url, status="exercise", feed_key=feed_key(DataFolder(service.data)))
    client.send("observations", bang(number, 60.0 * number))
    client.close()


def shows(page: Page, count: int) -> None:
    comes_true(
        page, "count => document.querySelector('.bar-top output').textContent.includes(`of ${count} event`)", count
    )


@pytest.mark.parametrize("how", WAYS)
def test_the_page_says_that_it_is_cut_off_and_recovers_by_itself(
    page: Page, service: Service, wire: Wire, how: str
) -> None:
    number = WAYS.index(how) + 1
    if how == "blocked":
        wire.block()
        page.clock.fast_forward(60_000)
    else:
        wire.cut(BAD_GATEWAY if how == "answered by a gateway" else b"")
    page.wait_for_selector(".stands.off", timeout=PATIENCE_MS)
    heard(service, number)
    page.clock.fast_forward(10_000)
    wire.mend()
    page.clock.fast_forward(10_000)
    page.wait_for_selector(".stands:not(.off)", timeout=PATIENCE_MS)
    shows(page, number)
