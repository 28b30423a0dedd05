"""The coalition's worked example: a simulated mission without its truth, and 35 invented nations that make it possible.

    python scripts/coalition_35.py missions/coalition-35

Writes every file of the mission but its README. The same code writes the same bytes.
"""

import argparse
import json
import tempfile
from pathlib import Path

from truceline.coalition.ledger import (
    EVERYONE,
    Authority,
    Caveat,
    Commitment,
    Condition,
    Contribution,
    Country,
    Decided,
    Domain,
    Ledger,
    Nation,
    Pillar,
    Status,
    StatusFrom,
)  # fmt: skip
from truceline.coalition.reading import by_id
from truceline.coalition.toml_text import ledger_text
from truceline.edges.cli.sim import make_mission
from truceline.geo.frame import destination
from truceline.model.instant import Instant, parse_utc

WORLD = Path(__file__).parents[1] / "worlds" / "coalition-35.toml"
SEED = 2
TRUTH = ("truth.ndjson", "truth_world.json")
NAMES = (
    "aland arcadel borea brenwick calder cordia delmar dorvane elantis estmere farholm fenmark galdor gravia hestia "
    "hollund isenfeld ismere jorland kestria lumara mirov norvale ondria pelagia quillon ravelin sorvia tarnhold "
    "ulmeria verdane westmark xanthe ystria zephra"
)
NATIONS = tuple(NAMES.split())
COUNTRIES = (
    ("ardan", "Ardan", ("belmor", "norvale", "westmark")), ("belmor", "Belmor", ("ardan",)),
    ("norvale", "Norvale", ("ardan",)), ("westmark", "Westmark", ("ardan",)), ("isles", "The Isles", ()),
)  # fmt: skip
LINE = "contact-line"
SIGNED, ASKED = "2026-01-15T00:00:00Z", "2026-03-01T00:00:00Z"


def files() -> dict[str, bytes]:
    """The mission's files by path."""
    with tempfile.TemporaryDirectory() as folder:
        world = Path(folder) / "world"
        make_mission(WORLD, SEED, world)
        found = {
            path.relative_to(world).as_posix(): path.read_bytes()
            for path in sorted(world.rglob("*"))
            if path.is_file() and path.name not in TRUTH
        }
    found["coalition/ledger.toml"] = ledger_text(ledger(found)).encode()
    found["coalition/consultations.toml"] = CONSULTATIONS.encode()
    found["coalition/command.toml"] = COMMAND.encode()
    found["plans/spring.toml"] = PLAN.encode()
    return found


def at(text: str) -> Instant:
    return parse_utc(text)


def ledger(mission: dict[str, bytes]) -> Ledger:
    """35 nations: four lend sensors, others a force, ships, aircraft, hubs, money, maps and witnesses."""
    sensors = json.loads(mission["network.geojson"])["features"]
    areas = json.loads(mission["agreement/areas.geojson"])["features"]
    line = next(one for one in areas if one["properties"]["id"] == LINE)["geometry"]["coordinates"]
    nations = [Nation(id=one, name=one.capitalize(), releasable_to=("coalition",)) for one in NATIONS]
    nations.append(Nation(id="z-observatory", name="The Observatory", kind="body", releasable_to=("all",)))
    return Ledger(
        countries=by_id([Country(id=id_, name=name, neighbours=near) for id_, name, near in COUNTRIES]),
        nations=by_id(nations),
        authorities=by_id([one for name in NATIONS for one in _consent(name)]),
        conditions=_conditions(),
        contributions=by_id([*_sensors(sensors), *_others(line)]),
        caveats=by_id(_caveats()),
        commitments=by_id(_commitments()),
    )


def _said(when: str, outcome: str, by: str) -> Decided:
    return Decided(at_us=at(when), outcome=outcome, by=by)


def _consent(name: str) -> list[Authority]:
    """A mandate each, of half a year; every third needs its parliament's vote besides; two are still pending."""
    number = NATIONS.index(name)
    outcome = "pending" if name in ("gravia", "tarnhold") else "granted"
    found = [
        Authority(
            id=f"{name}-mandate", nation=name, kind="mandate", title="Mandate for the mission",
            history=(_said(f"2026-02-{1 + number % 20:02d}T10:00:00Z", outcome, f"Government of {name.capitalize()}"),),
            expires_us=at(f"2026-{8 + number % 3:02d}-01T00:00:00Z"), conditions=("ceasefire-in-force",),
        )
    ]  # fmt: skip
    if number % 3 == 1:
        found.append(
            Authority(
                id=f"{name}-vote", nation=name, kind="parliament", title="Consent of the parliament",
                history=(_said(ASKED, "pending", "Speaker"), _said("2026-04-10T16:00:00Z", "granted", "Speaker")),
            )
        )  # fmt: skip
    return found


