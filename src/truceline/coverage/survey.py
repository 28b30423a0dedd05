"""All that coverage says of a mission at once: what could have been seen, what silence says, rates, losses, claims."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from truceline.coverage.change import Change, change, series
from truceline.coverage.exposure import Counted, Exposure, counted, exposure_of
from truceline.coverage.loss import Loss, losses
from truceline.coverage.moved import Moved, moved
from truceline.coverage.raster import Ground, Raster, ground_of, raster_of
from truceline.coverage.rates import Rate, rates
from truceline.coverage.seen import Over
from truceline.coverage.silence import Evidence, silence
from truceline.coverage.statements import Silence, none_seen
from truceline.coverage.stations import Bools
from truceline.coverage.terrain import with_terrain
from truceline.coverage.watch import Watch, watch_of
from truceline.geo.cells import cell_area_m2, cell_centre, cell_of
from truceline.geo.heights import Heights
from truceline.geo.held import prepare_maps
from truceline.geo.zone import zone
from truceline.model.agreement import Area, Where
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.filing import Claim
from truceline.model.finding import Probabilities
from truceline.model.instant import US_PER_S, Instant
from truceline.sensors.contract import Sensing

BESIDE_LINE_M = 10_000.0  # ground beside a line of the agreement counts as its area
MOST_CELLS = 3_000
FINEST, COARSEST = 7, 4  # resolutions of cells
LEAST_EXISTENCE = 0.5  # of an event that counts as seen
FALLEN = 0.5  # ratio of rates, from which it is asked where the fire went
CLAIM_S = 60.0  # an event so near a claim's time, and within its radius, may be what it is about


@dataclass(frozen=True)
class Asked:
    """What is asked of a survey. spans: of time; classes; heights: of the ground, if known."""

    spans: tuple[tuple[Instant, Instant], ...]
    classes: tuple[str, ...]
    heights: Heights | None = None


@dataclass(frozen=True, slots=True)
class AreaSilence:
    """What silence says of an area over all spans."""

    area: str
    silence: Silence


@dataclass(frozen=True, slots=True)
class ClassChange:
    """Whether the rate of a class changed; and, where it fell, what became of the fire."""

    class_: str
    change: Change
    moved: Moved | None


@dataclass(frozen=True, slots=True)
class ClaimSilence:
    """What all that could hear did about what a party claims. events: known ones that it may be about."""

    claim: Claim
    evidence: Evidence
    events: tuple[str, ...]


@dataclass(frozen=True)
class Survey:
    """All of it. areas: (id, which cells it holds), the agreement's own and "" for everywhere."""

    watch: Watch
    exposure: Exposure
    areas: tuple[tuple[str, Bools], ...]
    counted: tuple[Counted, ...]
    silences: tuple[AreaSilence, ...]
    rates: tuple[Rate, ...]
    changes: tuple[ClassChange, ...]
    losses: tuple[Loss, ...]
    claims: tuple[ClaimSilence, ...]


def survey(
    case: Case,
    events: Sequence[Event],
    clusters: Mapping[str, str],
    shares: Callable[[str], Probabilities],
    sensings: Sequence[Sensing],
    asked: Asked,
    over: Over = map,
) -> Survey:
    """Survey a mission. clusters: the incident of each event; shares: who did it; `over` maps over blocks of ground."""
    watch = watch_of(case, events, sensings, asked.classes)
    raster = raster_of(watch)
    ground = grounded(watch, ground_of(watch, raster, asked.classes), asked.heights)
    exposure = exposure_of(watch, ground, asked.spans, resolution_for(raster), over=over)
    known = [event for event in events if event.existence >= LEAST_EXISTENCE]
    some = counted(known, exposure, clusters, shares)
    areas = areas_of(case.agreement.areas, exposure, watch)
    maps = prepare_maps(case.maps, watch.frame)
    parties = case.agreement.parties
    return Survey(
        watch=watch,
        exposure=exposure,
        areas=areas,
        counted=some,
        silences=tuple(
            AreaSilence(area, _silence(exposure, class_, cells, some))
            for area, cells in areas
            for class_ in asked.classes
        ),
        rates=rates(
            exposure, some, parties=("", *parties), areas=areas, keep=lambda one: bool(one.told and one.counted)
        ),
        changes=tuple(_change(exposure, some, class_) for class_ in asked.classes if _any(some, class_)),
        losses=losses(case.network, case.observations, watch.spells, watch.frame, maps, parties),
        claims=tuple(_claim(watch, case, one, known) for one in case.claims if one.class_ in asked.classes),
    )


