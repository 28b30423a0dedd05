"""Figures that the plain scores lack: honesty of regions by stratum, sensors, classes, lies, deceptions, parties.

All are over one trial or many taken together; a stratum says whether it agrees with what was claimed only if it
is large enough.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from truceline.geo.frame import distance_azimuth
from truceline.sim.calibration import coverage, expected_calibration_error
from truceline.sim.evenness import matched
from truceline.sim.honesty import honesty
from truceline.sim.matching import holds
from truceline.sim.opening import opening
from truceline.sim.results import FindingFields, SaidEvent, Trial, TrueEvent, seconds_of
from truceline.sim.score import Judged

LEVELS = (50, 90, 95)
RANGE_KM = (4.0, 8.0, 12.0)
WIND_MPS = (3.0, 6.0, 9.0)
HEARD_BY = (5, 8, 13)
SURROUNDED_DEG = 180.0  # sensors that leave a wider gap stand to one side
CLOCK_S = 0.05  # an offset found within so much is right
HEARD_ENOUGH = 20  # arrivals after which a fault must be known
STATE_OF = {  # fault → the state that names it
    "clock": "wrong_clock", "drift": "wrong_clock", "step": "wrong_clock", "dead": "dead", "deaf": "deaf",
    "turned": "misoriented", "inconsistent": "inconsistent",
}  # fmt: skip
RATIO = (0.8, 1.25)  # shares of two parties further apart than this are to be said first


def further(judged: Sequence[Judged]) -> dict[str, Any]:
    """All further figures, each under its own name."""
    return {
        "regions": regions(judged),
        "classes": classes(judged),
        "health": health(judged),
        "named": named(judged),
        "honesty": honesty(judged),
        "opening": opening(judged),
        "deceptions": deceptions(judged),
        "parties": parties(judged),
        "findings_calibration": findings_calibration(judged),
    }


def regions(judged: Sequence[Judged]) -> dict[str, Any]:
    """What the 50, 90 and 95 % regions of fair events hold, over all and by stratum; and how large they are."""
    held: dict[str, dict[int, list[bool]]] = defaultdict(lambda: {level: [] for level in LEVELS})
    areas: dict[int, list[float]] = {level: [] for level in LEVELS}
    for item in judged:
        for true, said, _ in item.matched:
            if not true.fair:
                continue
            names = ["all", *_strata(true, item.trial)]
            for level in LEVELS:
                region = getattr(said.properties, f"ellipse{level}")
                inside = holds(said, region, true)
                if inside is not None:
                    areas[level].append(np.pi * region.semi_major_m * region.semi_minor_m / 1e6)
                    for name in names:
                        held[name][level].append(inside)
    figures: dict[str, Any] = {
        name: {f"{level}": coverage(held[name][level], level / 100) for level in LEVELS if held[name][level]}
        for name in sorted(held)
    }
    figures["area_km2_median"] = {
        f"{level}": round(float(np.median(areas[level])), 4) for level in LEVELS if areas[level]
    }
    return figures


def _strata(true: TrueEvent, trial: Trial) -> list[str]:
    found = [f"sensors {_bracket(true.seen.arrival + true.seen.bearing, HEARD_BY)}"]
    heard = {trial.lines[line] for line in true.obs if line in trial.lines}
    places = [trial.sensors[sensor] for sensor in sorted(heard) if sensor in trial.sensors]
    if places:
        lon, lat = np.array(places).T
        distance, azimuth = distance_azimuth(true.lon, true.lat, lon, lat)
        found.append(f"range_km {_bracket(float(np.median(distance)) / 1000, RANGE_KM)}")
        around = np.sort(azimuth)
        gap = float(np.max(np.diff(np.append(around, around[0] + 360.0))))
        found.append("sensors to one side" if gap > SURROUNDED_DEG else "sensors around")
    wind = _wind(trial, seconds_of(true.time))
    if wind is not None:
        found.append(f"wind_mps {_bracket(wind, WIND_MPS)}")
    return found


def _bracket(value: float, edges: Sequence[float]) -> str:
    """The bracket of a value: "under a", "a to b", "b and more"."""
    place = int(np.searchsorted(edges, value, side="right"))
    if place == 0:
        return f"under {edges[0]:g}"
    return f"{edges[-1]:g} and more" if place == len(edges) else f"{edges[place - 1]:g} to {edges[place]:g}"


def _wind(trial: Trial, when: float) -> float | None:
    """True wind speed near the ground at a moment."""
    rows = trial.world.get("air", [])
    if not rows:
        return None
    times = [seconds_of(row["time"]) for row in rows]
    east = np.interp(when, times, [row["wind_east_mps"] for row in rows])
    north = np.interp(when, times, [row["wind_north_mps"] for row in rows])
    return float(np.hypot(east, north))


def classes(judged: Sequence[Judged]) -> dict[str, Any]:
    """Calibration of the class probabilities of matched events."""
    said: list[float] = []
    so: list[bool] = []
    brier: list[float] = []
    every_said: list[float] = []
    every_so: list[bool] = []
    for item in judged:
        for true, event, _ in item.matched:
            labels = event.properties.labels
            if labels:
                top = event.properties.top
                said.append(labels[top] if top else 0.0)
                so.append(top == true.cls)
                names = {*labels, true.cls}
                brier.append(sum((labels.get(name, 0.0) - (name == true.cls)) ** 2 for name in names))
                every_said += [labels[name] for name in labels]
                every_so += [name == true.cls for name in labels]
    return {
        "of": len(said),
        "ece": round(expected_calibration_error(said, so), 4),
        "ece_every_class": round(expected_calibration_error(every_said, every_so), 4),
        "brier": round(float(np.mean(brier)), 4) if brier else None,
    }


def health(judged: Sequence[Judged]) -> dict[str, Any]:
    """Faults found, by kind; constant clock errors to 50 ms; and sound sensors that were said to be faulty.

    Only faults of sensors that shared enough arrivals with others are asked for; a dead one always.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    off: list[float] = []
    for item in judged:
        trial = item.trial
        if trial.said_sensors is None:
            continue
        states: dict[str, set[str]] = defaultdict(set)
        offsets: dict[str, float] = {}
        for said in trial.said_sensors:
            states[said.sensor].add(said.state)
            offsets[said.sensor] = said.clock_offset_s or 0.0
        shared = Counter(trial.lines.get(line) for true in trial.truth if true.fair for line in true.obs)
        spoofed = {name for spoof in trial.world.get("spoofs", []) for name in spoof["sensors"]}
        faults = {fault["sensor"]: fault for fault in trial.world.get("faults", [])}
        for name, fault in faults.items():
            kind = fault["fault"]
            if name in spoofed or (kind != "dead" and shared[name] < HEARD_ENOUGH):
                continue
            counts[kind]["asked"] += 1
            counts[kind]["found"] += STATE_OF[kind] in states[name]
            if kind == "clock":
                error = abs(offsets.get(name, 0.0) - fault["offset_s"])
                off.append(error)
                counts[kind]["within_50_ms"] += error <= CLOCK_S
        # A liar's sensors may well be called inconsistent: what they report is.
        liars = {provider for lie in trial.world.get("lies", []) for provider in lie["providers"]}
        lying = {said.sensor for said in trial.said_sensors if said.provider in liars}
        sound = [name for name in states if name not in {*faults, *spoofed, *lying}]
        counts["none"]["sound"] += len(sound)
        counts["none"]["said_faulty"] += sum(bool(states[name] - {"well"}) for name in sound)
    figures: dict[str, Any] = {kind: dict(counts[kind]) for kind in sorted(counts)}
    if off:
        figures["clock_error_s_median"] = round(float(np.median(off)), 4)
    return figures