def _conditions() -> tuple[Condition, ...]:
    return (
        Condition(id="ceasefire-in-force", words="The ceasefire is in force",
                  history=(_said(SIGNED, "granted", "The commission"),)),
        Condition(id="host-consent", words="The host has consented to foreign sensors on its ground",
                  history=(_said("2026-02-20T00:00:00Z", "granted", "Government of Ardan"),)),
        Condition(id="obligation-ratified", words="The obligation is ratified by at least twenty parliaments",
                  history=(_said(ASKED, "pending", "The depositary"),)),
    )  # fmt: skip


def _contribution(
    id_: str, nation: str, pillar: Pillar, domain: Domain, asset: str, amount: tuple[float, float],
    status: Status = "deployed", **more: object,
) -> Contribution:  # fmt: skip
    history = [StatusFrom(at_us=at(SIGNED), status="pledged", by=f"Government of {nation.capitalize()}")]
    if status != "pledged":
        history.append(StatusFrom(at_us=at("2026-04-15T00:00:00Z"), status=status, by="Coordination cell"))
    return Contribution(
        id=id_, nation=nation, pillar=pillar, domain=domain, asset=asset, least=amount[0], most=amount[1],
        history=tuple(history), **more,  # type: ignore[arg-type]
    )  # fmt: skip


def _sensors(features: list[dict]) -> list[Contribution]:  # type: ignore[type-arg]
    """Each lender's sensors, its arrays apart from the rest; Elantis's arrays are run from Borea's hub."""
    found = []
    for nation in ("borea", "cordia", "elantis", "hestia"):
        mine = [one for one in features if one["properties"]["provider"] == nation]
        for asset, kinds in (("acoustic arrays", ("acoustic_array",)), ("other sensors", None)):
            some = [
                one
                for one in mine
                if (one["properties"]["kind"] in kinds if kinds else one["properties"]["kind"] != "acoustic_array")
            ]
            if not some:
                continue
            lon, lat = some[0]["geometry"]["coordinates"][:2]
            number = float(len(some))
            needs = ("borea-hub",) if nation == "elantis" and kinds else ()
            found.append(
                _contribution(
                    f"{nation}-{asset.split()[-1]}", nation, "monitoring", "mechanism", asset, (number, number),
                    country="ardan", place=(round(lon, 5), round(lat, 5)), conditions=("host-consent",), needs=needs,
                    sensors=tuple(sorted(one["properties"]["id"] for one in some)),
                )
            )  # fmt: skip
    return found


def _behind(line: list[list[float]], share: float, metres: float) -> tuple[float, float]:
    """A place so far behind the line, at a share of its length, on the side that the sensors stand."""
    lon, lat = line[int(share * (len(line) - 1))]
    a, b = destination(lon, lat, 340.0, metres)
    return round(float(a), 5), round(float(b), 5)


def _others(line: list[list[float]]) -> list[Contribution]:
    found = [
        _contribution("borea-hub", "borea", "monitoring", "mechanism", "hub", (1, 1), country="westmark",
                      supplies=("hosting",)),
        _contribution("z-maps", "z-observatory", "monitoring", "mechanism", "maps of control", (1, 1),
                      supplies=("maps",)),
        _contribution("pelagia-weather", "pelagia", "monitoring", "mechanism", "weather", (1, 1),
                      supplies=("weather",)),
        _contribution("quillon-time", "quillon", "monitoring", "mechanism", "time servers", (2, 2), supplies=("time",)),
        _contribution("ondria-keys", "ondria", "monitoring", "mechanism", "witnesses of the log", (1, 2),
                      supplies=("witnesses", "keys")),
        _contribution("norvale-hub", "norvale", "force", "mechanism", "hub", (1, 1), country="norvale"),
    ]  # fmt: skip
    land = ("aland", "brenwick", "calder", "dorvane", "fenmark", "galdor", "hollund", "isenfeld", "jorland", "kestria")
    for number, nation in enumerate(land):
        status: Status = ("deployed", "confirmed", "conditional", "deployed", "pledged")[number % 5]
        deployed = status == "deployed"
        found.append(
            _contribution(
                f"{nation}-company", nation, "force", "land", "infantry companies",
                (1 + number % 2, 2 + number % 3), status, country="ardan" if deployed else "norvale",
                needs=("norvale-hub",), hub="norvale-hub",
                # One of them has come nearer to the line than the agreement allows.
                place=_behind(line, 0.1 + 0.08 * number, 4_000.0 if nation == "galdor" else 22_000.0),
                role="combat" if number % 4 == 3 else "non_combat",
                conditions=("host-consent",) if status == "conditional" else (),
            )
        )  # fmt: skip
    for number, nation in enumerate(("estmere", "ismere", "lumara", "sorvia", "zephra")):
        found.append(
            _contribution(f"{nation}-ships", nation, "force", "sea", "patrol ships", (1, 1 + number % 2),
                          ("deployed", "confirmed")[number % 2], country="isles")
        )  # fmt: skip
    for number, nation in enumerate(("arcadel", "farholm", "mirov", "ravelin")):
        found.append(
            _contribution(f"{nation}-aircraft", nation, "force", "air", "surveillance aircraft", (1, 2),
                          ("confirmed", "deployed", "pledged", "confirmed")[number], country="norvale",
                          needs=("norvale-hub",))
        )  # fmt: skip
    for number, nation in enumerate(
        ("delmar", "gravia", "tarnhold", "ulmeria", "verdane", "westmark", "xanthe", "ystria")
    ):
        pillar: Pillar = ("support", "cooperation")[number % 2]
        asset = ("training places", "years of reconstruction aid")[number % 2]
        found.append(
            _contribution(f"{nation}-{pillar}", nation, pillar, "mechanism", asset,
                          (20 + 10 * number, 40 + 10 * number), ("deployed", "confirmed", "pledged")[number % 3],
                          country="westmark")
        )  # fmt: skip
    found += [
        _contribution(f"{nation}-obligation", nation, "obligation", "mechanism", "ratification", (1, 1),
                      "confirmed" if number % 2 == 0 else "pledged")
        for number, nation in enumerate(NATIONS)
    ]  # fmt: skip
    return found


