"""`truceline pattern`: over a named set of findings, how many are probably one party's, and how grave, as facts."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from truceline.edges.cli.instants import instant_of
from truceline.edges.record_folder import read_record
from truceline.edges.wiring_terms import kinds
from truceline.findings.pattern import Gravity, Pattern, Whose, pattern
from truceline.model.finding import Finding
from truceline.model.instant import US_PER_S, Instant, format_utc
from truceline.model.numbers import said
from truceline.model.problem import Place, Problem, Unusable
from truceline.reports.account import Record

EXAMPLE = """examples:
  truceline pattern out/first-light                                   every finding of a breach
  truceline pattern out/first-light F-3f2a F-77b1 F-90cc              these
  truceline pattern out/first-light --incident I-3f2a
  truceline pattern out/first-light --from 2026-03-02T00:00:00Z --until 2026-03-03T00:00:00Z

Errors of findings are not independent: they share air, maps, clocks and a method. What a careless reader would reckon
is printed beside. How grave it is stands in facts; what they amount to is a decision, and people's.
"""
OPEN = ("attributed", "undetermined")
LEAST = 0.01  # parties of less are told in one line


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `pattern`."""
    parser = commands.add_parser(
        "pattern", help="over a set of findings: how many are one party's, and how grave", epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Whose a set of findings probably are together, their errors being correlated; gravity as facts.",
    )  # fmt: skip
    parser.add_argument("out", metavar="OUT", type=Path, help="what `truceline run` wrote")
    parser.add_argument("ids", metavar="FINDING", nargs="*", help="ids, or their beginnings (default: all of a breach)")
    parser.add_argument("--incident", metavar="ID", help="only those of one incident")
    parser.add_argument("--from", dest="first", metavar="TIME", help="only those from this instant on")
    parser.add_argument("--until", dest="last", metavar="TIME", help="only those before this instant")
    parser.set_defaults(run=run_pattern)


def run_pattern(args: argparse.Namespace) -> int:
    """Print the pattern; 1 if there is nothing of that name."""
    record = read_record(args.out, kinds())
    some = _chosen(record, args)
    if not some:
        what = "no finding of a breach is among those named"
        raise Unusable([Problem(Place(str(args.out)), what, "see truceline explain OUT for the ids")])
    for line in _told(pattern(some, record.events, record.case), some):
        print(line)
    return 0


def _chosen(record: Record, args: argparse.Namespace) -> list[Finding]:
    """The findings that are named, of those that say that something forbidden happened."""
    first, last = _instant("--from", args.first), _instant("--until", args.last)
    known = [one.id for one in record.findings]
    strange = [word for word in args.ids if not any(id_.startswith(word) for id_ in known)]
    if strange:
        what = f"no finding has an id that begins with {strange[0]!r}"
        raise Unusable([Problem(Place("FINDING"), what, "see truceline explain OUT for the ids")])
    return [
        one
        for one in record.findings
        if one.outcome in OPEN
        and (not args.ids or any(one.id.startswith(word) for word in args.ids))
        and (args.incident is None or one.incident.startswith(args.incident))
        and (first is None or one.time_us >= first)
        and (last is None or one.time_us < last)
    ]


def _instant(option: str, text: str | None) -> Instant | None:
    return None if text is None else instant_of(option, text, "write it as 2026-03-02T10:00:00Z")


def _told(found: Pattern, some: Sequence[Finding]) -> Iterator[str]:
    wrong = "under 0.1" if found.wrong < 0.1 else f"{found.wrong:.1f}"
    yield f"{found.findings} findings, {found.named} of which name a party."
    yield f"Of these names {wrong} must be expected to be wrong."
    if not all(one.in_field for one in some):
        yield "Calibrated in simulation only. None has been reviewed, unless its finding says so."
    for whose in found.whose:
        yield from _party(whose, found.findings)
    yield ""
    yield "Facts:"
    yield from _facts(found.gravity)


def _party(whose: Whose, count: int) -> Iterator[str]:
    yield ""
    yield f"From ground held by {whose.party}: {whose.named} named; {whose.expected:.1f} expected by all probabilities."
    if whose.expected < LEAST:
        return
    for least in _steps(count):
        tied, careless = whose.at_least[least], whose.careless[least]
        yield f"  at least {least:>3}: {said(tied):>10}   (if errors had nothing in common: {said(careless)})"


def _steps(count: int) -> list[int]:
    """1, half, nine in ten, all."""
    return sorted({1, max(1, -(-count // 2)), max(1, -(-9 * count // 10)), count})


def _facts(gravity: Gravity) -> Iterator[str]:
    yield f"  rounds and blasts: {', '.join(f'{number} {class_}' for class_, number in gravity.rounds)}"
    calibres = ", ".join(f"{name} ({number} reports)" for name, number in gravity.calibres)
    yield f"  weapons as reported: {calibres or 'nobody named one'}"
    depths = ", ".join(f"{metres / 1000:.1f} km inside ground held by {party}" for party, metres in gravity.deepest_m)
    yield f"  deepest impact, by the map that says least: {depths or 'not known'}"
    harm = ", ".join(f"{name} ({times} times, {persons} persons)" for name, times, persons in gravity.harm)
    yield f"  harm reported near and after: {harm or 'none'}"
    minutes = (gravity.until_us - gravity.from_us) / US_PER_S / 60
    yield f"  from {_when(gravity.from_us)} to {_when(gravity.until_us)} ({minutes:.0f} min)"
    moved = ", ".join(f"{party} at {_when(when)} by {mapper}" for mapper, party, when in gravity.positions)
    yield f"  positions changed on maps then and within a day: {moved or 'none'}"


def _when(instant: Instant) -> str:
    return format_utc(instant, digits=0)