def named(judged: Sequence[Judged]) -> dict[str, int]:
    """Who was named, how robustly, wrongly, or for what never happened."""
    counts: Counter[str] = Counter()
    for item in judged:
        lied = {line for lie in item.trial.world.get("lies", []) for line in lie["observations"]}
        matched = {said.properties.id for _, said, _ in item.matched}
        events = {event.properties.id: event for event in item.trial.events}
        for finding in item.trial.findings:
            if finding.outcome == "attributed":
                counts["findings"] += 1
                unreal = [e for e in finding.events if e not in matched and _made_up(events[e], lied)]
                counts["named_though_fabricated"] += bool(unreal)
        for true, _, about in item.matched:
            if true.breach and about is not None and about.outcome == "attributed":
                grade = about.robustness or "R0"
                counts[f"breaches_named_{grade}"] += 1
                counts[f"wrong_though_{grade}"] += about.party != true.party
    return dict(counts)


def _made_up(event: SaidEvent, lied: set[str]) -> bool:
    """Whether at least half of an event's lines are lies."""
    lines = event.properties.observations
    return bool(lines) and 2 * sum(line in lied for line in lines) >= len(lines)


def deceptions(judged: Sequence[Judged]) -> dict[str, dict[str, int]]:
    """By kind of deception: how many fair happenings, and what was said of them."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for item in judged:
        said = {true.id: finding for true, _, finding in item.matched}
        for true in item.trial.truth:
            if true.deception and true.fair:
                counter = counts[true.deception]
                counter["fair_breaches" if true.breach else "fair_others"] += 1
                counter[_said_of(true, said.get(true.id), found=true.id in said)] += 1
    return {kind: dict(counts[kind]) for kind in sorted(counts)}


def _said_of(true: TrueEvent, finding: FindingFields | None, *, found: bool) -> str:
    if not found:
        return "not_found"
    if finding is None:
        return "no_finding"
    if finding.outcome != "attributed":
        return finding.outcome
    if not true.breach:
        return "named_for_no_breach"
    return "named_right" if finding.party == true.party else "named_wrong"


def parties(judged: Sequence[Judged]) -> dict[str, Any]:
    """By party: its fair breaches, and what share of them it was named for or nobody was; and their ratio, over all and
    matched on coverage.

    Names differ from world to world, so parties are told apart by their place in order.
    """
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for item in judged:
        order = list(item.trial.world.get("parties", [])) or sorted({t.party for t in item.trial.truth if t.breach})
        said = {true.id: finding for true, _, finding in item.matched}
        for true in item.trial.truth:
            if true.breach and true.fair:
                outcome = found.outcome if (found := said.get(true.id)) is not None else None
                counter = counts[order.index(true.party)]
                counter["breaches"] += 1
                counter["named"] += outcome == "attributed"
                counter["undetermined"] += outcome == "undetermined"
    figures: dict[str, Any] = {}
    shares: dict[str, list[float]] = {"named": [], "undetermined": []}
    for place in sorted(counts):
        row: dict[str, Any] = dict(counts[place])
        for name, values in shares.items():
            row[f"share_{name}"] = round(row.get(name, 0) / row["breaches"], 4)
            values.append(row[f"share_{name}"])
        figures[f"party {place}"] = row
    for name, values in shares.items():
        if len(values) > 1 and max(values) > 0:
            ratio = min(values) / max(values)
            figures[f"ratio_{name}"] = round(ratio, 4)
            figures[f"even_{name}"] = RATIO[0] <= ratio <= RATIO[1]
    figures["matched"] = matched(judged)
    return figures


def findings_calibration(judged: Sequence[Judged]) -> dict[str, Any]:
    """Whether the probabilities of responsibility and of occurrence are so often right as they say."""
    said: list[float] = []
    so: list[bool] = []
    happened: list[float] = []
    did: list[bool] = []
    for item in judged:
        for true, _, finding in item.matched:
            if finding is not None and true.breach:
                for party, probability in finding.responsibility.items():
                    said.append(probability)
                    so.append(party == true.party)
            if finding is not None and finding.occurrence is not None:
                happened.append(finding.occurrence)
                did.append(true.breach)
    square = (np.asarray(said, float) - np.asarray(so, float)) ** 2
    return {
        "of": len(said),
        "ece_responsibility": round(expected_calibration_error(said, so), 4),
        "brier_by_party": round(float(np.mean(square)), 4) if said else None,
        "ece_occurrence": round(expected_calibration_error(happened, did), 4),
    }
