"""Signing in in a browser: a passkey of a virtual device, and an OpenID provider that runs beside the test."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from .browsing import IN_A_BROWSER, MISSION, Service, axe, comes_true, launched  # isort: skip

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from truceline.edges.cli.main import main
from truceline.edges.people.sessions import People

pytestmark = IN_A_BROWSER
PATIENCE_MS = 20_000.0


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """A provider, in a process of its own."""
    if find_spec("oidc_provider_mock") is None:
        pytest.skip("the provider for tests is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(300):
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, provider: str) -> Iterator[Service]:
    data = tmp_path_factory.mktemp("data")
    (data / "openid.toml").write_text(
        f'name = "Ministry of Aland"\nissuer = "{provider}"\nclient_id = "truceline"\nclient_secret = "s"\n'
    )
    (data / "openid.toml").chmod(0o600)
    one = Service(data, "--mission", str(MISSION))
    one.url = one.url.replace("127.0.0.1", "localhost")
    yield one
    one.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playing:
        one = launched(playing)
        yield one
        one.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    one = browser.new_context()
    yield one
    one.close()


def invitation(service: Service, account: str, role: str, capsys: pytest.CaptureFixture[str]) -> str:
    arguments = ["account", "add", str(service.data), account, "--name", "Somebody", "--nation", "aland"]
    assert main([*arguments, "--role", role, "--url", service.url]) == 0
    return str(re.findall(r"http\S+", capsys.readouterr().out)[-1])


def device(page: Page, *, unlocked: bool = True) -> None:
    """A virtual device that holds passkeys."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": unlocked, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_added_with_an_invitation_and_signs_in(
    service: Service, context: BrowserContext, capsys: pytest.CaptureFixture[str]
) -> None:
    page = context.new_page()
    address = invitation(service, "r.ilves", "director", capsys)
    for shown in (address, f"{service.url}/sign-in"):
        page.goto(shown)
        assert axe(page) == []
    device(page)
    page.goto(address)
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url(f"{service.url}/reviews", timeout=PATIENCE_MS)
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{service.url}/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{service.url}/reviews", timeout=PATIENCE_MS)
    assert page.locator(".who").inner_text() == "Somebody"
    page.goto(address)
    assert "was used" in page.locator("main").inner_text()


def test_a_device_that_its_owner_does_not_unlock_signs_nobody_in(
    service: Service, context: BrowserContext, capsys: pytest.CaptureFixture[str]
) -> None:
    page = context.new_page()
    device(page, unlocked=False)
    page.goto(invitation(service, "x.y", "auditor", capsys))
    page.get_by_role("button", name="Add a passkey").click()
    comes_true(page, "document.getElementById('passkey-says').textContent !== ''")
    page.goto(f"{service.url}/looks")
    assert page.url.endswith("/sign-in")


