"""Which findings people review: candidates for naming, harm, monitors fired upon, and a share drawn by lot.

The rest stays `automatic` and names no one. Chance comes from outside, as a number of a million that is logged.
"""

from dataclasses import dataclass

DRAWN_OF = 1_000_000
RANDOM_SHARE = 20_000  # 2 % of all that no other reason brings before people
AGAIN_SHARE = 50_000  # one concluded case in twenty
NAMING, HARM, MONITORS, LOT = "naming", "harm", "monitors", "lot"


@dataclass(frozen=True, slots=True)
class Stakes:
    """What is at stake in a finding. harm: somebody or something was hurt there then; monitors: fire fell near them."""

    named: bool
    harm: bool
    monitors: bool


def reasons_for(stakes: Stakes, draw: int) -> tuple[str, ...]:
    """Why people review a finding; nothing if they do not."""
    said = ((NAMING, stakes.named), (HARM, stakes.harm), (MONITORS, stakes.monitors))
    found = tuple(reason for reason, holds in said if holds)
    return found or ((LOT,) if draw < RANDOM_SHARE else ())


def again(draw: int) -> bool:
    """Whether a concluded case is reviewed once more, by others."""
    return draw < AGAIN_SHARE
