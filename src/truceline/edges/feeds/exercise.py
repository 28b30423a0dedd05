"""What an exercise is made of: a world or mission that is not actual, what its sensors would send, and the feeds.toml
that takes it in.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from truceline.edges.feeds.emit import node_id
from truceline.edges.given_file import read_given
from truceline.formats.mission_toml import read_mission
from truceline.formats.network_geojson import read_network
from truceline.formats.observations_ndjson import read_observation
from truceline.model.instant import US_PER_S, Instant
from truceline.model.network import Network, Sensor
from truceline.model.observation import Arrival, Observation, Track
from truceline.model.problem import Place, Problem, Unusable
from truceline.model.waveform import Waveform
from truceline.sim.build import build
from truceline.sim.read_world import read_world
from truceline.sim.traffic import traffic
from truceline.sim.waves import BAND_HZ, InventedArray, record

MOST_ARRAYS = 5  # that are recorded unless sensors are named
BEFORE_S, AFTER_S = 60.0, 90.0  # recorded before the first arrival, and after the last until its block is whole
WINDOW_S = 1.5
SELF_REPORTING = {"ais": "vessel", "adsb": "aircraft", "remote_id": "uav"}


@dataclass(frozen=True)
class Exercise:
    """A network and what its sensors observed, in order of time."""

    network: Network
    observations: tuple[Observation, ...]

    @property
    def begin_us(self) -> Instant:
        return min((seen.time_us for seen in self.observations), default=0)

    @property
    def seconds(self) -> float:
        return (max((seen.time_us for seen in self.observations), default=0) - self.begin_us) / US_PER_S


def read_exercise(world: Path, seed: int) -> Exercise:
    """The exercise of a world's file or a mission folder, which must not be an actual one. Raises Unusable."""
    if world.is_dir():
        mission, _ = read_mission(str(world / "mission.toml"), read_given(world / "mission.toml"))
        files = {name: read_given(world / name) for name in (mission.network, *mission.observations)}
    else:
        made = build(read_world(str(world), read_given(world)), np.random.default_rng(seed))
        mission, _ = read_mission("mission.toml", made["mission.toml"])
        files = dict(made)
    if mission.status == "actual":
        what = f"mission {mission.name!r} is actual"
        raise Unusable([Problem(Place(str(world)), what, "only exercises and tests may be emitted")])
    network = read_network(mission.network, files[mission.network])
    observations = []
    for name in mission.observations:
        for line in files[name].splitlines():
            with suppress(ValueError):
                observations.append(read_observation(line))
    return Exercise(network, tuple(sorted(observations, key=lambda seen: (seen.time_us, seen.id))))


def tracks_of(exercise: Exercise, protocol: str, count: int, seed: int) -> tuple[tuple[Track, ...], bool]:
    """Those who speak for themselves, of the exercise or, where it has none, invented; and whether they were."""
    kind = SELF_REPORTING[protocol]
    own = tuple(
        seen for seen in exercise.observations if isinstance(seen, Track) and dict(seen.labels).get(kind, 0.0) > 0.5
    )
    if own:
        return own, False
    sensors = exercise.network.sensors
    at = (float(np.mean([one.lon for one in sensors])), float(np.mean([one.lat for one in sensors])))
    chance = np.random.default_rng(seed)
    sensor = f"{protocol}-1"
    return traffic(kind, sensor, at, exercise.begin_us, exercise.seconds, count, chance), True


def arrays_of(exercise: Exercise, named: Sequence[str] = ()) -> tuple[InventedArray, ...]:
    """The arrays that are recorded: those named, or those that heard most. Raises Unusable."""
    heard: dict[str, int] = {}
    for seen in exercise.observations:
        if isinstance(seen, Arrival) and seen.azimuth_deg is not None and seen.sensor in exercise.network.by_id:
            heard[seen.sensor] = heard.get(seen.sensor, 0) + 1
    lost = [name for name in named if name not in heard]
    if lost or not heard:
        what = f"{', '.join(lost)} heard nothing with a direction" if lost else "no array heard anything"
        remedy = f"name one of {', '.join(sorted(heard))}" if heard else "take another world"
        raise Unusable([Problem(Place("the exercise"), what, remedy)])
    most = sorted(heard, key=lambda name: (-heard[name], name))
    chosen = sorted(named or most[:MOST_ARRAYS])
    numbers = {name: number for number, name in enumerate(sorted(heard))}
    return tuple(InventedArray(exercise.network.by_id[name], numbers[name]) for name in chosen)


def waveforms_of(exercise: Exercise, arrays: Sequence[InventedArray], seed: int) -> tuple[Waveform, ...]:
    """What the arrays' elements recorded."""
    found: list[Waveform] = []
    for array in arrays:
        arrivals = [
            seen for seen in exercise.observations if isinstance(seen, Arrival) and seen.sensor == array.sensor.id
        ]
        begin = exercise.begin_us - round(BEFORE_S * US_PER_S)
        chance = np.random.default_rng([seed, array.number])
        found += record(array, arrivals, begin, BEFORE_S + exercise.seconds + AFTER_S, chance)
    return tuple(found)


def plan_of(exercise: Exercise, protocol: str, address: str, prefix: str, arrays: Sequence[InventedArray]) -> str:
    """A feeds.toml that takes in what this exercise sends."""
    match protocol:
        case "sapient":
            lines = [*_feed("exercise", protocol, address), f'node = "{node_id("gateway")}"']
            for sensor in exercise.network.sensors:
                lines += [*_sensor(sensor), f'node = "{node_id(sensor.id)}"']
        case "mqtt":
            lines = [*_feed("exercise", protocol, address), 'how = "listen"', f'topic = "{prefix}/#"']
            for sensor in exercise.network.sensors:
                lines += _sensor(sensor)
        case "seedlink":
            lines = [line for array in arrays for line in _array(array, address)]
        case "ndjson":
            lines = _feed("exercise", protocol, address)
            for sensor in exercise.network.sensors:
                lines += _sensor(sensor)
        case _:
            lines = [*_feed("exercise", protocol, address), "", "[[feed.sensor]]", f'id = "{protocol}-1"']
    return "\n".join(lines) + "\n"


def _feed(name: str, kind: str, address: str) -> list[str]:
    return ["[[feed]]", f'name = "{name}"', f'kind = "{kind}"', f'address = "{address}"']


def _sensor(sensor: Sensor) -> list[str]:
    lines = ["", "[[feed.sensor]]", f'id = "{sensor.id}"', f"time_sigma_s = {sensor.time_sigma_s}"]
    if sensor.position_sigma_m is not None:
        lines.append(f"position_sigma_m = {sensor.position_sigma_m}")
    if sensor.azimuth_sigma_deg is not None:
        lines.append(f"azimuth_sigma_deg = {sensor.azimuth_sigma_deg}")
    return lines


def _array(array: InventedArray, address: str) -> Iterator[str]:
    yield from _feed(array.sensor.id, "seedlink", address)
    yield from ("", "[feed.array]", f"band_hz = [{BAND_HZ[0]}, {BAND_HZ[1]}]", f"window_s = {WINDOW_S}")
    yield "delay_sigma_s = 0.001"
    for channel, (lon, lat) in array.places.items():
        yield from ("[[feed.array.element]]", f'channel = "{channel}"', f"lon = {lon}", f"lat = {lat}")
    yield from _sensor(array.sensor)
    yield ""
