"""Everything that makes up one invented world, before it is written."""

from dataclasses import dataclass

from truceline.sim.air import WeatherTable
from truceline.sim.claims import Allegation
from truceline.sim.craters import Craters
from truceline.sim.lies import Told
from truceline.sim.lines import Lines
from truceline.sim.maps import View
from truceline.sim.nature import Filing
from truceline.sim.pen import Pen
from truceline.sim.sensing import Scene, Sightings
from truceline.sim.sources import Sources
from truceline.sim.world import World


@dataclass(frozen=True, kw_only=True)
class Invented:
    """One world. `told` is parallel to `world.lies`; `weather` is None if the world has no weather service."""

    world: World
    pen: Pen
    length_s: float
    scene: Scene
    sources: Sources
    filings: tuple[Filing, ...]
    sightings: Sightings
    told: tuple[Told, ...]
    craters: Craters
    lines: Lines
    views: tuple[View, ...]
    weather: WeatherTable | None
    claims: tuple[Allegation, ...]
