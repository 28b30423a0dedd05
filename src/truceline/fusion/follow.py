"""Moving things: what radars, cameras, arrays and the things themselves say of them → an event a track, with its path.

Positions are matched scan by scan (`tracks`); bearings of what moves turn a track that is there already, the sound's
travel time taken off. A track is born of a sighting that belongs to none, believed once its score says so, and ends
when nobody sees it any more; then it is an event. Tracks go on from epoch to epoch, and from sensor to sensor.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from zlib import crc32

import numpy as np

from truceline.fusion.build import CHI2, LEAST_SIGMA_M, MADE_BY, FusedEvent, make_event
from truceline.fusion.columns import Bools
from truceline.fusion.given import Given
from truceline.fusion.tracks import Scan, Tracks, born, matched, no_tracks, turned
from truceline.model.event import Ellipse, Origin
from truceline.model.instant import US_PER_S, Instant
from truceline.model.network import Network
from truceline.model.observation import AIRCRAFT, MOVING, OTHER, VESSEL, Arrival, Bearing, Labels, Observation, Track
from truceline.sensors.optical import LIGHT_MPS

BELIEVED, LEAST_SEEN = 7.0, 3  # log odds, and sightings, from which a track is an event
LOST = 9.0  # fall of a track's score from its best, after which it is over: four scans without it
DOUBTED = 4.5  # the same for one that is not believed yet
SILENT_S, DOUBTED_S = 600.0, 120.0  # how long nobody may see a thing that is believed in, or not yet
SCAN_S = 0.25  # what one sensor says within so long is one scan
OFTEN = 3  # a name given so often is no false sighting
LEAST_AREA_M2, LEAST_FALSE = 1e6, 1e-3
SOUND_MPS = 340.0
INVENTED = 1e-3  # a provider may make up a track that no other sees
MOST_SPEED_MPS = 10_000.0  # nothing flies faster: a speed beyond is no speed
MOST_PATH = 400  # points of a path
MOST_MEMBERS = 24  # whose labels are weighed
KINDS: Mapping[str, str] = {"ais": VESSEL, "adsb": AIRCRAFT}


@dataclass(frozen=True)
class Followed:
    """One track's sightings so far: the observations, and where the thing was held to be (x, y) at each."""

    seen: tuple[Observation, ...]
    places: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Following:
    """What is followed at an epoch's end. sensors: of the columns of `tracks`; followed: by the track's number."""

    tracks: Tracks
    sensors: tuple[str, ...]
    next_number: int = 0
    base_us: Instant = 0
    followed: Mapping[int, Followed] = field(default_factory=dict)


def nothing_followed(laid_out: Given) -> Following:
    """Before anything was seen to move."""
    sensors = tuple(sensor.id for sensor in laid_out.network.sensors)
    return Following(no_tracks(len(sensors)), sensors)


def of_what_moves(seen: Observation) -> bool:
    """Whether an arrival or bearing is said to be of something that moves."""
    return isinstance(seen, Arrival | Bearing) and sum(p for class_, p in seen.labels if class_ in MOVING) > 0.5


def follow(
    laid_out: Given, seen: Sequence[Observation], before: Following, *, end: bool = False
) -> tuple[tuple[FusedEvent, ...], Following]:
    """The tracks that ended among these observations (in order of (time, id)), and what is followed on.

    end: nothing will be seen any more, so that all tracks end.
    """
    told = [one for one in seen if isinstance(one, Track) or of_what_moves(one)]
    desk = _Desk(laid_out, before if len(before.tracks) or not told else replace(before, base_us=told[0].time_us))
    false_m2 = _false_sightings(laid_out, told)
    events: list[FusedEvent] = []
    for rows in _scans(told):
        events += desk.ended(desk.over(rows[0].time_us))
        if isinstance(rows[0], Arrival | Bearing):
            desk.hear(rows[0])
        else:
            desk.see([one for one in rows if isinstance(one, Track)], false_m2[rows[0].sensor])
    if end:
        events += desk.ended(np.ones(len(desk.tracks), bool))
    return tuple(events), desk.following()


