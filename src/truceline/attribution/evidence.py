"""All that may tell who did something, made ready once for a case: maps and line, filings, directions, tracks, ears."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial

from truceline.attribution.control import Ground, Known
from truceline.attribution.direction import Reading, readings
from truceline.attribution.line import AgreedLine, agreed_line
from truceline.attribution.said import FIRE, Filings
from truceline.attribution.silence import Ears, ears_of
from truceline.attribution.track import Traced, traced
from truceline.fusion.fuse import Fused
from truceline.fusion.step import EPOCH_US
from truceline.geo.frame import Frame
from truceline.geo.held import PreparedMap, prepare_maps
from truceline.model.agreement import Agreement
from truceline.model.case import Case
from truceline.model.ground import ControlMap
from truceline.model.instant import Instant
from truceline.sensors.contract import Sensing


@dataclass(frozen=True)
class Evidence:
    """What attribution looks at besides the events. doubts: how often each mapper is wrong, where that was learnt."""

    parties: tuple[str, ...]
    frame: Frame
    maps: tuple[PreparedMap, ...]
    line: AgreedLine | None
    filings: Filings
    readings: Mapping[str, Sequence[Reading]]
    tracks: tuple[Traced, ...]
    listen: Callable[[], Ears] = field(repr=False)
    doubts: Mapping[str, float] = field(default_factory=dict)
    known: Known = field(default_factory=dict, repr=False, compare=False)  # of places, for all that share it

    @cached_property
    def ears(self) -> Ears:
        """Who could hear what; worked out when it is first asked for."""
        return self.listen()

    def ground(self, when: Instant) -> Ground:
        """Who holds which ground at an instant."""
        return Ground(self.maps, self.parties, self.frame, when, self.line, self.doubts, self.known)

    def spell(self, when: Instant) -> Instant:
        """The last instant up to this one at which any map changed: within a spell all maps stay as they are."""
        return max((edge for edge in self._edges if edge <= when), default=-1)

    @cached_property
    def _edges(self) -> frozenset[Instant]:
        areas = [area for one in self.maps for area, _, _ in one.areas]
        return frozenset(
            {area.from_us for area in areas} | {area.until_us for area in areas if area.until_us is not None}
        )

    def without_mapper(self, mapper: str) -> "Evidence":
        """The same without one mapper's map."""
        return replace(self, maps=tuple(one for one in self.maps if one.mapper != mapper))


def evidence_of(case: Case, fused: Fused, sensings: Sequence[Sensing]) -> Evidence:
    """The evidence of a case whose events are found."""
    maps, line, known = _drawn(case.maps, case.agreement, fused.frame)
    events = [one.event for one in fused.events]
    return Evidence(
        parties=case.agreement.parties,
        frame=fused.frame,
        maps=maps,
        line=line,
        filings=Filings(case.claims, tuple(one for one in case.notices if one.activity in FIRE)),
        readings=readings(case.told, case.network, events),
        tracks=traced(case.told, case.network, fused.frame),
        known=known,
        listen=partial(ears_of, case, fused.frame, sensings, events, fused.health, EPOCH_US),
    )


@lru_cache(maxsize=4)
def _drawn(
    maps: tuple[ControlMap, ...], agreement: Agreement, frame: Frame
) -> tuple[tuple[PreparedMap, ...], AgreedLine | None, Known]:
    """Maps and the agreed line made ready for a frame, and what is worked out by them: the same whatever sources are
    left out."""
    prepared = prepare_maps(maps, frame)
    return prepared, agreed_line(agreement, prepared, agreement.parties, frame), {}