def _caveats() -> list[Caveat]:
    return [
        Caveat(id="agreement-stand-off", nation=EVERYONE, kind="away_from_line", values=(LINE,), metres=15_000.0,
               words="Foreign contingents stay 15 km from the line of contact", article="Article 9",
               covers=tuple(f"{nation}-company" for nation in ("aland", "dorvane", "fenmark", "galdor", "kestria"))),
        Caveat(id="dorvane-no-combat", nation="dorvane", kind="no_combat_role", words="No combat role"),
        Caveat(id="aland-neighbours", nation="aland", kind="only_neighbours", values=("norvale",),
               words="Only in countries that border Norvale"),
        Caveat(id="estmere-sea", nation="estmere", kind="only_domains", values=("sea",), words="At sea only"),
        Caveat(id="ismere-sea", nation="ismere", kind="only_domains", values=("sea", "mechanism"), words="At sea only"),
        Caveat(id="kestria-countries", nation="kestria", kind="only_countries", values=("norvale", "westmark"),
               words="Not in the country of the conflict", until_us=at("2026-07-01T00:00:00Z")),
        Caveat(id="lumara-sea", nation="lumara", kind="only_domains", values=("sea", "mechanism"), words="At sea only"),
    ]  # fmt: skip


def _commitments() -> tuple[Commitment, ...]:
    return (
        Commitment(id="aircraft", pillar="force", words="Two aircraft over the sea", asset="surveillance aircraft",
                   amount=2),
        Commitment(id="arrays", pillar="monitoring", words="An array each kilometre of the line",
                   asset="acoustic arrays", amount=36),
        Commitment(id="companies", pillar="force", words="Eight companies, away from the line",
                   asset="infantry companies", amount=8),
        Commitment(id="ratified", pillar="obligation", words="Twenty ratifications", asset="ratification", amount=20,
                   conditions=("obligation-ratified",)),
        Commitment(id="rebuilding", pillar="cooperation", words="Eighty years of aid, all told",
                   asset="years of reconstruction aid", amount=80),
        Commitment(id="ships", pillar="force", words="Four ships", asset="patrol ships", amount=4),
        Commitment(id="trained", pillar="support", words="A hundred places of training", asset="training places",
                   amount=100),
    )  # fmt: skip


