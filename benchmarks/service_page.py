"""The watch floor with many events: when it can be used, and the longest that it holds the browser up.

    python benchmarks/service_page.py missions/first-light --events 10000

Starts a service of its own, signs a headless Chromium in, and answers its question for the floor with invented events.
Prints one JSON object: milliseconds to the first paint and until all events are counted; and, while time is chosen by
dragging, filters and tables are changed, the tasks over 50 ms: how many, the longest, and the longest with the map
switched out of sight (which is then not the map's own drawing).
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, Route, sync_playwright

COMMAND = "import sys; from truceline.edges.cli.main import main; sys.exit(main())"
START = datetime(2026, 3, 2, tzinfo=UTC)
CLASSES = ("outgoing", "impact", "burst", "thunder", "explosion", "quarry_blast")
LONG = """() => { window.__long = [];
  new PerformanceObserver((list) => { for (const one of list.getEntries()) window.__long.push(one.duration); })
    .observe({type: 'longtask', buffered: true}); }"""


def invented(count: int, mission: Path) -> dict[str, Any]:
    """A floor of so many judged events over a day about the mission's network, and an incident for every ten."""
    chance = np.random.default_rng(20260302)
    network = json.loads((mission / "network.geojson").read_text("utf-8"))["features"]
    lon, lat = (float(np.mean([one["geometry"]["coordinates"][i] for one in network])) for i in (0, 1))
    events: dict[str, Any] = {}
    for number in range(count):
        at = START + timedelta(seconds=86_400 * number / count)
        id_ = f"E-{number:016x}"
        place = [round(lon + float(chance.normal(0, 0.1)), 6), round(lat + float(chance.normal(0, 0.05)), 6)]
        ellipse = {"semi_major_m": 90.0, "semi_minor_m": 40.0, "azimuth_deg": float(chance.uniform(0, 180))}
        events[id_] = _shown(
            {"type": "Point", "coordinates": place},
            {
                "id": id_, "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"), "time_sigma_s": 0.1,
                "labels": {CLASSES[number % len(CLASSES)]: 0.9, "other": 0.1}, "ellipse90": ellipse,
                "existence": round(float(chance.uniform(0.3, 1.0)), 4), "sensors": 6, "providers": ["aland", "borea"],
            },
        )  # fmt: skip
    incidents: dict[str, Any] = {}
    ids = list(events)
    for number in range(0, count, 10):
        members = ids[number : number + 10]
        first, last = (events[one]["feature"]["properties"]["time"] for one in (members[0], members[-1]))
        incidents[f"I-{number:016x}"] = _shown(
            {"type": "MultiPoint", "coordinates": []},
            {
                "id": f"I-{number:016x}", "from": first, "until": last, "events": members,
                "counts": {"outgoing": 5, "impact": 5}, "opened_by": {"Aurel": 0.6, "Brenn": 0.4}, "findings": [],
            },
        )  # fmt: skip
    now = {
        "time": "2026-03-03T00:00:00.000Z", "judged": "2026-03-03T00:00:00.000Z", "observations": 0, "late": 0,
        "unusable": 0, "size": 0, "behind": 0, "root": "", "live": [], "blind": [], "sensors": {},
    }  # fmt: skip
    return {
        "number": 0,
        "records": {"events": events, "incidents": incidents, "findings": {}, "sensors": {}},
        "now": now,
    }


def _shown(geometry: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    feature = {"type": "Feature", "geometry": geometry, "properties": properties}
    return {"state": "final", "supersedes": None, "feature": feature}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mission", type=Path)
    parser.add_argument("--events", type=int, default=10_000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [sys.executable, "-c", COMMAND, "serve", f"{folder}/data", "--mission", str(args.mission), "--port", "0"],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            assert server.stdout is not None
            _, link = re.findall(r"http\S+", server.stdout.readline() + server.stdout.readline())
            print(json.dumps(measure(link, invented(args.events, args.mission), args.events), indent=1))
        finally:
            server.kill()
            server.wait()
    return 0


def measure(link: str, floor: dict[str, Any], events: int) -> dict[str, object]:
    """Open the page, use it, look at the clock."""
    text = json.dumps(floor)
    with sync_playwright() as playing:
        browser = playing.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})

        def answer(route: Route) -> None:
            route.fulfill(status=200, content_type="application/json", body=text)

        page.route("**/api/v1/floor", answer)
        page.goto(link)
        page.add_init_script(f"({LONG})()")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text(f"{events} of {events} events shown").wait_for(timeout=120_000)
        opened = page.evaluate("performance.now()")
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime")
        page.wait_for_timeout(8_000)
        with_map = use(page)
        page.evaluate("document.querySelector('.map').style.display = 'none'")
        without = use(page)
        browser.close()
    return {
        "first_paint_ms": round(paint or 0),
        "events_counted_ms": round(opened),
        "long_tasks": len(with_map),
        "longest_ms": round(max(with_map, default=0)),
        "longest_ms_map_out_of_sight": round(max(without, default=0)),
        "processors": os.cpu_count(),
        "load": os.getloadavg()[0],
    }


def use(page: Page) -> list[float]:
    """Choose time, filter, change tables; the lengths of the long tasks meanwhile, ms."""
    page.evaluate("window.__long.length = 0")
    box = page.locator(".foot canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 300, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 500, box["y"] + 60, steps=10)
    page.mouse.up()
    page.wait_for_timeout(800)
    page.get_by_role("tab", name="Events").click()
    page.wait_for_timeout(500)
    page.get_by_label("At least").select_option("0.8")
    page.wait_for_timeout(500)
    page.get_by_role("button", name="Clear").click()
    page.wait_for_timeout(1_500)
    found: list[float] = page.evaluate("window.__long")
    return found


if __name__ == "__main__":
    raise SystemExit(main())
