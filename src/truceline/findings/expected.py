"""How many of some names must be expected to be wrong, by the probabilities that they were given with."""

from collections.abc import Iterable

from truceline.model.finding import Finding


def expected_wrong(findings: Iterable[Finding]) -> float:
    """Expected number of wrong names. It is the sum of what each lacks of certainty, whatever they have in common."""
    return sum(1.0 - named_surely(one) for one in findings if one.party is not None)


def named_surely(finding: Finding) -> float:
    """How sure a name is: that it happened, was of the kind forbidden, and was this party's; 0 for no name."""
    if finding.party is None:
        return 0.0
    sure = finding.occurrence * dict(finding.responsibility)[finding.party]
    return min(sure, finding.calibration.sure) if finding.calibration is not None else sure
