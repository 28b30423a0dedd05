"""Where to put the next sensors: lazy greedy on what they add, then exchanges while one helps; with a bound.

Each step takes the sensor that adds most (or most for its cost), asking anew only of those that may be the best:
what a sensor adds only falls as others are added (Minoux 1978, LNCIS 7, 234). Greedy by gain and greedy by gain over
cost are both tried; then single sensors are exchanged. No plan at all can be worth more than the bound: at any set,
the most that further sensors could add within the limits, each at what it would add alone (Leskovec et al. 2007,
KDD '07, 420), by linear programming over the same limits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from truceline.coverage.carry import Carry
from truceline.coverage.limits import Candidate, Limits, Rules
from truceline.coverage.objective import Aim, Reach, Standing
from truceline.coverage.stations import Bools

LEAST_GAIN = 1e-9
LEAST_BETTER = 1e-6
MOST_EXCHANGES = 300
BOUNDS = 12  # sets along the plan at which the bound is computed


@dataclass(frozen=True)
class Plan:
    """chosen: numbers of the candidates, in the order they were taken; gains: what each added then.

    before: worth of what stands already; worth: with the plan; bound: no plan within the limits is worth more.
    """

    chosen: tuple[int, ...]
    gains: tuple[float, ...]
    before: float
    worth: float
    bound: float

    @property
    def sure_share(self) -> float:
        """What the plan adds over the most that any plan could add: it is at least so good."""
        room = self.bound - self.before
        return 1.0 if room <= LEAST_GAIN else min(1.0, (self.worth - self.before) / room)


@dataclass(frozen=True)
class Planning:
    """A question: candidates with what each would hear, the limits, and what stands already."""

    aim: Aim
    carry: Carry
    providers: tuple[str, ...]
    standing: tuple[tuple[str, Reach], ...]
    candidates: tuple[Candidate, ...]
    reach: Callable[[int], Reach]
    limits: Limits

    @cached_property
    def rules(self) -> Rules:
        return Rules.of(self.limits, self.candidates)

    @cached_property
    def ends(self) -> "np.ndarray":
        """(candidates, 2) the first and last stretch that each would hear."""
        rows = [self.reach(number).rows for number in range(len(self.candidates))]
        return np.array([(some.min(), some.max()) if len(some) else (0, -1) for some in rows]).reshape(-1, 2)

    def near(self, number: int) -> Bools:
        """(candidates,) which hear some of the stretches that a candidate hears."""
        first, last = self.ends[number]
        return np.asarray((self.ends[:, 0] <= last) & (self.ends[:, 1] >= first))


class _State:
    """A set of candidates on its way, with what each other would add. Stale gains are too high, never too low."""

    def __init__(self, question: Planning) -> None:
        self.question = question
        self.standing = Standing(question.aim, question.carry, question.providers)
        for provider, reach in question.standing:
            self.standing.add(provider, reach)
        self.chosen: list[int] = []
        self.gains = np.array([self._gain(number) for number in range(len(question.candidates))])
        self.stale = np.zeros(len(self.gains), bool)

    def _gain(self, number: int) -> float:
        return self.standing.gain(self.question.candidates[number].provider, self.question.reach(number))

    def gain(self, number: int) -> float:
        """What a candidate would add."""
        if self.stale[number]:
            self.gains[number] = self._gain(number)
            self.stale[number] = False
        return float(self.gains[number])

    def add(self, number: int) -> None:
        self.standing.add(self.question.candidates[number].provider, self.question.reach(number))
        self.chosen.append(number)
        self.stale |= self.question.near(number)

    def take_away(self, number: int) -> None:
        """Its neighbours' gains rise, so they are computed at once."""
        self.standing.add(self.question.candidates[number].provider, self.question.reach(number), -1)
        self.chosen.remove(number)
        for other in np.flatnonzero(self.question.near(number)).tolist():
            self.gains[other] = self._gain(other)
            self.stale[other] = False

    def best(self, per: "np.ndarray", barred: int = -1) -> int | None:
        """The fitting candidate that adds most over `per`; None if none adds anything."""
        fits = self.question.rules.fitting(self.chosen, len(self.gains))
        if barred >= 0:
            fits[barred] = False
        value = np.where(fits, self.gains / per, -1.0)
        while len(value):
            number = int(np.argmax(value))
            if value[number] <= LEAST_GAIN:
                return None
            if not self.stale[number]:
                return number
            value[number] = self.gain(number) / per[number]
        return None


def plan(question: Planning) -> Plan:
    """The best plan found, and the bound on all."""
    ones = np.ones(len(question.candidates))
    cost = np.maximum([one.cost for one in question.candidates], 1e-9) if question.candidates else ones
    states = [_greedy(question, per) for per in (ones, cost)]
    state = max(states, key=lambda one: one.standing.worth)
    _exchange(state, cost)
    chosen = _in_order(question, state.chosen)
    looked_at = set(np.linspace(0, len(chosen), min(BOUNDS, len(chosen) + 1)).round().astype(int).tolist())
    again = _State(question)
    before, bound, gains = again.standing.worth, float("inf"), []
    for place in range(len(chosen) + 1):
        if place in looked_at:
            bound = min(bound, again.standing.worth + _room(question, again))
        if place < len(chosen):
            gains.append(again.gain(chosen[place]))
            again.add(chosen[place])
    return Plan(tuple(chosen), tuple(gains), before, again.standing.worth, bound)


def _greedy(question: Planning, per: "np.ndarray") -> _State:
    """The candidate that adds most over `per`, again and again, while the limits allow."""
    state = _State(question)
    while (number := state.best(per)) is not None:
        state.add(number)
    return state


def _exchange(state: _State, cost: "np.ndarray") -> None:
    """Take one away and fill its room with the best others, while that helps."""
    for _ in range(MOST_EXCHANGES):
        if not any(_one_exchange(state, out, cost) for out in list(state.chosen)):
            break


def _one_exchange(state: _State, out: int, cost: "np.ndarray") -> bool:
    worth = state.standing.worth
    state.take_away(out)
    for per in (np.ones(len(cost)), cost):
        put: list[int] = []
        while (number := state.best(per, barred=out)) is not None:
            state.add(number)
            put.append(number)
        if state.standing.worth > worth + LEAST_BETTER:
            return True
        for number in put:
            state.take_away(number)
    state.add(out)
    return False


def _in_order(question: Planning, chosen: Sequence[int]) -> list[int]:
    """The same candidates, the one that adds most first."""
    state = _State(question)
    left = set(chosen)
    while left:
        number = max(sorted(left), key=state.gain)
        state.add(number)
        left.remove(number)
    return state.chosen


def _room(question: Planning, state: _State) -> float:
    """The most that any set within the limits could add, each candidate at what it would add alone (relaxed)."""
    rules = question.rules
    gains = np.array([state.gain(number) for number in range(len(question.candidates))])
    if not len(gains) or not len(rules.bounds):
        return float(gains.sum())
    line = np.repeat(np.arange(len(rules.bounds)), [len(some) for some in rules.members])
    cells = (np.concatenate(rules.shares), (line, np.concatenate(rules.members)))
    matrix = coo_matrix(cells, shape=(len(rules.bounds), len(gains))).tocsr()
    solved = linprog(-gains, A_ub=matrix, b_ub=rules.bounds, bounds=(0.0, 1.0), method="highs")
    return float(-solved.fun)
