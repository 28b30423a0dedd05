"""The words of the pages in English."""

from truceline.reports.english_agreement import OF_AGREEMENTS
from truceline.reports.english_coalition import OF_COALITION
from truceline.reports.english_coverage import OF_COVERAGE
from truceline.reports.english_reports import OF_REPORTS
from truceline.reports.texts import Texts


def _plural(number: int) -> int:
    return 0 if number == 1 else 1


_CLASSES = {
    "class.outgoing": "outgoing round|outgoing rounds",
    "class.impact": "impact|impacts",
    "class.airburst": "airburst|airbursts",
    "class.explosion": "explosion of undetermined kind|explosions of undetermined kind",
    "class.burst": "burst of small-arms fire|bursts of small-arms fire",
    "class.shot": "shot|shots",
    "class.projectile": "projectile in flight|projectiles in flight",
    "class.missile": "missile|missiles",
    "class.flare": "illumination flare|illumination flares",
    "class.demolition": "demolition blast|demolition blasts",
    "class.quarry_blast": "quarry blast|quarry blasts",
    "class.thunder": "thunderclap|thunderclaps",
    "class.fire": "fire burning|fires burning",
    "class.uav": "uncrewed aircraft|uncrewed aircraft",
    "class.vehicle": "vehicle|vehicles",
    "class.vessel": "vessel|vessels",
    "class.aircraft": "aircraft|aircraft",
    "class.other": "other event|other events",
}

_PAGE = {
    "page.skip": "Skip to the report",
    "page.contents": "Sections",
    "page.status": "Status of this mission",
    "page.actual": "ACTUAL",
    "page.exercise": "EXERCISE",
    "page.test": "TEST",
    "page.actual.means": "A real mission.",
    "page.exercise.means": "Not real events: nothing here happened.",
    "page.test.means": "A test: no mission stands behind it.",
    "page.without_prejudice": (
        "Automatic results, not reviewed by people; without prejudice to the final judgment of States."
    ),
    "theme.choose": "Colours",
    "theme.system": "As the system",
    "theme.light": "Light",
    "theme.dark": "Dark",
    "theme.red": "Red light",
    "list.last": "{first} and {last}",
    "noun.event": "event|events",
    "noun.finding": "finding|findings",
    "noun.sensor": "sensor|sensors",
    "noun.observation": "observation|observations",
    "noun.provider": "provider|providers",
    "noun.line": "line|lines",
    "few.looked": "{mission} ({status}): {observations} by {sensors} of {providers}.",
    "few.nothing": "Nothing was found to have happened. That says little unless the network could have heard it.",
    "few.happened": "What happened: {events} – {classes}.",
    "few.event": "{class_} at {place}, {time} UTC ± {sigma}; nine times in ten within {major} × {minor}",
    "few.no_findings": "No provision of the agreement touches what happened.",
    "few.said": "Who: {findings}. None has been reviewed by a person.",
    "few.named": "{findings} that fire came from ground held by {party}",
    "few.undetermined": "{findings} undetermined",
    "few.exempt": "{findings} exempt",
    "few.no_breach": "{findings} of no breach",
    "few.aside": "{lines} could not be used: see set_aside.ndjson for the reasons.",
    "unit.minutes": "{minutes} min",
    "actor.other": "anyone else",
    "actor.not_determinable": "cannot be told",
    "section.summary": "What happened, and what can be said",
    "section.map": "Map",
    "section.timeline": "Timeline",
    "section.findings": "Findings",
    "section.incidents": "Incidents",
    "section.events": "Events in no finding",
    "section.sensors": "Sensors",
    "section.aside": "Set aside",
    "section.record": "What this was made of",
}

