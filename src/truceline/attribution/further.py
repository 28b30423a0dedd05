"""What would change it: observations that nobody has made yet, and how probably each would move a finding.

Three means, the cheapest first. Records that may still lie with sensors of which nothing came: would the naming then
stand without the one provider it rests on? A further mapper's survey of who held the ground that fire began on.
Craters, read by patrols of two providers. Each answer that could come is weighed by what is believed now, and put
through the same likelihoods as if it had come. What is said here is sealed with the result before anything of it is
sought.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from truceline.attribution import direction
from truceline.attribution.arrivals import by_who_is_hit
from truceline.attribution.control import held_at
from truceline.attribution.evidence import Evidence
from truceline.attribution.origin import STRANGER_ON_HELD, firers
from truceline.attribution.silence import LAUNCHES, SMALL_ARMS
from truceline.model.event import Event
from truceline.model.finding import OTHER_ACTOR, Attribution
from truceline.model.further import NOBODY, Further, Means
from truceline.model.incident import Act
from truceline.model.instant import US_PER_HOUR, Instant, format_utc
from truceline.model.network import Network
from truceline.model.numbers import rounded_probability, said
from truceline.sensors.contract import Floats

LEAST_CHANGE = 0.01  # less is not worth anybody's way
FEW = 3  # so many are told
MOST_CAUGHT = 0.8  # hills and noise that nobody knows of may hide anything from a sensor
NOT_SENT = 0.05  # of what sensors caught, what never reached the centre
KEPT_US = 72 * US_PER_HOUR  # how long sensors keep what they recorded
READABLE_US = 72 * US_PER_HOUR  # how long craters can be read
SURVEYED_WRONG = 0.02  # of surveys, those that are wrong
ENOUGH = 3  # arrivals besides one provider's by which a round stands without it
STEPS = 24  # directions that are tried
READ_SIGMA_DEG = 8.0 / np.sqrt(2.0)  # of two readings together
READERS = 2


@dataclass(frozen=True)
class Asked:
    """A finding, and what is needed to see what would change it.

    event: the weakest of its events, by whose occurrence it is decided; threshold: that a name must reach; reached: the
    party that does; rests_on: the one provider whose word its name would rest on; others: arrivals of the event besides
    that provider's; launched: probability that the act follows launches whose origin is known; heard: ids of the
    sensors that reported the event.
    """

    finding: str
    act: Act
    attribution: Attribution
    events: tuple[Event, ...]
    event: Event
    occurrence: float
    threshold: float
    named: str | None
    reached: str | None
    rests_on: str | None
    others: int
    launched: float
    heard: frozenset[str]


def would_change(asked: Asked, evidence: Evidence, network: Network, now_us: Instant) -> tuple[Further, ...]:
    """The few cheapest observations that could move a finding, and that can still be had.

    now_us: when the centre last received anything.
    """
    tried = (_records(asked, evidence), _survey(asked, evidence), _craters(asked, evidence, network))
    found = [
        one
        for some in tried
        for one in some
        if one.change >= LEAST_CHANGE and (one.until_us is None or one.until_us > now_us)
    ]
    return tuple(found[:FEW])


def _now(asked: Asked) -> str:
    return asked.named or NOBODY


def _further(
    asked: Asked, means: Means, names: Sequence[str], moves: dict[str, float], until_us: Instant | None
) -> Further:
    rounded = [(who, rounded_probability(p)) for who, p in moves.items() if p > 0]
    ordered = sorted(rounded, key=lambda one: -one[1])  # names decide nothing
    change = rounded_probability(sum(p for who, p in ordered if who != _now(asked)))
    return Further(
        finding=asked.finding, means=means, names=tuple(names), moves=tuple(ordered), change=change, until_us=until_us,
        words=_words(means, names, ordered, _now(asked), until_us),
    )  # fmt: skip


ASKS = {
    "records": "What sensors of {names} recorded then and did not send",
    "survey": "A survey by a further mapper of who held the ground where it began",
    "craters": "Craters, read by patrols of two of {names}",
}


def _words(
    means: Means, names: Sequence[str], moves: Sequence[tuple[str, float]], now: str, until_us: Instant | None
) -> str:
    others = [(who, p) for who, p in moves if who != now]
    would = " and ".join(
        f"{'it would be undetermined' if who == NOBODY else f'it would be laid to {who}'} with probability {said(p)}"
        for who, p in others
    )
    until = "" if until_us is None else f", until {format_utc(until_us, digits=0)}"
    return f"{ASKS[means].format(names=' and '.join(names))}{until}: {would or 'nothing would change'}."


# Records that were not sent.


def _records(asked: Asked, evidence: Evidence) -> Iterator[Further]:
    """For a name that rests on one provider's word: arrivals of others that may never have been sent."""
    missing = ENOUGH - asked.others
    if asked.reached is None or asked.named is not None or asked.rests_on is None or missing < 1:
        return
    ears = evidence.ears
    chance = _unsent(asked, evidence)
    mine = [
        (ears.sensors[row].provider, float(p))
        for row, p in enumerate(chance)
        if ears.sensors[row].provider != asked.rests_on and p > 0
    ]
    if len(mine) < missing:
        return
    enough = _at_least(missing, [p for _, p in mine])
    by = sorted({provider for provider, p in mine if p >= NOT_SENT / 2}) or sorted({provider for provider, _ in mine})
    until = asked.event.origin.time_us + KEPT_US
    yield _further(asked, "records", by, {asked.reached: enough, NOBODY: 1.0 - enough}, until)


