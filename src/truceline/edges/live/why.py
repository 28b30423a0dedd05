"""A closer look at one finding, worked out from the log when somebody asks: who heard its events and how well that
fits, who could have heard them, and what each provider's word is worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np

from truceline.attribution.leave_out import same_events
from truceline.edges.live.data_folder import read_store
from truceline.edges.live.following import Following
from truceline.edges.live.withheld import Withheld
from truceline.edges.wiring import plugins
from truceline.fusion.air import forecast_of
from truceline.fusion.columns import OPTICAL
from truceline.fusion.given import Given, given
from truceline.fusion.scene import REACHES_M
from truceline.fusion.step import EPOCH_US
from truceline.geo.frame import wrap_rad
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.instant import US_PER_HOUR, US_PER_S, format_utc
from truceline.model.observation import Arrival, Bearing, Observation
from truceline.pipeline import Judged, Plugins, judge
from truceline.sensors.contract import Floats, Paths
from truceline.sensors.medium import sound_speed, sound_speed_rate

WIDE = 5_000  # observations, beyond which only the hours around the finding are recomputed
HOURS_BEFORE = 2
LIKELY = 0.5  # chance to hear, from which silence says something
MOST_EVENTS = 40  # of a finding, that are looked at one by one


class Member(msgspec.Struct, frozen=True):
    """An observation of an event against what the event's origin predicts. residual_s: late is positive."""

    event: str
    observation: str
    sensor: str
    provider: str
    kind: str
    time: str
    lon: float
    lat: float
    residual_s: float | None = None
    sigma_s: float | None = None
    azimuth_off_deg: float | None = None
    azimuth_sigma_deg: float | None = None
    exhibits: list[tuple[str, str]] = []  # (sha256, media type)


class Ear(msgspec.Struct, frozen=True):
    """A sensor in service that one of the events was within reach of: its best chance, and what it did."""

    sensor: str
    provider: str
    kind: str
    lon: float
    lat: float
    distance_m: float
    chance: float
    state: str  # heard, missed, could_not


class Without(msgspec.Struct, frozen=True):
    """The finding recomputed without one provider: events found again, and who did it (none if nothing was found)."""

    provider: str
    found: int
    responsibility: dict[str, float]


class Why(msgspec.Struct, frozen=True):
    """All of it. hours: whether only the hours around the finding were recomputed."""

    members: list[Member]
    ears: list[Ear]
    without: list[Without]
    events: list[str]
    hours: bool


def why(store: str, size: int, events: Sequence[str]) -> bytes:
    """The closer look, as JSON. In a process of its own: it may take seconds. size: the log as far as judged."""
    following, built = _followed(store)
    following.catch_up(size)
    whole = following.case()
    hours = len(whole.observations) > WIDE
    looked = _looked_at(_near(whole, events, built), built) if hours else _all_of(store, following.size)
    case, judged = looked.case, looked.judged
    laid_out = given(case, built.sensings, built.infrasound)
    of = {id_: one.event for id_, one in judged.by_id.items()}
    mine = [of[id_] for id_ in events if id_ in of]
    found = Why(
        members=[member for event in mine[:MOST_EVENTS] for member in _members(case, laid_out, judged, event)],
        ears=_ears(case, laid_out, mine[:MOST_EVENTS]),
        without=[_without(again, mine, provider) for provider, again in looked.without.items()],
        events=[event.id for event in mine],
        hours=hours,
    )
    return msgspec.json.encode(found)


@dataclass(frozen=True)
class _Looked:
    """A case judged, and judged again without each provider."""

    case: Case
    judged: Judged
    without: Mapping[str, Judged]


def _looked_at(case: Case, built: Plugins) -> _Looked:
    judged = judge(case, built)
    hints = judged.fused.hints
    without = {one: judge(case.without_providers(frozenset((one,))), built, hints) for one in case.network.providers}
    return _Looked(case, judged, without)


@lru_cache(maxsize=1)
def _all_of(store: str, size: int) -> _Looked:
    """The whole of a small case: what was worked out for one finding serves the next."""
    following, built = _followed(store)
    assert following.size == size, (following.size, size)
    return _looked_at(following.case(), built)


