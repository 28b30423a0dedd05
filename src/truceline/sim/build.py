"""From a world's description and a seed to its mission folder, told once from top to bottom."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from truceline.model.instant import from_datetime
from truceline.sim import deceptions, fire, nature
from truceline.sim.air import Air, make_air, observed_weather
from truceline.sim.claims import allege
from truceline.sim.craters import look
from truceline.sim.ground import Ground, draw_parties, make_ground
from truceline.sim.invented import Invented
from truceline.sim.lies import choose_liars, told_by
from truceline.sim.lines import Beside, make_lines
from truceline.sim.maps import draw_maps
from truceline.sim.nature import Filing
from truceline.sim.network import make_faults, make_sensors
from truceline.sim.pen import Pen
from truceline.sim.sensing import CLUTTER, SHAKE, Scene, Sightings, clutter, gathered, make_hearing, notice
from truceline.sim.sources import Sources, in_time_order, joined
from truceline.sim.world import World
from truceline.sim.write import folder

SPARES = (2.5, 6.0, 15.0)  # candidates drawn for each scattered happening that is to be kept
STREAMS = (
    "when", "parties", "ground", "air", "weather", "fire", "nature", "notices", "deceptions", "network", "faults",
    "hearing", "sensing", "clutter", "liars", "lies", "maps", "lines", "claims", "craters",
)  # fmt: skip


def build(world: World, chance: np.random.Generator) -> Mapping[str, bytes]:
    """File name → bytes: a mission folder of contract 1, truth.ndjson and truth_world.json beside it."""
    return folder(invent(world, chance))


def invent(world: World, chance: np.random.Generator) -> Invented:
    """One world of its kind. Each part draws from a stream of its own, so that changing one part moves no other."""
    draws = dict(zip(STREAMS, chance.spawn(len(STREAMS)), strict=True))
    base_us, hours = _beginning(world, draws["when"])
    length_s = hours * 3600.0
    parties = draw_parties(world.parties.names, world.parties.count, draws["parties"])
    ground = make_ground(world.place, world.terrain, world.advances, parties, length_s, draws["ground"])
    pen = Pen(ground, base_us, world.place.reflected)

    # 1. What happens, who is there to notice it, and who does.
    air = make_air(world.air, hours, draws["air"])
    others, filings = _beside_fire(world, ground, length_s, draws)
    scene, sources, noticed = _noticed(world, ground, air, others, length_s, draws)

    # 2. What is only clutter, and who lies.
    heard = int((noticed.what < SHAKE).sum())
    rate, share = world.nature.clutter_per_h.draw(draws["clutter"]), world.nature.clutter_share.draw(draws["clutter"])
    noticed = gathered([noticed, clutter(scene, rate, share, heard, length_s, draws["clutter"])])
    told = []
    liars = choose_liars(world.lies, world.network.providers, draws["liars"])
    for number, (lie, stream) in enumerate(zip(world.lies, draws["lies"].spawn(len(world.lies)), strict=True)):
        noticed, tale = told_by(scene, sources, noticed, lie, number, liars[number], length_s, stream)
        told.append(tale)

    # 3. What reaches the mission.
    blazes = nature.farm_fires(world.nature, ground, length_s, draws["nature"])
    craters = look(world.craters, ground, sources, scene.sensors, draws["craters"])
    return Invented(
        world=world,
        pen=pen,
        length_s=length_s,
        scene=scene,
        sources=sources,
        filings=tuple(filings),
        sightings=noticed,
        told=tuple(told),
        craters=craters,
        lines=make_lines(scene, noticed, Beside(blazes, craters), world.channel, pen, length_s, draws["lines"]),
        views=tuple(draw_maps(world.maps, ground, draws["maps"])),
        weather=observed_weather(world.weather, air, ground, hours, draws["weather"]),
        claims=tuple(allege(world.claims, ground, sources, length_s, draws["claims"])),
    )


def _noticed(
    world: World,
    ground: Ground,
    air: Air,
    others: Sources,
    length_s: float,
    draws: Mapping[str, np.random.Generator],
) -> tuple[Scene, Sources, Sightings]:
    """The sensors, all that happens, and what they notice of it."""

    def happen(spare: float) -> Sources:
        return in_time_order(joined([*_fire(world, ground, length_s, spare, draws["fire"]), others]), length_s)

    sources = happen(SPARES[0])
    sensors = make_sensors(world.network, ground, sources, draws["network"])
    faults = make_faults(world.faults, world.spoofs, sensors, ground, length_s, draws["faults"])
    scene = Scene(ground, air, make_hearing(world.hearing, draws["hearing"]), sensors, faults)
    noticed = notice(scene, sources, draws["sensing"])
    for spare in SPARES[1:]:
        if _plenty(world, sources, noticed):
            break
        sources = happen(spare)
        noticed = notice(scene, sources, draws["sensing"])
    return scene, *_heard_enough(world, sources, noticed)


def _beginning(world: World, chance: np.random.Generator) -> tuple[int, float]:
    """When the world begins (microseconds since 1970) and how many hours it lasts."""
    first = datetime.fromisoformat(world.period.first_day).replace(tzinfo=UTC)
    hour = int(chance.integers(world.period.days * 24))
    return from_datetime(first + timedelta(hours=hour)), world.period.hours.draw(chance)


def _fire(world: World, ground: Ground, length_s: float, spare: float, chance: np.random.Generator) -> list[Sources]:
    """The fire of the world's plan; of scattered fire so many times what is asked for, as not all is heard."""
    match world.fire.plan:
        case "scattered":
            return [fire.scattered(world.fire, ground, length_s, spare, chance)]
        case "scenes":
            return [fire.scenes(world.fire, ground, length_s, chance)]
        case _:
            return fire.fire(world.fire, ground, length_s, chance)


