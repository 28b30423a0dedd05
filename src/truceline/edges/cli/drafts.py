"""The folder that `truceline agreement new` makes: small, whole, and its cases hold."""

_TERMS = """# Who is bound to what, where and when. docs/reference/terms.md explains every key.
language = 1

[agreement]
id = "{name}"
title = "The title of the agreement"
parties = ["first-party", "second-party"]
in_force_from = 2026-01-01T00:00:00+00:00    # with its offset: local time is written like 2026-01-01T00:00:00+02:00
areas = "areas.geojson"
languages = ["en"]

[mandate]
attribute = true
name = false

[[provision]]
id = "fire"
article = "Article 1"
text = "The words of the article."
kind = "no_fire"
binds = ["first-party", "second-party"]

[[provision]]
id = "buffer"
article = "Article 2"
text = "The words of the article."
kind = "no_entry"
binds = ["first-party", "second-party"]
area = "line"
within_m = 5000
"""

_AREAS = """{"type": "FeatureCollection", "features": [
 {"type": "Feature", "properties": {"id": "line", "kind": "line", "names": {"en": "line of contact"}},
  "geometry": {"type": "LineString", "coordinates": [[0.0, 0.0], [0.1, 0.5], [0.0, 1.0]]}}
]}
"""

_TEXT = """# {name}

What the text says, article by article, in your own words, with where it can be read. Say what the text leaves open and
what was assumed, and whose geometry `areas.geojson` holds.

## Article 1

## Article 2
"""

_CASES = """# What {name} is expected to say

## Article 1

### A shell after entry into force is a breach
- Article: Article 1
- Given: E1 is outgoing, 8 km left of line, at 2026-01-01T00:00:00+00:00
- If `first-party`: breach of `fire`, because "fire with probability"

### One second before, it is not
- Article: Article 1
- Given: E1 is outgoing, 8 km left of line, at 2025-12-31T23:59:59+00:00
- If `first-party`: nothing under `fire`, because "was not in force"

## Article 2

### Soldiers one metre inside the buffer, and one metre outside
- Article: Article 2
- Given: S1 is a sighting of 3 × "soldiers", 4,999 m left of line, at 2026-02-01T10:00:00+00:00
- Given: S2 is a sighting of 3 × "soldiers", 5,001 m left of line, at 2026-02-01T10:00:00+00:00
- If `first-party` did S1: breach of `buffer`, because "was seen"
- If `first-party` did S2: nothing under `buffer`, because "does not lie"
"""


def draft(name: str) -> dict[str, str]:
    """The files of a new agreement, by name."""
    plain = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name) or "agreement"
    return {
        "terms.toml": _TERMS.replace("{name}", plain),
        "areas.geojson": _AREAS,
        "text.md": _TEXT.replace("{name}", plain),
        "cases.md": _CASES.replace("{name}", plain),
    }
