"""Why a finding says what it says, in plain text, from the records of a result folder."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from truceline.reports.figures import percent

Fields: TypeAlias = Mapping[str, Any]  # the properties of a feature of contract 1

BAR = 30
FEW = 12  # so many are told one by one
WIDTH = 100


@dataclass(frozen=True)
class Records:
    """Features' properties by id, each kind in order of time; places: (lon, lat) degrees by event; further: what would
    change findings, in order."""

    events: Mapping[str, Fields]
    incidents: Mapping[str, Fields]
    findings: Mapping[str, Fields]
    places: Mapping[str, Sequence[float]]
    further: Sequence[Fields] = ()

    @property
    def ids(self) -> frozenset[str]:
        return frozenset({*self.events, *self.incidents, *self.findings})

    def headline(self, id_: str) -> str:
        """One line of what an id stands for."""
        if id_ in self.findings:
            return str(self.findings[id_]["words"])
        if id_ in self.incidents:
            one = self.incidents[id_]
            return f"incident of {len(one['events'])} events from {one['from']}"
        return f"{_likeliest(self.events[id_])} at {self.events[id_]['time']}"


def explanation(records: Records, id_: str) -> str:
    """The explanation of a finding, an incident or an event."""
    if id_ in records.findings:
        return "\n".join(_finding(records, records.findings[id_]))
    if id_ in records.incidents:
        return "\n".join(_incident(records, records.incidents[id_]))
    return "\n".join(_event(records, records.events[id_]))


def _finding(records: Records, finding: Fields) -> Iterator[str]:
    yield f"{finding['id']}: {_outcome(finding)} ({STATUS.get(finding['status'], finding['status'])})"
    yield ""
    yield from _wrapped(finding["words"])
    yield ""
    yield f"It happened, and was of the kind in question:  {percent(finding['occurrence'])}"
    yield "Given that, who did it:"
    yield from _bars(finding["responsibility"])
    yield f"Provisions: {', '.join(finding['provisions'])}"
    yield f"Robustness: {_robustness(finding)}"
    yield from (f"  over {name}: {grade}" for name, grade in sorted(finding.get("independence", {}).items()))
    yield f"Evidence:   {finding['evidence']}"
    yield from _calibration(finding.get("calibration"))
    yield ""
    yield "Why:"
    for reason in finding["reasons"]:
        yield from _tree(reason, 1)
    yield ""
    further = [one["words"] for one in records.further if one["finding"] == finding["id"]]
    if further:
        yield "What would change it (not for the parties):"
        for words in further:
            yield from _wrapped(words, "  - ", "    ")
        yield ""
    yield f"Rests on {_number(finding['events'], 'event')} of incident {finding['incident']}:"
    yield from _listed(records, finding["events"])
    yield ""
    yield f"Made by code {finding['made_by']['code'][:16]}…, inputs under root {finding['made_by']['inputs'][:16]}…"


def _calibration(measured: Fields | None) -> Iterator[str]:
    """How often names of its kind were wrong where the truth was known."""
    if measured is None:
        return
    counts = f"of {measured['acts']} such acts {measured['named']} were named, {measured['wrong']} wrongly"
    known = counts if measured["acts"] else "nothing is known of names of its kind"
    yield f"Measured:   {measured['kind']}, as {measured['stratum']}: {known} ({measured['source']})"
    lean = "" if measured["in_field"] else "; they are not leant on"
    yield f"  by the mission's own blasts: {measured['field']} scored{lean}"


def _incident(records: Records, incident: Fields) -> Iterator[str]:
    yield f"{incident['id']}: {incident['from']} to {incident['until']}"
    yield "Counts: " + ", ".join(f"{number} {class_}" for class_, number in sorted(incident["counts"].items()))
    yield "Who opened fire:"
    yield from _bars(incident["opened_by"])
    yield "Findings:"
    yield from (f"  {id_}  {records.headline(id_)}" for id_ in incident["findings"])
    yield "Events:"
    yield from _listed(records, incident["events"])


def _event(records: Records, event: Fields) -> Iterator[str]:
    lon, lat = records.places[event["id"]]
    ellipse = event["ellipse90"]
    yield f"{event['id']}: {_likeliest(event)} at {event['time']} ± {event['time_sigma_s']} s"
    yield (
        f"Place: {lat}, {lon} (latitude, longitude); nine times in ten within {2 * ellipse['semi_major_m']:.0f} × "
        f"{2 * ellipse['semi_minor_m']:.0f} m, the long axis towards {ellipse['azimuth_deg']:.0f}°"
    )
    yield f"It happened: {percent(event['existence'])}"
    yield "What it was:"
    yield from _bars(event["labels"])
    yield from (f"  {reason}" for reason in event.get("reasons", ()))
    found = [id_ for id_, finding in records.findings.items() if event["id"] in finding["events"]]
    yield f"Findings: {', '.join(found) or 'none: no provision touches it'}"
    yield f"Rests on {_number(event['observations'], 'observation')} of {_number(event['providers'], 'provider')}:"
    yield from (f"  {id_}" for id_ in event["observations"])


ROBUSTNESS = {
    "R0": "rests on one provider",
    "R1": "stands without any one provider",
    "R2": "stands without any two providers",
}  # fmt: skip


STATUS = {"automatic": "automatic, not reviewed"}
OUTCOME = {"no_breach": "no breach"}


def _outcome(finding: Fields) -> str:
    """What is found. Who is responsible is not for the machine to say: it says from whose ground the fire came."""
    if finding["outcome"] == "attributed":
        return f"from ground held by {finding['party']}"
    return OUTCOME.get(finding["outcome"], str(finding["outcome"]))


def _robustness(finding: Fields) -> str:
    """What the grade means. It is asked only of a naming, and the record does not say whether one was near."""
    grade = finding["robustness"]
    if finding["outcome"] in ("exempt", "no_breach"):
        return "not asked: nobody is accused"
    if finding["outcome"] == "undetermined" and grade == "R0":
        return "R0 (no party is reached, or only on the word of one provider)"
    return f"{grade} ({ROBUSTNESS[grade]})"


def _likeliest(event: Fields) -> str:
    labels: Mapping[str, float] = event["labels"]
    return min(labels, key=lambda class_: (-labels[class_], class_))


def _bars(shares: Mapping[str, float]) -> Iterator[str]:
    """Shares with a bar each, the largest first."""
    width = max(len(name) for name in shares)
    for name, share in sorted(shares.items(), key=lambda item: (-item[1], item[0])):
        yield f"  {name:<{width}}  {'#' * round(BAR * share):<{BAR}}  {percent(share)}"


def _tree(reason: Mapping[str, Any], depth: int) -> Iterator[str]:
    """A reason and, further in, what it rests on."""
    yield from _wrapped(reason["words"], "  " * depth + "- ", "  " * depth + "  ")
    for because in reason.get("because", ()):
        yield from _tree(because, depth + 1)


def _listed(records: Records, ids: Sequence[str]) -> Iterator[str]:
    for id_ in ids[:FEW]:
        event = records.events[id_]
        heard = f"{_number(event['observations'], 'observation')}, {_number(event['providers'], 'provider')}"
        yield f"  {id_}  {event['time']}  {_likeliest(event)}  ({heard})"
    if len(ids) > FEW:
        yield f"  … and {len(ids) - FEW} more"


def _number(some: Sequence[str], noun: str) -> str:
    return f"{len(some)} {noun}{'s' * (len(some) != 1)}"


def _wrapped(text: str, first: str = "", further: str = "") -> Iterator[str]:
    line = first
    for word in text.split(" "):
        if len(line) + len(word) > WIDTH and line.strip():
            yield line.rstrip()
            line = further
        line += f"{word} "
    yield line.rstrip()