class _Desk:
    """What is being followed, while it changes."""

    def __init__(self, laid_out: Given, before: Following) -> None:
        self.laid_out = laid_out
        self.before = before
        self.tracks = before.tracks
        self.next_number = before.next_number
        self.seen = {number: list(one.seen) for number, one in before.followed.items()}
        self.places = {number: list(one.places) for number, one in before.followed.items()}
        self.column = {sensor: index for index, sensor in enumerate(before.sensors)}

    def following(self) -> Following:
        """What is followed now, as it is handed on."""
        numbers = self.tracks.number.tolist()
        followed = {number: Followed(tuple(self.seen[number]), tuple(self.places[number])) for number in numbers}
        return replace(self.before, tracks=self.tracks, next_number=self.next_number, followed=followed)

    def see(self, told: Sequence[Track], false_m2: float) -> None:
        """One sensor's scan."""
        scan = _scan(self.laid_out, told, self.column[told[0].sensor], self._time(told[0].time_us))
        self.tracks, who = matched(self.tracks, scan, false_m2)
        for row, track in enumerate(who.tolist()):
            if track >= 0:
                self._note(track, told[row])
        free = np.flatnonzero(who < 0)
        new = born(scan, free, self.next_number, len(self.column), false_m2)
        self.next_number += len(new)
        for row, number in zip(free.tolist(), new.number.tolist(), strict=True):
            self.seen[number], self.places[number] = [told[row]], [(float(scan.x[row]), float(scan.y[row]))]
        self.tracks = self.tracks.joined(new)

    def hear(self, told: Arrival | Bearing) -> None:
        """One direction."""
        if told.azimuth_deg is None or told.azimuth_sigma_deg is None:
            return
        lon, lat = self.laid_out.network.place_of(told)
        x, y = self.laid_out.frame.to_xy(lon, lat)
        azimuth = float(np.radians(told.azimuth_deg) + self.laid_out.frame.north_rad(lon, lat))
        sigma = float(np.radians(told.azimuth_sigma_deg))
        speed_mps = LIGHT_MPS if isinstance(told, Bearing) else SOUND_MPS
        self.tracks, row = turned(
            self.tracks, self._time(told.time_us), self.column[told.sensor], (float(x), float(y)), (azimuth, sigma),
            speed_mps,
        )  # fmt: skip
        if row >= 0:
            self._note(row, told)

    def over(self, time_us: Instant) -> Bools:
        """(tracks,) which have ended by a moment."""
        fall = self.tracks.best - self.tracks.score
        silent_s = self._time(time_us) - self.tracks.time_s
        believed = self._believed()
        lost = np.where(believed, (fall > LOST) | (silent_s > SILENT_S), (fall > DOUBTED) | (silent_s > DOUBTED_S))
        return np.asarray(lost, bool)

    def ended(self, over: Bools) -> list[FusedEvent]:
        """Events of the tracks that are over and believed; those that are over are followed no more."""
        if not over.any():
            return []
        rows = np.flatnonzero(over & self._believed())
        events = [self._event(row) for row in rows.tolist()]
        for number in self.tracks.number[over].tolist():
            del self.seen[number], self.places[number]
        self.tracks = self.tracks.take(~over)
        return events

    def _believed(self) -> Bools:
        often = np.array([len(self.seen[number]) >= LEAST_SEEN for number in self.tracks.number.tolist()], bool)
        return np.asarray((self.tracks.best >= BELIEVED) & often, bool)

    def _time(self, time_us: Instant) -> float:
        return (time_us - self.before.base_us) / US_PER_S

    def _note(self, track: int, told: Observation) -> None:
        number = int(self.tracks.number[track])
        self.seen[number].append(told)
        self.places[number].append((float(self.tracks.mean[track, 0]), float(self.tracks.mean[track, 2])))

    def _event(self, row: int) -> FusedEvent:
        """A track as an event: it begins where the thing was first seen, and its path is where it went."""
        number = int(self.tracks.number[row])
        seen, places = self.seen[number], self.places[number]
        network, frame = self.laid_out.network, self.laid_out.frame
        first = seen[0]
        assert isinstance(first, Track)
        radii = [round(max(first.sigma_m, LEAST_SIGMA_M) * float(np.sqrt(quantile)), 1) for quantile in CHI2]
        regions = [Ellipse(radius, radius, 0.0) for radius in radii]
        step = -(-len(places) // MOST_PATH)
        x, y = np.array([*places[::step], places[-1]]).T
        lon, lat = frame.to_lonlat(x, y)
        origin = Origin(
            time_us=round(first.time_us / 1_000) * 1_000,
            time_sigma_s=round(max(first.time_sigma_s, 0.001), 3),
            lon=round(first.lon, 6),
            lat=round(first.lat, 6),
            ellipse50=regions[0],
            ellipse90=regions[1],
            ellipse95=regions[2],
            made_by=MADE_BY,
        )
        providers = {network.by_id[one.sensor].provider for one in seen}
        made_up = INVENTED if len(providers) == 1 else INVENTED**2
        existence = 1.0 / (1.0 + np.exp(-float(self.tracks.best[row])) + made_up)
        event = make_event(network, seen, origin, _labels(seen, network), existence)
        path = tuple((round(float(a), 6), round(float(b), 6)) for a, b in zip(lon, lat, strict=True))
        own = all(isinstance(one, Track) and one.self_reported for one in seen)
        reasons = ("Only the thing itself says where it was.",) if own else ()
        event = replace(event, path=path, reasons=reasons)
        return FusedEvent(event, np.array([origin.lon]), np.array([origin.lat]), np.ones(1))


def _scans(told: Sequence[Observation]) -> list[tuple[Observation, ...]]:
    """What each sensor says within a moment, in order of time; a direction by itself."""
    open_: dict[str, list[Observation]] = {}
    done: list[tuple[Observation, ...]] = []
    for one in told:
        some = open_.get(one.sensor, [])
        if some and (one.time_us - some[0].time_us) / US_PER_S > SCAN_S:
            done.append(tuple(open_.pop(one.sensor)))
        if isinstance(one, Track):
            open_.setdefault(one.sensor, []).append(one)
        else:
            done.append((one,))
    done += [tuple(some) for some in open_.values()]
    return sorted(done, key=lambda rows: (rows[0].time_us, rows[0].sensor, rows[0].id))


def _scan(laid_out: Given, told: Sequence[Track], sensor: int, time_s: float) -> Scan:
    """A scan in the frame. A name is a number that hangs on sensor and name alone."""
    lon, lat = np.array([one.lon for one in told]), np.array([one.lat for one in told])
    x, y = laid_out.frame.to_xy(lon, lat)
    speed = np.array([np.nan if one.speed_mps is None else one.speed_mps for one in told])
    speed = np.where(speed > MOST_SPEED_MPS, np.nan, speed)
    course = np.radians([np.nan if one.course_deg is None else one.course_deg for one in told])
    course = course + laid_out.frame.north_rad(lon, lat)
    return Scan(
        time_s=time_s,
        sensor=sensor,
        x=x,
        y=y,
        sigma_m=np.array([max(one.sigma_m, LEAST_SIGMA_M) for one in told]),
        velocity=np.stack([speed * np.sin(course), speed * np.cos(course)], axis=1),
        name=np.array([crc32(f"{one.sensor}\0{one.track}".encode()) for one in told], np.int64),
    )


def _false_sightings(laid_out: Given, told: Sequence[Observation]) -> dict[str, float]:
    """By sensor, false sightings a square metre and scan: of what it named fewer than OFTEN times, over its ground."""
    by_sensor: defaultdict[str, list[Track]] = defaultdict(list)
    for one in told:
        if isinstance(one, Track):
            by_sensor[one.sensor].append(one)
    found = {}
    for sensor, some in by_sensor.items():
        times = Counter(one.track for one in some)
        rare = sum(times[one.track] < OFTEN for one in some)
        scans = len({one.time_us // round(SCAN_S * US_PER_S) for one in some})
        x, y = laid_out.frame.to_xy([one.lon for one in some], [one.lat for one in some])
        area = max(float(np.ptp(x) * np.ptp(y)), LEAST_AREA_M2)
        found[sensor] = (rare / scans + LEAST_FALSE) / area
    return found


def _labels(seen: Sequence[Observation], network: Network) -> Labels:
    """What a moving thing is: the mean of what its sightings say. They are of one thing, and err alike."""
    total: defaultdict[str, float] = defaultdict(float)
    some = seen[:: -(-len(seen) // MOST_MEMBERS)]
    for one in some:
        said = one.labels or ((KINDS.get(network.by_id[one.sensor].kind, OTHER), 1.0),)
        whole = sum(share for _, share in said) or 1.0
        for class_, share in said:
            total[class_] += share / whole / len(some)
    return tuple(sorted(total.items()))
