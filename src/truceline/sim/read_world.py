"""WORLD.toml → World: its family's settings under its own, every fault at its line."""

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from truceline.formats.fields import Fields
from truceline.formats.toml_document import TomlDocument, read_toml
from truceline.model.problem import Unusable
from truceline.sim.families import FAMILIES, Tables
from truceline.sim.keys import note_unknown, read_section
from truceline.sim.network import SCENE_LAST_S
from truceline.sim.world import LISTS, SECTIONS, World

TOP = ("world", "name", "family", "status")
STATUSES = ("exercise", "test")
KM_PER_DEG = 111.2
YEARS = (1971, 2200)


def read_world(file: str, data: bytes) -> World:
    """The world that a file describes. Raises Unusable with every fault."""
    document = read_toml(file, data)
    top = Fields(document.table, document.place)
    note_unknown(top, (*TOP, *SECTIONS, *LISTS))
    if top.table.get("world") != 1:
        top.fault("world", f"world is {top.table.get('world')!r}", "write world = 1")
    name = top.text("name")
    family = top.choice("family", FAMILIES, default="salvos")
    status = top.choice("status", STATUSES, default="exercise")
    settings = FAMILIES[family][1] if family in FAMILIES else {}
    parts: dict[str, Any] = {section: _section(top, document, settings, section) for section in SECTIONS}
    parts |= {field: _list(top, document, settings, key) for key, (field, _) in LISTS.items()}
    world = World(name=name, family=family, status=status, **parts)
    if not top.faulty:
        _check(world, top, document)
    if top.faulty:
        raise Unusable(top.problems)
    return world


def _section(top: Fields, document: TomlDocument, settings: Tables, section: str) -> Any:
    own = _table(top, section, top.table.get(section, {}))
    base = settings.get(section, {})
    assert isinstance(base, Mapping)
    fields = Fields({**base, **own}, lambda key: document.place(section, key))
    found: Any = read_section(SECTIONS[section], fields)
    top.problems += fields.problems
    return found


def _list(top: Fields, document: TomlDocument, settings: Tables, key: str) -> tuple[Any, ...]:
    items = top.table.get(key, settings.get(key, []))
    if not isinstance(items, list):
        top.fault(key, f"{key!r} is not a list of tables", f"head each with [[{key}]]")
        return ()
    found: list[Any] = []
    for number, item in enumerate(items):
        fields = Fields(
            _table(top, key, item),
            lambda name, number=number: document.place(key, number, name),  # type: ignore[misc]
        )
        found.append(read_section(LISTS[key][1], fields))
        top.problems += fields.problems
    return tuple(found)


def _table(top: Fields, key: str, value: object) -> Mapping[str, object]:
    if isinstance(value, Mapping):
        return value
    top.fault(key, f"{key!r} is not a table", f"head it with [{key}]")
    return {}


def _check(world: World, top: Fields, document: TomlDocument) -> None:
    """What no single key can say."""

    def fault(path: tuple[str | int, ...], what: str, remedy: str) -> None:
        table = Fields({}, lambda _: document.place(*path))
        table.fault("", what, remedy)
        top.problems.extend(table.problems)

    names = world.parties.names
    parties = len(names) or world.parties.count
    if names and len(names) < 2:
        fault(("parties", "names"), "an agreement has at least two parties", "name two or more")
    try:
        if not YEARS[0] <= date.fromisoformat(world.period.first_day).year <= YEARS[1]:
            fault(
                ("period", "first_day"), f"first_day is {world.period.first_day!r}",
                f"give a day from {YEARS[0]} to {YEARS[1]}",
            )  # fmt: skip
    except ValueError:
        fault(("period", "first_day"), f"first_day is {world.period.first_day!r}", "write it like 2026-03-02")
    for path, listed in (
        (("network", "providers"), world.network.providers), (("fire", "weapons"), world.fire.weapons),
    ):  # fmt: skip
        if not listed:
            fault(path, f"{path[1]!r} is empty", "name one or more")
    net = world.network
    if net.layout in ("both", "one-sided") and not any(
        (net.arrays, net.posts, net.microphones, net.infrasound, net.seismic, net.cameras, net.patrols, net.satellites)
    ):
        fault(("network",), "the network has no sensor", "ask for some")
    if net.layout == "scenes" and not net.arrays + net.infrasound:
        fault(("network", "arrays"), "the scenes have no sensor", "ask for some")
    lat = max(abs(world.place.lat_deg.low), abs(world.place.lat_deg.high))
    half_km = world.place.length_km.high + 200.0
    reach_deg = half_km / (KM_PER_DEG * max(0.05, math.cos(math.radians(min(89.0, lat + half_km / KM_PER_DEG)))))
    if max(abs(world.place.lon_deg.low), abs(world.place.lon_deg.high)) + reach_deg >= 180.0:
        fault(("place", "lon_deg"), "the world may cross the antimeridian", "keep lon_deg or length_km smaller")
    sources = [item.source for item in world.maps]
    if len(set(sources)) != len(sources):
        fault(("map", 0, "source"), "two maps have the same source", "give each mapper its own name")
    for number, lie in enumerate(world.lies):
        for provider in lie.providers:
            if provider not in world.network.providers:
                fault(("lie", number, "providers"), f"no provider {provider!r}", "name providers of the network")
    told = sum(len(lie.providers) or lie.liars for lie in world.lies)
    if told > len(world.network.providers):
        fault(("lie", 0), f"{told} providers would lie, of {len(world.network.providers)}", "let fewer lie")
    for kind, items in (("lie", [x.favours for x in world.lies]), ("deception", [x.party for x in world.deceptions])):
        for number, party in enumerate(items):
            if party >= parties:
                fault((kind, number), f"party {party} of {parties}", f"give a place in order from 0 to {parties - 1}")
    if world.fire.plan == "scenes" and world.fire.events * SCENE_LAST_S * 1.5 > world.period.hours.low * 3600:
        fault(
            ("fire", "events"), f"{world.fire.events} scenes do not fit into {world.period.hours} h",
            "ask for fewer, or for more hours",
        )  # fmt: skip
    if (world.network.layout == "scenes") != (world.fire.plan == "scenes"):
        fault(("network", "layout"), "scenes need both layout and plan", 'set network.layout and fire.plan to "scenes"')