def _unsent(asked: Asked, evidence: Evidence) -> Floats:
    """(rows of ears,) probability that a sensor caught an event of which nothing came from it."""
    event, ears = asked.event, evidence.ears
    x, y = evidence.frame.to_xy([event.origin.lon], [event.origin.lat])
    what = SMALL_ARMS if event.probability_of(SMALL_ARMS) >= 0.5 else LAUNCHES
    caught = np.minimum(ears.caught_by(what, float(x[0]), float(y[0])), MOST_CAUGHT)
    epoch = event.origin.time_us // ears.epoch_us
    out = np.array([(one.id, epoch) in ears.unfit for one in ears.sensors])
    silent = np.array([one.id not in asked.heard and one.serves_at(event.origin.time_us) for one in ears.sensors])
    # One that is taken for deaf may only have been cut off; of one that works, silence says that it caught nothing.
    kept = np.where(out, 0.5, NOT_SENT)
    return np.asarray(np.where(silent, caught * kept / (1.0 - caught + caught * kept), 0.0))


def _at_least(count: int, probabilities: Sequence[float]) -> float:
    """Probability that so many or more of some independent happenings come about."""
    fewer = np.zeros(count)
    fewer[0] = 1.0
    for p in probabilities:
        fewer = fewer * (1.0 - p) + np.r_[0.0, fewer[:-1]] * p
    return float(max(0.0, 1.0 - fewer.sum()))


# A survey of the ground where it began.


def _survey(asked: Asked, evidence: Evidence) -> Iterator[Further]:
    """For fire whose origin is known: a further map of that ground, by each party that it may say held it."""
    if not asked.attribution.held:
        return
    parties, firm = evidence.parties, dict(asked.attribution.firm)
    now = np.array([firm.get(name, 0.0) for name in (*parties, OTHER_ACTOR)])
    held, stranger = np.array([share for _, share in asked.attribution.held]), asked.attribution.stranger
    wrong = SURVEYED_WRONG / max(1, len(parties) - 1)
    moves: dict[str, float] = {}
    for column in range(len(parties)):
        says = np.r_[np.where(np.arange(len(parties)) == column, 1.0 - SURVEYED_WRONG, wrong), 1.0 / len(parties)]
        chance = float(held @ says)
        after = now + firers(held * says / chance, stranger) - firers(held, stranger)
        who = _who(asked, after, parties)
        if asked.rests_on is not None and who == asked.reached:
            who = NOBODY  # a map does not make an event stand
        moves[who] = moves.get(who, 0.0) + chance
    yield _further(asked, "survey", (), moves, None)


