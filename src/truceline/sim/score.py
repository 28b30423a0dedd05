"""Figures of how well a run did: association, location, attribution; over one trial or many taken together.

A true event is *fair* if honest sensors heard it well enough to be asked for. Estimated and true events are
matched one to one within 3 s and 1,000 m. An event that is held to be more likely unreal than real is no claim.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from truceline.sim.matching import holds, match, metres, same_lines
from truceline.sim.results import FindingFields, SaidEvent, Trial, TrueEvent, seconds_of

NEAR_FIRE_S, NEAR_FIRE_M = 10.0, 5000.0  # fire that could excuse an accusation
LEAST_PROBABILITY = 1e-6


@dataclass(frozen=True)
class Judged:
    """A trial with its events matched."""

    trial: Trial

    @cached_property
    def claimed(self) -> list[SaidEvent]:
        """Estimated events that count as claims."""
        return self.trial.claimed

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """(place in truth, place in claimed)."""
        return match(self.trial.truth, self.claimed)

    @cached_property
    def fair(self) -> set[int]:
        """Places in truth of the events that are asked for."""
        return {i for i, true in enumerate(self.trial.truth) if true.fair}

    @cached_property
    def finding_of(self) -> dict[str, FindingFields]:
        """Event id → the finding it is in."""
        return {event: finding for finding in self.trial.findings for event in finding.events}

    @cached_property
    def matched(self) -> list[tuple[TrueEvent, SaidEvent, FindingFields | None]]:
        """Each matched true event with its estimate and the finding about it."""
        return [
            (self.trial.truth[i], self.claimed[j], self.finding_of.get(self.claimed[j].properties.id))
            for i, j in self.pairs
        ]


def score(judged: Sequence[Judged]) -> dict[str, Any]:
    """The figures of association, location and findings, all trials taken together."""
    figures: dict[str, Any] = {}
    figures.update(_found(judged))
    figures.update(_recall_by_class(judged))
    figures.update(_overlap(judged))
    figures.update(_errors(judged))
    figures["findings"], scores = _findings(judged)
    figures.update(scores)
    decided = figures["findings"].get("right", 0) + figures["findings"].get("wrong", 0)
    if decided:
        figures["wrong_party_rate"] = round(figures["findings"].get("wrong", 0) / decided, 4)
    return figures


def harmonic(recall: float, precision: float) -> float:
    """F1."""
    return 2 * recall * precision / max(1e-9, recall + precision)


def _found(judged: Sequence[Judged]) -> dict[str, Any]:
    truth = sum(len(item.trial.truth) for item in judged)
    fair, said = sum(len(item.fair) for item in judged), sum(len(item.claimed) for item in judged)
    matched = sum(len(item.pairs) for item in judged)
    hit = sum(len(item.fair & {i for i, _ in item.pairs}) for item in judged)
    recall, precision = hit / max(1, fair), matched / max(1, said)
    return {
        "true_events": truth, "fair": fair, "estimated": said, "matched": matched, "recall": round(recall, 4),
        "precision": round(precision, 4), "f1": round(harmonic(recall, precision), 4),
    }  # fmt: skip


def _recall_by_class(judged: Sequence[Judged]) -> dict[str, float]:
    asked: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    for item in judged:
        found = {i for i, _ in item.pairs}
        for i in item.fair:
            asked[item.trial.truth[i].cls] += 1
            hit[item.trial.truth[i].cls] += i in found
    return {f"recall_{cls}": round(hit[cls] / asked[cls], 3) for cls in sorted(asked)}


def _overlap(judged: Sequence[Judged]) -> dict[str, float]:
    """Association alone, by lines in common."""
    fair, hit, got, said = 0, 0, 0, 0
    kinds = {"salvo": [0, 0], "single": [0, 0]}
    for item in judged:
        found = same_lines(item.trial.truth, item.claimed)
        sizes = Counter(true.group for true in item.trial.truth)
        fair += len(item.fair)
        hit += sum(i in found for i in item.fair)
        got, said = got + len(found), said + len(item.claimed)
        for i in item.fair:
            kind = _fired_as(item.trial.truth[i], sizes)
            if kind:
                kinds[kind][0] += i in found
                kinds[kind][1] += 1
    recall, precision = hit / max(1, fair), got / max(1, said)
    figures = {
        "overlap_recall": round(recall, 4), "overlap_precision": round(precision, 4),
        "overlap_f1": round(harmonic(recall, precision), 4),
    }  # fmt: skip
    figures.update({f"overlap_recall_{kind}": round(hits / of, 4) for kind, (hits, of) in kinds.items() if of})
    return figures


def _fired_as(true: TrueEvent, sizes: Counter[str | None]) -> str | None:
    """Whether an event was a round of a salvo or a single one; None for all else."""
    if true.group == "salvo" or (str(true.group or "").startswith("B") and sizes[true.group] > 2):
        return "salvo"
    return "single" if true.group == "single" else None


def _errors(judged: Sequence[Judged]) -> dict[str, float]:
    """Distances from the truth, what the 90 % regions hold, and how often the likeliest class is right."""
    near: list[float] = []
    every: list[float] = []
    held: list[bool] = []
    right = total = 0
    for item in judged:
        for i, j in item.pairs:
            true, said = item.trial.truth[i], item.claimed[j]
            off = metres(true.lon, true.lat, *said.geometry.coordinates[:2])
            every.append(off)
            total += 1
            right += said.properties.top == true.cls
            if i in item.fair:
                near.append(off)
                inside = holds(said, said.properties.ellipse90, true)
                held += [] if inside is None else [inside]
    figures: dict[str, float] = {}
    if near:
        figures["error_m_median"] = round(float(np.median(near)), 1)
        figures["error_m_p90"] = round(float(np.percentile(near, 90)), 1)
        figures["error_m_all"] = round(float(np.median(every)), 1)
    if held:
        figures["inside_90"] = round(sum(held) / len(held), 4)
    if total:
        figures["class_accuracy"] = round(right / total, 4)
    return figures


def _findings(judged: Sequence[Judged]) -> tuple[dict[str, int], dict[str, float]]:
    """What became of each matched event, and how good the probabilities over parties were."""
    counts: Counter[str] = Counter()
    briers: list[float] = []
    losses: list[float] = []
    for item in judged:
        for true, _, finding in item.matched:
            counts.update(_outcome(true, finding))
            if finding is not None and true.breach:
                said = finding.responsibility
                names = {*said, true.party}
                briers.append(sum((said.get(name, 0.0) - (name == true.party)) ** 2 for name in names))
                losses.append(-math.log(max(LEAST_PROBABILITY, said.get(true.party, 0.0))))
        counts["accused_of_nothing"] += accused_of_nothing(item)
        counts["breaches"] += sum(item.trial.truth[i].breach for i in item.fair)
    scores = {}
    if briers:
        scores["attribution_brier"] = round(float(np.mean(briers)), 4)
        scores["attribution_log_loss"] = round(float(np.mean(losses)), 4)
    return dict(counts), scores


def _outcome(true: TrueEvent, finding: FindingFields | None) -> list[str]:
    """The counts that one matched event adds to."""
    if finding is None:
        return ["missed_breach" if true.breach else "rightly_no_finding"]
    if not true.breach:
        return ["false_accusation" if finding.outcome == "attributed" else "rightly_cleared"]
    if finding.outcome != "attributed":
        return [finding.outcome]
    robust = finding.robustness != "R0"
    if finding.party == true.party:
        return ["right"] + ["attributed_robust"] * robust
    return ["wrong"] + ["wrong_though_robust", "attributed_robust"] * robust


def accused_of_nothing(item: Judged) -> int:
    """Events that a party is named for though it fired nothing within 10 s and 5 km of them."""
    fired = sorted(
        ((seconds_of(true.time), true) for true in item.trial.truth if true.breach), key=lambda pair: pair[0]
    )
    times = np.array([time for time, _ in fired])
    where = {event.properties.id: event for event in item.trial.events}
    count = 0
    for finding in item.trial.findings:
        if finding.outcome == "attributed":
            for name in finding.events:
                event = where[name]
                when = seconds_of(event.properties.time)
                low = int(np.searchsorted(times, when - NEAR_FIRE_S, "left"))
                high = int(np.searchsorted(times, when + NEAR_FIRE_S, "right"))
                count += not any(
                    true.party == finding.party
                    and metres(true.lon, true.lat, *event.geometry.coordinates[:2]) <= NEAR_FIRE_M
                    for _, true in fired[low:high]
                )
    return count
