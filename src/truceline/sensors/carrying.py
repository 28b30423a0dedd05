"""How far things carry, before a mission has learnt better."""

from collections.abc import Mapping

from truceline.model import observation as o

# Reach in metres (caught as often as not), by an array in still air, known to a factor of 1.5.
STATED_REACH_M: Mapping[str, float] = {
    o.OUTGOING: 10_000.0, o.IMPACT: 10_000.0, o.AIRBURST: 10_000.0, o.EXPLOSION: 10_000.0, o.MISSILE: 12_000.0,
    o.DEMOLITION: 11_000.0, o.QUARRY_BLAST: 13_000.0, o.THUNDER: 10_000.0, o.BURST: 1_400.0, o.SHOT: 1_000.0,
}  # fmt: skip
