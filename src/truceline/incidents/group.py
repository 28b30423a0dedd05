"""Events to spots, spots to acts, acts to incidents."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from truceline.fusion.build import FusedEvent
from truceline.geo.components import components
from truceline.geo.frame import Frame
from truceline.incidents.link import NO_FIT, Fit, Spot, fit, link
from truceline.model.incident import Act, Follows, Incident
from truceline.model.instant import US_PER_S
from truceline.model.observation import (
    AIRBURST,
    BURST,
    DEMOLITION,
    EXPLOSION,
    IMPACT,
    MISSILE,
    OUTGOING,
    PROJECTILE,
    QUARRY_BLAST,
    SHOT,
)  # fmt: skip

Ints = npt.NDArray[np.int64]

ARRIVING = frozenset({IMPACT, AIRBURST})
SMALL_ARMS = frozenset({BURST, SHOT})
HUMAN = frozenset(
    {OUTGOING, IMPACT, AIRBURST, EXPLOSION, BURST, SHOT, PROJECTILE, MISSILE, DEMOLITION, QUARRY_BLAST}
)  # fmt: skip
LEAST_HUMAN = 0.1  # probability of a class that people cause
SPOT_M, SPOT_SIGMAS, SPOT_MOST_M = 300.0, 1.5, 650.0
SPOT_GAP_S = 600.0
LINKED = 0.97  # arrivals this surely fired from a spot belong to its act
LIKELY = 0.5  # arrivals this probably fired from a spot leave behind those that cannot be of its salvo
LAUNCHING = frozenset({OUTGOING, MISSILE, EXPLOSION})
EXCHANGE_M, EXCHANGE_S = 4_000.0, 180.0


@dataclass(frozen=True)
class _Rows:
    """Events as columns, in order of (time, id)."""

    events: tuple[FusedEvent, ...]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    sigma_m: npt.NDArray[np.float64]
    time_s: npt.NDArray[np.float64]
    role: Ints  # 0 heavy launch or blast, 1 small arms, 2 arriving


def group(events: Sequence[FusedEvent], frame: Frame) -> tuple[Incident, ...]:
    """Incidents of all events that people may have caused, in order of time, then id."""
    rows = _rows([one for one in events if one.event.probability_of(HUMAN) >= LEAST_HUMAN], frame)
    if not rows.events:
        return ()
    spots, followed = _follow(rows, _spots(rows))
    acts = _acts(rows, spots, followed)
    incidents = [_incident(rows, members) for members in _exchanges(rows, acts)]
    return tuple(sorted(incidents, key=lambda incident: (incident.from_us, incident.id)))


def _rows(events: Sequence[FusedEvent], frame: Frame) -> _Rows:
    ordered = tuple(sorted(events, key=lambda one: (one.event.origin.time_us, one.event.id)))
    x, y = frame.to_xy([e.event.origin.lon for e in ordered], [e.event.origin.lat for e in ordered])
    base = ordered[0].event.origin.time_us if ordered else 0
    axes = [one.event.origin.ellipse90 for one in ordered]
    sigma = np.sqrt(np.array([(r.semi_major_m**2 + r.semi_minor_m**2) / 2 for r in axes]) / 4.6)
    return _Rows(
        ordered,
        x,
        y,
        sigma,
        np.array([(one.event.origin.time_us - base) / US_PER_S for one in ordered]),
        np.array([_role(one) for one in ordered], np.int64),
    )


def _role(one: FusedEvent) -> int:
    arriving, small = one.event.probability_of(ARRIVING), one.event.probability_of(SMALL_ARMS)
    if arriving >= 0.5:
        return 2
    return 1 if small >= 0.5 else 0


def _spots(rows: _Rows) -> list[Ints]:
    """Rows of each spot: one role, close together, without a long pause."""
    found: list[Ints] = []
    for role in range(3):
        mine = np.flatnonzero(rows.role == role)
        if not len(mine):
            continue
        points = np.stack([rows.x[mine], rows.y[mine]], axis=1)
        pairs = cKDTree(points).query_pairs(SPOT_MOST_M, output_type="ndarray")
        a, b = mine[pairs[:, 0]], mine[pairs[:, 1]]
        near = np.hypot(rows.x[a] - rows.x[b], rows.y[a] - rows.y[b])
        allowed = SPOT_M + SPOT_SIGMAS * (rows.sigma_m[a] + rows.sigma_m[b])
        joined = (near <= allowed) & (np.abs(rows.time_s[a] - rows.time_s[b]) <= SPOT_GAP_S)
        found += [mine[members] for members in _components(len(mine), pairs[joined])]
    return sorted(found, key=lambda members: int(members[0]))


def _components(count: int, pairs: Ints) -> list[Ints]:
    """Members of each connected component, each ascending, in order of the first member."""
    label = components(count, pairs[:, 0], pairs[:, 1])
    order = np.argsort(label, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(label[order])) + 1)


def _spot(rows: _Rows, members: Ints) -> Spot:
    weight = 1.0 / (rows.sigma_m[members] ** 2 + 50.0**2)
    x, y = np.average(rows.x[members], weights=weight), np.average(rows.y[members], weights=weight)
    real = float(np.mean([rows.events[row].event.existence for row in members.tolist()]))
    sigma = float(np.sqrt(1.0 / weight.sum()) + 60.0)
    return Spot(float(x), float(y), sigma, rows.time_s[members], np.ones(len(members)), real)


@dataclass(frozen=True)
class _Cause:
    """A launch spot (by number) that arrivals may follow from, how probably, and how they flew."""

    spot: int
    probability: float
    speed_mps: float
    slow: float


def _follow(rows: _Rows, spots: Sequence[Ints]) -> tuple[list[Ints], dict[int, list[_Cause]]]:
    """For each spot of arrivals, by number, the launch spots it may follow from. And the spots: what fell where a
    salvo did, but long before or after it, is a spot of its own.

    Those that fit best come first: launches whose impacts are surely theirs are no cause of others.
    """
    spots = list(spots)
    launched = {number: members for number, one in enumerate(spots) if len(members := _launches(rows, one))}
    launches = {number: _spot(rows, members) for number, members in launched.items()}
    arriving = {number: _spot(rows, one) for number, one in enumerate(spots) if rows.role[one[0]] == 2}
    owed: dict[int, Fit] = {}  # by launch spot: impacts that were its own, and have not been taken off it yet

    def fitted(number: int, spot: int) -> Fit:
        if spot in owed:
            left = launches[spot].free * (1.0 - owed.pop(spot).taken())
            launches[spot] = replace(launches[spot], free=left)
        return fit(arriving[number], launches[spot])

    fits = {(number, spot): fitted(number, spot) for number in arriving for spot in launches}
    best = {number: max((fits[number, spot].log_ratio for spot in launches), default=0.0) for number in arriving}
    waiting = sorted(arriving, key=lambda number: (-best[number], number))
    found: dict[int, list[_Cause]] = {}
    while waiting:
        number = waiting.pop(0)
        causes = _causes({spot: fits[number, spot] for spot in launches}, launches)
        sure = max(causes, key=lambda cause: (cause.probability, -cause.spot), default=None)
        apart = fits[number, sure.spot].apart if sure is not None and sure.probability >= LIKELY else NO_FIT.apart
        if apart.any() and not apart.all():
            again = (number, len(spots))
            spots.append(spots[number][apart])
            spots[number] = spots[number][~apart]
            arriving.update({one: _spot(rows, spots[one]) for one in again})
            fits.update({(one, spot): fitted(one, spot) for one in again for spot in launches})
            waiting = [number, *waiting, again[1]]
            continue
        found[number] = causes
        if sure is not None and sure.probability >= LINKED:
            owed[sure.spot] = fits[number, sure.spot]
            could = [one for one in waiting if fits[one, sure.spot] is not NO_FIT]
            fits.update({(one, sure.spot): fitted(one, sure.spot) for one in could})
    return spots, found


def _causes(fits: Mapping[int, Fit], launches: Mapping[int, Spot]) -> list[_Cause]:
    """The launch spots that some arrivals may have been fired from, by how they fit each."""
    probability = link(list(fits.values()), [launches[spot] for spot in fits])
    return [
        _Cause(spot, float(p), one.speed_mps, one.slow)
        for (spot, one), p in zip(fits.items(), probability[:-1], strict=True)
        if p >= 0.01
    ]


def _launches(rows: _Rows, members: Ints) -> Ints:
    """The members of a spot by which shells or rockets were fired, rather than something blown up in place."""
    if rows.role[members[0]] != 0:
        return members[:0]
    return members[[rows.events[row].event.probability_of(LAUNCHING) >= 0.5 for row in members]]


@dataclass(frozen=True)
class _Draft:
    """An act before its place in an incident is known; `follows` names other drafts by number of spot."""

    spot: int
    origins: Ints
    arrivals: Ints
    linked: float
    speed_mps: float | None
    slow: float | None
    follows: tuple[_Cause, ...]

    @cached_property
    def rows(self) -> Ints:
        if not len(self.arrivals) or not len(self.origins):
            return np.concatenate([self.origins, self.arrivals])
        return np.sort(np.concatenate([self.origins, self.arrivals]))


def _acts(rows: _Rows, spots: list[Ints], followed: dict[int, list[_Cause]]) -> list[_Draft]:
    """Launch spots take the arrivals that surely follow them; others stand alone and name what they may follow."""
    none = np.zeros(0, np.int64)
    taken: dict[int, list[tuple[int, _Cause]]] = {}
    for number, causes in followed.items():
        best = max(causes, key=lambda cause: (cause.probability, -cause.spot), default=None)
        if best is not None and best.probability >= LINKED:
            taken.setdefault(best.spot, []).append((number, best))
    joined = {number for parts in taken.values() for number, _ in parts}
    drafts: list[_Draft] = []
    for number, members in enumerate(spots):
        if rows.role[members[0]] != 2:
            parts = taken.get(number, [])
            arrivals = np.sort(np.concatenate([spots[part] for part, _ in parts])) if parts else none
            linked = min((cause.probability for _, cause in parts), default=1.0)
            speed = min((cause.speed_mps for _, cause in parts), default=None)
            slow = max((cause.slow for _, cause in parts), default=None)
            drafts.append(_Draft(number, members, arrivals, linked, speed, slow, ()))
        elif number not in joined:
            drafts.append(_Draft(number, none, members, 1.0, None, None, tuple(followed[number])))
    return drafts


def _exchanges(rows: _Rows, drafts: list[_Draft]) -> list[list[_Draft]]:
    """Drafts of each incident: acts close in place and time, and arrivals with what they may follow."""
    by_spot = {draft.spot: index for index, draft in enumerate(drafts)}
    owner = np.full(len(rows.events), -1)
    for index, draft in enumerate(drafts):
        owner[draft.rows] = index
    points = np.stack([rows.x, rows.y], axis=1)
    pairs = cKDTree(points).query_pairs(EXCHANGE_M, output_type="ndarray")
    close = np.abs(rows.time_s[pairs[:, 0]] - rows.time_s[pairs[:, 1]]) <= EXCHANGE_S
    edges = [owner[pairs[close]].reshape(-1, 2)]
    causes = [
        (index, by_spot[cause.spot]) for index, d in enumerate(drafts) for cause in d.follows if cause.spot in by_spot
    ]
    if causes:
        edges.append(np.array(causes, np.int64))
    return [[drafts[index] for index in part] for part in _components(len(drafts), np.concatenate(edges))]


def _incident(rows: _Rows, drafts: list[_Draft]) -> Incident:
    ordered = sorted(drafts, key=lambda draft: (rows.time_s[draft.rows[0]], draft.rows[0]))
    place = {draft.spot: number for number, draft in enumerate(ordered)}
    members = np.sort(np.concatenate([draft.rows for draft in ordered]))
    events = [rows.events[row].event for row in members]
    acts = tuple(
        Act(
            origins=tuple(rows.events[row].event.id for row in draft.origins),
            arrivals=tuple(rows.events[row].event.id for row in draft.arrivals),
            linked=round(draft.linked, 4),
            speed_mps=None if draft.speed_mps is None else round(draft.speed_mps, 1),
            slow=None if draft.slow is None else round(draft.slow, 4),
            follows=tuple(
                Follows(place[cause.spot], round(cause.probability, 4))
                for cause in draft.follows
                if cause.spot in place
            ),
        )
        for draft in ordered
    )
    counts = Counter(event.class_ for event in events)
    return Incident(
        id=f"I-{events[0].id[2:]}",
        from_us=events[0].origin.time_us,
        until_us=events[-1].origin.time_us,
        events=tuple(event.id for event in events),
        counts=tuple(sorted(counts.items())),
        acts=acts,
    )