_SUMMARY = {
    "summary.nothing": "Between {start} and {end} UTC no event was found.",
    "summary.happened": "Between {start} and {end} UTC the observations point to {events}: {classes}.",
    "summary.no_findings": "The agreement touches none of it.",
    "summary.findings": (
        "{touched}. In {named} the fire can be laid to ground held by a party, by the standard that the agreement "
        "sets; {open}."
    ),
    "summary.acts": (
        "finding says that the agreement may have been broken|findings say that the agreement may have been broken"
    ),
    "summary.named": "of them|of them",
    "summary.wrong": "Of {named}, {wrong} must be expected to be wrong, by the probabilities stated.",
    "summary.names": "such act|such acts",
    "summary.open": "stays undetermined|stay undetermined",
    "summary.rest": "Besides, {exempt} and {none}.",
    "summary.exempt": "finding is exempt|findings are exempt",
    "summary.no_breach": "is no breach|are no breach",
    "summary.not_reviewed": "All this is automatic and has not been reviewed by people.",
    "calibration.simulated": (
        "Names are measured by acts whose truth was known: the share of wrong names is kept under {share}\u00a0% "
        "({source})."
    ),
    "calibration.no_field": (
        "No blasts of the mission's own were scored: until {enough} are, all this is calibrated in simulation only."
    ),
    "calibration.field": (
        "Of {scored} blasts that the mission surveyed itself, {found} were found, {inside90} inside their 90\u00a0% "
        "regions; for {named} somebody was named, for {wrong} wrongly."
    ),
    "calibration.too_few": (
        "From {enough} on they may be leant on; until then all this is calibrated in simulation only."
    ),
    "calibration.leant_on": "They are enough to lean on, and bear out what is stated.",
    "calibration.not": "They do not bear out what is stated: it is calibrated in simulation only.",
    "summary.prejudice": (
        "Undetermined is a proper result: it says that the evidence does not reach the standard, not that nothing "
        "happened. The machine says where fire came from and who held that ground; who is responsible is for "
        "people to say, without prejudice to the final judgment of States."
    ),
    "shares.caption": "How much could be named, by party",
    "shares.party": "Party",
    "shares.named": "Acts from its ground, named",
    "shares.expected": "Acts expected of it",
    "shares.open": "of these undetermined",
    "shares.share": "Share named",
    "shares.note": (
        "Expected: every act counts for each party by the probability that it happened, was forbidden, and that "
        "this party did it. Counts follow what the sensors can hear; they do not compare conduct."
    ),
    "shares.incomparable": "Whether the parties are named evenly cannot be told: too few acts were heard alike.",
    "shares.even": (
        "Among acts heard by about as many sensors, the parties are named about evenly (ratio {ratio}, within 0.80"
        " to 1.25)."
    ),
    "shares.caution": "Named unevenly.",
    "shares.uneven": (
        "Among acts heard by about as many sensors, fire by {lower} is named {ratio} times as often as fire by "
        "{higher}, outside 0.80 to 1.25. Do not compare the counts of the parties."
    ),
    "shares.chance": "So few acts were named that chance alone would put the ratio anywhere from {low} to {high}.",
}

