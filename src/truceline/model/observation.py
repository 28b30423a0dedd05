"""What one source reported, as received: an observation and its kinds.

An observation is an exhibit of what somebody said, never a fact. Times are by the source's own clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from truceline.model.instant import Instant

Wave: TypeAlias = Literal["acoustic", "infrasound", "seismic"]
Labels: TypeAlias = tuple[tuple[str, float], ...]  # (class, probability), the source's own view

WAVES: tuple[Wave, ...] = ("acoustic", "infrasound", "seismic")

OUTGOING, IMPACT, AIRBURST, EXPLOSION = "outgoing", "impact", "airburst", "explosion"
BURST, SHOT, PROJECTILE, MISSILE, FLARE = "burst", "shot", "projectile", "missile", "flare"
DEMOLITION, QUARRY_BLAST, THUNDER, FIRE = "demolition", "quarry_blast", "thunder", "fire"
UAV, VEHICLE, VESSEL, AIRCRAFT, OTHER = "uav", "vehicle", "vessel", "aircraft", "other"

CLASSES: tuple[str, ...] = (
    OUTGOING, IMPACT, AIRBURST, EXPLOSION, BURST, SHOT, PROJECTILE, MISSILE, FLARE,
    DEMOLITION, QUARRY_BLAST, THUNDER, FIRE, UAV, VEHICLE, VESSEL, AIRCRAFT, OTHER,
)  # fmt: skip
MOVING: frozenset[str] = frozenset({UAV, VEHICLE, VESSEL, AIRCRAFT})


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A thing kept beside an observation (image, sound, form), named by its content."""

    sha256: str
    media_type: str
    uri: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What every kind of observation says.

    `digest` is the SHA-256 (hex) of the line as received; `at` is (lon, lat) in degrees of a moving
    observer, with `at_sigma_m` on each axis.
    """

    kind: ClassVar[str] = ""

    id: str
    sensor: str
    time_us: Instant
    time_sigma_s: float
    received_us: Instant
    digest: str
    labels: Labels = ()
    snr_db: float | None = None
    exhibits: tuple[Exhibit, ...] = ()
    at: tuple[float, float] | None = None
    at_sigma_m: float | None = None
    seq: int | None = None
    sig: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival(Observation):
    """A wavefront reached the sensor. Azimuth: degrees from north, sensor towards source, as measured."""

    kind: ClassVar[str] = "arrival"
    wave: Wave
    azimuth_deg: float | None = None
    azimuth_sigma_deg: float | None = None
    trace_velocity_mps: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing(Observation):
    """A flash was seen, at the speed of light."""

    kind: ClassVar[str] = "bearing"
    azimuth_deg: float
    azimuth_sigma_deg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix(Observation):
    """Something is there. `window_us` is (earliest, latest) relative to `time_us` if the moment is unknown.

    `weapon`: what it was said to be, if it is a weapon or forces; `count` (least, most) of them, None: uncountable;
    `whose`: the party whose the source took it to be.
    """

    kind: ClassVar[str] = "fix"
    lon: float
    lat: float
    sigma_m: float
    window_us: tuple[int, int] | None = None
    weapon: str | None = None
    count: tuple[int, int] | None = (1, 1)
    whose: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Track(Observation):
    """A moving object is here now. `self_reported`: said by the watched itself; may suggest, never clears."""

    kind: ClassVar[str] = "track"
    track: str
    lon: float
    lat: float
    sigma_m: float
    alt_m: float | None = None
    speed_mps: float | None = None
    course_deg: float | None = None
    self_reported: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Observation):
    """A person heard or saw it. `count` is (least, most); None for "uncountable". `whose`: as the person took it.

    `fire_azimuth_deg`: from where fire came in, read from a crater or seen: from the impact towards the launch.
    """

    kind: ClassVar[str] = "report"
    heard: bool = False
    seen: bool = False
    count: tuple[int, int] | None = None
    azimuth_deg: float | None = None
    azimuth_sigma_deg: float | None = None
    range_m: tuple[float, float] | None = None
    duration_s: float | None = None
    weapon: str | None = None
    text: str | None = None
    whose: str | None = None
    fire_azimuth_deg: float | None = None
    fire_azimuth_sigma_deg: float | None = None


@dataclass(frozen=True, slots=True)
class InspectedItem:
    """A line of an inspection's count."""

    kind: str
    expected: int
    found: int
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection(Observation):
    """What is stored at a site was counted."""

    kind: ClassVar[str] = "inspection"
    site: str
    items: tuple[InspectedItem, ...]
    access: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction(Observation):
    """The source was hindered."""

    kind: ClassVar[str] = "restriction"
    what: str
    who: str | None = None
    until_us: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage(Observation):
    """Harm was seen."""

    kind: ClassVar[str] = "damage"
    object: str
    persons: int | None = None
    cause_stated: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status(Observation):
    """The source's own state."""

    kind: ClassVar[str] = "status"
    state: Literal["detecting", "degraded", "blind", "tampered"]


STATES: tuple[str, ...] = ("detecting", "degraded", "blind", "tampered")


def telling(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """Those that say more than that something was caught, or is in order: all but arrivals, bearings and states, which
    are most."""
    return tuple([one for one in observations if not isinstance(one, _BARE)])


_BARE = (Arrival, Bearing, Status)


def told_once(observations: Iterable[Observation]) -> list[Observation]:
    """These without what one sensor tells again under another id, the first of those alike kept: nothing reaches a
    sensor twice in one microsecond from one direction."""
    known: set[tuple[str, Instant, str, float | None]] = set()
    kept = []
    for one in observations:
        if isinstance(one, Arrival | Bearing):
            wave = one.wave if isinstance(one, Arrival) else one.kind
            same = (one.sensor, one.time_us, wave, one.azimuth_deg)
            if same in known:
                continue
            known.add(same)
        kept.append(one)
    return kept
