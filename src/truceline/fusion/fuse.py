"""Observations to events, of a whole case. Batch is streaming with one batch."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from truceline.fusion.build import FusedEvent
from truceline.fusion.given import given
from truceline.fusion.step import Hints
from truceline.fusion.stream import END, EventStream
from truceline.geo.frame import Frame
from truceline.model.case import Case
from truceline.model.event import SensorHealth
from truceline.sensors.contract import Sensing
from truceline.sensors.infrasound import Infrasound


@dataclass(frozen=True)
class Fused:
    """All events of a case, in order of time, then id, and the plane frame they were located in."""

    frame: Frame
    events: tuple[FusedEvent, ...]
    health: tuple[SensorHealth, ...]
    hints: Hints = field(repr=False)


def fuse(case: Case, sensings: Sequence[Sensing], infrasound: Infrasound, hints: Hints | None = None) -> Fused:
    """Associate, locate and classify all observations of a case: streaming with one batch.

    `hints` from a look at more of the same data spare the search from nothing; everything is decided anew.
    """
    laid_out = given(case, sensings, infrasound, hints.frame if hints is not None else None)
    stream = EventStream(laid_out)
    stream.feed(case.observations)
    found = stream.advance(END, hints)
    events = [event for one in found.values() for event in one.events]
    return Fused(
        laid_out.frame,
        tuple(sorted(events, key=lambda one: (one.event.origin.time_us, one.event.id))),
        tuple(record for one in found.values() for record in one.health),
        Hints(laid_out.frame, {number: one.hint for number, one in found.items()}),
    )