CONSULTATIONS = """# Without prejudice to the final judgment of States.

[[consultation]]
id = "C-2026-01"
about = ["F-f8f1598514e5e94e"]
pattern = "Shelling across the line in the afternoon of 12 May"
opened = 2026-05-12T18:30:00Z
opened_by = "R. Ilves, duty officer"
clocks = [
  {hours = 24, started = 2026-05-12T19:00:00Z, started_by = "M. Okafor, chair of the commission", basis = "the impacts of 17:06:50"},
  {hours = 72, started = 2026-05-12T19:00:00Z, started_by = "M. Okafor, chair of the commission", basis = "the impacts of 17:06:50"},
]
informed = [
  {nation = "borea", at = 2026-05-12T19:10:00Z, by = "R. Ilves"},
  {nation = "cordia", at = 2026-05-12T19:10:00Z, by = "R. Ilves"},
  {nation = "hestia", at = 2026-05-12T19:25:00Z, by = "R. Ilves"},
  {nation = "norvale", at = 2026-05-12T20:05:00Z, by = "R. Ilves"},
]
positions = [
  {nation = "cordia", at = 2026-05-13T08:00:00Z, position = "asks_time", reservation = "wants the finding reviewed by a second nation first"},
  {nation = "borea", at = 2026-05-13T09:30:00Z, position = "supports"},
  {nation = "hestia", at = 2026-05-13T12:00:00Z, position = "reserves", reservation = "no military measure"},
  {nation = "cordia", at = 2026-05-14T07:00:00Z, position = "supports"},
]
parliaments = [
  {nation = "hestia", at = 2026-05-13T15:00:00Z, step = "debated"},
]
considered = [
  {kind = "diplomatic", words = "A joint note to both parties, with the finding", by = "borea", at = 2026-05-13T10:00:00Z},
  {kind = "economic", words = "To hold back the second tranche", by = "norvale", at = 2026-05-13T11:00:00Z},
]
decisions = [
  {at = 2026-05-14T10:00:00Z, by = ["borea", "cordia", "hestia", "norvale"], words = "A joint note is sent; nothing else follows", reasons = "One exchange of an hour; both sides have accepted an inspection", measures = ["diplomatic"]},
]
"""  # noqa: E501

COMMAND = """[[post]]
id = "headquarters"
title = "Headquarters of the force"
kind = "headquarters"
tenures = [{at = 2026-02-01T00:00:00Z, nation = "cordia"}, {at = 2026-08-01T00:00:00Z, nation = "norvale"}]
answers = [{at = 2026-02-01T00:00:00Z}]

[[post]]
id = "cell"
title = "Coordination cell"
kind = "cell"
tenures = [{at = 2026-02-01T00:00:00Z, nation = "z-observatory"}]
answers = [{at = 2026-02-01T00:00:00Z}]

[[post]]
id = "contingent-aland"
title = "Contingent of Aland"
kind = "contingent"
tenures = [{at = 2026-04-15T00:00:00Z, nation = "aland"}]
answers = [{at = 2026-04-15T00:00:00Z, to = "headquarters"}]

[[post]]
id = "monitors-west"
title = "Monitors, western half"
kind = "monitors"
tenures = [{at = 2026-03-01T00:00:00Z, nation = "hestia"}]
answers = [{at = 2026-03-01T00:00:00Z, to = "cell"}]

[[watch]]
post = "cell"
person = "R. Ilves"
from = 2026-05-12T06:00:00Z
until = 2026-05-12T18:00:00Z
handed_over = 2026-05-12T17:55:00Z

[[watch]]
post = "cell"
person = "D. Amari"
from = 2026-05-12T18:00:00Z
until = 2026-05-13T06:00:00Z
handed_over = 2026-05-13T06:02:00Z
note = "two lines of monitors-west are out"

[[watch]]
post = "cell"
person = "R. Ilves"
from = 2026-05-13T06:00:00Z
until = 2026-05-13T18:00:00Z

[[task]]
id = "T-014"
kind = "inspect"
post = "monitors-west"
words = "See the craters that the impacts of 17:06:50 should have left"
by = "D. Amari"
at = 2026-05-12T20:30:00Z

[[task]]
id = "T-015"
kind = "service_sensor"
post = "monitors-west"
words = "Look after the array that hears less than its neighbours"
by = "D. Amari"
at = 2026-05-13T05:10:00Z
sensor = "AA-004"
"""

PLAN = """# Where would the next sensors do most, if Cordia and Hestia had so many to give?
[plan]
name = "spring"
line = "contact-line"
classes = {impact = 1, outgoing = 1, burst = 2}
providers_wanted = 2
spacing_m = 1000
risk_share = 0.3
budget = 24

[sites]
spacing_m = 1500
from_line_m = [600, 6000]
ground = "Ardan"

[[kind]]
kind = "acoustic_array"
cost = 3
azimuth_sigma_deg = 1.5

[[kind]]
kind = "microphone"
cost = 1

[[nation]]
provider = "cordia"
kinds = {acoustic_array = 4, microphone = 6}

[[nation]]
provider = "hestia"
kinds = {acoustic_array = 3}
budget = 9

[[patrol]]
provider = "hestia"
base = [-30.0, 44.04]
speed_kmh = 30
hours = 6
stop_min = 30
hears_m = 5000
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the mission goes")
    folder = parser.parse_args().folder
    for path, data in files().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


if __name__ == "__main__":
    main()
