"""The pages in a browser: signing in, watching, drilling down, filters, replay, keys, themes; and who cannot see."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from .browsing import IN_A_BROWSER, MISSION, PATIENCE_MS, Service, axe, comes_true, launched

pytestmark = IN_A_BROWSER


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    one = Service(tmp_path_factory.mktemp("data"), "--mission", str(MISSION), "--replay", "0")
    yield one
    one.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playing:
        one = launched(playing)
        yield one
        one.close()


@pytest.fixture(scope="module")
def page(service: Service, browser: Browser) -> Iterator[Page]:
    """Somebody on duty, at the watch floor of a mission that was judged."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    one = context.new_page()
    outside: list[str] = []
    one.on("request", lambda request: outside.append(request.url) if not request.url.startswith(service.url) else None)
    one.goto(service.link)
    one.get_by_role("button", name="Sign in").click()
    one.wait_for_selector("html[data-ready=true]", timeout=PATIENCE_MS)
    one.wait_for_selector("tbody .outcome.attributed", timeout=PATIENCE_MS)
    yield one
    assert [url for url in outside if not url.startswith(("blob:", "data:"))] == []
    context.close()


def at_floor(page: Page, service: Service, address: str = "/") -> None:
    page.goto("about:blank")
    page.goto(service.url + address)
    page.wait_for_selector("html[data-ready=true]", timeout=PATIENCE_MS)


def test_the_floor_says_what_it_is_and_draws_a_map(page: Page, service: Service) -> None:
    assert page.locator(".banner strong").inner_text() == "EXERCISE"
    assert page.title().startswith("EXERCISE: Watch floor: first-light")
    page.wait_for_selector(".maplibregl-canvas", timeout=PATIENCE_MS)
    assert "Mission time 2026-03-02 08:3" in page.locator(".stands").inner_text()
    assert re.match(r"\d+ of \d+ events shown", page.locator(".bar-top output").inner_text())


def test_a_finding_is_reached_by_keys_alone(page: Page, service: Service) -> None:
    at_floor(page, service)
    page.wait_for_selector("tbody [data-id]", timeout=PATIENCE_MS)
    page.keyboard.press("j")
    chosen = page.evaluate("document.activeElement.dataset.id")
    assert chosen.startswith("I-")
    assert f"at={chosen}" in page.url
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.dataset.id") != chosen
    page.keyboard.press("Enter")
    page.wait_for_url("**/findings/F-*", timeout=PATIENCE_MS)
    assert "Finding F-" in page.locator("h1").inner_text()
    page.go_back()


def test_what_was_chosen_is_in_the_address_and_survives_a_reload(page: Page, service: Service) -> None:
    at_floor(page, service)
    page.get_by_label("At least").select_option("0.95")
    page.get_by_label("From").fill("2026-03-02T07:30")
    page.get_by_label("From").press("Tab")
    page.get_by_role("tab", name="Events").click()
    page.get_by_label("ellipses").uncheck()
    comes_true(page, "location.hash.includes('off=ellipses') && location.hash.includes('from=2026-03-02T07')")
    before = page.locator(".bar-top output").inner_text()
    page.reload()
    page.wait_for_selector("html[data-ready=true]", timeout=PATIENCE_MS)
    comes_true(page, "words => document.querySelector('.bar-top output').textContent === words", arg=before)
    assert page.get_by_role("tab", name="Events").get_attribute("aria-selected") == "true"
    assert page.get_by_label("From").input_value() == "2026-03-02T07:30"
    assert not page.get_by_label("ellipses").is_checked()


def test_a_stretch_of_time_is_chosen_by_dragging(page: Page, service: Service) -> None:
    at_floor(page, service)
    everything = page.locator(".bar-top output").inner_text()
    box = page.locator(".foot canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 60, steps=6)
    page.mouse.up()
    comes_true(page, "location.hash.includes('from=') && location.hash.includes('until=')")
    comes_true(page, "words => document.querySelector('.bar-top output').textContent !== words", arg=everything)
    page.locator(".foot canvas").focus()
    page.keyboard.press("Escape")
    comes_true(page, "!location.hash.includes('from=')")


def test_an_hour_is_replayed_and_ends_at_now(page: Page, service: Service) -> None:
    at_floor(page, service)
    page.get_by_label("Speed").select_option("900")
    page.get_by_role("button", name="Replay").click()
    comes_true(page, "document.querySelector('.bar-foot output').textContent.includes('2026-03-02 07:')")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Back to now").click()
    comes_true(page, "document.querySelector('.bar-foot output').textContent === ''")


@pytest.mark.parametrize("theme", ["light", "dark", "red"])
def test_colours_are_chosen_and_kept(page: Page, service: Service, theme: str) -> None:
    at_floor(page, service)
    page.locator(f"#theme-{theme}").check()
    page.goto(f"{service.url}/findings")
    assert page.locator(f"#theme-{theme}").is_checked()
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(16, 19, 23)", "red": "rgb(0, 0, 0)"}[theme]


@pytest.mark.parametrize("address", ["/", "/#tab=events", "/#tab=sensors", "/#tab=legend", "/findings", "finding"])
def test_nothing_serious_stands_in_the_way_of_anybody(page: Page, service: Service, address: str) -> None:
    if address == "finding":
        page.goto(f"{service.url}/findings")
        page.locator("tbody a[href^='/findings/']").first.click()
        page.wait_for_selector("text=In sigmas", state="attached", timeout=PATIENCE_MS)
    elif address.startswith("/#") or address == "/":
        at_floor(page, service, address)
        page.wait_for_selector(".panel-body > *")
    else:
        page.goto(service.url + address)
    for theme in ("dark", "red", "light"):
        page.locator(f"#theme-{theme}").check()
        found = axe(page)
        assert found == [], (theme, found)


def test_a_phone_has_all_of_it(service: Service, page: Page, browser: Browser) -> None:
    state: Any = page.context.storage_state()
    context = browser.new_context(viewport={"width": 390, "height": 800}, storage_state=state)
    phone = context.new_page()
    at_floor(phone, service)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.get_by_role("tab", name="Incidents").is_visible()
    context.close()


def test_the_page_recovers_by_itself_from_a_cut_and_from_kill_9(page: Page, service: Service) -> None:
    at_floor(page, service)
    page.wait_for_selector(".stands:not(.off)", timeout=PATIENCE_MS)
    port = service.url.rsplit(":", 1)[1]
    service.kill()
    page.wait_for_selector(".stands.off", timeout=PATIENCE_MS)
    service.start("--port", port)
    page.wait_for_selector(".stands:not(.off)", timeout=PATIENCE_MS)
    page.wait_for_selector("tbody .outcome.attributed", timeout=PATIENCE_MS)
    time.sleep(0.1)


def test_without_a_script_the_findings_are_still_told(service: Service, page: Page, browser: Browser) -> None:
    state: Any = page.context.storage_state()
    context = browser.new_context(java_script_enabled=False, storage_state=state)
    plain = context.new_page()
    plain.goto(f"{service.url}/")
    plain.locator("noscript a, main a").first.click()
    plain.wait_for_selector("tbody a[href^='/findings/']", timeout=PATIENCE_MS)
    context.close()