_PICTURES = {
    "map.title": "Map of events, sensors and ground",
    "map.desc": (
        "Labels give the class of events at a place by a shape, and how many; a frame and a number lead to the "
        "finding. The tables of findings, events and sensors hold the same in words."
    ),
    "map.nothing": "There is nothing to show on a map.",
    "map.north": "N",
    "map.glyph": "Finding {numbers}: {words}",
    "map.flight": "Finding {number}: from its launches to its impacts",
    "map.edge": "Edge of held ground by {mapper}",
    "map.held": "held by {party}",
    "map.outside": "Far from all others and outside the map: {events}; see the tables.",
    "map.closer": "Closer",
    "map.farther": "Farther",
    "map.whole": "Whole map",
    "map.keys": "Keys + − 0 and arrows on the map; drag to move.",
    "legend.events": "Events",
    "legend.findings": "Findings",
    "legend.flight": "from the launches to the impacts of a finding",
    "legend.sensors": "Sensors and who runs them",
    "legend.ground": "Ground",
    "legend.attributed": "fire came from ground held by a party; the number is the finding's",
    "legend.undetermined": "undetermined",
    "legend.held": "held by {party}, by every map",
    "legend.mapper": "edge by {mapper}",
    "legend.differing": "fainter: maps differ",
    "legend.when": "as of {when} UTC; outlines of events hold the true place nine times in ten",
    "legend.no_maps": "no map of who holds what was given",
    "timeline.title": "Timeline of findings, events and sensors heard from",
    "timeline.desc": (
        "One row of bars for each class of event, higher where more happened at once; above, the findings by "
        "number; below, how many sensors were heard from. The table below the picture holds the counts."
    ),
    "timeline.utc": "UTC, {day}",
    "timeline.findings": "Findings, by number",
    "timeline.attributed": "Finding {number}: from ground held by a party",
    "timeline.undetermined": "Finding {number}: undetermined",
    "timeline.heard": "Sensors heard from",
    "timeline.of": "line: in service ({most})",
    "timeline.silent_mark": "{sensor} fell silent",
    "timeline.dead_mark": "{sensor} is held to be dead",
    "timeline.deaf_mark": "{sensor} is held to be deaf",
    "timeline.silent": "Fell silent before the end ({count}; when last heard):",
    "timeline.dead": "Held to be dead by what the others heard ({count}; since when):",
    "timeline.deaf": "Held to be deaf by what the others heard ({count}; since when):",
    "timeline.since": "{sensor}, {when}",
    "timeline.outside": "Outside the stretch of time shown: {events}; see the tables.",
    "timeline.table": "Counts by class and time",
    "timeline.what": "From (UTC)",
    "timeline.least_heard": "Fewest sensors heard from at a time",
}

_FINDINGS = {
    "findings.none": "There are no findings.",
    "findings.caption": "Findings in order of time (UTC). Automatic, not reviewed by people.",
    "findings.no": "No.",
    "findings.when": "When",
    "findings.what": "What",
    "findings.happened": "It happened and is of the kind in question",
    "findings.who": "Who fired, if so",
    "findings.outcome": "Outcome",
    "findings.robustness": "Robustness",
    "findings.evidence": "Evidence",
    "findings.search": "Search",
    "findings.only": "Outcome",
    "findings.order": "Order",
    "findings.all": "all",
    "findings.open": "Open all",
    "findings.close": "Close all",
    "findings.shown": "shown",
    "findings.reasons": "Reasons",
    "findings.further": "observation that would change it|observations that would change it",
    "further.note": (
        "Fixed in this result before anything of it was sought. Not for the parties: whoever knows what is missing can "
        "see to it that it stays so."
    ),
    "findings.behind": "event behind it|events behind it",
    "findings.path": "From the launches to the impacts: {direction}, about {distance}.",
    "findings.supersedes": "(supersedes {id})",
    "findings.ids": "{id}, provision {provisions}, incident {incident}",
    "findings.deeper": "The reasons go deeper than is shown here.",
    "order.no": "by time",
    "order.happened": "least certain first",
    "order.robustness": "most robust first",
    "order.events": "most events first",
    "outcome.attributed": "from a party's ground",
    "outcome.undetermined": "undetermined",
    "outcome.exempt": "exempt",
    "outcome.no_breach": "no breach",
    "outcome_of.attributed": "From ground held by {party}",
    "outcome_of.undetermined": "Undetermined",
    "outcome_of.exempt": "Exempt",
    "outcome_of.no_breach": "No breach",
    "status.automatic": "automatic, not reviewed",
    "status.reviewed": "reviewed",
    "status.upheld": "upheld on review",
    "status.amended": "amended on review",
    "status.withdrawn": "withdrawn",
    "robustness.R0": "rests on a single provider",
    "robustness.R1": "stands without any one provider",
    "robustness.R2": "stands without any two providers",
    "robustness.untested": "not asked: no party is reached",
    "evidence.weak": "weak",
    "evidence.fair": "fair",
    "evidence.strong": "strong",
    "events.caption": "Events in order of time (UTC)",
    "events.id": "Event",
    "events.when": "When",
    "events.what": "What",
    "events.where": "Where",
    "events.ellipse": "90 % ellipse, half axes",
    "events.exists": "Happened",
    "events.heard": "Heard by",
    "events.axis": "at {azimuth}°",
    "events.others": "event that no provision touches|events that no provision touches",
    "events.no_others": "Every event is in a finding.",
}

