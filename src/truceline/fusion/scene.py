"""A scene: the picks of one window of time, the channels that made them, and what is believed of air and sensors."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from truceline.fusion.air import Air
from truceline.fusion.columns import Bools, Channels, Ints, Picks
from truceline.geo.frame import wrap_rad
from truceline.sensors.contract import Floats

REACHES_M = np.array([1_500.0, 2_700.0, 4_800.0, 8_000.0, 12_000.0, 17_000.0, 24_000.0])
DISTANCE_STEP_M, DISTANCE_STEPS = 50.0, 1_600
DIRECTIONS = 128
GUST_SHARE = 0.5  # of gusts remains unknown to a source that its parcel was fitted to
LEAST_DETECTED, MOST_DETECTED = 1e-4, 0.995


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
        return Sources(
            np.concatenate([self.x, other.x]),
            np.concatenate([self.y, other.y]),
            np.concatenate([self.time_s, other.time_s]),
        )


@dataclass(frozen=True)
class Sites:
    """Places that fire again: x, y, spread_m (frame metres) and peak rate (events per square metre and second)."""

    x: Floats
    y: Floats
    spread_m: Floats
    rate: Floats


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

    def rows(self, rows: Ints | Bools) -> "Predicted":
        """Some of the rows, in the same order."""
        return Predicted(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Scene:
    """All that scoring needs. `reach_factor` (kinds,) scales how far each kind of sensor hears; `clutter_hz`
    (channels,) false arrivals a second; `deaf_from_s`, `deaf_until_s` (channels, k) when a channel could not hear."""

    channels: Channels
    picks: Picks
    air: Air
    reach_factor: Floats
    most_detected: Floats  # (kinds,) how often a working sensor catches what is near
    clutter_hz: Floats
    deaf_from_s: Floats
    deaf_until_s: Floats
    event_density: float  # events per square metre and second, expected anywhere
    sites: Sites = field(default_factory=lambda: Sites(*(np.zeros(0),) * 4))
    scatter_scale: float = 1.0  # how much rougher the paths are than the sensing says
    azimuth_scale: float = 1.0
    timing_extra_s: Floats = field(default_factory=lambda: np.zeros(0))  # (channels,) doubt about a mended clock

    def log_density(self, sources: Sources) -> Floats:
        """(n,) log of the expected events per square metre and second at each source."""
        if not len(self.sites.x):
            return np.full(len(sources), np.log(self.event_density))
        square = (sources.x[:, None] - self.sites.x) ** 2 + (sources.y[:, None] - self.sites.y) ** 2
        near = self.sites.rate * np.exp(-0.5 * square / self.sites.spread_m**2)
        return np.asarray(np.log(self.event_density + near.sum(axis=1)))

    def site_pull(self, sources: Sources) -> tuple[Floats, Floats, Floats]:
        """(n,) precision and pull (x, y) that sites exert on sources: how much likelier each source belongs to
        its site than to nowhere, times what a normal spread about the site would add to a least squares fit."""
        if not len(self.sites.x):
            none = np.zeros(len(sources))
            return none, none, none
        dx = self.sites.x - sources.x[:, None]
        dy = self.sites.y - sources.y[:, None]
        near = self.sites.rate * np.exp(-0.5 * (dx * dx + dy * dy) / self.sites.spread_m**2)
        share = near / (self.event_density + near.sum(axis=1, keepdims=True))
        weight = share / self.sites.spread_m**2
        return weight.sum(axis=1), (weight * dx).sum(axis=1), (weight * dy).sum(axis=1)

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

    @cached_property
    def speed_sigma_mps(self) -> Floats:
        """(DIRECTIONS,) sigma of the effective speed by the direction of arrival, at the epoch's edge."""
        azimuth = (np.arange(DIRECTIONS) + 0.5) * (2 * np.pi / DIRECTIONS)
        basis = self.air.basis(-np.sin(azimuth), -np.cos(azimuth), np.full(DIRECTIONS, 0.5))
        shared = np.einsum("di,ij,dj->d", basis, self.air.covariance, basis)
        return np.asarray(np.sqrt(shared + (GUST_SHARE * self.air.gust_mps) ** 2))

    @cached_property
    def pick_sigma_s(self) -> Floats:
        """(channels,) the largest sigma of time that any pick of the channel states."""
        most = np.zeros(len(self.channels))
        np.maximum.at(most, self.picks.channel, self.picks.sigma_s)
        return most

    @cached_property
    def typical_sigma_s(self) -> Floats:
        """(channels,) the sigma of time in the middle of those that its picks state, 0 where it has none."""
        ordered = self.picks.sigma_s[np.lexsort((self.picks.sigma_s, self.picks.channel))]
        count = np.bincount(self.picks.channel, minlength=len(self.channels))
        middle = np.cumsum(count) - count + (count - 1) // 2
        found = np.zeros(len(self.channels))
        found[count > 0] = ordered[middle[count > 0]]
        return found

    def neighbours(self, sources: Sources) -> tuple[Ints, Ints]:
        """(source, channel) pairs within reach of each other, ordered by source, then channel."""
        reach = np.array([sensing.reach_m for sensing in self.channels.sensings])[self.channels.sensing]
        found_source, found_channel = [], []
        step = max(1, 4_000_000 // max(1, len(self.channels)))
        for start in range(0, len(sources), step):
            part = slice(start, start + step)
            square = (sources.x[part, None] - self.channels.x) ** 2 + (sources.y[part, None] - self.channels.y) ** 2
            source, channel = np.nonzero(square <= reach**2)
            if self.deaf_from_s.shape[1]:
                when = sources.time_s[source + start, None]
                deaf = (self.deaf_from_s[channel] <= when) & (when < self.deaf_until_s[channel])
                source, channel = source[~deaf.any(axis=1)], channel[~deaf.any(axis=1)]
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
        by = self.channels.sensing[channel]
        for index, sensing in enumerate(self.channels.sensings):
            mine = np.flatnonzero(by == index)
            if not len(mine):
                continue
            going = sensing.travel(paths.rows(mine) if len(mine) < len(by) else paths)
            travel[mine], rate[mine], turn[mine] = going.time_s, going.rate_s, going.turn_rad
            scatter[mine] = going.path_sigma_s * (self.scatter_scale if sensing.loud else 1.0)
        return Predicted(
            distance_m=paths.distance_m,
            unit_x=paths.unit_x,
            unit_y=paths.unit_y,
            time_s=sources.time_s[source] + travel,
            path_sigma_s=scatter,
            rate_s=rate,
            azimuth_rad=np.arctan2(-paths.unit_x, -paths.unit_y) + turn,
        )

    @cached_property
    def _caught_table(self) -> Floats:
        """(kinds of sensing, reaches, DISTANCE_STEPS) probability of detection by distance, before kind factors."""
        distance = np.asarray(np.arange(DISTANCE_STEPS) * DISTANCE_STEP_M, float)
        table = [sensing.detectability(distance, REACHES_M[:, None]) for sensing in self.channels.sensings]
        return np.stack([np.broadcast_to(row, (len(REACHES_M), DISTANCE_STEPS)) for row in table])

    def log_odds_of_detection(self, distance_m: Floats, channel: Ints, held: Ints) -> tuple[Floats, Floats]:
        """Log probability of a catch (held, reaches) at the rows held, and of a miss (m, reaches), for every loudness
        in REACHES_M.

        Read from a table by distance, since this is asked for a million pairs: a kind of sensor that hears
        half as far is looked up at twice the distance.
        """
        kind = self.channels.kind[channel]
        step = (distance_m / (self.reach_factor[kind] * DISTANCE_STEP_M)).astype(np.int64)
        np.minimum(step, DISTANCE_STEPS - 1, out=step)
        group = self.channels.sensing[channel] * len(self.channels.kinds) + kind
        caught, missed = self._log_tables
        row = group * DISTANCE_STEPS + step
        return caught[row[held]], missed[row]

    @cached_property
    def _log_tables(self) -> tuple[Floats, Floats]:
        most = self.most_detected[None, :, None, None]
        table = np.clip(self._caught_table[:, None] * most, LEAST_DETECTED, MOST_DETECTED)
        table = table.transpose(0, 1, 3, 2).reshape(-1, len(REACHES_M))  # a row a kind and distance
        return np.log(table), np.log1p(-table)

    def detectability(self, distance_m: Floats, channel: Ints, reach_m: Floats) -> Floats:
        """(m,) probability that a channel catches a source of this reach."""
        kind = self.channels.kind[channel]
        caught = np.empty(len(distance_m))
        for index, sensing in enumerate(self.channels.sensings):
            mine = self.channels.sensing[channel] == index
            if mine.any():
                scaled = distance_m[mine] / self.reach_factor[kind[mine]]
                caught[mine] = sensing.detectability(scaled, reach_m[mine])
        return np.clip(caught * self.most_detected[kind], LEAST_DETECTED, MOST_DETECTED)

    def azimuth_misfit(self, pick: Ints, azimuth_rad: Floats) -> Floats:
        """Measured minus predicted azimuth in radians; NaN where none was measured."""
        return wrap_rad(self.picks.azimuth_rad[pick] - azimuth_rad)
