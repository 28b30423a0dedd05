"""Where patrols last said they were, and when they are due: for the duty desk alone. Kept out of the log, and gone when
the patrol is over."""

from dataclasses import dataclass

from truceline.edges.people.database import Database
from truceline.model.instant import US_PER_S, Instant

LEAST_MIN, MOST_MIN = 5, 24 * 60
Position = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Patrol:
    """Who, when they last called, when they are due again, whether they want help, where they were (WGS84 degrees)."""

    account: str
    at_us: Instant
    due_us: Instant
    help: bool
    at: Position | None

    def overdue(self, now_us: Instant) -> bool:
        """Whether they should have called by now."""
        return now_us >= self.due_us


class Patrols:
    """The patrols that are out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def called(self, account: str, minutes: int, at: Position | None, *, wants_help: bool) -> Patrol:
        """A patrol calls, and says in how many minutes it will again. A call for help stands until it is over."""
        now_us = self._database.now_us()
        due_us = now_us + min(max(minutes, LEAST_MIN), MOST_MIN) * 60 * US_PER_S
        lon, lat = at if at is not None else (None, None)
        self._database.rows(
            "INSERT INTO patrol VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET at_us = excluded.at_us,"
            " due_us = excluded.due_us, help = max(help, excluded.help), lon = coalesce(excluded.lon, lon),"
            " lat = coalesce(excluded.lat, lat)",
            (account, now_us, due_us, int(wants_help), lon, lat),
        )
        return next(one for one in self.out() if one.account == account)

    def over(self, account: str) -> None:
        """A patrol is over: where it was is forgotten."""
        self._database.rows("DELETE FROM patrol WHERE account = ?", (account,))

    def out(self) -> tuple[Patrol, ...]:
        """Every patrol that is out: those who want help first, then who is due first."""
        rows = self._database.rows(
            "SELECT account, at_us, due_us, help, lon, lat FROM patrol ORDER BY help DESC, due_us"
        )
        return tuple(
            Patrol(account, at_us, due_us, bool(wants), None if lon is None else (lon, lat))
            for account, at_us, due_us, wants, lon, lat in rows
        )

    def wants(self) -> list[str]:
        """What the duty desk must know at once. Which patrols those are stands on their own page, where a look is
        logged."""
        calls, late = self.wanting()
        said = ((calls, "calls", "call", "for help"), (late, "is", "are", "overdue"))
        return [f"{n} {f'patrol {one}' if n == 1 else f'patrols {many}'} {what}" for n, one, many, what in said if n]

    def wanting(self) -> tuple[int, int]:
        """How many patrols call for help, and how many are overdue."""
        now_us, out = self._database.now_us(), self.out()
        return sum(one.help for one in out), sum(one.overdue(now_us) for one in out)
