"""A scene: the picks of one window of time, the channels that made them, and what is believed of air and sensors."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from truceline.fusion.air import Air
from truceline.fusion.columns import Bools, Channels, Ints, Picks
from truceline.geo.frame import wrap_rad
from truceline.sensors.contract import Floats

REACHES_M = np.array([1_500.0, 2_500.0, 4_000.0, 6_000.0, 9_000.0, 12_000.0, 15_000.0, 19_000.0, 24_000.0])
CLUTTER_PRIOR_COUNT = 1.0


@dataclass(frozen=True)
class Sources:
    """Places and times where something may have happened: x, y (frame metres), time_s; (n,) each."""

    x: Floats
    y: Floats
    time_s: Floats

    def __len__(self) -> int:
        return len(self.x)

    def take(self, rows: Ints | Bools) -> "Sources":
        return Sources(self.x[rows], self.y[rows], self.time_s[rows])

    def joined(self, other: "Sources") -> "Sources":
        return Sources(np.r_[self.x, other.x], np.r_[self.y, other.y], np.r_[self.time_s, other.time_s])


@dataclass(frozen=True)
class Predicted:
    """What sources should look like at channels, one row a (source, channel) pair."""

    distance_m: Floats
    unit_x: Floats  # from source to channel
    unit_y: Floats
    time_s: Floats  # of arrival
    path_sigma_s: Floats
    rate_s: Floats  # of travel time by effective speed
    azimuth_rad: Floats  # as it would be measured, in the frame
    basis: Floats  # (m, air.SIZE) change of effective speed by the air's latent numbers


@dataclass(frozen=True)
class Scene:
    """All that scoring needs. `reach_factor` (kinds,) scales how far each kind of sensor hears; `clutter_hz`
    (channels,) false arrivals a second; `alive` (channels,) whether the channel works at all."""

    channels: Channels
    picks: Picks
    air: Air
    reach_factor: Floats
    most_detected: Floats  # (kinds,) how often a working sensor catches what is near
    clutter_hz: Floats
    alive: Bools
    event_density: float  # events per square metre and second, expected anywhere
    scatter_scale: float = 1.0  # how much rougher the paths are than the sensing says
    azimuth_scale: float = 1.0
    timing_extra_s: Floats = field(default_factory=lambda: np.zeros(0))  # (channels,) doubt about a mended clock

    @cached_property
    def key(self) -> Floats:
        """(picks,) sort key that lets one search find times within channels."""
        return self.picks.channel * self.stride + (self.picks.time_s - self.origin_s)

    @cached_property
    def origin_s(self) -> float:
        return float(self.picks.time_s.min()) - 1e4 if len(self.picks) else 0.0

    @cached_property
    def stride(self) -> float:
        return (float(np.ptp(self.picks.time_s)) if len(self.picks) else 0.0) + 1e5

    def with_picks(self, picks: Picks) -> "Scene":
        return replace(self, picks=picks)

    def neighbours(self, sources: Sources) -> tuple[Ints, Ints]:
        """(source, channel) pairs within reach of each other, ordered by source, then channel."""
        reach = np.array([sensing.reach_m for sensing in self.channels.sensings])[self.channels.sensing]
        reach = np.where(self.alive, reach, -1.0)
        found_source, found_channel = [], []
        step = max(1, 4_000_000 // max(1, len(self.channels)))
        for start in range(0, len(sources), step):
            part = slice(start, start + step)
            square = (sources.x[part, None] - self.channels.x) ** 2 + (sources.y[part, None] - self.channels.y) ** 2
            source, channel = np.nonzero((square <= reach**2) & (reach > 0))
            found_source.append(source + start)
            found_channel.append(channel)
        if not found_source:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        return np.concatenate(found_source), np.concatenate(found_channel)

    def predict(self, sources: Sources, source: Ints, channel: Ints) -> Predicted:
        """What `sources` should look like: row i is sources[source[i]] at channels[channel[i]]."""
        paths = self.air.paths(
            sources.x, sources.y, sources.time_s, self.channels.x[channel], self.channels.y[channel], source
        )
        travel = np.empty(len(source))
        scatter, rate, turn = np.empty(len(source)), np.zeros(len(source)), np.zeros(len(source))
        for index, sensing in enumerate(self.channels.sensings):
            mine = self.channels.sensing[channel] == index
            if not mine.any():
                continue
            part = type(paths)(*(getattr(paths, name)[mine] for name in paths.__dataclass_fields__))
            going = sensing.travel(part)
            travel[mine], rate[mine], turn[mine] = going.time_s, going.rate_s, going.turn_rad
            scatter[mine] = going.path_sigma_s * (self.scatter_scale if sensing.loud else 1.0)
        phase = self.air.phase(sources.time_s)[source]
        return Predicted(
            distance_m=paths.distance_m,
            unit_x=paths.unit_x,
            unit_y=paths.unit_y,
            time_s=sources.time_s[source] + travel,
            path_sigma_s=scatter,
            rate_s=rate,
            azimuth_rad=np.arctan2(-paths.unit_x, -paths.unit_y) + turn,
            basis=self.air.basis(paths, phase),
        )

    def detectability(self, distance_m: Floats, channel: Ints, reach_m: Floats) -> Floats:
        """Probability that a channel catches a source of this reach; `reach_m` broadcasts with `distance_m`."""
        kind = self.channels.kind[channel]
        caught = np.empty(np.broadcast_shapes(distance_m.shape, reach_m.shape))
        wide = np.broadcast_to(distance_m, caught.shape)
        reach = np.broadcast_to(reach_m * self.reach_factor[kind], caught.shape)
        for index, sensing in enumerate(self.channels.sensings):
            mine = self.channels.sensing[channel] == index
            if mine.any():
                caught[..., mine] = sensing.detectability(wide[..., mine], reach[..., mine])
        return np.clip(caught * self.most_detected[kind], 1e-4, 0.995)

    def azimuth_misfit(self, pick: Ints, azimuth_rad: Floats) -> Floats:
        """Measured minus predicted azimuth in radians; NaN where none was measured."""
        return wrap_rad(self.picks.azimuth_rad[pick] - azimuth_rad)
