"""One physical happening, and nothing else: its origin, what it was, and what supports it."""

from dataclasses import dataclass

from truceline.model.instant import Instant
from truceline.model.observation import Labels


@dataclass(frozen=True, slots=True)
class Ellipse:
    """A region on the ground, centred on its origin. Azimuth: of the major axis, degrees in [0, 180)."""

    semi_major_m: float
    semi_minor_m: float
    azimuth_deg: float

    def __post_init__(self) -> None:
        assert self.semi_major_m >= self.semi_minor_m >= 0, self
        assert 0 <= self.azimuth_deg < 180, self


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One estimate of place and time (QuakeML: an event may have several, one preferred).

    The ellipses hold the place 50, 90 and 95 times in a hundred, time integrated out and every source
    of error included. `time_sigma_s` is one standard deviation of the time.
    """

    time_us: Instant
    time_sigma_s: float
    lon: float
    lat: float
    ellipse50: Ellipse
    ellipse90: Ellipse
    ellipse95: Ellipse
    made_by: str


@dataclass(frozen=True, slots=True)
class Region:
    """An ellipse with its own centre, WGS84 degrees; a list of them stands for their union."""

    lon: float
    lat: float
    ellipse: Ellipse


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One physical happening. `existence` is the probability that it happened at all.

    `robust90` is empty where one provider's silence would leave too little to locate by.
    """

    id: str
    anchor: str  # the member observation least by (time, id)
    origin: Origin
    labels: Labels
    existence: float
    observations: tuple[str, ...]  # ids, sorted
    sensors: int
    providers: tuple[str, ...]
    path: tuple[tuple[float, float], ...] = ()  # (lon, lat) of a track
    robust90: tuple[Region, ...] = ()  # holds the place nine times in ten even if one unknown provider lies
    reasons: tuple[str, ...] = ()

    @property
    def class_(self) -> str:
        """The most probable class (the first by name among equals)."""
        return min(self.labels, key=lambda label: (-label[1], label[0]))[0]

    def probability_of(self, classes: frozenset[str]) -> float:
        """Probability that the event is of one of these classes, given that it happened."""
        return sum([probability for class_, probability in self.labels if class_ in classes])


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorHealth:
    """What the inference says of one sensor over one epoch."""

    sensor: str
    provider: str
    from_us: Instant
    until_us: Instant
    state: str  # well, wrong_clock, dead, deaf, misoriented, inconsistent
    clock_offset_s: float | None = None
    clock_offset_sigma_s: float | None = None
    azimuth_offset_deg: float | None = None
    arrivals_shared: int = 0
    arrivals_expected: float = 0.0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """How far one provider is to be believed over one epoch, by what the others bear out; shares beside their median.

    told: of what its sensors should have heard, how much they told; borne_out: of what they told, how much belongs to
    events that others report too; arrivals: how many they sent.
    """

    provider: str
    from_us: Instant
    until_us: Instant
    reliability: float
    told: float
    borne_out: float
    arrivals: int
