"""Where and when a line could not be watched: its stretches, span by span."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from truceline.coverage.exposure import Exposure
from truceline.coverage.line import stretches_of
from truceline.geo.cells import cell_of
from truceline.geo.frame import Frame
from truceline.model.agreement import Area
from truceline.model.instant import Instant

MOST_STRETCHES = 48
LEAST_M = 1_000.0
BLIND = 0.5  # probability to be known, below which a stretch counts as blind


@dataclass(frozen=True, slots=True)
class Strip:
    """A line, class by class: edges_km (stretches + 1,); known (spans, stretches)."""

    area: str
    class_: str
    edges_km: tuple[float, ...]
    known: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """A run of stretches that could not be watched over a run of spans."""

    from_km: float
    until_km: float
    from_us: Instant
    until_us: Instant


def strip_of(area: Area, class_: str, exposure: Exposure, frame: Frame) -> Strip:
    """A line of an agreement against the exposure."""
    whole = stretches_of(area.line, frame, LEAST_M)
    total_m = float(whole.length_m.sum())
    stretches = stretches_of(area.line, frame, max(LEAST_M, total_m / MOST_STRETCHES))
    lon, lat = frame.to_lonlat(stretches.x, stretches.y)
    places = [
        exposure.place.get(cell_of(a, b, exposure.resolution)) for a, b in zip(lon.tolist(), lat.tolist(), strict=True)
    ]
    table = exposure.of(class_)
    known = tuple(
        tuple(0.0 if place is None else round(float(row[place]), 4) for place in places) for row in table
    )  # fmt: skip
    step_km = total_m / len(stretches) / 1000.0
    return Strip(area.id, class_, tuple(round(n * step_km, 3) for n in range(len(stretches) + 1)), known)


def blind_spots(strip: Strip, spans: Sequence[tuple[Instant, Instant]]) -> tuple[BlindSpot, ...]:
    """Runs of stretches, each as long in time as it stays the same, longest first."""
    open_: dict[tuple[int, int], Instant] = {}
    found: list[BlindSpot] = []

    def close(run: tuple[int, int], until: Instant) -> None:
        low, high = strip.edges_km[run[0]], strip.edges_km[run[1]]
        found.append(BlindSpot(low, high, open_.pop(run), until))

    for (start, _), row in zip(spans, strip.known, strict=True):
        runs = _runs([known < BLIND for known in row])
        for run in [run for run in open_ if run not in runs]:
            close(run, start)
        for run in runs:
            open_.setdefault(run, start)
    for run in list(open_):
        close(run, spans[-1][1])
    weight = {spot: (spot.until_km - spot.from_km) * (spot.until_us - spot.from_us) for spot in found}
    return tuple(sorted(found, key=lambda spot: (-weight[spot], spot.from_us, spot.from_km)))


def _runs(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """(first, after last) of each run of true ones."""
    found, at = [], 0
    for flag, some in groupby(flags):
        length = len(list(some))
        if flag:
            found.append((at, at + length))
        at += length
    return found