def _beside_fire(
    world: World, ground: Ground, length_s: float, draws: Mapping[str, np.random.Generator]
) -> tuple[Sources, list[Filing]]:
    """Nature, announced works and deceptions, and what was announced."""
    works, filings = nature.demining(world.notices, ground, length_s, draws["notices"])
    played, hiding = deceptions.play(world.deceptions, world.notices, ground, length_s, draws["deceptions"])
    natural = nature.thunder_and_quarries(world.nature, ground, length_s, draws["nature"])
    return joined([natural, works, played]), filings + hiding


def _plenty(world: World, sources: Sources, noticed: Sightings) -> bool:
    """Whether as many scattered happenings were heard well enough as the world asks for."""
    return world.fire.plan != "scattered" or int((_well_heard(world, sources, noticed) >= 0).sum()) >= world.fire.events


def _well_heard(world: World, sources: Sources, noticed: Sightings) -> npt.NDArray[np.int64]:
    """The draw's number of each scattered happening that enough sensors heard; −1 for all others."""
    arrivals = np.bincount(noticed.source[noticed.what <= SHAKE], minlength=len(sources))
    return np.where(arrivals >= world.fire.least_arrivals, fire.draw_number(sources), -1)


def _heard_enough(world: World, sources: Sources, noticed: Sightings) -> tuple[Sources, Sightings]:
    """Without the happenings that too few sensors heard, and no more than were asked for."""
    if world.fire.plan == "batteries":
        return sources, noticed
    number = _well_heard(world, sources, noticed)
    kept = (number >= 0) | (fire.draw_number(sources) < 0)
    drawn = np.flatnonzero(number >= 0)
    drawn = drawn[np.argsort(number[drawn], kind="stable")]  # in the order of the draw, not of time
    kept[drawn[world.fire.events :]] = False
    rows = np.flatnonzero(kept)
    place = np.full(len(sources) + 1, CLUTTER)
    place[rows] = np.arange(rows.size)
    source = place[noticed.source]
    keep = source != CLUTTER
    fewer = noticed.take(keep)
    fewer.source[:] = source[keep]
    return sources.take(rows), fewer
