"""How much ground was seen for how long: coverage by class, span of time and cell, and what was counted there."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from truceline.coverage.raster import Ground, by_cell, covered
from truceline.coverage.seen import Over
from truceline.coverage.stations import Bools, Ints
from truceline.coverage.watch import Watch
from truceline.geo.cells import cell_area_m2, cell_of
from truceline.model.event import Event
from truceline.model.finding import Probabilities
from truceline.model.instant import Instant
from truceline.sensors.contract import Floats

LEAST_KNOWN = 0.2  # probability to be known, below which ground counts as unseen
NOBODY: Probabilities = ()


@dataclass(frozen=True)
class Exposure:
    """known: (classes, spans, cells) probability that an event would be known; area_km2: (cells,)."""

    classes: tuple[str, ...]
    spans: tuple[tuple[Instant, Instant], ...]
    cells: tuple[str, ...]
    area_km2: Floats
    known: Floats
    resolution: int

    @cached_property
    def place(self) -> Mapping[str, int]:
        return {cell: number for number, cell in enumerate(self.cells)}

    @cached_property
    def hours(self) -> Floats:
        """(spans,) their lengths."""
        return np.array([(until - start) / 3.6e9 for start, until in self.spans])

    def of(self, class_: str) -> Floats:
        """(spans, cells)."""
        return np.asarray(self.known[self.classes.index(class_)])

    def span_of(self, instant: Instant) -> int | None:
        """The span that holds an instant."""
        return next((n for n, (start, until) in enumerate(self.spans) if start <= instant < until), None)

    def seen_km2h(self, class_: str, spans: Bools | slice = slice(None), cells: Bools | slice = slice(None)) -> float:
        """Square kilometres times hours in which an event of a class would probably enough have been known."""
        return float((self._measure(spans, cells) * (self.of(class_)[spans][:, cells] >= LEAST_KNOWN)).sum())

    def all_km2h(self, spans: Bools | slice = slice(None), cells: Bools | slice = slice(None)) -> float:
        """Square kilometres times hours, seen or not."""
        return float(self._measure(spans, cells).sum())

    def _measure(self, spans: Bools | slice, cells: Bools | slice) -> Floats:
        return np.asarray(self.hours[spans][:, None] * self.area_km2[cells])


def exposure_of(
    watch: Watch, ground: Ground, spans: Sequence[tuple[Instant, Instant]], resolution: int, *, over: Over = map
) -> Exposure:
    """The exposure of ground over some spans of time. A span like the one before it is not computed again."""
    known: list[Floats] = []
    cells: tuple[str, ...] = ()
    before: bytes | None = None
    for start, until in spans:
        span = watch.seconds(start), watch.seconds(until)
        same = watch.fingerprint(*span)
        if same != before or not known:
            cells, values = by_cell(ground.raster, covered(watch, ground, *span, over=over).known, resolution)
            known.append(np.asarray(values, float))
        else:
            known.append(known[-1])
        before = same
    area = np.array([cell_area_m2(cell) / 1e6 for cell in cells])
    return Exposure(ground.classes, tuple(spans), cells, area, np.stack(known, axis=1), resolution)


@dataclass(frozen=True, slots=True)
class Counted:
    """An event as a rate counts it. weight: that it happened and was of the class; known: that one there and then
    would have been known; cluster: what it belongs to (a salvo); shares: of parties and other in it."""

    event: str
    class_: str
    span: int
    cell: int
    weight: float
    known: float
    cluster: str
    shares: Probabilities = NOBODY


def counted(
    events: Iterable[Event],
    exposure: Exposure,
    clusters: Mapping[str, str],
    shares: Callable[[str], Probabilities] = lambda _: NOBODY,
) -> tuple[Counted, ...]:
    """Events within the exposure's ground and time that one may count, once for each class they may be of."""
    found = []
    for event in events:
        span = exposure.span_of(event.origin.time_us)
        cell = exposure.place.get(cell_of(event.origin.lon, event.origin.lat, exposure.resolution))
        if span is None or cell is None:
            continue
        for class_, probability in event.labels:
            weight = event.existence * probability
            if class_ not in exposure.classes or weight < 0.01:
                continue
            known = float(exposure.of(class_)[span, cell])
            if known >= LEAST_KNOWN:
                cluster = clusters.get(event.id, event.id)
                found.append(Counted(event.id, class_, span, cell, weight, known, cluster, shares(event.id)))
    return tuple(found)


def by_cluster(some: Sequence[Counted], values: Floats) -> Floats:
    """(clusters,) sums of values (events,)."""
    names = sorted({one.cluster for one in some})
    place: Ints = np.array([names.index(one.cluster) for one in some], np.int64)
    return np.asarray(np.bincount(place, values, len(names)), float)
