"""Whether a contribution keeps a caveat: where it is, what it is for, of what domain. On the boundary is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from truceline.coalition.ledger import Caveat, Contribution, Ledger
from truceline.geo.standoff import EDGE_M, inside, metres_to_line
from truceline.model.agreement import Area


@dataclass(frozen=True)
class Places:
    """How far each placed contribution is from each line, and which areas it lies in, that some caveat speaks of.

    Worked out once: it does not change with the date nor with what is supposed.
    """

    metres: Mapping[tuple[str, str], float]  # (contribution, line)
    within: Mapping[tuple[str, str], bool]  # (contribution, area)


def places_of(ledger: Ledger, areas: Sequence[Area]) -> Places:
    """The places of a ledger's contributions, as far as its caveats ask."""
    by_id = {area.id: area for area in areas}
    placed = [one for one in ledger.contributions if one.place is not None]
    positions = [one.place for one in placed if one.place is not None]
    lines = sorted({one.values[0] for one in ledger.caveats if one.kind == "away_from_line"} & set(by_id))
    spoken = sorted(
        {one.values[0] for one in ledger.caveats if one.kind in ("outside_area", "inside_area")} & set(by_id)
    )
    metres = {
        (one.id, line): away
        for line in lines
        for one, away in zip(placed, metres_to_line(positions, by_id[line].line), strict=True)
    }
    within = {
        (one.id, area): held
        for area in spoken
        for one, held in zip(placed, inside(positions, by_id[area].polygons), strict=True)
    }
    return Places(metres, within)


def violation(caveat: Caveat, one: Contribution, ledger: Ledger, places: Places) -> str | None:
    """What a contribution does against a caveat that binds it; None if it keeps it."""
    match caveat.kind:
        case "only_countries":
            return _country(one, caveat.values, "is in {country}, and may only be in {allowed}")
        case "only_neighbours":
            allowed = ledger.country[caveat.values[0]].neighbours
            return _country(one, allowed, f"is in {{country}}, which is no neighbour of {caveat.values[0]}")
        case "only_domains":
            kept = one.domain in caveat.values
            return None if kept else f"serves on {one.domain}, and may only serve on {', '.join(caveat.values)}"
        case "no_combat_role":
            return None if one.role != "combat" else "has a combat role"
        case "away_from_line":
            return _away(caveat, one, places)
        case _:
            return _area(caveat, one, places)


def _country(one: Contribution, allowed: Sequence[str], words: str) -> str | None:
    """Nothing is said of what has no country yet: it is nowhere."""
    if one.country is None or one.country in allowed:
        return None
    return words.format(country=one.country, allowed=", ".join(allowed) or "none")


def _away(caveat: Caveat, one: Contribution, places: Places) -> str | None:
    away = places.metres.get((one.id, caveat.values[0]))
    if away is None or away >= caveat.metres - EDGE_M:
        return None
    return f"stands {away:.0f} m from {caveat.values[0]}, and may not be nearer than {caveat.metres:.0f} m"


def _area(caveat: Caveat, one: Contribution, places: Places) -> str | None:
    held = places.within.get((one.id, caveat.values[0]))
    if held is None or held == (caveat.kind == "inside_area"):
        return None
    return f"stands {'inside' if held else 'outside'} {caveat.values[0]}"
