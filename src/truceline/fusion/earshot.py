"""Events that infrasound arrays within some hundred kilometres heard, each by direction and time of a straight path.

For each arrival the places along its direction are tried, and of every other array the arrival that fits best is
taken. The posterior of place is laid out on a grid, since nothing is normal where arrays are few; the time of origin
is integrated out in closed form, its arrivals being normal about it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from truceline.fusion.air import Air
from truceline.fusion.attach import GATE_SIGMAS, Places
from truceline.fusion.columns import Bools, Channels, Ints, Picks
from truceline.fusion.hearing import Deaf
from truceline.geo.frame import wrap_rad
from truceline.model.observation import Observation
from truceline.sensors.contract import Floats, Paths
from truceline.sensors.infrasound.direct import Direct

RANGES_M = np.geomspace(1_000.0, 110_000.0, 60)
ANGLES = np.linspace(-2.2, 2.2, 9)  # sigmas of azimuth
LEAST_ARRAYS = 2
GRIDS = (31, 25, 33)  # places along each side, from coarse to fine
ROUGH = (21, 17)  # the same, where it is only asked how well an event explains its detections
WIDEST_M = 40_000.0  # half a side of the first grid
SIGMAS = 4.2  # half a side of the next, in sigmas of the last
REACHES_M = np.array([10e3, 20e3, 35e3, 60e3, 110e3])  # how far a source may be heard, each as likely
CLUTTER_HZ = 1.0 / 3_600.0  # detections an hour at an array that belong to nothing, at least
CLUTTER_SHARE = 0.5  # of an array's detections, if that is more
EVENTS_PER_M2_S = 20.0 / 3_600.0 / (np.pi * 110e3**2)  # twenty an hour within reach of an array
SLACK = 0.1  # of the longest travel time, by which two arrivals may differ more than their arrays' distance allows
LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True)
class HeardStraight:
    """One event: its picks, log posterior odds, its posterior as weighted places (frame metres), and when it was."""

    picks: tuple[int, ...]
    worth: float
    x: Floats
    y: Floats
    weight: Floats
    time_s: float
    time_sigma_s: float

    @property
    def place(self) -> tuple[float, float]:
        """Where it was on average (frame metres)."""
        return float(self.weight @ self.x), float(self.weight @ self.y)


@dataclass(frozen=True)
class Earshot:
    """Detections of infrasound, who made them and could have, and the air they came through.

    picks index `observations`; their azimuths are in the frame. factors: what the sigmas of travel times and of
    directions are to be multiplied by (see `misstated`).
    """

    channels: Channels
    picks: Picks
    observations: Sequence[Observation]
    deaf: Deaf
    sensing: Direct
    air: Air
    factors: tuple[float, float] = (1.0, 1.0)

    @cached_property
    def state(self) -> Floats:
        """(picks, 3) speed of sound and wind (frame) where and when each was heard."""
        channel = self.picks.channel
        return self.air.state(self.channels.x[channel], self.channels.y[channel], self.picks.time_s)

    @cached_property
    def wind_sigma_mps(self) -> float:
        """What is not known of the wind in any one direction."""
        return float(np.sqrt((self.air.covariance[1, 1] + self.air.covariance[2, 2]) / 2))

    @cached_property
    def speed_sigma_mps(self) -> float:
        """What is not known of the effective speed along a path."""
        return float(np.hypot(self.wind_sigma_mps, np.sqrt(self.air.covariance[0, 0])))

    @cached_property
    def azimuth_sigma(self) -> Floats:
        """(picks,) radians, of measurement and of what winds across the path turn unknown to us."""
        turn = np.hypot(self.sensing.turn_sigma_rad, self.wind_sigma_mps / np.maximum(self.state[:, 0], 1.0))
        return np.asarray(self.factors[1] * np.hypot(self.picks.azimuth_sigma_rad, turn))

    @cached_property
    def clutter_hz(self) -> Floats:
        """(channels,) detections that belong to nothing."""
        count = np.bincount(self.picks.channel, minlength=len(self.channels))
        span = max(float(np.ptp(self.picks.time_s)), 3_600.0) if len(self.picks) else 3_600.0
        return np.asarray(np.maximum(CLUTTER_HZ, CLUTTER_SHARE * count / span))

    def seen_from(self, x: Floats, y: Floats, pick: Ints) -> tuple[Floats, Floats, Floats, Floats]:
        """(places, picks) distance, travel time, its sigma with that of the pick, and azimuth misfit in sigmas."""
        channel = self.picks.channel[pick]
        dx, dy = self.channels.x[channel] - x[:, None], self.channels.y[channel] - y[:, None]
        distance = np.maximum(np.hypot(dx, dy), 1.0)
        sound, wind_x, wind_y = (np.broadcast_to(column, distance.shape) for column in self.state[pick].T)
        going = self.sensing.travel(
            Paths(distance, dx / distance, dy / distance, sound, wind_x, wind_y, np.zeros_like(distance))
        )
        sigma = self.factors[0] * np.sqrt(
            going.path_sigma_s**2 + (going.rate_s * self.speed_sigma_mps) ** 2 + self.picks.sigma_s[pick] ** 2
        )
        predicted = np.arctan2(-dx, -dy) + going.turn_rad
        off = wrap_rad(self.picks.azimuth_rad[pick] - predicted) / self.azimuth_sigma[pick]
        return distance, going.time_s, sigma, off


def heard_too(earshot: Earshot, places: Places) -> dict[int, int]:
    """Which event (index into `places`, times from the picks' base) each detection belongs to, of those that others
    located; of one array's each event gets one."""
    picks = earshot.picks
    found: dict[tuple[int, int], tuple[float, int]] = {}
    for pick in range(len(picks)) if len(places.x) else ():
        distance, travel, sigma, off = (
            column[:, 0] for column in earshot.seen_from(places.x, places.y, np.array([pick]))
        )
        wide = np.hypot(np.hypot(sigma, places.time_sigma_s), places.sigma_m / 335.0)
        late = (picks.time_s[pick] - places.time_s - travel) / wide
        turned = off * earshot.azimuth_sigma[pick] / np.hypot(earshot.azimuth_sigma[pick], places.sigma_m / distance)
        misfit = np.where(distance < earshot.sensing.reach_m, np.maximum(np.abs(late), np.abs(turned)), np.inf)
        best = int(np.argmin(misfit))
        if misfit[best] < GATE_SIGMAS:
            key, mine = (int(picks.channel[pick]), best), (float(misfit[best]), pick)
            found[key] = min(found.get(key, mine), mine)
    return {pick: place for (_, place), (_, pick) in found.items()}


def heard_straight(earshot: Earshot, free: Bools) -> tuple[HeardStraight, ...]:
    """Events among the free detections, each used once, the best explained first."""
    free = free.copy()
    partners = {row: _partners(earshot, row, free) for row in np.flatnonzero(free).tolist()}
    known: dict[tuple[int, ...], HeardStraight] = {}
    proposals = {row: one for row, some in partners.items() if (one := _proposal(earshot, row, some, free, known))}
    events: list[HeardStraight] = []
    while proposals:
        best = min(proposals.values(), key=lambda one: (-one.worth, one.picks))
        events.append(_located(earshot, np.array(best.picks), *best.place, GRIDS))
        used = set(best.picks)
        free[list(used)] = False
        for row in [row for row, one in proposals.items() if used & {*one.picks}]:
            again = _proposal(earshot, row, partners[row], free, known) if free[row] else None
            if again is None:
                del proposals[row]
            else:
                proposals[row] = again
    return tuple(events)


def _crossing(earshot: Earshot, others: Ints, x: Floats, y: Floats, own_sigma: Floats) -> Ints:
    """Those of other detections whose directions come near enough to some of the places (n,), within reach, that they
    could gain there even if their times fitted perfectly; own_sigma (n, 1): of the time, without theirs."""
    picks, channels = earshot.picks, earshot.channels
    channel = picks.channel[others]
    most_turn = float((np.hypot(earshot.state[:, 1], earshot.state[:, 2]) / earshot.state[:, 0]).max())
    sigma = earshot.azimuth_sigma[others]
    level = -np.log(sigma) - np.log(earshot.clutter_hz[channel]) - np.log(own_sigma.min())
    widest = most_turn + sigma * np.sqrt(2.0 * np.maximum(level, 0.0))
    kept = np.zeros(len(others), bool)
    for one in np.unique(channel):
        dx, dy = channels.x[one] - x, channels.y[one] - y
        seen = np.arctan2(-dx, -dy)[np.hypot(dx, dy) < earshot.sensing.reach_m]
        mine = np.flatnonzero((channel == one) & (level > 0.0))
        away = np.abs(wrap_rad(picks.azimuth_rad[others[mine]] - seen[:, None]))
        kept[mine] = (away < widest[mine]).any(axis=0)
    return others[kept]


@dataclass(frozen=True)
class _Partners:
    """Other detections that may tell of the same event as one does: picks (k,), places along its direction x, y (n,),
    gain (n, k) log odds against clutter of each having come from each place at the moment at which this one left
    there, own (n,) what its own direction takes there."""

    picks: Ints
    x: Floats
    y: Floats
    gain: Floats
    own: Floats


def _partners(earshot: Earshot, row: int, free: Bools) -> _Partners:
    """Those free detections of other arrays that gain anywhere along a detection's direction."""
    picks, sensing, channels = earshot.picks, earshot.sensing, earshot.channels
    own_channel = picks.channel[row]
    azimuth, distance = np.meshgrid(
        picks.azimuth_rad[row] + ANGLES * earshot.azimuth_sigma[row], RANGES_M, indexing="ij"
    )
    x = channels.x[own_channel] + (distance * np.sin(azimuth)).ravel()
    y = channels.y[own_channel] + (distance * np.cos(azimuth)).ravel()
    # No sound reaches two arrays farther apart in time than it takes from one to the other, and some doubt of it.
    apart = np.hypot(channels.x - channels.x[own_channel], channels.y - channels.y[own_channel])
    lag = (apart / sensing.speed_mps[0] + SLACK * sensing.reach_m / sensing.speed_mps[0])[picks.channel]
    near = free & (np.abs(picks.time_s - picks.time_s[row]) < lag) & (picks.channel != own_channel)
    _, travel, own_sigma, turned = earshot.seen_from(x, y, np.array([row]))
    others = _crossing(earshot, np.flatnonzero(near), x, y, own_sigma)
    far, time, sigma, off = earshot.seen_from(x, y, others)
    wide = np.hypot(sigma, own_sigma)
    late = (picks.time_s[others] - time) - (picks.time_s[row] - travel)
    level = -np.log(earshot.azimuth_sigma[others]) - np.log(earshot.clutter_hz[picks.channel[others]])
    gain = level - np.log(wide) - 0.5 * (late / wide) ** 2 - 0.5 * off**2
    gain = np.where(far < sensing.reach_m, gain, -np.inf)
    hopeful = (gain > 0.0).any(axis=0)
    return _Partners(others[hopeful], x, y, gain[:, hopeful], -0.5 * turned[:, 0] ** 2)


def _proposal(
    earshot: Earshot, row: int, partners: _Partners, free: Bools, known: dict[tuple[int, ...], HeardStraight]
) -> HeardStraight | None:
    """The best event that a detection may belong to; None if clutter explains it better. known: events by their picks,
    located once and kept."""
    left = np.flatnonzero(free[partners.picks])
    if len(left) < LEAST_ARRAYS - 1:
        return None
    others, gain = partners.picks[left], partners.gain[:, left]
    first = np.flatnonzero(np.diff(earshot.picks.channel[others], prepend=-1))
    best = np.maximum.reduceat(gain, first, axis=1)
    place = int(np.argmax(np.maximum(best, 0.0).sum(axis=1) + partners.own))
    ends = [*first[1:].tolist(), len(others)]
    chosen = [row] + [
        int(others[begin + int(np.argmax(gain[place, begin:end]))])
        for begin, end, most in zip(first.tolist(), ends, best[place].tolist(), strict=True)
        if most > 0.0
    ]
    if len(chosen) < LEAST_ARRAYS:
        return None
    key = tuple(sorted(chosen))
    if key not in known:
        known[key] = _located(earshot, np.array(key), float(partners.x[place]), float(partners.y[place]), ROUGH)
    return known[key] if known[key].worth > 0.0 else None


@dataclass(frozen=True)
class _Grid:
    """Places of a grid, (n,) each: their weight, the time of origin at each and its sigma; and the log evidence."""

    x: Floats
    y: Floats
    weight: Floats
    time_s: Floats
    time_sigma_s: Floats
    evidence: float

    @cached_property
    def mean(self) -> Floats:
        return np.array([self.weight @ self.x, self.weight @ self.y])

    def covariance(self, step_m: float) -> Floats:
        """(2, 2), the grid's own coarseness included."""
        off = np.stack([self.x, self.y], axis=1) - self.mean
        return np.asarray((off * self.weight[:, None]).T @ off + np.eye(2) * step_m**2 / 12)


def _grid(earshot: Earshot, pick: Ints, x_0: float, y_0: float, half_m: float, places: int) -> _Grid:
    side = np.linspace(-half_m, half_m, places)
    x, y = (grid.ravel() for grid in np.meshgrid(x_0 + side, y_0 + side))
    _, travel, sigma, off = earshot.seen_from(x, y, pick)
    left = earshot.picks.time_s[pick] - travel
    sharp = sigma**-2.0
    total = sharp.sum(axis=1)
    mean = (sharp * left).sum(axis=1) / total
    log = -0.5 * (off**2).sum(axis=1) - 0.5 * (sharp * (left - mean[:, None]) ** 2).sum(axis=1)
    log += -np.log(sigma).sum(axis=1) - 0.5 * np.log(total)
    log += -np.log(earshot.azimuth_sigma[pick]).sum() - (len(pick) - 0.5) * LOG_2PI
    weight = np.exp(log - log.max())
    step = side[1] - side[0]
    evidence = float(log.max() + np.log(weight.sum() * step * step))
    return _Grid(x, y, weight / weight.sum(), mean, total**-0.5, evidence)


def _fitted(earshot: Earshot, pick: Ints, x: float, y: float, grids: Sequence[int] = GRIDS) -> tuple[_Grid, Floats]:
    """The posterior of some detections' source, on a grid that was narrowed until it holds it well, and its
    covariance."""
    half = WIDEST_M
    covariance = np.eye(2)
    for places in grids:
        grid = _grid(earshot, pick, x, y, half, places)
        x, y = grid.mean.tolist()
        covariance = grid.covariance(2 * half / (places - 1))
        half = min(half, max(300.0, SIGMAS * float(np.sqrt(np.linalg.eigvalsh(covariance)[1]))))
    return grid, covariance


def _located(earshot: Earshot, pick: Ints, x: float, y: float, grids: Sequence[int]) -> HeardStraight:
    """An event of these detections, near a place."""
    grid, _ = _fitted(earshot, pick, x, y, grids)
    time = float(grid.weight @ grid.time_s)
    spread = float(np.sqrt(grid.weight @ ((grid.time_s - time) ** 2 + grid.time_sigma_s**2)))
    channel = earshot.picks.channel[pick]
    chance = -LOG_2PI * len(pick) + np.log(earshot.clutter_hz[channel]).sum()
    worth = grid.evidence - chance + _hearing(earshot, channel, grid.mean, time) + np.log(EVENTS_PER_M2_S)
    return HeardStraight(tuple(pick.tolist()), float(worth), grid.x, grid.y, grid.weight, time, spread)


def _hearing(earshot: Earshot, heard: Ints, place: Floats, time_s: float) -> float:
    """Log probability that just these arrays caught it, of all that could, however loud it was."""
    distance = np.hypot(earshot.channels.x - place[0], earshot.channels.y - place[1])
    able = ~((earshot.deaf.from_s <= time_s) & (time_s < earshot.deaf.until_s)).any(axis=1)
    caught = earshot.sensing.detectability(distance, REACHES_M[:, None])
    held = np.zeros(len(distance), bool)
    held[heard] = True
    missed = np.where(able & ~held, np.log1p(-caught), 0.0).sum(axis=1)
    log = np.log(np.maximum(caught[:, held], 1e-9)).sum(axis=1) + missed
    return float(np.logaddexp.reduce(log) - np.log(len(REACHES_M)))
