"""How monitors were hindered, from the words of those who were: denied, delayed, conditional, threatened, …

The kinds are those of the field's reports. Mines and weather hinder too, but nobody's conduct does.
"""

import re

DENIED, DELAYED, CONDITIONAL, THREATENED = "denied", "delayed", "conditional", "threatened"
CAMERA_REMOVED, JAMMED, PROBABLE_JAMMING = "camera_removed", "jammed", "probable_jamming"
FIRED_AT, NOBODY, OTHER_HINDRANCE = "fired_at", "nobody", "other"

HINDRANCES: tuple[str, ...] = (
    DENIED, DELAYED, CONDITIONAL, THREATENED, FIRED_AT, CAMERA_REMOVED, JAMMED, PROBABLE_JAMMING, NOBODY,
    OTHER_HINDRANCE,
)  # fmt: skip
OF_SIGNALS: frozenset[str] = frozenset({JAMMED, PROBABLE_JAMMING})
OF_MOVEMENT: tuple[str, ...] = (DENIED, DELAYED, CONDITIONAL, THREATENED, FIRED_AT, CAMERA_REMOVED)

# What stands first decides: a camera that was removed is not "denied", probable jamming is not jamming.
WORDS: tuple[tuple[str, str], ...] = (
    (r"\bmines?\b|\bminefield|unexploded|\buxo\b|weather|flood|snow|ice\b|bridge (?:is )?(?:broken|damaged)", NOBODY),
    (r"(?:probabl[ey]|possibl[ey]|suspected|likely)[\w\s-]*(?:jamm|interference)", PROBABLE_JAMMING),
    (r"jamm|signal interference|spoof", JAMMED),
    (r"camera|tamper", CAMERA_REMOVED),
    (r"fired (?:at|upon|on|near|close)|shots? (?:at|near|close|fired)|shot at|under fire", FIRED_AT),
    (r"threat|aim(?:ed|ing)|intimidat|pointed", THREATENED),
    (r"condition|escort|only if|after (?:showing|inspection)|document|search", CONDITIONAL),
    (r"delay|waited|wait|kept|held up", DELAYED),
    (r"denied|deny|refus|block|forbid|forbad|turned back|stopped|closed|not allow|no access|prevent", DENIED),
)


def hindrance(what: str) -> str:
    """The kind of a restriction, from its words or from the name of the kind itself."""
    word = what.strip().lower().replace(" ", "_")
    if word in HINDRANCES:
        return word
    return next((kind for pattern, kind in WORDS if re.search(pattern, what, re.IGNORECASE)), OTHER_HINDRANCE)
