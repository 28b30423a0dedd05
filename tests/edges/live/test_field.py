"""Reports from the field: kept on the device without a network, sent later, once; and where patrols are."""

import json
import uuid
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .browsing import IN_A_BROWSER, Service, axe, launched  # isort: skip

from playwright.sync_api import Browser, Page, expect, sync_playwright

from truceline.edges.live.data_folder import DataFolder, read_store
from truceline.edges.people.patrols import Patrols
from truceline.edges.people.sessions import People
from truceline.model.instant import US_PER_S

from .conftest import Stage, staged
from .making import mission_folder
from .test_people import looks
from .test_review_browser import fair, seated

PATIENCE_MS = 30_000.0


def with_patrol(folder: Path) -> Path:
    """The small mission with a patrol of borea."""
    mission_folder(folder)
    path = folder / "network.geojson"
    network = json.loads(path.read_text())
    patrol = {"id": "PB", "kind": "patrol", "provider": "borea", "time_sigma_s": 30.0}
    at = {"type": "Point", "coordinates": [30.0, 50.0]}
    network["features"].append({"type": "Feature", "geometry": at, "properties": patrol})
    path.write_text(json.dumps(network))
    return folder


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("field")
    for stage in staged(DataFolder(folder / "data"), with_patrol(folder / "mission")):
        stage.sign_in("monitor", nation="borea")
        yield stage


def post(stage: Stage, path: str, body: dict[str, Any]) -> Any:
    token = stage.client.get("/field/now").json()["token"]
    return stage.client.post(path, json=body, headers={"Truceline-Token": token})


def heard(**changes: Any) -> dict[str, Any]:
    report = {"id": str(uuid.uuid4()), "sensor": "PB", "kind": "heard", "time": "2026-03-02T10:00:00Z", "count": 3}
    return report | {"azimuth_deg": 90.0, "range_m": [1000.0, 3000.0], "text": "Three dull thuds."} | changes


def test_a_report_becomes_a_line_of_its_patrol_and_is_known_when_it_comes_again(field: Stage) -> None:
    report = heard(
        at=[30.01, 50.01], photo=b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 50).decode(), photo_type="image/png"
    )
    first, again = (post(field, "/field/reports", report).json() for _ in range(2))
    assert (first["known"], again["known"]) == (False, True)
    kept = field.service.store.find("observation", first["id"])
    assert kept is not None
    line = json.loads(kept.data)
    assert (line["kind"], line["sensor"], line["heard"], line["range_m"]) == ("report", "PB", True, [1000.0, 3000.0])
    assert field.service.exhibits.holds(line["exhibits"][0]["sha256"])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sensor": "A1"}, 422),
        ({"kind": "statement"}, 422),
        ({"kind": "statement", "consent": True}, 200),
        ({"kind": "restriction", "text": "Stopped at the bridge."}, 200),
        ({"kind": "seen", "count": None}, 200),
        ({"time": "soon"}, 422),
        ({"id": "x"}, 422),
        ({"azimuth_deg": 400.0}, 422),
        ({"photo": "!!", "photo_type": "image/png"}, 422),
        ({"photo": "AAAA", "photo_type": "text/html"}, 422),
    ],
)
def test_what_can_be_reported(field: Stage, changes: dict[str, Any], code: int) -> None:
    assert post(field, "/field/reports", heard(**changes)).status_code == code


def test_a_report_of_another_session_s_page_is_refused(field: Stage) -> None:
    answer = field.client.post("/field/reports", json=heard(), headers={"Truceline-Token": "guess"})
    assert answer.status_code == 403


def test_where_patrols_are_is_for_the_duty_desk_and_not_in_the_log(field: Stage) -> None:
    call = {"state": "help", "minutes": 30, "at": [30.123456, 50.123456]}
    assert post(field, "/field/check-in", call).json()["due"]
    assert post(field, "/field/check-in", {"state": "lost"}).status_code == 422
    assert not [one for one in field.service.store.inputs() if b"30.1234" in one.data]
    monitor = field.client.cookies["truceline"]
    field.client.cookies.clear()
    field.sign_in()
    page = field.client.get("/patrols").text
    assert "CALLS FOR HELP" in page
    assert "50.1235, 30.1235" in page
    assert looks(field)[-1]["what"] == "patrols"
    assert any("1 patrol calls for help" in one for one in field.client.get("/api/v1/stands").json()["faults"])
    field.client.cookies.clear()
    field.client.cookies.set("truceline", monitor)
    assert field.client.get("/patrols").status_code == 403
    assert post(field, "/field/check-in", {"state": "over"}).json()["due"] is None
    assert field.service.patrols.out() == ()


