"""A review in a browser, by keys alone: two nations, one masked sheet, the parties told, a reply, a conclusion; and
nothing serious in anybody's way on any page of it."""

import re
import time
from collections.abc import Iterator

import pytest

from .browsing import IN_A_BROWSER, Service, axe, launched  # isort: skip

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from truceline.client import Client
from truceline.edges.people.sessions import People

from .making import fire_at_monitors, mission_folder

pytestmark = IN_A_BROWSER
PATIENCE_MS, PATIENCE_S = 30_000.0, 90.0


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("review")
    one = Service(folder / "data", "--mission", str(mission_folder(folder / "mission")))
    key = (folder / "data" / "feed.key").read_text("ascii").strip()
    client = Client(one.url, status="exercise", feed_key=key)
    client.send("observations", fire_at_monitors())
    client.close()
    yield one
    one.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playing:
        one = launched(playing)
        yield one
        one.close()


def seated(browser: Browser, service: Service, *roles: str, nation: str, party: str | None = None) -> Page:
    people = People(service.data / "people.sqlite")
    key = people.new_link(*roles, nation=nation, party=party)
    people.close()
    page = browser.new_context(viewport={"width": 1200, "height": 900}).new_page()
    page.set_default_timeout(PATIENCE_S * 1_000)
    page.goto(f"{service.url}/sign-in?key={key}")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector("nav")
    return page


def tab_to(page: Page, selector: str) -> None:
    """Press the key Tab until the focus is on what a selector names."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by keys")


def fair(page: Page) -> None:
    for theme in ("light", "dark", "red"):
        page.locator(f"#theme-{theme}").check()
        assert axe(page) == [], (page.url, theme)


def finding(page: Page, service: Service) -> str:
    """The one finding of the queue, once it is settled and drawn."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        page.goto(f"{service.url}/reviews")
        found = page.locator("tbody a[href^='/reviews/F-']")
        if found.count():
            return found.first.inner_text()
        time.sleep(0.5)
    raise AssertionError("nothing came before people")


def review_by_keys(page: Page, service: Service, who: str) -> bool:
    """Take up and answer; whether the sheet was masked."""
    id_ = finding(page, service)
    page.goto(f"{service.url}/reviews/{id_}")
    fair(page)
    tab_to(page, "input[name=ties]")
    page.keyboard.type("none")
    tab_to(page, "input[name=tied]")
    page.keyboard.press("Space")
    tab_to(page, "form[action$='/take'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sheet", timeout=PATIENCE_MS)
    page.wait_for_selector(".review-sheet", timeout=PATIENCE_MS)
    fair(page)
    words = page.locator("main").inner_text()
    masked = "A masked sheet" in words
    assert ("north" in words) is not masked
    tab_to(page, "input[name=forbidden]")
    page.keyboard.press("Space")
    tab_to(page, "input[name=who]")
    page.keyboard.press("Space")
    if not masked:
        page.locator(f"label:has-text('{who}') input").check()
    tab_to(page, "textarea[name=words]")
    page.keyboard.type("All four heard it, and it fell there.")
    tab_to(page, "form[action$='/answer'] button")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/reviews/{id_}", timeout=PATIENCE_MS)
    return masked


def decide(page: Page, act: str, **words: str) -> None:
    """Fill in a form of the case and send it, by keys."""
    for field, text in words.items():
        tab_to(page, f"form[action$='/{act}'] [name={field}]")
        page.keyboard.type(text)
    tab_to(page, f"form[action$='/{act}'] button")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_review_from_the_queue_to_the_reply_by_keys_alone(service: Service, browser: Browser) -> None:
    ana = seated(browser, service, "reviewer", nation="aland")
    bo = seated(browser, service, "reviewer", nation="borea")
    id_ = finding(ana, service)
    fair(ana)
    assert review_by_keys(ana, service, "north") is not review_by_keys(bo, service, "north")
    director = seated(browser, service, "director", nation="cordia")
    director.goto(f"{service.url}/reviews/{id_}")
    if "waits" in director.locator("main").inner_text() or "in review" in director.locator("main dl").inner_text():
        third = seated(browser, service, "reviewer", nation="dania")
        review_by_keys(third, service, "north")
        director.reload()
    fair(director)
    decide(director, "notify")
    assert "parties told" in director.locator("main dl").inner_text()
    liaisons = [seated(browser, service, "party_liaison", nation=party, party=party) for party in ("north", "south")]
    for liaison in liaisons:
        assert liaison.url.endswith("/replies")
        fair(liaison)
        tab_to(liaison, "textarea[name=words]")
        liaison.keyboard.type("We did not fire at anybody.")
        tab_to(liaison, "form.fields button")
        liaison.keyboard.press("Enter")
        liaison.wait_for_selector("text=your reply", timeout=PATIENCE_MS)
    director.reload()
    tab_to(director, "select[name=outcome]")
    director.keyboard.type("undet")
    decide(director, "conclude", words="It cannot be told from this alone.")
    decide(director, "publish", words="Fire fell near monitors; who fired is open.")
    director.goto(f"{service.url}/published")
    fair(director)
    text = director.locator("main").inner_text()
    for words in ("undetermined", "Nobody is named.", "We did not fire", "How often people differ"):
        assert words in text


@pytest.mark.parametrize(
    ("role", "path"),
    [("administrator", "/people"), ("director", "/roster"), ("auditor", "/looks"), ("watchkeeper", "/hand-over")],
)
def test_nothing_serious_stands_in_the_way_on_the_pages_of_people(
    service: Service, browser: Browser, role: str, path: str
) -> None:
    page = seated(browser, service, role, nation="aland")
    page.goto(service.url + path)
    fair(page)
    phone: BrowserContext = browser.new_context(
        viewport={"width": 390, "height": 800}, storage_state=page.context.storage_state()
    )
    small = phone.new_page()
    small.goto(service.url + path)
    assert small.evaluate("document.documentElement.scrollWidth") <= 390
    phone.close()


def test_an_administrator_invites_somebody(service: Service, browser: Browser) -> None:
    page = seated(browser, service, "administrator", nation="aland")
    page.goto(f"{service.url}/people")
    for field, words in (("id", "e.oro"), ("name", "Eva Oro"), ("nation", "borea")):
        page.locator(f"input[name={field}]").fill(words)
    page.get_by_label("auditor").check()
    page.get_by_role("button", name="Give this account").click()
    address = page.locator("main code").first.inner_text()
    assert re.fullmatch(r"http://localhost:\d+/join\?key=[\w-]+", address)
    assert "Eva Oro" in page.locator("tbody").inner_text()
