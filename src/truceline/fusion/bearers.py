"""A region for events heard by few arrays that holds even if one provider lies; what such events teach of doubts.

The fits without each provider, all on grids at once, are weighed as in `robust`; the likeliest one shows how well
times and directions fit when nobody, or the one who lies, is left out.
"""

from dataclasses import dataclass

import numpy as np

from truceline.fusion.columns import Bools, Ints
from truceline.fusion.earshot import LOG_2PI, SIGMAS, WIDEST_M, Earshot, HeardStraight
from truceline.fusion.misstated import Misstated
from truceline.fusion.robust import LEAST_WEIGHT, LIE_RAD, LIE_S, SOMEBODY_LIES, union_radius
from truceline.sensors.contract import Floats

LEAST_ENTRIES = 3  # equations that must be left to locate by if one provider is set aside
GRIDS = (29, 19, 23)  # places along each side, from coarse to fine


@dataclass(frozen=True)
class Bearer:
    """A fit without one provider: where (frame metres), its covariance and the squared radius of its ellipse."""

    x: float
    y: float
    covariance: Floats
    radius: float


@dataclass(frozen=True)
class _Fits:
    """Posteriors of h fits on grids of p places: late, turned (h, p) sums of squared misfits, times' and directions';
    weight (h, p); evidence (h,) logs; mean (h, 2), covariance (h, 2, 2)."""

    late: Floats
    turned: Floats
    weight: Floats
    evidence: Floats
    mean: Floats
    covariance: Floats


def bearers_of(earshot: Earshot, event: HeardStraight, learnt: Misstated) -> tuple[tuple[Bearer, ...], Misstated]:
    """Ellipses whose union holds an event nine times in ten even if one provider lies, and what the event teaches.

    No ellipses where without one provider too few detections are left to locate by.
    """
    pick = np.array(event.picks)
    provider = earshot.channels.provider[earshot.picks.channel[pick]]
    liars = np.unique(provider)
    kept = np.concatenate([np.ones((1, len(pick)), bool), provider != liars[:, None]])
    enough = bool((2 * kept.sum(axis=1) >= LEAST_ENTRIES).all())
    if not enough:
        kept = kept[:1]
    fits = _fits(earshot, pick, kept, event.place)
    prior = np.log(np.r_[1.0 - SOMEBODY_LIES, np.full(len(kept) - 1, SOMEBODY_LIES / len(liars))])
    log = fits.evidence - (~kept).sum(axis=1) * float(np.log(LIE_S * LIE_RAD)) + prior
    best = int(np.argmax(log))
    entries = int(kept[best].sum())
    if 2 * entries > LEAST_ENTRIES:
        stated = earshot.factors
        late, turned = fits.late[best] * stated[0] ** 2, fits.turned[best] * stated[1] ** 2
        learnt = learnt.with_event(late, turned, (entries - 1, entries))
    if not enough:
        return (), learnt
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    radius = float(union_radius(weight[None], fits.mean[None], fits.covariance[None])[0])
    return tuple(
        Bearer(float(mean[0]), float(mean[1]), own, radius)
        for share, mean, own in zip(weight, fits.mean, fits.covariance, strict=True)
        if share > LEAST_WEIGHT
    ), learnt


def _fits(earshot: Earshot, pick: Ints, kept: Bools, place: tuple[float, float]) -> _Fits:
    """The posteriors of h fits, each to the picks it keeps (h, picks), on grids narrowed until they hold them well."""
    centre, half = np.array([place]), np.array([WIDEST_M])  # one grid for all, then one for each
    for places in GRIDS:
        fits = _on_grids(earshot, pick, kept, centre, half, places)
        centre = fits.mean
        # Where one step of a grid holds nearly all, its points alone do not tell how wide it is.
        wide = np.sqrt(np.linalg.eigvalsh(fits.covariance)[:, 1] + (2 * half / (places - 1)) ** 2 / 12)
        half = np.minimum(half, np.maximum(300.0, SIGMAS * wide))
    return fits


def _on_grids(earshot: Earshot, pick: Ints, kept: Bools, centre: Floats, half: Floats, places: int) -> _Fits:
    side = np.linspace(-1.0, 1.0, places)
    unit = np.stack([grid.ravel() for grid in np.meshgrid(side, side)], axis=1)
    off = half[:, None, None] * unit  # (h, p, 2)
    at = (centre[:, None] + off).reshape(-1, 2)
    _, travel, sigma, turn = (
        table.reshape(len(centre), -1, len(pick)) for table in earshot.seen_from(at[:, 0], at[:, 1], pick)
    )
    sharp = kept[:, None] * sigma**-2.0
    total = sharp.sum(axis=2)
    left = earshot.picks.time_s[pick] - travel
    mean = (sharp * left).sum(axis=2) / total
    late = (sharp * (left - mean[..., None]) ** 2).sum(axis=2)
    turned = (kept[:, None] * turn**2).sum(axis=2)
    log = -0.5 * (late + turned) - (kept[:, None] * np.log(sigma)).sum(axis=2) - 0.5 * np.log(total)
    log -= (kept * (np.log(earshot.azimuth_sigma[pick]) + LOG_2PI)).sum(axis=1)[:, None] - 0.5 * LOG_2PI
    most = log.max(axis=1)
    weight = np.exp(log - most[:, None])
    mass = weight.sum(axis=1)
    weight /= mass[:, None]
    step = 2 * half / (places - 1)
    shift = (weight[:, None] @ off)[:, 0]
    away = off - shift[:, None]
    covariance = (away * weight[..., None]).transpose(0, 2, 1) @ away
    evidence = most + np.log(mass * step * step)
    return _Fits(late, turned, weight, evidence, centre + shift, covariance)
