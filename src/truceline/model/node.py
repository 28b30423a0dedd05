"""What an edge node says of itself: what it is, how it is, what it covers and what it cannot see."""

from dataclasses import dataclass

from truceline.model.instant import Instant

LonLat = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector:
    """What lies in a direction from the node: azimuth of the middle from true north, and the whole angle."""

    azimuth_deg: float
    width_deg: float
    range_m: float | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """Ground within a ring of positions (lon, lat); a single position is a point."""

    ring: tuple[LonLat, ...]


Region = Sector | Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRegistration:
    """A node's word on what it is. makers: (manufacturer, model, serial number)."""

    node: str
    time_us: Instant
    digest: str
    types: tuple[str, ...]
    name: str
    standard: str
    makers: tuple[tuple[str, str, str], ...]
    modes: tuple[str, ...]
    status_interval_s: float
    dependent_nodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStatus:
    """A node's word on how it is, where, and what it covers. unchanged: nothing but the time is new.

    notes: (level, type, text), as the node gives them. at: (lon, lat).
    """

    node: str
    report: str
    time_us: Instant
    digest: str
    system: str
    unchanged: bool
    mode: str
    at: LonLat | None = None
    at_sigma_m: float | None = None
    field_of_view: Region | None = None
    coverage: tuple[Region, ...] = ()
    obscured: tuple[Region, ...] = ()
    notes: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeAlert:
    """A node calls for attention."""

    node: str
    alert: str
    time_us: Instant
    digest: str
    kind: str
    status: str
    text: str
    at: LonLat | None = None
    about: tuple[str, ...] = ()  # object ids