def _who(asked: Asked, fired: Floats, parties: Sequence[str]) -> str:
    """The party that would be reached."""
    for party, share in zip(parties, fired, strict=False):
        if rounded_probability(asked.occurrence * float(share)) >= asked.threshold:
            return party
    return NOBODY


# Craters.


def _craters(asked: Asked, evidence: Evidence, network: Network) -> Iterator[Further]:
    """For impacts: where they came from, read on the ground by two providers."""
    impacts = [one for one in asked.events if one.id in asked.act.arrivals]
    readers = sorted({one.provider for one in network.sensors if one.kind == "patrol"})
    if not impacts or len(readers) < READERS or direction.direction([one.id for one in impacts], evidence.readings):
        return
    parties = evidence.parties
    plain, by_reading, chance = _readings(asked, impacts, evidence)
    firm = dict(asked.attribution.firm)
    now = np.array([firm.get(name, 0.0) for name in (*parties, OTHER_ACTOR)])
    moves: dict[str, float] = {}
    for pointed, p in zip(by_reading, chance, strict=True):
        if asked.act.origins:
            after = now * pointed / (now @ pointed)
        else:
            after = now + (1.0 - asked.launched) * (pointed - plain)
        who = _who(asked, after, parties)
        moves[who] = moves.get(who, 0.0) + float(p)
    until = impacts[0].origin.time_us + READABLE_US
    yield _further(asked, "craters", readers, moves, until)


def _readings(asked: Asked, impacts: Sequence[Event], evidence: Evidence) -> tuple[Floats, Floats, Floats]:
    """(parties + 1,) who fired by who is hit alone; (STEPS, parties + 1) by each direction that may be read; (STEPS,)
    how probably it is read, by what is believed now."""
    ground = evidence.ground(impacts[0].origin.time_us)
    x, y = evidence.frame.to_xy([one.origin.lon for one in impacts], [one.origin.lat for one in impacts])
    angle = 2.0 * np.pi * np.arange(STEPS) / STEPS
    ranges = direction.RANGES_M[::3]
    from_x = float(x.mean()) + np.outer(np.sin(angle), ranges)
    from_y = float(y.mean()) + np.outer(np.cos(angle), ranges)
    held = held_at(ground, np.r_[x.mean(), from_x.ravel()], np.r_[y.mean(), from_y.ravel()]).share
    struck, held = held[0], held[1:].reshape(STEPS, len(ranges), -1)
    usual = np.exp(-0.5 * (np.log(ranges / direction.USUAL_M) / direction.USUAL_LOG_SIGMA) ** 2)
    own = held[..., :-1] @ struck[:-1]
    mass = usual * (1.0 - (1.0 - direction.OWN_GROUND) * own)  # (STEPS, ranges)
    off_deg = np.degrees(np.abs(np.angle(np.exp(1j * (angle[:, None] - angle[None, :])))))
    seen = np.exp(-0.5 * (off_deg / max(READ_SIGMA_DEG, 180.0 / STEPS)) ** 2)  # (read, true)
    came = np.einsum("ra,ak,akp->rp", seen, mass, held) / (seen @ mass.sum(axis=1))[:, None]
    plain = by_who_is_hit(struck)
    wrong = direction.MISTAKEN[READERS]
    pointed = np.array([(1.0 - wrong) * firers(one, STRANGER_ON_HELD) + wrong * plain for one in came])
    believed = dict(asked.attribution.responsibility)
    shares = np.array([believed.get(name, 0.0) for name in (*evidence.parties, OTHER_ACTOR)])
    from_party = np.einsum("ak,akp->ap", mass, held)  # (true, parties + unknown)
    from_party = from_party / np.maximum(from_party.sum(axis=0), 1e-12)
    chance = seen @ (from_party @ shares + 1e-12)
    return by_who_is_hit(np.r_[np.zeros(len(evidence.parties)), 1.0]), pointed, np.asarray(chance / chance.sum())
