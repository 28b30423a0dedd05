"""Origin × control: fire that came from ground a party holds is evidence of that party's act, not the act itself.

Anyone may slip onto another's ground, and a proxy may fire for somebody who did not sign; these stay possible
however well the place is known.
"""

from collections.abc import Sequence

import numpy as np

from truceline.fusion.build import FusedEvent
from truceline.geo.frame import Frame
from truceline.geo.held import PreparedMap, holding
from truceline.model.instant import Instant
from truceline.sensors.contract import Floats

OTHER_ON_HELD = 0.008  # somebody who did not sign, on ground that a party holds
STRANGER_ON_HELD = 0.007  # another party, shared among them
OTHER_ON_UNKNOWN = 0.2  # somebody who did not sign, where nobody is known to hold the ground


def origin_likelihood(
    fused: Sequence[FusedEvent], maps: Sequence[PreparedMap], parties: Sequence[str], frame: Frame, when: Instant
) -> Floats:
    """(parties + 1,) probability that each party, or other (last), fired from where these events began.

    The events are taken to share one actor: their posteriors are weighed by how well each is located. Several
    maps are believed alike. Without maps all ground is unknown.
    """
    weight = np.array([1.0 / max(one.event.origin.ellipse90.semi_major_m, 1.0) ** 2 for one in fused])
    lon = np.concatenate([one.lon for one in fused])
    lat = np.concatenate([one.lat for one in fused])
    mass = np.concatenate([w * one.weight for w, one in zip(weight / weight.sum(), fused, strict=True)])
    if not maps:
        held = np.zeros(len(parties) + 1)
        held[-1] = 1.0
    else:
        x, y = frame.to_xy(lon, lat)
        held = np.mean([mass @ holding(one, parties, x, y, when) for one in maps], axis=0)
    return firers_by_ground(held / held.sum())


def firers_by_ground(held: Floats) -> Floats:
    """(parties + 1,) who fired, other last, given who holds the ground it came from (unknown last)."""
    count = len(held) - 1
    fired = np.empty(count + 1)
    strangers = STRANGER_ON_HELD if count > 1 else 0.0
    own = 1.0 - OTHER_ON_HELD - strangers
    others_ground = (held[:-1].sum() - held[:-1]) * (strangers / max(1, count - 1))
    fired[:-1] = held[:-1] * own + others_ground + held[-1] * (1.0 - OTHER_ON_UNKNOWN) / max(1, count)
    fired[-1] = held[:-1].sum() * OTHER_ON_HELD + held[-1] * OTHER_ON_UNKNOWN
    return np.asarray(fired / fired.sum())
