"""What the parties themselves say: interested sources, counted once each and never decisive.

A party that alleges another's fire shifts the odds a little, however often it repeats itself; a party that announced
fire there and then speaks against itself, which shifts them more. The odds without any of it are kept beside, and a
party is named only if it is reached by those too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.geo.frame import distance_azimuth
from truceline.model.event import Event
from truceline.model.filing import Claim, Notice
from truceline.model.instant import US_PER_S
from truceline.model.observation import AIRBURST, BURST, EXPLOSION, IMPACT, MISSILE, OUTGOING, PROJECTILE, SHOT
from truceline.sensors.contract import Floats

ALLEGED = 1.25  # times likelier, if another party says so
ANNOUNCED = 3.0  # if it said beforehand that it would fire there
NEAR_S, NEAR_M = 300.0, 1_500.0  # besides the claim's own radius
FIRE = frozenset({OUTGOING, IMPACT, AIRBURST, EXPLOSION, BURST, SHOT, PROJECTILE, MISSILE})


@dataclass(frozen=True)
class Filings:
    """Claims and notices of fire, of all parties."""

    claims: tuple[Claim, ...] = ()
    notices: tuple[Notice, ...] = ()

    def odds(self, parties: Sequence[str], events: Sequence[Event]) -> Floats:
        """(parties,) how many times likelier each party's authorship is by what parties said of these events."""
        factor = np.ones(len(parties))
        by = {(one.party, one.accuses) for one in self.claims if one.party != one.accuses and _about(one, events)}
        for number, party in enumerate(parties):
            accusers = {accuser for accuser, accused in by if accused == party}
            factor[number] *= ALLEGED if accusers else 1.0
            if any(one.party == party and one.activity in FIRE and _covers(one, events) for one in self.notices):
                factor[number] *= ANNOUNCED
        return factor


def _about(claim: Claim, events: Sequence[Event]) -> bool:
    near = [one for one in events if abs(one.origin.time_us - claim.time_us) <= NEAR_S * US_PER_S]
    return _within(claim.lon, claim.lat, claim.radius_m + NEAR_M, near)


def _covers(notice: Notice, events: Sequence[Event]) -> bool:
    near = [one for one in events if notice.from_us <= one.origin.time_us < notice.until_us]
    return _within(notice.lon, notice.lat, notice.radius_m, near)


def _within(lon: float, lat: float, radius_m: float, events: Sequence[Event]) -> bool:
    if not events:
        return False
    lons, lats = [one.origin.lon for one in events], [one.origin.lat for one in events]
    away, _ = distance_azimuth(lon, lat, lons, lats)
    return bool((away <= radius_m + np.array([one.origin.ellipse90.semi_major_m for one in events])).any())