def test_a_patrol_that_does_not_call_is_overdue_and_a_call_for_help_stands(tmp_path: Path) -> None:
    now = [10**15]
    people = People(tmp_path / "people.sqlite", now_us=lambda: now[0])
    patrols = Patrols(people.database)
    patrols.called("a.b", 10, (30.0, 50.0), wants_help=False)
    assert patrols.wants() == []
    now[0] += 10 * 60 * US_PER_S
    assert patrols.wants() == ["1 patrol is overdue"]
    patrols.called("a.b", 10, None, wants_help=True)
    (one,) = patrols.out()
    assert (one.help, one.at) == (True, (30.0, 50.0))
    patrols.called("a.b", 10, None, wants_help=False)
    assert patrols.wants() == ["1 patrol calls for help"]
    people.close()


def test_people_of_an_earlier_version_are_carried_on(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "people.sqlite"
    with sqlite3.connect(path) as database:
        database.executescript(
            "CREATE TABLE link (key BLOB PRIMARY KEY, role TEXT, until_us INTEGER);"
            "CREATE TABLE session (key BLOB PRIMARY KEY, role TEXT, until_us INTEGER);"
        )
    database.close()
    people = People(path)
    assert people.sign_in(people.new_link("monitor")) is not None
    people.close()
    again = People(path)
    assert again.accounts.all() == ()
    again.close()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("offline")
    one = Service(folder / "data", "--mission", str(with_patrol(folder / "mission")))
    yield one
    one.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playing:
        one = launched(playing)
        yield one
        one.close()


def kept(page: Page) -> None:
    """Until the worker keeps the page."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    while not page.evaluate("navigator.serviceWorker.controller !== null"):
        page.wait_for_timeout(50)


def write(page: Page, words: str) -> None:
    page.get_by_label("heard", exact=True).check()
    page.locator("textarea[name=text]").fill(words)
    page.get_by_role("button", name="Keep this report").click()


@pytest.mark.skipif(bool(IN_A_BROWSER[0].args[0]), reason="there is no chromium: scripts/install-chromium.sh")
def test_a_report_is_written_without_a_network_and_sent_when_there_is_one(service: Service, browser: Browser) -> None:
    page = seated(browser, service, "monitor", nation="borea")
    page.goto(f"{service.url}/field")
    fair(page)
    kept(page)
    page.context.set_offline(True)
    page.reload()
    write(page, "Heard without a network.")
    expect(page.locator("#waiting")).to_have_text("1", timeout=PATIENCE_MS)
    bytes_ = page.evaluate(
        "new Promise(done => { const o = indexedDB.open('field', 1); o.onsuccess = () => {"
        " const all = o.result.transaction('reports').objectStore('reports').getAll();"
        " all.onsuccess = () => done(new TextDecoder().decode(all.result[0].data)) } })"
    )
    assert "Heard" not in bytes_
    page.reload()
    expect(page.locator("#waiting")).to_have_text("1", timeout=PATIENCE_MS)
    page.context.set_offline(False)
    expect(page.locator("#waiting")).to_have_text("0", timeout=PATIENCE_MS)
    store = read_store(service.data / "store.sqlite")  # closed on disk, open to those who work with it
    lines = [json.loads(one.data) for one in store.inputs() if one.entry.kind == "observation"]
    store.close()
    assert [one["text"] for one in lines] == ["Heard without a network."]
    assert axe(page) == []


@pytest.mark.skipif(bool(IN_A_BROWSER[0].args[0]), reason="there is no chromium: scripts/install-chromium.sh")
def test_without_contact_for_too_long_the_device_forgets(service: Service, browser: Browser) -> None:
    page = seated(browser, service, "monitor", nation="borea")
    page.goto(f"{service.url}/field")
    kept(page)
    page.context.set_offline(True)
    write(page, "This will be gone.")
    expect(page.locator("#waiting")).to_have_text("1", timeout=PATIENCE_MS)
    page.clock.install()
    page.clock.fast_forward(49 * 3_600_000)
    expect(page.locator("#waiting")).to_have_text("0", timeout=PATIENCE_MS)
    page.context.close()


@pytest.mark.skipif(bool(IN_A_BROWSER[0].args[0]), reason="there is no chromium: scripts/install-chromium.sh")
def test_the_desk_sees_a_call_for_help_on_the_floor(service: Service, browser: Browser) -> None:
    patrol = seated(browser, service, "monitor", nation="borea")
    patrol.goto(f"{service.url}/field")
    patrol.get_by_role("button", name="Send help").click()
    expect(patrol.locator("#says")).to_contain_text("desk knows", timeout=PATIENCE_MS)
    desk = seated(browser, service, nation="exercise")
    desk.goto(f"{service.url}/")
    desk.wait_for_selector(".desk:has-text('calls for help')", timeout=PATIENCE_MS)
    desk.goto(f"{service.url}/patrols")
    fair(desk)
    patrol.get_by_role("button", name="The patrol is over").click()
    expect(patrol.locator("#says")).to_contain_text("–", timeout=PATIENCE_MS)


def submission(**answers: str) -> bytes:
    said = {"sensor": "PB", "kind": "heard", "time": "2026-03-02T12:00:00.000+02:00", "count": "2", "text": "Thuds."}
    said |= answers
    leaves = "".join(f"<{name}>{value}</{name}>" for name, value in said.items() if name != "id")
    id_ = said.get("id", str(uuid.uuid4()))
    return f'<data id="truceline-report"><meta><instanceID>uuid:{id_}</instanceID></meta>{leaves}</data>'.encode()


def test_a_program_of_forms_fetches_a_form_and_submits_it(field: Stage) -> None:
    from truceline.edges.people.roles import Account

    people = field.service.people
    people.accounts.give(Account(id="m.on", name="M", nation="borea", roles=("monitor",)), "test", ("north", "south"))
    key = people.new_device("m.on")
    auth = ("m.on", key)
    client = field.client
    listed = client.get("/openrosa/formList", auth=auth)
    assert listed.headers["x-openrosa-version"] == "1.0"
    assert "truceline-report" in listed.text
    form = client.get("/openrosa/forms/truceline-report", auth=auth)
    assert '<data id="truceline-report" version="1">' in form.text
    assert "manifest" in client.get("/openrosa/xformsManifest/truceline-report", auth=auth).text
    assert client.get("/openrosa/forms/other", auth=auth).status_code == 404
    assert client.head("/openrosa/submission", auth=auth).status_code == 204
    photo = b"\xff\xd8\xff\xe0" + b"0" * 60
    sent = {
        "xml_submission_file": (
            "s.xml",
            submission(id="0f0e0d0c-1111-2222-3333-444455556666", photo="p.jpg"),
            "text/xml",
        ),
        "p.jpg": ("p.jpg", photo, "image/jpeg"),
    }
    first, again = (client.post("/openrosa/submission", auth=auth, files=sent) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert "was kept before" in again.text
    kept = field.service.store.find("observation", "P-0f0e0d0c-1111-2222-3333-444455556666")
    assert kept is not None
    line = json.loads(kept.data)
    assert (line["time"], line["by"], line["count"]) == ("2026-03-02T10:00:00.000Z", "m.on", 2)
    assert field.service.exhibits.holds(line["exhibits"][0]["sha256"])
    for wrong in ({"sensor": "A1"}, {"kind": "statement"}, {"count": "many"}, {"time": "noon"}, {"photo": "none.jpg"}):
        bad = {"xml_submission_file": ("s.xml", submission(**wrong), "text/xml")}
        assert client.post("/openrosa/submission", auth=auth, files=bad).status_code == 400, wrong
    assert client.post("/openrosa/submission", auth=auth, data={"a": "b"}).status_code == 400


def test_a_device_s_key_is_of_one_monitor_and_ends_with_the_next(field: Stage) -> None:
    from truceline.edges.people.roles import Account

    people, parties = field.service.people, ("north", "south")
    people.accounts.give(Account(id="m.two", name="M", nation="borea", roles=("monitor",)), "test", parties)
    people.accounts.give(Account(id="a.one", name="A", nation="borea", roles=("analyst",)), "test", parties)
    first = people.new_device("m.two")
    second = people.new_device("m.two")

    def code(account: str, key: str) -> int:
        return field.client.get("/openrosa/formList", auth=(account, key)).status_code

    assert [code("m.two", first), code("m.two", second), code("m.one", second)] == [401, 200, 401]
    assert code("a.one", people.new_device("a.one")) == 401
    people.accounts.give(Account(id="m.two", name="M", nation="borea", roles=("monitor",), active=False), "t", parties)
    assert code("m.two", second) == 401
    assert field.client.get("/openrosa/formList", headers={"Authorization": "Basic ?"}).status_code == 401


def test_a_key_is_shown_on_the_page_of_somebody_with_an_account(field: Stage) -> None:
    from truceline.edges.people.roles import Account

    people = field.service.people
    people.accounts.give(Account(id="m.key", name="M", nation="borea", roles=("monitor",)), "test", ("north", "south"))
    session = people.begin("m.key")
    seat = people.seat(session)
    assert seat is not None
    cookie = {"Cookie": f"truceline={session}"}
    page = field.client.post("/field/device", data={"token": seat.token}, headers=cookie).text
    key = page.rpartition("<code>")[2].partition("</code>")[0]
    assert people.device_seat("m.key", key) is not None
    token = field.client.get("/field/now").json()["token"]
    assert field.client.post("/field/device", data={"token": token}).status_code == 422