_RECORDS = {
    "incidents.none": "There are no incidents.",
    "incidents.caption": "Incidents in order of time (UTC), and who opened fire",
    "incidents.id": "Incident",
    "incidents.when": "When",
    "incidents.events": "Events",
    "incidents.opened": "Opened by",
    "incidents.findings": "Findings",
    "sensors.caption": "All sensors: what came from them, and their health",
    "sensors.id": "Sensor",
    "sensors.kind": "Kind",
    "sensors.provider": "Provider",
    "sensors.where": "Where",
    "sensors.lines": "Lines",
    "sensors.last": "Last heard (its clock)",
    "sensors.states": "Said of itself",
    "sensors.inferred": "Inferred",
    "sensors.silent": "silent",
    "sensors.not_inferred": "–",
    "state.detecting": "detecting",
    "state.degraded": "degraded",
    "state.blind": "blind",
    "state.tampered": "tampered with",
    "health.well": "well",
    "health.wrong_clock": "wrong clock",
    "health.dead": "dead",
    "health.deaf": "deaf",
    "health.misoriented": "turned",
    "health.inconsistent": "disagrees with the others",
    "health.clock": "clock off by {offset} s",
    "health.azimuth": "azimuth off by {offset}°",
    "aside.none": "Nothing was set aside.",
    "aside.caption": "Lines that could not be used, by reason",
    "aside.reason": "Reason",
    "aside.lines": "Lines",
    "record.mission": "Mission",
    "record.agreement": "Agreement",
    "record.title": "{title} ({id})",
    "record.parties": "Parties",
    "record.window": "Time shown (UTC)",
    "record.received": "Observations received (UTC)",
    "record.lines": "Observations used",
    "record.provisions": "Provisions",
    "record.provision": (
        "{article}: “{text}” (a party is named from probability {threshold} on, robustness {robustness})"
    ),
    "record.rules": "How to read it",
    "rule.words": (
        "Words for likelihood follow ICD 203: almost certain 95–99 %, very likely 80–95 %, likely 55–80 %, roughly"
        " even chance 45–55 %, unlikely 20–45 %, very unlikely 5–20 %. No probability is shown beyond 1–99 %."
    ),
    "rule.robustness": (
        "R0: the naming rests on a single provider. R1: it stands when everything is recomputed without any one "
        "provider. R2: without any two."
    ),
    "rule.evidence": (
        "Evidence is strong with at least three providers, eight sensors and R2; fair with at least two providers "
        "and R1; otherwise weak."
    ),
    "rule.figures": (
        "An ellipse holds the true place nine times in ten. Places are written no finer than a tenth of it."
    ),
    "mission.title": "Mission report: {mission}",
    "mission.warning": (
        "For the mission's duty roster only: holds positions of sensors and exact origins. Not for parties, "
        "delegations or press; public.html is the edition to pass on."
    ),
}