def test_a_strange_passkey_opens_nothing(service: Service, context: BrowserContext) -> None:
    page = context.new_page()
    device(page)
    page.goto(f"{service.url}/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    comes_true(page, "document.getElementById('passkey-says').textContent !== ''")
    answer = page.evaluate(
        "(async () => { const begun = await (await fetch('/passkey/begin', {method: 'POST'})).json();"
        " const made = {id: 'AAAA', rawId: 'AAAA', type: 'public-key', response: {}};"
        " return (await fetch('/passkey/finish', {method: 'POST',"
        " body: JSON.stringify({attempt: begun.attempt, credential: made})})).status })()"
    )
    assert answer == 403


def with_provider(page: Page, subject: str) -> None:
    page.get_by_role("button", name="Go on with Ministry of Aland").click()
    page.wait_for_selector("input[name=sub]", timeout=PATIENCE_MS)
    page.locator("input[name=sub]").fill(subject)
    page.locator("button[type=submit]").first.click()


def test_a_provider_says_who_and_the_account_says_what_they_may(
    service: Service, browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    address = invitation(service, "d.amari", "auditor", capsys)
    first = browser.new_context()
    page = first.new_page()
    page.goto(address)
    with_provider(page, "amari@ministry.example")
    page.wait_for_url(f"{service.url}/reviews", timeout=PATIENCE_MS)
    first.close()
    second = browser.new_context()
    page = second.new_page()
    page.goto(f"{service.url}/sign-in")
    with_provider(page, "amari@ministry.example")
    page.wait_for_url(f"{service.url}/reviews", timeout=PATIENCE_MS)
    second.close()
    third = browser.new_context()
    page = third.new_page()
    page.goto(f"{service.url}/sign-in")
    with_provider(page, "stranger")
    page.wait_for_selector("[role=alert]", timeout=PATIENCE_MS)
    assert "no account here is yours" in page.locator("[role=alert]").inner_text()
    third.close()


def long_ago(service: Service) -> None:
    """Let everybody's last sign-in lie further back than grave acts allow."""
    people = People(service.data / "people.sqlite")
    people.database.rows("UPDATE session SET proven_us = 0")
    people.close()


def by_keys(page: Page, text: str) -> None:
    """Go to a link or button by the tab key alone, and press it."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.textContent?.trim()") == text:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{text} cannot be reached by keys")


def test_before_what_is_grave_the_passkey_is_asked_again_by_keys_alone(
    service: Service, context: BrowserContext, capsys: pytest.CaptureFixture[str]
) -> None:
    page = context.new_page()
    device(page)
    page.goto(invitation(service, "p.orr", "director", capsys))
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url(f"{service.url}/reviews", timeout=PATIENCE_MS)
    assert "How you get in was changed" in page.locator("[role=status]").first.inner_text()
    long_ago(service)
    page.goto(f"{service.url}/roster")
    by_keys(page, "Do so now")
    page.wait_for_url(f"{service.url}/confirm?to=%2Froster", timeout=PATIENCE_MS)
    by_keys(page, "Confirm with a passkey")
    page.wait_for_url(f"{service.url}/roster", timeout=PATIENCE_MS)
    assert "Before this you show again" not in page.locator("main").inner_text()
    for shown in ("/confirm?to=/roster", "/account"):
        page.goto(f"{service.url}{shown}")
        assert axe(page) == []
    assert "A passkey was added" in page.locator("#main").inner_text()
    by_keys(page, "I have read this")
    page.wait_for_selector("#news", state="detached", timeout=PATIENCE_MS)
    page.goto(f"{service.url}/programs")
    assert page.locator("main [role=status]").count() == 0


def test_a_provider_is_made_to_ask_again_and_only_the_same_person_confirms(
    service: Service, browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(invitation(service, "e.falk", "director", capsys))
    with_provider(page, "falk@ministry.example")
    page.wait_for_url(f"{service.url}/reviews", timeout=PATIENCE_MS)
    for subject, confirms in (("stranger@ministry.example", False), ("falk@ministry.example", True)):
        long_ago(service)
        page.goto(f"{service.url}/confirm?to=/roster")
        page.get_by_role("button", name="Go on with Ministry of Aland").click()
        page.wait_for_selector("input[name=sub]", timeout=PATIENCE_MS)
        assert "prompt=login" in page.url
        page.locator("input[name=sub]").fill(subject)
        page.locator("button[type=submit]").first.click()
        if confirms:
            page.wait_for_url(f"{service.url}/roster", timeout=PATIENCE_MS)
        else:
            page.wait_for_selector("[role=alert]", timeout=PATIENCE_MS)
        page.goto(f"{service.url}/roster")
        assert ("Before this you show again" in page.locator("main").inner_text()) is not confirms
    context.close()


def test_an_answer_for_another_browser_or_of_no_attempt_is_refused(service: Service, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{service.url}/sign-in")
    page.get_by_role("button", name="Go on with Ministry of Aland").click()
    page.wait_for_selector("input[name=sub]", timeout=PATIENCE_MS)
    context.clear_cookies()  # as in a browser that did not begin
    page.locator("input[name=sub]").fill("amari@ministry.example")
    page.locator("button[type=submit]").first.click()
    page.wait_for_selector("[role=alert]", timeout=PATIENCE_MS)
    assert "begin again" in page.locator("[role=alert]").inner_text()
    page.goto(f"{service.url}/sign-in/openid/back?state=x&code=y")
    assert "begin again" in page.locator("[role=alert]").inner_text()


def test_settings_that_others_can_read_are_refused(tmp_path: Path) -> None:
    from truceline.edges.people.openid import read_settings
    from truceline.model.problem import Unusable

    path = tmp_path / "openid.toml"
    assert read_settings(path) is None
    path.write_text('name = "A"\nissuer = "http://a.example"\nclient_id = "t"\nclient_secret = "s"\n')
    with pytest.raises(Unusable, match="chmod 600"):
        read_settings(path)
    path.chmod(0o600)
    with pytest.raises(Unusable, match="is not an https address"):
        read_settings(path)
