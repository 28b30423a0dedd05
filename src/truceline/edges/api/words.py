"""The words of the service's pages in English; those of the reports are among them."""

from dataclasses import replace

from truceline.edges.api.desk_words import DESK
from truceline.edges.api.field_words import FIELD
from truceline.edges.api.review_words import REVIEW
from truceline.reports.english import ENGLISH

_SERVICE = {
    "way.label": "Pages",
    "way.floor": "Watch floor",
    "way.findings": "Findings",
    "way.roster": "Roster",
    "way.people": "People",
    "way.looks": "Looks",
    "foot.people": "Without prejudice to the final judgment of States.",
    "foot.service": "What is shown here is for this seat alone. Every look at positions and findings is on record.",
    "people.sign_out": "Sign out",
    "people.sign_in": "Sign in",
    "people.with_passkey": "Sign in with a passkey",
    "people.add_passkey": "Add a passkey of this device",
    "people.with_provider": "Go on with {provider}",
    "people.no_passkeys": "Passkeys need the service to be reached by a name, not by a number.",
    "people.other_name": "Passkeys work under the service's own name:",
    "people.no": "No passkey was given. Try again, or ask an administrator for an invitation.",
    "people.join": "Your account",
    "people.invited": (
        "You were invited. Add a passkey: a device that you unlock with your finger, face or code will sign you in. "
        "There are no passwords."
    ),
    "people.bad_invitation": "The invitation was used, or is older than a day. Ask an administrator for another.",
    "people.go_on": "Go on",
    "people.nothing_yet": "You are signed in, but none of the pages is for you yet. Ask an administrator for a role.",
    "people.link": "This link signs one person in, once. It is used up when you press the button.",
    "people.no_link": (
        "To sign in to an exercise, open the link that the service printed when it was started, or ask for a new one: "
        "truceline link DATA prints it."
    ),
    "people.bad_link": (
        "The link was used already, is older than a quarter of an hour, or this is no exercise. Ask for a new one."
    ),
    "people.signed_out": "You are signed out.",
    "people.id": "Account",
    "people.name": "Name",
    "people.nation": "Nation or body",
    "people.roles": "Roles",
    "people.party": "Speaks for (liaison)",
    "people.ways": "Ways to sign in",
    "people.state": "State",
    "people.acts": "Change",
    "people.active.True": "open",
    "people.active.False": "closed",
    "people.invite": "Invite",
    "people.close": "Close",
    "people.caption": "Accounts",
    "people.none": "There is no account yet.",
    "people.new": "Give an account, or change one",
    "people.give": "Give this account",
    "people.note": (
        "An account of the same id takes the place of the one before; every change is logged with your name. Who comes "
        "from a party is its liaison and nothing else. The person's own name stays out of the log."
    ),
    "people.invitation": "Give this address to {name}. It works once, within a day, and is not shown again:",
    "role.monitor": "monitor",
    "role.watchkeeper": "watchkeeper",
    "role.analyst": "analyst",
    "role.reviewer": "reviewer",
    "role.director": "director",
    "role.delegate": "delegate",
    "role.party_liaison": "party liaison",
    "role.auditor": "auditor",
    "role.planner": "planner",
    "role.administrator": "administrator",
    "roster.caption": "Who keeps the watch at the duty desk (UTC), the last first",
    "roster.none": "Nobody is on the roster. Without a watch nobody sees the floor.",
    "roster.from": "From",
    "roster.until": "Until",
    "roster.person": "Person",
    "roster.state": "State",
    "roster.over": "over",
    "roster.now": "now",
    "roster.next": "to come",
    "roster.new": "Set a watch (UTC)",
    "roster.set": "Set this watch",
    "looks.caption": "Who looked at what, the last first (UTC). Each stood in the log before it was shown.",
    "looks.none": "Nobody has looked yet.",
    "looks.time": "Time",
    "looks.who": "Account",
    "looks.what": "Looked at",
    "looks.of": "Of",
    "looks.entry": "Log entry",
    "floor.title": "Watch floor: {mission}",
    "floor.no_script": (
        "The live map needs a script that this browser does not run. The findings are listed without it."
    ),
    "floor.loading": "Reading what is known …",
    "floor.not_built": (
        "The live map was not built into this installation. Build it with `make web`, then start the service again."
    ),
    "found.none": "Nothing has been concluded yet.",
    "found.no_such": "There is no such finding any more, or not yet.",
    "found.caption": "Findings in order of time (UTC). Automatic, not reviewed by people.",
    "found.state.open": "may still change: not all that bears on it has come",
    "found.state.final": "only what comes too late can change it",
    "found.title": "Finding {id}",
    "found.back": "All findings",
    "found.on_floor": "Show on the watch floor",
    "found.section.what": "What is said",
    "found.section.map": "Where, and who heard it",
    "found.section.events": "Events",
    "found.section.who": "Who",
    "found.section.why": "Why",
    "found.section.law": "Which article",
    "found.section.coverage": "Who could have heard it",
    "found.section.exhibits": "Exhibits",
    "found.section.contacts": "Contacts with the parties",
    "way.contacts": "Contacts",
    "contacts.caption": "Contacts between parties, and of the parties with the mission (UTC), the last first",
    "contacts.none": "No contact is on record.",
    "contacts.time": "Time",
    "contacts.from": "From",
    "contacts.to": "To",
    "contacts.kind": "Kind",
    "contacts.about": "About",
    "contacts.words": "In words",
    "contacts.new": "Record a contact or a call",
    "contacts.send": "Record it",
    "contacts.note": (
        "It becomes a line of the log like any other, with your account. About: the id of an incident, a finding or an "
        "event; it is shown there."
    ),
    "contacts.waiting": "It is kept, and shown here and beside what it concerns after the next judgement.",
    "found.section.history": "Versions",
    "found.section.proof": "Proof",
    "found.before_people": "shown when reviewers have answered",
    "found.kept_back": (
        "Not every sensor is shown to you: some nations do not release theirs to yours. That is said on every finding, "
        "whether they heard it or not."
    ),
    "found.reasons_kept": "The reasons name what some nations do not release to yours.",
    "patrols.kept_back": "not released to you",
    "floor.kept_back": "Some nations do not release everything to yours: you may not be shown all.",
    "found.working": "This is being worked out from the log. The page shows it when it is done.",
    "found.when": "When",
    "found.sure": "How sure",
    "found.sure.words": "It happened and is of a forbidden kind: {percent} ({words}).",
    "found.evidence": "Quality of evidence",
    "found.who.with": "All providers",
    "found.who.without": "Without {provider}",
    "found.who.provider": "Recomputed",
    "found.who.caption": "Who did it, given that it happened: with all providers, and recomputed without each",
    "found.who.gone": "not found again",
    "found.who.part": "{found} of {all} events found again",
    "found.lies": "Providers that would have to be wrong together to overturn the naming: {number}.",
    "found.lies.R0": "1",
    "found.lies.R1": "at least 2",
    "found.lies.R2": "at least 3",
    "found.hypotheses": "Competing hypotheses",
    "found.hypotheses.actor": "{party} did it",
    "found.hypotheses.other": "someone who did not sign did it",
    "found.hypotheses.class": "it was {class_}",
    "found.hypotheses.caption": "What else it may have been",
    "found.hypotheses.what": "Hypothesis",
    "found.hypotheses.sure": "Probability",
    "found.residuals": "Arrivals and how far each is from what the origin predicts",
    "found.residuals.sensor": "Sensor",
    "found.residuals.provider": "Provider",
    "found.residuals.kind": "Heard by",
    "found.residuals.time": "Time (its clock)",
    "found.residuals.residual": "Early − / late +",
    "found.residuals.sigmas": "In sigmas",
    "found.residuals.azimuth": "Direction off by",
    "found.residuals.note": (
        "Against the forecast air; the sigma holds the sensor's own, turbulence and the forecast's. The fit itself "
        "mends air and clocks, so that it is closer than this table."
    ),
    "found.map.title": "Map of the finding's events and the sensors that heard them",
    "found.map.desc": (
        "A line leads from each event to each sensor that heard it (of several events of one kind, from the one that "
        "fits worst): solid if it arrived within one sigma of what the origin predicts, dashed within two, dotted "
        "beyond. Outlines hold the true place nine times in ten. The tables below say the same."
    ),
    "found.coverage.caption": "Sensors that were in service within reach",
    "found.coverage.heard": "heard it",
    "found.coverage.missed": "would have heard it, and did not",
    "found.coverage.could_not": "could not have heard it",
    "found.coverage.chance": "Chance to hear",
    "found.coverage.state": "What it did",
    "found.coverage.distance": "Distance",
    "found.coverage.counts": "{heard} heard it; {missed} would have and did not; {could_not} could not have.",
    "found.exhibits.none": "No observation behind it came with an exhibit.",
    "found.exhibits.caption": "Things kept beside the observations: saved by the browser, never shown by it",
    "found.exhibits.observation": "Observation",
    "found.exhibits.type": "Kind",
    "found.exhibits.digest": "SHA-256",
    "found.exhibits.missing": "not received",
    "found.exhibits.save": "save",
    "found.history.caption": "What was said of it, and when: superseded, never edited",
    "found.history.number": "Version",
    "found.history.time": "Mission time",
    "found.history.size": "Log entries",
    "found.history.said": "What it said",
    "found.history.gone": "not found any more",
    "found.proof.words": (
        "All of it follows from the first {size} entries of the log {origin}, under the root below. Each observation "
        "it rests on is one of them; the link gives the path from its digest to the root (RFC 6962)."
    ),
    "found.proof.root": "Root",
    "found.proof.code": "Code",
    "found.proof.caption": "Observations it rests on",
    "found.proof.observation": "Observation",
    "found.proof.path": "Proof of inclusion",
    "found.proof.get": "path",
    "list.state": "State",
    "list.finding": "Finding",
}  # fmt: skip

WORDS = replace(ENGLISH, messages={**ENGLISH.messages, **_SERVICE, **REVIEW, **FIELD, **DESK})
