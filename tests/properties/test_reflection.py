"""The law of the mirror, for the ground: a world reflected has the same findings, each with its own party.

A reflection about the equator is an exact one of the ellipsoid: distances and times stay, azimuths turn. So whatever is
concluded must be the same, but for the draws by which it is asked whose the picks are, which do not turn with the
world: probabilities may differ by a few in a thousand.
"""

from pathlib import Path

import numpy as np
import pytest

from missions.folder import TRUTH, conclusion_of
from truceline.model.finding import Finding
from truceline.sim.build import build
from truceline.sim.read_world import read_world

SMALL = Path(__file__).parents[1] / "missions" / "small.toml"
SAME = 3e-3
SOON_US = 50_000


def findings(seed: int, *, reflected: bool) -> tuple[Finding, ...]:
    text = SMALL.read_bytes().replace(b"[place]", b"[place]\nreflected = true" if reflected else b"[place]")
    files = build(read_world("small.toml", text), np.random.default_rng(seed))
    return conclusion_of({path: data for path, data in files.items() if path not in TRUTH}).result.findings


def partner(of: Finding, others: tuple[Finding, ...]) -> Finding:
    (found,) = [one for one in others if abs(one.time_us - of.time_us) < SOON_US and len(one.events) == len(of.events)]
    return found


def check(seed: int) -> None:
    plain, reflected = findings(seed, reflected=False), findings(seed, reflected=True)
    assert len(plain) == len(reflected) > 0
    for one in plain:
        other = partner(one, reflected)
        assert (one.outcome, one.party, one.robustness) == (other.outcome, other.party, other.robustness)
        assert abs(one.occurrence - other.occurrence) <= SAME
        shares = dict(other.responsibility)
        assert all(abs(shares[name] - probability) <= SAME for name, probability in one.responsibility)


def test_ground_reflected_has_the_same_findings() -> None:
    check(20)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [5, *range(21, 30)])
def test_whatever_the_seed(seed: int) -> None:
    check(seed)
