"""Places that people know by name: what something happened near, and the city that tells a reader where that is."""

from dataclasses import dataclass

CITY = "city"
PLACE_KINDS: tuple[str, ...] = (CITY, "town", "village", "site")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlace:
    """A place by its names (language, name), as the parties' annex or the mission's list spells them; WGS84 degrees.

    `region`: the names of the region by which it is counted; empty: of none.
    """

    id: str
    lon: float
    lat: float
    kind: str
    names: tuple[tuple[str, str], ...]
    region: tuple[tuple[str, str], ...] = ()

    def named(self, language: str) -> str:
        """Its name in a language; the first there is, where there is none in that one."""
        return name_in(self.names, language)

    def region_named(self, language: str) -> str:
        """The name of its region, likewise; empty: it is of none."""
        return name_in(self.region, language) if self.region else ""


def name_in(names: tuple[tuple[str, str], ...], language: str) -> str:
    """A name in a language; the first there is, where there is none in that one."""
    return dict(names).get(language, names[0][1])