_PUBLIC = {
    "public.title": "Public report: {mission}",
    "public.warning": "Public edition: no sensors, no sources; places only as large cells and at least 24 hours old.",
    "public.section.summary": "What happened, and what can be said",
    "public.section.counts": "Events by hour",
    "public.section.limits": "What is not said here",
    "public.shut": "The mandate of this mission does not let it publish what it finds.",
    "public.nothing": "No event was found.",
    "public.wrong": "Of those that name ground, no more than {wrong} must be expected to be wrong.",
    "public.findings": "{attributed} from ground held by a party; {undetermined}.",
    "public.named": "act is said to be fire|acts are said to be fire",
    "public.open": "stays undetermined|stay undetermined",
    "public.unnamed": "The mandate of this mission does not let it name parties, so places are not told either.",
    "public.unverified": "The mandate of this mission does not let it say whether the agreement was broken.",
    "public.no_breach": "Besides, {acts}: no breach.",
    "public.from_ground": "Acts of fire from its ground",
    "public.by_party": "Acts laid to ground held by each party",
    "public.incomparable": (
        "Whether the parties are named evenly cannot be told from so few acts. Do not compare the counts."
    ),
    "public.even": "Among acts heard about as well, the parties are named about evenly.",
    "public.uneven": (
        "Among acts heard about as well, the parties are not named equally often, be it by chance or by where the "
        "mission can hear. Do not compare the counts of the parties."
    ),
    "public.map.title": "Map of the agreement's lines and of places of fire, as cells",
    "public.map.desc": (
        "Hexagons are cells within which something happened; the labels give the class by a shape, and how many. "
        "The table of findings holds the same in words."
    ),
    "public.no_map": "There is nothing to show on a map.",
    "public.cells": "Each hexagon covers {km2} km² or more. The true place may be anywhere in it, or just beside it.",
    "public.no_cells": "No place is old enough to be told.",
    "public.findings_caption": "Findings in order of time (UTC). Automatic, not reviewed by people.",
    "public.no": "No.",
    "public.when": "When (UTC)",
    "public.what": "What",
    "public.where": "Where: middle and id of the cell",
    "public.said": "What is said of it",
    "public.too_fresh": "A place is withheld until it is 24 hours old.",
    "public.no_place": "No place is told.",
    "public.happened": "That it happened and is of a forbidden kind is {likelihood}.",
    "public.attributed": "It is {likelihood} that the fire came from ground held by {party}.",
    "public.undetermined": "Who fired is undetermined.",
    "public.not_named": "The mandate does not let the mission name who.",
    "public.exempt": "Exempt: an exception of the agreement covers it. Not reviewed.",
    "public.not_reviewed": "Not reviewed.",
    "public.hours": "{start}–{end}",
    "public.counts_caption": "Events by time and class",
    "public.coverage": (
        "Counts follow what the mission can hear, which differs from place to place and hour to hour. They do not "
        "compare conduct."
    ),
    "public.limit.sensors": (
        "Who watches, from where and with what is not told, nor anything measured that would reveal it."
    ),
    "public.limit.places": (
        "Places are told as cells of the H3 grid of 5 km² or more, at least 24 hours after the event."
    ),
    "public.limit.near": (
        "Small arms and other things that only a sensor or an observer near by perceives are counted without a place."
    ),
    "public.limit.times": "Times are told to the hour, and to the day where the hour is not known.",
    "public.limit.named": (
        "A party is named when the probability reaches the agreement's standard and does not rest on too few "
        "sources. Who is responsible is for people to say."
    ),
    "public.as_of": "Places of events up to 24 hours before {when} UTC are told.",
    "public.root": "Root of the evidence log that this was made from (SHA-256):",
}

_COMPASS = {
    "compass.N": "north",
    "compass.NNE": "north-north-east",
    "compass.NE": "north-east",
    "compass.ENE": "east-north-east",
    "compass.E": "east",
    "compass.ESE": "east-south-east",
    "compass.SE": "south-east",
    "compass.SSE": "south-south-east",
    "compass.S": "south",
    "compass.SSW": "south-south-west",
    "compass.SW": "south-west",
    "compass.WSW": "west-south-west",
    "compass.W": "west",
    "compass.WNW": "west-north-west",
    "compass.NW": "north-west",
    "compass.NNW": "north-north-west",
}

ENGLISH = Texts(
    language="en",
    direction="ltr",
    messages=_CLASSES
    | _PAGE
    | _SUMMARY
    | _PICTURES
    | _FINDINGS
    | _RECORDS
    | _PUBLIC
    | _COMPASS
    | OF_AGREEMENTS
    | OF_COVERAGE
    | OF_COALITION
    | OF_REPORTS,
    plural=_plural,
)
