"""Where the explosion at the Utah Test and Training Range is put, beside where it was, as a table in Markdown.

    python benchmarks/infrasound.py

Runs missions/uttr-2004 and missions/uttr-2004-mixed. The truth stands in this file and nowhere in the missions.
"""

from dataclasses import dataclass
from math import cos, hypot, pi, radians, sin
from pathlib import Path

from truceline.edges.conclude import conclude
from truceline.edges.mission_folder import read_folder
from truceline.edges.wiring import plugins
from truceline.geo.frame import distance_azimuth
from truceline.model.event import Ellipse, Event
from truceline.model.instant import US_PER_S, format_utc, parse_utc

MISSIONS = Path(__file__).parents[1] / "missions"
TRUE_LON, TRUE_LAT, TRUE_TIME = -112.896, 41.131, "2004-06-02T17:23:04Z"
NORMAL_90 = 1.6449  # sigmas on either side that hold nine tenths of a normal


@dataclass(frozen=True)
class Figures:
    """An event beside the truth: how far off, the 90 and 95 % ellipses, how late, and half of the 90 % interval."""

    off_km: float
    area90_km2: float
    area95_km2: float
    inside90: bool
    late_s: float
    half90_s: float

    @property
    def time_held(self) -> bool:
        return abs(self.late_s) <= self.half90_s


def figures(event: Event) -> Figures:
    """How an event compares with the truth."""
    origin = event.origin
    distance, azimuth = distance_azimuth(origin.lon, origin.lat, TRUE_LON, TRUE_LAT)
    return Figures(
        off_km=float(distance) / 1e3,
        area90_km2=area_km2(origin.ellipse90),
        area95_km2=area_km2(origin.ellipse95),
        inside90=holds(origin.ellipse90, float(distance), float(azimuth)),
        late_s=(origin.time_us - parse_utc(TRUE_TIME)) / US_PER_S,
        half90_s=NORMAL_90 * origin.time_sigma_s,
    )


def area_km2(ellipse: Ellipse) -> float:
    return pi * ellipse.semi_major_m * ellipse.semi_minor_m / 1e6


def holds(ellipse: Ellipse, distance_m: float, azimuth_deg: float) -> bool:
    """Whether a place so far from the centre, in this direction, lies inside."""
    turned = radians(azimuth_deg - ellipse.azimuth_deg)
    along, across = distance_m * cos(turned), distance_m * sin(turned)
    return hypot(along / ellipse.semi_major_m, across / ellipse.semi_minor_m) <= 1.0


def explosion(mission: str) -> Event:
    """The event of a mission that the first detection belongs to."""
    events = conclude(read_folder(MISSIONS / mission), plugins(), map, lambda _: None).result.events
    return next(event for event in events if "D01" in event.observations)


def row(mission: str, event: Event) -> str:
    """A row of the table."""
    one, place = figures(event), event.origin
    cells = (
        f"`{mission}`",
        f"{abs(place.lat):.2f}° N {abs(place.lon):.2f}° W",
        f"{one.off_km:.1f}",
        f"{one.area90_km2:,.0f}, {'inside' if one.inside90 else 'outside'}",
        f"{one.area95_km2:,.0f}",
        format_utc(place.time_us, digits=0)[11:-1],
        f"{one.late_s:+.0f}",
        f"± {one.half90_s:.0f}, {'inside' if one.time_held else 'outside'}",
    )
    return f"| {' | '.join(cells)} |"


HEAD = "| mission | estimate | off, km | 90 % area, km² | 95 % area, km² | time | off, s | 90 % of time, s |"


def main() -> None:
    print(HEAD)
    print("|" + "---|" * (HEAD.count("|") - 1))
    for mission in ("uttr-2004", "uttr-2004-mixed"):
        print(row(mission, explosion(mission)))


if __name__ == "__main__":
    main()
