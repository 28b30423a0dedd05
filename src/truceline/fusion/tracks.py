"""Moving things as columns: positions and velocities that are predicted, matched with what was seen, and mended.

A constant-velocity Kalman filter in the plane (Bar-Shalom, Li & Kirubarajan 2001, §6.2) for all tracks at once; the
best one-to-one match of each scan (global nearest neighbour on likelihood ratios, Blackman & Popoli 1999, §6.4); and
the track score that says whether there is anything at all (Sittler 1964; Blackman & Popoli 1999, §6.2).
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from truceline.fusion.assign import one_to_one
from truceline.fusion.columns import Bools, Ints
from truceline.geo.frame import wrap_rad
from truceline.sensors.contract import Floats

JERK = 1.0  # spectral density of the acceleration, m²/s³: an unhurried vehicle, a drone that holds its course
START_SPEED_MPS = 30.0  # sigma of each component of a velocity that nobody stated
DETECTED = 0.9  # of what a scanning sensor follows is seen again at its next scan
GATE = 16.0  # squared sigmas beyond which nothing is matched
SAME_NAME = np.log(1e3)  # a sensor that gives a thing the name it gave before
BORN = 1e-9  # new things a square metre and scan
LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True)
class Scan:
    """What one sensor saw at one moment: x, y, sigma_m (frame metres), velocity (n, 2; NaN where not stated);
    name (n,): numbers that stand for the names the sensor gave (−1: none)."""

    time_s: float
    sensor: int
    x: Floats
    y: Floats
    sigma_m: Floats
    velocity: Floats
    name: Ints

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True)
class Tracks:
    """Tracks that are followed: mean (n, 4) x, vx, y, vy; covariance (n, 4, 4); time_s (n,) of the last match;
    score (n,) log odds that there is something, and the best it ever was; number (n,): which track it is; name (n,
    sensors): the last name each sensor gave it (−1: none); followed (n, sensors): whether a sensor has seen it."""

    mean: Floats
    covariance: Floats
    time_s: Floats
    score: Floats
    best: Floats
    number: Ints
    name: Ints
    followed: Bools

    def __len__(self) -> int:
        return len(self.time_s)

    def take(self, rows: Ints | Bools) -> "Tracks":
        """Some of the tracks."""
        return Tracks(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))

    def joined(self, other: "Tracks") -> "Tracks":
        """These and others."""
        return Tracks(
            *(np.concatenate([getattr(self, name), getattr(other, name)]) for name in self.__dataclass_fields__)
        )


def no_tracks(sensors: int) -> Tracks:
    """Nothing is followed."""
    none = np.zeros(0)
    return Tracks(
        np.zeros((0, 4)), np.zeros((0, 4, 4)), none, none, none, none.astype(np.int64),
        np.zeros((0, sensors), np.int64), np.zeros((0, sensors), bool),
    )  # fmt: skip


def predicted(tracks: Tracks, time_s: float) -> tuple[Floats, Floats]:
    """Mean (n, 4) and covariance (n, 4, 4) of every track at a moment."""
    step = time_s - tracks.time_s
    mean = tracks.mean.copy()
    mean[:, 0] += step * mean[:, 1]
    mean[:, 2] += step * mean[:, 3]
    c = tracks.covariance.copy()
    c[:, 0, :] += step[:, None] * c[:, 1, :]
    c[:, 2, :] += step[:, None] * c[:, 3, :]
    c[:, :, 0] += step[:, None] * c[:, :, 1]
    c[:, :, 2] += step[:, None] * c[:, :, 3]
    length = np.abs(step)
    for place in (0, 2):
        c[:, place, place] += JERK * length**3 / 3
        c[:, place, place + 1] += JERK * length * step / 2
        c[:, place + 1, place] += JERK * length * step / 2
        c[:, place + 1, place + 1] += JERK * length
    return mean, c


def matched(tracks: Tracks, scan: Scan, false_m2: float) -> tuple[Tracks, Ints]:
    """The tracks after a scan, and which track each thing seen was matched with (−1: none).

    false_m2: false sightings a square metre in such a scan.
    """
    who = np.full(len(scan), -1)
    if not len(tracks):
        return tracks, who
    mean, covariance = predicted(tracks, scan.time_s)
    track, seen, gain = _candidates(tracks, mean, covariance, scan, false_m2)
    good = gain > 0
    track, seen, gain = track[good], seen[good], gain[good]
    chosen = one_to_one(track, seen, gain, len(tracks), len(scan))
    track, seen, gain = track[chosen], seen[chosen], gain[chosen]
    who[seen] = track
    score = tracks.score.copy()
    missed = tracks.followed[:, scan.sensor].copy()
    missed[track] = False
    if len(scan) > 1:  # a lone line is no scan: it says nothing of what it leaves out
        score[missed] += np.log1p(-DETECTED)
    score[track] += gain
    new_mean, new_covariance, time_s = tracks.mean.copy(), tracks.covariance.copy(), tracks.time_s.copy()
    new_mean[track], new_covariance[track] = _mended(
        mean[track], covariance[track], np.stack([scan.x[seen], scan.y[seen]], axis=1), scan.sigma_m[seen]
    )
    time_s[track] = scan.time_s
    name, followed = tracks.name.copy(), tracks.followed.copy()
    name[track, scan.sensor] = scan.name[seen]
    followed[track, scan.sensor] = True
    after = replace(
        tracks, mean=new_mean, covariance=new_covariance, time_s=time_s, score=score,
        best=np.maximum(tracks.best, score), name=name, followed=followed,
    )  # fmt: skip
    return after, who


def born(scan: Scan, rows: Ints, first: int, sensors: int, false_m2: float) -> Tracks:
    """New tracks of things seen that belong to none, numbered from `first` on."""
    count = len(rows)
    mean, covariance = np.zeros((count, 4)), np.zeros((count, 4, 4))
    stated = np.asarray(np.isfinite(scan.velocity[rows]).all(axis=1))
    speed = np.where(stated[:, None], np.nan_to_num(scan.velocity[rows]), 0.0)
    mean[:, 0], mean[:, 2] = scan.x[rows], scan.y[rows]
    mean[:, 1], mean[:, 3] = speed[:, 0], speed[:, 1]
    spread = np.where(stated, START_SPEED_MPS / 4, START_SPEED_MPS) ** 2
    for place in (0, 2):
        covariance[:, place, place] = scan.sigma_m[rows] ** 2
        covariance[:, place + 1, place + 1] = spread
    score = np.full(count, np.log(BORN) - np.log(BORN + false_m2))
    name = np.full((count, sensors), -1)
    name[:, scan.sensor] = scan.name[rows]
    followed = np.zeros((count, sensors), bool)
    followed[:, scan.sensor] = True
    time_s = np.full(count, scan.time_s)
    return Tracks(mean, covariance, time_s, score, score.copy(), first + np.arange(count), name, followed)


def _candidates(
    tracks: Tracks, mean: Floats, covariance: Floats, scan: Scan, false_m2: float
) -> tuple[Ints, Ints, Floats]:
    """Pairs (track, thing seen) that may be the same, and the log likelihood ratio of each against a false sighting."""
    none = np.zeros(0, np.int64)
    if not len(scan):
        return none, none, np.zeros(0)
    spread = np.sqrt(np.maximum(covariance[:, 0, 0] + covariance[:, 2, 2], 1.0) + float(scan.sigma_m.max()) ** 2)
    near = cKDTree(np.c_[scan.x, scan.y]).query_ball_point(mean[:, [0, 2]], np.sqrt(GATE) * spread, return_sorted=True)
    count = np.array([len(one) for one in near])
    track = np.repeat(np.arange(len(tracks)), count)
    seen = np.concatenate([np.asarray(one, np.int64) for one in near]) if count.sum() else none
    off_x, off_y = scan.x[seen] - mean[track, 0], scan.y[seen] - mean[track, 2]
    xx = covariance[track, 0, 0] + scan.sigma_m[seen] ** 2
    yy = covariance[track, 2, 2] + scan.sigma_m[seen] ** 2
    xy = covariance[track, 0, 2]
    determinant = xx * yy - xy * xy
    square = (yy * off_x**2 - 2 * xy * off_x * off_y + xx * off_y**2) / determinant
    named = (scan.name[seen] >= 0) & (tracks.name[track, scan.sensor] == scan.name[seen])
    gain = np.log(DETECTED) - LOG_2PI - 0.5 * np.log(determinant) - 0.5 * square - np.log(false_m2 + BORN)
    gain = np.where(named, gain + SAME_NAME, gain)
    keep = square <= GATE
    return track[keep], seen[keep], gain[keep]


def _mended(mean: Floats, covariance: Floats, seen: Floats, sigma_m: Floats) -> tuple[Floats, Floats]:
    """Means and covariances after positions (n, 2) were seen (Joseph's form)."""
    pick = np.zeros((2, 4))
    pick[0, 0] = pick[1, 2] = 1.0
    noise = sigma_m[:, None, None] ** 2 * np.eye(2)
    total = covariance[:, [0, 2]][:, :, [0, 2]] + noise
    gain = np.einsum("nij,njk->nik", covariance[:, :, [0, 2]], np.linalg.inv(total))
    mean = mean + np.einsum("nij,nj->ni", gain, seen - mean[:, [0, 2]])
    rest = np.eye(4) - np.einsum("nij,jk->nik", gain, pick)
    kept = np.einsum("nij,njk,nlk->nil", rest, covariance, rest)
    return mean, kept + np.einsum("nij,njk,nlk->nil", gain, noise, gain)


def turned(
    tracks: Tracks, time_s: float, sensor: int, at: tuple[float, float], azimuth: tuple[float, float], speed_mps: float
) -> tuple[Tracks, int]:
    """The tracks after one of them was seen or heard in a direction, and its row (−1: none fits).

    at: the sensor (x, y); azimuth: (radians in the frame, sigma); speed_mps: of what carried the news. What is heard
    now left the thing some time ago: the direction is that of where it was then.
    """
    if not len(tracks):
        return tracks, -1
    mean, covariance = predicted(tracks, time_s)
    ago = np.hypot(mean[:, 0] - at[0], mean[:, 2] - at[1]) / speed_mps
    dx = mean[:, 0] - ago * mean[:, 1] - at[0]
    dy = mean[:, 2] - ago * mean[:, 3] - at[1]
    square = np.maximum(dx * dx + dy * dy, 1.0)
    slope = np.stack([dy, -ago * dy, -dx, ago * dx], axis=1) / square[:, None]
    off = wrap_rad(azimuth[0] - np.arctan2(dx, dy))
    spread = np.einsum("ni,nij,nj->n", slope, covariance, slope) + azimuth[1] ** 2 + JERK * ago**3 / 3 / square
    gain = np.log(DETECTED) + np.log(2 * np.pi) - 0.5 * LOG_2PI - 0.5 * np.log(spread) - 0.5 * off**2 / spread
    gain[off**2 > spread * GATE] = -np.inf
    row = int(np.argmax(gain))
    if not gain[row] > 0:
        return tracks, -1
    weight = covariance[row] @ slope[row] / spread[row]
    new_mean, new_covariance, time = tracks.mean.copy(), tracks.covariance.copy(), tracks.time_s.copy()
    new_mean[row] = mean[row] + weight * off[row]
    new_covariance[row] = covariance[row] - np.outer(weight, slope[row] @ covariance[row])
    time[row] = time_s
    score, followed = tracks.score.copy(), tracks.followed.copy()
    score[row] += gain[row]
    followed[row, sensor] = True
    after = replace(
        tracks, mean=new_mean, covariance=new_covariance, time_s=time, score=score,
        best=np.maximum(tracks.best, score), followed=followed,
    )  # fmt: skip
    return after, row
