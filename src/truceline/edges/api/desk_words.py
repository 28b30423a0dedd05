"""The words of the pages of the duty desk and of programs."""

DESK = {
    "way.programs": "Programs",
    "programs.means": (
        "A program of yours may read for you what you may see: a GIS, events, incidents and findings while you are on "
        "duty, and at any time what was published; a monitor's program of forms may report. It shows your account and "
        "a key. There is one key an account: a new one ends the one before, and closing the account ends it too."
    ),
    "programs.address": "Address for GIS programs (OGC API – Features):",
    "programs.make": "Make a new key",
    "programs.no_account": "A seat of an exercise's link has no account, and so no key.",
    "programs.once": "Write it into the program now: it is not shown again.",
    "way.hand_over": "Hand-over",
    "handover.open": "{number} matters stand open; {new} of them are new since the last hand-over.",
    "handover.never": "No watch was handed over yet.",
    "handover.last": "The last hand-over: {time} UTC, from {giver} to {by}.",
    "handover.alarm": "Open alarms",
    "handover.alarm.help": "{about} calls for help",
    "handover.alarm.fault": "The service: {about}",
    "handover.alarm.waiting": "{about} waits for reviewers",
    "handover.alarm.in_review": "{about} is being reviewed",
    "handover.clock": "Clocks that run",
    "handover.clock.clock_24": "The 24 hours on {about} run",
    "handover.clock.clock_72": "The 72 hours on {about} run",
    "handover.overdue": "Overdue",
    "handover.overdue.patrol": "{about} should have called",
    "handover.overdue.review": "{about} has waited for reviewers for more than a day",
    "handover.overdue.conclusion": "For a day since the time to reply to {about} was over, nothing is concluded",
    "handover.overdue.clock_24": "The 24 hours on {about} are over",
    "handover.overdue.clock_72": "The 72 hours on {about} are over",
    "handover.contested": "Contested",
    "handover.contested.reply": "A party has replied to {about}",
    "handover.contested.reviewers": "Reviewers of {about} differ",
    "handover.contested.dissent": "A reviewer of {about} dissents",
    "handover.blind": "Blind",
    "handover.blind.sensor": "{about} cannot be counted on",
    "handover.blind.ground": "Patches of ground where too little is heard: {about}",
    "handover.none": "Nothing.",
    "handover.new": "new",
    "handover.take": "Take the watch over",
    "handover.from": "From",
    "handover.nobody": "nobody",
    "handover.words": "What the next should know besides",
    "handover.send": "I take the watch over, with every matter above",
    "handover.note": (
        "Each matter is acknowledged by its own name; what has come since this page was opened is shown again first. "
        "It becomes a decision in the log under your account."
    ),
    "handover.earlier": "Hand-overs before",
    "handover.caption": "Who took the watch over from whom (UTC), the last first",
    "handover.head.time": "Time",
    "handover.head.from": "From",
    "handover.head.by": "To",
    "handover.head.matters": "Matters",
    "handover.head.words": "In words",
    "handover.head.entry": "Decision",
}