@lru_cache(maxsize=1)
def _followed(store: str) -> tuple[Following, Plugins]:
    built = plugins()
    return Following(read_store(Path(store)), built.kinds), built


def _near(case: Case, events: Sequence[str], built: Plugins) -> Case:
    """Only the hours around these events, by the whole case's own look at them."""
    wanted = set(events)
    times = [one.event.origin.time_us for one in judge(case, built).by_id.values() if one.event.id in wanted]
    if not times:
        return case
    after_us = round(given(case, built.sensings, built.infrasound).after_s * US_PER_S)
    first = min(times) // EPOCH_US * EPOCH_US - HOURS_BEFORE * US_PER_HOUR
    last = (max(times) // EPOCH_US + 1) * EPOCH_US + after_us
    return replace(case, observations=tuple(o for o in case.observations if first <= o.time_us < last))


def _members(case: Case, laid_out: Given, judged: Judged, event: Event) -> list[Member]:
    """The observations of an event, each against the forecast's prediction from the event's origin."""
    wanted = set(event.observations)
    seen = sorted((one for one in case.observations if one.id in wanted), key=lambda one: (one.time_us, one.id))
    offsets = _clock_offsets(judged, event)
    found = []
    for one in seen:
        sensor = case.network.by_id[one.sensor]
        at = case.network.place_of(one)
        member = Member(
            event.id, one.id, one.sensor, sensor.provider, one.kind, format_utc(one.time_us), *at,
            exhibits=[(kept.sha256, kept.media_type) for kept in one.exhibits],
        )  # fmt: skip
        found.append(_against(laid_out, event, one, member, offsets.get(one.sensor, 0.0)))
    return found


def _clock_offsets(judged: Judged, event: Event) -> dict[str, float]:
    """Seconds that each sensor's clock is held to be ahead in the event's hour."""
    return {
        one.sensor: one.clock_offset_s
        for one in judged.fused.health
        if one.clock_offset_s is not None and one.from_us <= event.origin.time_us < one.until_us
    }


def _against(laid_out: Given, event: Event, seen: Observation, member: Member, offset_s: float) -> Member:
    if not isinstance(seen, Arrival | Bearing):
        return member
    name = OPTICAL if isinstance(seen, Bearing) else seen.wave
    row = next(
        (
            row
            for row, sensor in enumerate(laid_out.channels.sensor)
            if sensor == seen.sensor and laid_out.channels.sensings[laid_out.channels.sensing[row]].name == name
        ),
        None,
    )
    if row is None:
        return member
    sensing = laid_out.channels.sensings[laid_out.channels.sensing[row]]
    paths, sigma_mps = _path(laid_out, event, row)
    travel = sensing.travel(paths)
    sigma_s = float(np.sqrt(seen.time_sigma_s**2 + travel.path_sigma_s[0] ** 2 + (travel.rate_s[0] * sigma_mps) ** 2))
    took_s = (seen.time_us - event.origin.time_us) / US_PER_S - offset_s
    off = None
    if seen.azimuth_deg is not None:
        back = np.arctan2(-paths.unit_x[0], -paths.unit_y[0]) + travel.turn_rad[0]
        off = float(np.degrees(wrap_rad(np.radians(seen.azimuth_deg) + laid_out.channels.north_rad[row] - back)))
    return msgspec.structs.replace(
        member,
        residual_s=round(took_s - float(travel.time_s[0]), 3),
        sigma_s=round(sigma_s, 3),
        azimuth_off_deg=None if off is None else round(off, 1),
        azimuth_sigma_deg=seen.azimuth_sigma_deg,
    )


def _path(laid_out: Given, event: Event, row: int) -> tuple[Paths, float]:
    """The path from an event to a channel through the forecast air, and the sigma of the speed along it, m/s."""
    channels = laid_out.channels
    x, y = laid_out.frame.to_xy([event.origin.lon], [event.origin.lat])
    east, north = channels.x[row] - x, channels.y[row] - y
    distance = np.maximum(np.hypot(east, north), 1.0)
    base_us = event.origin.time_us // EPOCH_US * EPOCH_US
    forecast = forecast_of(laid_out.weather, laid_out.frame, base_us)
    at_s = np.array([(event.origin.time_us - base_us) / US_PER_S])
    air = forecast.at((x + channels.x[row]) / 2, (y + channels.y[row]) / 2, at_s)
    paths = Paths(
        distance, east / distance, north / distance, sound_speed(air[:, 0]), air[:, 1], air[:, 2], np.zeros(1)
    )
    return paths, float(np.hypot(sound_speed_rate(air[0, 0]) * air[0, 3], air[0, 4]))


def _ears(case: Case, laid_out: Given, events: Sequence[Event]) -> list[Ear]:
    """Every sensor in service within reach of an event: its best chance over the events, and what it did."""
    channels = laid_out.channels
    sensor_of = {one.id: one.sensor for one in case.observations}
    best: dict[str, Ear] = {}
    for event in events:
        heard = {sensor_of[id_] for id_ in event.observations}
        x, y = laid_out.frame.to_xy(event.origin.lon, event.origin.lat)
        distance = np.hypot(channels.x - x, channels.y - y)
        serving = np.array([case.network.by_id[one].serves_at(event.origin.time_us) for one in channels.sensor])
        chance = _chance(laid_out, distance, np.array([one in heard for one in channels.sensor]), serving)
        for row in np.flatnonzero(serving & (chance > 0)):
            sensor = case.network.by_id[channels.sensor[row]]
            state = "heard" if sensor.id in heard else "missed" if chance[row] >= LIKELY else "could_not"
            ear = Ear(
                sensor.id, sensor.provider, sensor.kind, sensor.lon, sensor.lat, round(float(distance[row]), 1),
                round(float(chance[row]), 4), state,
            )  # fmt: skip
            best[sensor.id] = max(best.get(sensor.id, ear), ear, key=_weight)
    return sorted(best.values(), key=lambda ear: (ear.distance_m, ear.sensor))


def _weight(ear: Ear) -> tuple[bool, float]:
    return ear.state == "heard", ear.chance


def _chance(laid_out: Given, distance: Floats, heard: "np.ndarray", serving: "np.ndarray") -> Floats:
    """(channels,) chance to hear, for the loudness that explains best who heard the event and who did not."""
    channels = laid_out.channels
    best, chances = -np.inf, np.zeros(len(channels))
    for reach in REACHES_M:
        chance = np.zeros(len(channels))
        for index, sensing in enumerate(channels.sensings):
            rows = np.flatnonzero((channels.sensing == index) & (distance <= sensing.reach_m))
            chance[rows] = sensing.detectability(distance[rows], np.full(len(rows), reach))
        said = np.where(heard, np.log(np.maximum(chance, 1e-4)), np.log1p(-np.minimum(chance, 0.9999)))[serving].sum()
        if said > best:
            best, chances = float(said), chance
    return chances


def _without(again: Judged, mine: Sequence[Event], provider: str) -> Without:
    """Who is held to have done what these events were, in a judgement without a provider."""
    others = [one.event for one in again.by_id.values()]
    same = {id_: others[row].id for id_, row in same_events(mine, others).items()}
    counts: dict[tuple[int, int], int] = {}
    for number, incident in enumerate(again.incidents):
        for act, one in enumerate(incident.acts):
            counts[number, act] = len(set(one.events) & set(same.values()))
    if not any(counts.values()):
        return Without(provider, 0, {})
    incident_, act_ = max(counts, key=lambda key: (counts[key], [-part for part in key]))
    return Without(provider, len(same), dict(again.attributions[incident_][act_].responsibility))


def released_why(why: Why | None, withheld: Withheld) -> Why | None:
    """A closer look without the sensors that are not released to a seat, and what their providers are worth."""
    if why is None or not withheld.sensors:
        return why
    hidden = withheld.sensors
    without = [one for one in why.without if one.provider not in withheld.providers]
    members = [one for one in why.members if one.sensor not in hidden]
    ears = [one for one in why.ears if one.sensor not in hidden]
    return msgspec.structs.replace(why, members=members, ears=ears, without=without)


def heard_or_not(why: Why) -> frozenset[str]:
    """Every sensor that a closer look names."""
    return frozenset({one.sensor for one in why.members} | {one.sensor for one in why.ears})
