"""Who made us blind: a loss of sight as a finding, under the same standard as any other.

That a sensor was hindered, and by whom, is named only where both together reach the threshold, and where that stands
without any one provider's sensors and reports. Otherwise who did it is undetermined.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from truceline.coverage.loss import TOGETHER_US, Loss
from truceline.findings.words import likelihood
from truceline.model.agreement import DEFAULT_ROBUSTNESS, DEFAULT_THRESHOLD, ROBUSTNESS, Agreement, Robustness
from truceline.model.finding import Finding, Outcome, Reason
from truceline.model.instant import format_utc
from truceline.model.numbers import rounded_probability

Losses = Sequence[Loss]
HINDERED = 0.5  # a loss less likely than this to be anybody's doing is nobody's act


@dataclass(frozen=True, slots=True)
class Standard:
    """What must be reached before a party is named."""

    threshold: float = DEFAULT_THRESHOLD
    robustness: Robustness = DEFAULT_ROBUSTNESS


def hindrances(
    agreement: Agreement,
    losses: Losses,
    providers: Sequence[str],
    without: Callable[[frozenset[str]], Losses],
    standard: Standard = Standard(),
) -> tuple[Finding, ...]:
    """A finding for each loss that was more likely than not somebody's doing, in order of time, then sensor.

    without: the losses, computed anew as if some providers had sent nothing.
    """
    some = [one for one in losses if one.hindered >= HINDERED]
    if not some:
        return ()
    left_out = {provider: without(frozenset((provider,))) for provider in providers}
    return tuple(_finding(agreement, one, left_out, standard) for one in some)


def _reached(agreement: Agreement, loss: Loss, threshold: float) -> str | None:
    """The party for whom hindered × responsibility reaches the threshold."""
    shares = dict(loss.responsibility)
    return next(
        (party for party in agreement.parties if rounded_probability(loss.hindered * shares[party]) >= threshold), None
    )


def _stands(agreement: Agreement, loss: Loss, party: str, others: Losses, threshold: float) -> bool:
    """Whether a party is still reached for a loss among losses without a provider.

    Without the sensor's own provider its silence is not known, and could be meant to deceive: then somebody else must
    have been hindered by the same party at the same moment.
    """
    return any(
        _reached(agreement, one, threshold) == party
        for one in others
        if abs(one.from_us - loss.from_us) <= TOGETHER_US
        and (one.sensor == loss.sensor or one.provider != loss.provider)
    )


def _finding(agreement: Agreement, loss: Loss, left_out: Mapping[str, Losses], standard: Standard) -> Finding:
    party = _reached(agreement, loss, standard.threshold)
    falls = [
        provider
        for provider, others in sorted(left_out.items())
        if party is not None and not _stands(agreement, loss, party, others, standard.threshold)
    ]
    robust: Robustness = "R1" if party is not None and len(left_out) > 1 and not falls else "R0"
    enough = ROBUSTNESS.index(robust) >= ROBUSTNESS.index(standard.robustness)
    may = agreement.may("attribute")
    outcome: Outcome = "attributed" if party is not None and enough and may else "undetermined"
    occurrence = rounded_probability(loss.hindered)
    return Finding(
        id=f"F-{sha256(f'{loss.sensor} {loss.from_us}'.encode()).hexdigest()[:16]}",
        incident=f"L-{sha256(loss.sensor.encode()).hexdigest()[:16]}",
        time_us=loss.from_us,
        events=(),
        provisions=(),
        occurrence=occurrence,
        responsibility=loss.responsibility,
        outcome=outcome,
        party=party if outcome == "attributed" else None,
        robustness=robust,
        evidence="fair" if robust == "R1" else "weak",
        reasons=tuple(Reason(words) for words in loss.reasons),
        words=_words(loss, occurrence, party, outcome, falls, standard),
    )


def _words(
    loss: Loss, occurrence: float, party: str | None, outcome: str, falls: Sequence[str], standard: Standard
) -> str:
    """The sentence a reader gets."""
    when = format_utc(loss.from_us, digits=0)
    begins = f"From {when} {loss.sensor} could not see; it is {likelihood(occurrence)} that somebody hindered it."
    if outcome == "attributed":
        share = likelihood(dict(loss.responsibility)[party or ""])
        return f"{begins} It is {share} that {party} did. Not reviewed."
    if party is not None:
        rests = f"the word of {', '.join(falls)}" if falls else "a single provider"
        return f"{begins} Who did is undetermined: it would rest on {rests}, and {standard.robustness} is required."
    return f"{begins} Who did is undetermined: the evidence does not reach a standard of {standard.threshold:.2f}."
