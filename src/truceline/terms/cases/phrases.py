"""The phrases of which facts are made: places, times, numbers and lists of classes.

    place   `1 m inside AREA`, `1 m outside AREA`, `25 km from AREA`, `25 km left of LINE`, `25 km right of LINE`,
            `inside AREA`, `at LON LAT`, `somewhere unknown`; each with ` ± 20 m` behind it, if it is not exact
    time    `at 2020-07-27T00:01:00+03:00`, with ` ± 0.5 s` behind it, if it is not exact
    classes `outgoing`, or `outgoing 60 % or thunder 40 %`

A phrase that cannot be read raises ValueError with what to do.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from truceline.formats.fields import suggest
from truceline.geo.beside import away_by, inside_by
from truceline.geo.frame import Frame
from truceline.geo.region import CHI2_90
from truceline.geo.zone import inner_point
from truceline.model.agreement import Area
from truceline.model.event import Ellipse
from truceline.model.instant import Instant, from_datetime
from truceline.model.observation import Labels

NUMBER = r"\d[\d,]*(?:\.\d+)?"
_PLUS_MINUS = re.compile(rf"^(?P<what>.*?)\s*(?:±|\+/-)\s*(?P<sigma>{NUMBER})\s*(?P<unit>m|km|s)$")
_BY = re.compile(
    rf"^(?P<number>{NUMBER})\s*(?P<unit>m|km)\s+(?P<how>inside|outside|from|left of|right of)\s+(?P<area>[\w.@-]+)$"
)
_IN = re.compile(r"^(?:inside|in)\s+(?P<area>[\w.@-]+)$")
_AT = re.compile(r"^at\s+(?P<lon>-?\d+(?:\.\d+)?)\s+(?P<lat>-?\d+(?:\.\d+)?)$")
_WHEN = re.compile(r"^at\s+(?P<time>\d{4}-\d\d-\d\d[T ]\S.*)$")
_SHARE = re.compile(rf"^(?P<class>[a-z_]+)(?:\s+(?P<share>{NUMBER})\s*%)?$")
NOWHERE = "somewhere unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """A position and its sigma on each axis; None: unknown."""

    lon: float
    lat: float
    sigma_m: float

    @property
    def ellipse90(self) -> Ellipse:
        reach = self.sigma_m * sqrt(CHI2_90)
        return Ellipse(reach, reach, 0.0)


@dataclass(frozen=True)
class Ground:
    """The areas that places are told by."""

    frame: Frame
    areas: Mapping[str, Area]


def number(text: str) -> float:
    return float(text.replace(",", ""))


def clauses(text: str) -> list[str]:
    """A fact cut at its commas, those within quotes left alone."""
    plain = text.replace("“", '"').replace("”", '"').strip().rstrip(".")
    return [part.strip() for part in re.split(r',\s+(?=(?:[^"]*"[^"]*")*[^"]*$)', plain)]


def is_place(clause: str) -> bool:
    what = _without_sigma(clause)[0]
    return what == NOWHERE or any(pattern.match(what) for pattern in (_BY, _IN, _AT))


def is_time(clause: str) -> bool:
    return bool(_WHEN.match(clause))


def place(clause: str, ground: Ground) -> Place | None:
    """Where something was."""
    what, sigma_m = _without_sigma(clause)
    if what == NOWHERE:
        return None
    found = _position(what, ground)
    if found is None:
        raise ValueError(f"there is no place that is {what}; choose another distance or side")
    return Place(*found, sigma_m)


def _position(what: str, ground: Ground) -> tuple[float, float] | None:
    if at := _AT.match(what):
        return float(at["lon"]), float(at["lat"])
    if inside := _IN.match(what):
        return inner_point(_area(inside["area"], ground))
    by = _BY.match(what)
    assert by is not None, what
    area, metres = _area(by["area"], ground), number(by["number"]) * (1000.0 if by["unit"] == "km" else 1.0)
    if by["how"] == "inside":
        return inside_by(ground.frame, area, metres)
    if by["how"] in ("left of", "right of"):
        if not area.line:
            raise ValueError(f"{area.id} is no line and has no sides; say 'from' or 'outside'")
        return away_by(ground.frame, area, metres, "left" if by["how"] == "left of" else "right")
    return away_by(ground.frame, area, metres)


def _area(id_: str, ground: Ground) -> Area:
    if id_ not in ground.areas:
        raise ValueError(f"area {id_!r} is in no file of areas; {suggest(id_, ground.areas)}")
    return ground.areas[id_]


def _without_sigma(clause: str) -> tuple[str, float]:
    found = _PLUS_MINUS.match(clause)
    if found is None:
        return clause, 0.0
    return found["what"], number(found["sigma"]) * (1000.0 if found["unit"] == "km" else 1.0)


def time(clause: str) -> tuple[Instant, float]:
    """When something was: (instant, sigma in seconds)."""
    what, sigma_s = _without_sigma(clause)
    found = _WHEN.match(what)
    assert found is not None, clause
    return instant(found["time"]), sigma_s


def instant(text: str) -> Instant:
    try:
        return from_datetime(datetime.fromisoformat(text.strip()))
    except ValueError:
        raise ValueError(f"{text.strip()!r} is no time; write it like 2020-07-27T00:01:00+03:00") from None


def labels(text: str, among: Collection[str]) -> Labels:
    """Classes with their probabilities; one alone is certain."""
    parts = [_SHARE.match(part.strip()) for part in text.split(" or ")]
    found: dict[str, float] = {}
    for part, match in zip(text.split(" or "), parts, strict=True):
        if match is None or match["class"] not in among:
            word = match["class"] if match else part.strip()
            raise ValueError(f"{word!r} is no class of events; {suggest(word, among)}")
        if match["share"] is None and len(parts) > 1:
            raise ValueError(f"{part.strip()!r} has no probability; write it like 'outgoing 60 % or thunder 40 %'")
        found[match["class"]] = 1.0 if match["share"] is None else number(match["share"]) / 100.0
    if sum(found.values()) > 1.0 + 1e-9:
        raise ValueError("the probabilities sum to more than 100 %; lower them")
    return tuple(sorted(found.items()))


def one_of(word: str, among: Collection[str], what: str) -> str:
    """A word that must be among some."""
    if word not in among:
        raise ValueError(f"{word!r} is no {what}; {suggest(word, among)}")
    return word


def only(found: Sequence[str], what: str) -> str:
    """The one clause that says something."""
    if len(found) != 1:
        raise ValueError(f"{'no' if not found else 'more than one'} {what} is said; say one")
    return found[0]
