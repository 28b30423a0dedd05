"""What may be wrong with an array: nothing, one element to be left out, or one with its wires crossed."""

from dataclasses import dataclass

import numpy as np

from truceline.sensors.array.layout import Ints
from truceline.sensors.contract import Floats

LEAST_KEPT = 3  # elements that a direction needs
FLIPPED_SHARE = 0.2  # of bad elements, those with a flipped sign and nothing else


@dataclass(frozen=True)
class Hypotheses:
    """signs: (hypotheses, elements) of 1, −1 (flipped) or 0 (left out). log_prior: (hypotheses,).

    suspect: the element each hypothesis blames, −1 for none. left_out: the same, −1 also where it is only flipped.
    """

    signs: Floats
    log_prior: Floats
    suspect: Ints
    left_out: Ints

    def kept(self) -> Floats:
        """Elements that each hypothesis keeps."""
        return np.asarray(np.abs(self.signs).sum(axis=1))


def hypotheses(elements: int, bad_share: float) -> Hypotheses:
    """All hypotheses for an array of so many elements; `bad_share` is the probability that one of them is bad.

    Of three elements none can be left out.
    """
    one = np.eye(elements)
    who = np.arange(elements)
    none = np.full(elements, -1)
    signs, priors, suspects, out = [np.ones((1, elements))], [1.0 - bad_share], [none[:1]], [none[:1]]
    flipped = bad_share * FLIPPED_SHARE
    if elements > LEAST_KEPT:
        signs.append(1.0 - one)
        priors += [(bad_share - flipped) / elements] * elements
        suspects.append(who)
        out.append(who)
    signs.append(1.0 - 2.0 * one)
    priors += [flipped / elements] * elements
    suspects.append(who)
    out.append(none)
    return Hypotheses(
        np.concatenate(signs),
        np.log(np.asarray(priors) / np.sum(priors)),
        np.concatenate(suspects),
        np.concatenate(out),
    )
