"""A mission's lines fed to a service as if live: in order of receipt, at the pace at which they came."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from truceline.client import Acknowledged, Client, Refused, Unreachable
from truceline.edges import clock
from truceline.edges.inputs import Line
from truceline.edges.mission_folder import read_folder
from truceline.formats.mission_toml import read_mission
from truceline.model.instant import US_PER_S, Instant, parse_utc
from truceline.model.problem import Place, Problem, Unusable

WHAT = {"observation": "observations", "notice": "notices", "claim": "claims", "contact": "contacts"}
STEP_S = 0.25  # what is due within is sent together
MOST_LINES = 500


class _Times(msgspec.Struct):
    received: str | None = None
    lodged: str | None = None
    time: str | None = None


@dataclass(frozen=True)
class Due:
    """A line and the instant at which it came, or would have come."""

    at_us: Instant
    kind: str
    data: bytes


Tell = Callable[[Instant, Acknowledged], None]


def replay(mission: Path, url: str, feed_key: str, speed: float, tell: Tell | None = None) -> int:
    """Feed all lines; how many were sent. speed: mission seconds a second; 0: as fast as they are taken.

    Raises Unusable: the service refuses (a mission that is actual is never replayed), or is gone.
    """
    inputs = read_folder(mission)
    about, _ = read_mission("mission.toml", inputs.one("mission").data)
    if about.status == "actual":
        what = "the mission is actual: replayed, its old fire would look like new fire"
        raise Unusable([Problem(Place("mission.toml", field="status"), what, "replay exercises and tests only")])
    due = in_order([line for line in inputs.lines if line.kind in WHAT])
    client = Client(url, status=about.status, feed_key=feed_key)
    began_s, sent = clock.running_s(), 0
    try:
        for some in _together(due, speed):
            if speed:
                wait_s = (some[0].at_us - due[0].at_us) / US_PER_S / speed - (clock.running_s() - began_s)
                clock.rest(max(0.0, wait_s))
            (answer,) = client.send(WHAT[some[0].kind], [one.data for one in some], batch=len(some))
            sent += len(some)
            if tell is not None:
                tell(some[-1].at_us, answer)
    except (Refused, Unreachable) as fault:
        remedy = "mend it and replay again: nothing is kept twice"
        raise Unusable([Problem(Place(url), str(fault).rstrip("."), remedy)]) from None
    finally:
        client.close()
    return sent


def in_order(lines: Sequence[Line]) -> list[Due]:
    """Lines in order of receipt; one that says no time that can be read comes with the line before it. What came
    before the first observation is due at once."""
    found: list[Due] = []
    last = 0
    for line in lines:
        last = _at(line.data) or last
        found.append(Due(last, line.kind, line.data))
    first = min((one.at_us for one in found if one.kind == "observation" and one.at_us), default=0)
    return sorted((Due(max(one.at_us, first), one.kind, one.data) for one in found), key=lambda one: one.at_us)


def _at(data: bytes) -> Instant | None:
    try:
        times = msgspec.json.decode(data, type=_Times)
        text = times.received or times.lodged or times.time
        return parse_utc(text) if text else None
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, ValueError):
        return None


def _together(due: Sequence[Due], speed: float) -> Iterator[list[Due]]:
    """Lines of one kind that are due at about the same time."""
    span_us = STEP_S * US_PER_S * speed if speed else float("inf")
    some: list[Due] = []
    for one in due:
        if some and (one.kind != some[0].kind or one.at_us - some[0].at_us > span_us or len(some) >= MOST_LINES):
            yield some
            some = []
        some.append(one)
    if some:
        yield some
