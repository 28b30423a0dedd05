"""Ledgers for tests: one to change, and one as large as a coalition may become."""

from collections.abc import Sequence

import numpy as np

from truceline.coalition.ledger import (
    DOMAINS,
    PILLARS,
    SUPPLIES,
    Authority,
    Caveat,
    Commitment,
    Condition,
    Contribution,
    Country,
    Decided,
    Ledger,
    Nation,
    StatusFrom,
)  # fmt: skip
from truceline.coalition.reading import by_id
from truceline.geo.frame import destination
from truceline.model.agreement import Area
from truceline.model.instant import parse_utc

START = parse_utc("2026-01-01T00:00:00Z")
DAY = 86_400_000_000
WHEN = START + 100 * DAY
LINE = tuple((30.0 + 0.02 * n, 50.0 + 0.004 * (n % 5)) for n in range(40))
SQUARE = ((30.2, 50.1), (30.4, 50.1), (30.4, 50.2), (30.2, 50.2), (30.2, 50.1))
HOLE = ((30.28, 50.14), (30.28, 50.16), (30.32, 50.16), (30.32, 50.14), (30.28, 50.14))
AREAS = (Area("contact-line", line=LINE), Area("buffer", polygons=((SQUARE, HOLE),)))


def decided(outcome: str = "granted", at: int = START) -> Decided:
    return Decided(at_us=at, outcome=outcome, by="a named person")


def stands(status: str = "deployed", at: int = START) -> StatusFrom:
    return StatusFrom(at_us=at, status=status, by="a named person")  # type: ignore[arg-type]


def contribution(name: str = "sensors-1", nation: str = "aland", **changes: object) -> Contribution:
    given: dict[str, object] = {
        "pillar": "monitoring", "domain": "land", "asset": "acoustic arrays", "least": 4.0, "most": 6.0,
        "history": (stands(),), "country": "host", "place": (30.3, 50.3), **changes,
    }  # fmt: skip
    return Contribution(id=name, nation=nation, **given)  # type: ignore[arg-type]


def ledger(
    contributions: Sequence[Contribution] = (contribution(),), caveats: Sequence[Caveat] = (), **changes: object
) -> Ledger:
    """Two nations with a mandate each, and a host with one neighbour."""
    given: dict[str, object] = {
        "countries": (
            Country(id="afar", name="Afar"), Country(id="host", name="Hostland", neighbours=("next",)),
            Country(id="next", name="Nextland", neighbours=("host",)),
        ),
        "nations": (Nation(id="aland", name="Aland"), Nation(id="borea", name="Borea")),
        "authorities": tuple(
            Authority(id=f"{who}-mandate", nation=who, kind="mandate", title="Mandate", history=(decided(),))
            for who in ("aland", "borea")
        ),
        "conditions": (Condition(id="ceasefire-holds", words="The ceasefire holds", history=(decided(),)),),
        **changes,
    }  # fmt: skip
    return Ledger(contributions=tuple(contributions), caveats=tuple(caveats), **given)  # type: ignore[arg-type]


def away(metres: float, azimuth: float = 0.0, start: tuple[float, float] = (30.4, 50.016)) -> tuple[float, float]:
    lon, lat = destination(*start, azimuth, metres)
    return float(lon), float(lat)


def large(nations: int = 35, contributions: int = 2000) -> Ledger:
    """As large as a coalition may become: everything that can be in the way, somewhere."""
    draw = np.random.default_rng(35)
    names = [f"nation-{n:02d}" for n in range(nations)]
    countries = [f"country-{n}" for n in range(8)]
    conditions = [Condition(id=f"c{n}", words=f"Condition {n}", history=(decided("granted" if n % 4 else "pending"),))
                  for n in range(12)]  # fmt: skip
    authorities = [
        Authority(
            id=f"{name}-a{n}", nation=name, kind=("mandate", "vote")[n], title="Consent", history=(decided(),),
            expires_us=START + int(draw.integers(80, 400)) * DAY,
            conditions=(f"c{int(draw.integers(12))}",) if n else (),
        )
        for name in names
        for n in range(2)
    ]  # fmt: skip
    kinds = (
        ("only_countries", tuple(countries[:6])), ("only_domains", ("land", "mechanism", "air")),
        ("no_combat_role", ()), ("away_from_line", ("contact-line",)), ("outside_area", ("buffer",)),
    )  # fmt: skip
    caveats = [
        Caveat(id=f"{name}-{kind}", nation=name, kind=kind, words=f"{kind} by {name}", values=values,
               metres=5_000.0 if kind == "away_from_line" else 0.0)
        for number, name in enumerate(names)
        for kind, values in (kinds[number % 5], kinds[(number + 2) % 5])
    ]  # fmt: skip
    some = []
    for n in range(contributions):
        hub = f"k{n // 50 * 50:04d}"
        some.append(
            Contribution(
                id=f"k{n:04d}", nation=names[n % nations], pillar=PILLARS[int(draw.integers(5))],
                domain=DOMAINS[int(draw.integers(4))], asset=f"asset-{int(draw.integers(20))}", least=float(n % 4),
                most=float(n % 4 + 2), history=(stands("pledged", START), stands("deployed", START + (n % 200) * DAY)),
                country=countries[n % 8],
                place=(30.0 + float(draw.uniform(-0.5, 1.3)), 50.0 + float(draw.uniform(-0.5, 0.5))),
                role="combat" if n % 17 == 0 else "non_combat", conditions=(f"c{n % 12}",) if n % 3 == 0 else (),
                needs=(hub,) if hub != f"k{n:04d}" else (), supplies=(SUPPLIES[n % 6],) if n % 11 == 0 else (),
                sensors=(f"S{n:04d}",) if n % 2 else (),
            )
        )  # fmt: skip
    commitments = [
        Commitment(id=f"m{n}", pillar=PILLARS[n % 5], words="So many", asset=f"asset-{n % 20}", amount=40.0 + n)
        for n in range(60)
    ]
    return Ledger(
        countries=tuple(Country(id=one, name=one) for one in countries),
        nations=tuple(Nation(id=name, name=name) for name in names),
        authorities=by_id(authorities), conditions=by_id(conditions), contributions=tuple(some),
        caveats=by_id(caveats), commitments=by_id(commitments),
    )  # fmt: skip
