"""What a plan must keep to: budgets, how many of a kind each nation has, one sensor a site."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.coverage.stations import Bools, Ints
from truceline.sensors.contract import Floats


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sensor that could be put at a site. Sites are numbered; a site takes one sensor."""

    site: int
    kind: str
    provider: str
    cost: float


@dataclass(frozen=True)
class Limits:
    """budget: for all; of_provider: budgets of some; most: sensors of a (provider, kind); count: of all sensors."""

    budget: float = float("inf")
    of_provider: tuple[tuple[str, float], ...] = ()
    most: tuple[tuple[str, str, int], ...] = ()
    count: int | None = None


@dataclass(frozen=True)
class Rules:
    """Limits over numbered candidates: each a row of members (its share of a limit by candidate) and a bound."""

    members: tuple[Ints, ...]
    shares: tuple[Floats, ...]
    bounds: Floats
    rows_of: tuple[Ints, ...]  # the rules that each candidate is a member of
    share_of: tuple[Floats, ...]

    @staticmethod
    def of(limits: Limits, candidates: Sequence[Candidate]) -> "Rules":
        everything = np.arange(len(candidates))
        cost = np.array([one.cost for one in candidates])
        provider = np.array([one.provider for one in candidates])
        kind = np.array([one.kind for one in candidates])
        site = np.array([one.site for one in candidates], np.int64)
        found: list[tuple[Ints, Floats, float]] = []
        if np.isfinite(limits.budget):
            found.append((everything, cost, limits.budget))
        for name, budget in limits.of_provider:
            mine = np.flatnonzero(provider == name)
            found.append((mine, cost[mine], budget))
        for name, sort, most in limits.most:
            mine = np.flatnonzero((provider == name) & (kind == sort))
            found.append((mine, np.ones(len(mine)), float(most)))
        if limits.count is not None:
            found.append((everything, np.ones(len(everything)), float(limits.count)))
        for mine in np.split(np.argsort(site, kind="stable"), np.flatnonzero(np.diff(np.sort(site))) + 1):
            if len(mine) > 1:
                found.append((mine, np.ones(len(mine)), 1.0))
        rows: list[list[int]] = [[] for _ in candidates]
        shares: list[list[float]] = [[] for _ in candidates]
        for number, (mine, part, _) in enumerate(found):
            for candidate, share in zip(mine.tolist(), part.tolist(), strict=True):
                rows[candidate].append(number)
                shares[candidate].append(share)
        return Rules(
            members=tuple(mine for mine, _, _ in found),
            shares=tuple(part for _, part, _ in found),
            bounds=np.array([bound for _, _, bound in found]),
            rows_of=tuple(np.array(some, np.int64) for some in rows),
            share_of=tuple(np.array(some) for some in shares),
        )

    def left(self, chosen: Sequence[int]) -> Floats:
        """(rules,) what is left of each limit."""
        left = self.bounds.copy()
        for number in chosen:
            left[self.rows_of[number]] -= self.share_of[number]
        return left

    def fitting(self, chosen: Sequence[int], count: int) -> Bools:
        """(candidates,) which could still be added."""
        fits = np.ones(count, bool)
        for mine, share, left in zip(self.members, self.shares, self.left(chosen).tolist(), strict=True):
            fits[mine[share > left + 1e-9]] = False
        fits[list(chosen)] = False
        return fits