def grounded(watch: Watch, ground: Ground, heights: Heights | None) -> Ground:
    """The ground with what its hills let through, where they are known."""
    if heights is None:
        return ground
    lattices = [
        replace(one, links=with_terrain(one.links, watch.stations, watch.frame, heights)) for one in ground.lattices
    ]
    return replace(ground, lattices=tuple(lattices))


def resolution_for(raster: Raster) -> int:
    """The finest resolution of cells of which not too many cover the raster."""
    area = raster.rows * raster.columns * raster.step_m**2
    x, y = raster.xy()
    lon, lat = raster.frame.to_lonlat(float(x.mean()), float(y.mean()))
    fine = range(FINEST, COARSEST, -1)
    return next(
        (one for one in fine if area / cell_area_m2(cell_of(float(lon), float(lat), one)) <= MOST_CELLS), COARSEST
    )


def areas_of(areas: Sequence[Area], exposure: Exposure, watch: Watch) -> tuple[tuple[str, Bools], ...]:
    """The cells of each area of the agreement (of a line: the ground beside it), and of all ground, "" ."""
    found = [("", np.ones(len(exposure.cells), bool))]
    centres = np.array([cell_centre(cell) for cell in exposure.cells]).reshape(-1, 2)
    x, y = watch.frame.to_xy(centres[:, 0], centres[:, 1])
    by_id = {area.id: area for area in areas}
    for area in areas:
        if not (area.polygons or area.line):
            continue
        where = Where((area.id,), within_m=BESIDE_LINE_M if area.line else 0.0)
        inside = shapely.contains_xy(zone(watch.frame, by_id, where).outline, x, y)
        if inside.any():
            found.append((area.id, np.asarray(inside, bool)))
    return tuple(found)


def _silence(exposure: Exposure, class_: str, cells: Bools, some: Sequence[Counted]) -> Silence:
    events = {one.event for one in some if one.class_ == class_ and cells[one.cell] and one.weight >= LEAST_EXISTENCE}
    weight = exposure.hours[:, None] * exposure.area_km2[cells]
    return none_seen(class_, exposure.of(class_)[:, cells], weight, len(events))


def _any(some: Sequence[Counted], class_: str) -> bool:
    return any(one.class_ == class_ for one in some)


def _change(exposure: Exposure, some: Sequence[Counted], class_: str) -> ClassChange:
    found = change(*series(exposure, some, class_))
    fell = found.probability > 0.5 and found.ratio < FALLEN
    return ClassChange(class_, found, moved(exposure, some, class_, found.span) if fell else None)


def _claim(watch: Watch, case: Case, claim: Claim, known: Sequence[Event]) -> ClaimSilence:
    """What stations did at the time that a party claims; who caught an event that it may be about heard it."""
    x, y = watch.frame.to_xy(claim.lon, claim.lat)
    near = []
    for event in known:
        at = watch.frame.to_xy(event.origin.lon, event.origin.lat)
        late_s = abs(event.origin.time_us - claim.time_us) / US_PER_S
        if late_s <= CLAIM_S and float(np.hypot(at[0] - x, at[1] - y)) <= claim.radius_m:
            near.append(event)
    members = {id_ for event in near for id_ in event.observations}
    heard = frozenset(seen.sensor for seen in case.observations if seen.id in members)
    when = watch.seconds(claim.time_us)
    evidence = silence(watch, float(x), float(y), when, claim.class_, radius_m=claim.radius_m, heard=heard)
    return ClaimSilence(claim, evidence, tuple(event.id for event in near))
