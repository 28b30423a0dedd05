"""Who opened fire, and who was said to have: incident by incident."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from truceline.model.finding import NOT_DETERMINABLE, OTHER_ACTOR
from truceline.sim.calibration import expected_calibration_error
from truceline.sim.matching import metres
from truceline.sim.results import SaidEvent, TrueEvent, seconds_of
from truceline.sim.score import Judged

NEAR_M, BEFORE_S = 4_000.0, 180.0  # fire so near and so soon before belongs to the exchange


def opening(judged: Sequence[Judged]) -> dict[str, Any]:
    """Of the incidents in which somebody really fired: how often the likeliest party opened fire, how often that could
    not be told, and whether probabilities are as often right as they say (what cannot be told falls to all alike)."""
    said: list[float] = []
    so: list[bool] = []
    right, untold, of = 0, 0.0, 0
    for item in judged:
        events = {event.properties.id: event for event in item.trial.events}
        fired = sorted((true for true in item.trial.truth if true.breach), key=lambda true: seconds_of(true.time))
        parties = list(item.trial.world.get("parties", [])) or sorted({true.party for true in fired})
        for incident in item.trial.incidents:
            opener = _opener([events[id_] for id_ in incident.events], fired)
            if opener is None:
                continue
            of += 1
            open_ = incident.opened_by.get(NOT_DETERMINABLE, 0.0)
            untold += open_
            shares = {name: incident.opened_by.get(name, 0.0) + open_ / len(parties) for name in parties}
            said += [*shares.values(), incident.opened_by.get(OTHER_ACTOR, 0.0)]
            so += [*(name == opener for name in shares), False]
            right += max(parties, key=lambda name: shares[name]) == opener
    return {
        "incidents": of,
        "likeliest_right": round(right / max(1, of), 4),
        "not_determinable": round(untold / max(1, of), 4),
        "ece": round(expected_calibration_error(said, so), 4),
    }


def _opener(members: Sequence[SaidEvent], fired: Sequence[TrueEvent]) -> str | None:
    """The party that really fired first in and around an incident."""
    times = np.array([seconds_of(event.properties.time) for event in members])
    low, high = float(times.min()) - BEFORE_S, float(times.max()) + 1.0
    for true in fired:
        if low <= seconds_of(true.time) <= high and any(
            metres(true.lon, true.lat, *event.geometry.coordinates[:2]) <= NEAR_M for event in members
        ):
            return true.party
    return None
