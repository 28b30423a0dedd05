"""`truceline report daily|weekly|spot|thematic`: reports of a result as the field writes them, as HTML and PDF."""

import argparse
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from truceline.edges.looks import report_look
from truceline.edges.pdf import pdf_of
from truceline.edges.record_folder import read_record
from truceline.edges.store.durable import write_durably
from truceline.edges.wiring_terms import kinds
from truceline.formats.fields import suggest
from truceline.model.problem import Place, Problem, Unusable
from truceline.reports.account import Account, Record
from truceline.reports.count_sections import compared
from truceline.reports.languages import LANGUAGES
from truceline.reports.periodic_page import THEMES, daily_page, thematic_page, weekly_page
from truceline.reports.periodic_record import account_record
from truceline.reports.periods import (
    before,
    day_of,
    days_between,
    days_until,
    each_day,
)
from truceline.reports.spot_page import spot_page
from truceline.reports.telling import Telling, counted_words, number_words

EXAMPLE = """examples:
  truceline report daily out/first-light --html daily.html --pdf daily.pdf
  truceline report daily out/tuesday --previous out/monday --coverage out/tuesday-coverage --html daily.html
  truceline report weekly out/first-light --language uk --html week.html
  truceline report spot out/first-light I-3f2a --html spot.html
  truceline report thematic out/first-light movement --html movement.html

A report is for the mission: it holds places of fire as fresh as the day. What may leave goes by `truceline release`.
"""
WEEK, MOST_DAYS, FEW = 7, 366, 20
LEAST_BEFORE_US = 60_000_000  # a record of less is none to compare with


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `report` and its parts."""
    top = commands.add_parser(
        "report", help="write a daily, weekly, spot or thematic report of a result", epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Reports as the field writes them, of what `truceline run` wrote.",
    )  # fmt: skip
    parts = top.add_subparsers(required=True, metavar="daily|weekly|spot|thematic")
    daily = _part(parts, "daily", "a day's report, with the annexed table of violations", "out/first-light")
    daily.set_defaults(run=run_daily)
    weekly = _part(parts, "weekly", "seven days, day by day, beside the seven before", "out/first-light")
    weekly.set_defaults(run=run_weekly)
    for part in (daily, weekly):
        part.add_argument("--date", metavar="DATE", help="the day on which it ends (default: the last)")
        part.add_argument("--previous", metavar="OUT", type=Path, help="a result that holds the period before")
    spot = _part(parts, "spot", "one incident, minute by minute", "out/first-light I-3f2a")
    spot.add_argument(
        "incident",
        metavar="INCIDENT",
        nargs="?",
        default="",
        help="its id or its beginning (without it: a list)",
    )
    spot.set_defaults(run=run_spot)
    thematic = _part(parts, "thematic", "one theme over a longer time", "out/first-light movement")
    thematic.add_argument("theme", metavar="THEME", help=f"one of {', '.join(THEMES)}")
    thematic.add_argument("--from", dest="first", metavar="DATE", help="its first day (default: the first recorded)")
    thematic.add_argument("--until", dest="last", metavar="DATE", help="its last day (default: the last recorded)")
    thematic.set_defaults(run=run_thematic)


def _part(
    parts: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, does: str, example: str
) -> argparse.ArgumentParser:
    """The parser of one part, with the options that all have."""
    part = parts.add_parser(
        name, help=does, description=f"{does[0].upper()}{does[1:]}.",
        epilog=f"example:\n  truceline report {name} {example} --html {name}.html\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    part.set_defaults(kind=name)
    part.add_argument("out", metavar="OUT", type=Path, help="what `truceline run` wrote")
    part.add_argument("--coverage", metavar="DIR", type=Path, help="what `truceline coverage` wrote of it")
    part.add_argument("--cut-off", metavar="HH:MM", default="19:30", help="when days end, local time (default 19:30)")
    part.add_argument("--language", choices=sorted(LANGUAGES), default="en", help="its language (default en)")
    part.add_argument("--html", metavar="FILE", type=Path, help="write it as a page")
    part.add_argument("--pdf", metavar="FILE", type=Path, help="write it as PDF/A (needs truceline[pdf])")
    part.add_argument("--json", metavar="FILE", type=Path, help="write its counts and rows as data")
    return part


def run_daily(args: argparse.Namespace) -> int:
    """Write the report of one day."""
    told = _of_days(args, 1)
    return _written(args, told, lambda: daily_page(told, look=report_look()))


def run_weekly(args: argparse.Namespace) -> int:
    """Write the report of seven days."""
    told = _of_days(args, WEEK)
    return _written(args, told, lambda: weekly_page(told, _days(told, _cut_off(args)), look=report_look()))


def run_spot(args: argparse.Namespace) -> int:
    """Write the report of one incident; without one, or if several are meant, list them."""
    record, texts = _record(args), LANGUAGES[args.language]
    found = [one for one in record.incidents if one.id.startswith(args.incident)]
    if not found:
        known = [one.id for one in record.incidents]
        remedy = suggest(args.incident, known) if 0 < len(known) <= FEW else "leave it out: then all are listed"
        raise Unusable([Problem(Place("INCIDENT"), f"no incident is {args.incident!r}", remedy)])
    if len(found) > 1:
        for one in found:
            when = f"{record.clock.stamp(one.from_us)} {record.clock.name(one.from_us)}"
            print(f"{one.id}  {when}  {', '.join(texts.count_class(*count) for count in one.counts)}")
        return 0
    (incident,) = found
    told = Telling(record, record.account_of(incident, texts), texts)
    return _written(args, told, lambda: spot_page(told, incident, look=report_look()))


def run_thematic(args: argparse.Namespace) -> int:
    """Write the report of one theme."""
    if args.theme not in THEMES:
        raise Unusable([Problem(Place("THEME"), f"there is no theme {args.theme!r}", suggest(args.theme, THEMES))])
    record, texts, cut_off = _record(args), LANGUAGES[args.language], _cut_off(args)
    start, end = _span(record)
    first = _date("--from", args.first or day_of(record.clock, start, cut_off))
    last = _date("--until", args.last or day_of(record.clock, end, cut_off))
    count = days_between(first, last)
    if not 1 <= count <= MOST_DAYS:
        what = f"from {first} to {last} are {count} days"
        raise Unusable([Problem(Place("--from, --until"), what, f"ask for 1 to {MOST_DAYS} days")])
    period = days_until(record.clock, last, count, cut_off)
    told = Telling(record, record.account(period, texts), texts)
    days = _days(told, cut_off) if count > 1 else []
    return _written(args, told, lambda: thematic_page(told, args.theme, days, look=report_look()))


def _of_days(args: argparse.Namespace, count: int) -> Telling:
    """The account of so many days, and of as many before."""
    record, texts, cut_off = _record(args), LANGUAGES[args.language], _cut_off(args)
    start, end = _span(record)
    day = _date("--date", args.date or day_of(record.clock, _last_counted(record, end), cut_off))
    period = days_until(record.clock, day, count, cut_off)
    if not record.covers(period):
        known = f"{day_of(record.clock, start, cut_off)} to {day_of(record.clock, end, cut_off)}"
        what = f"nothing was received of the period that ends on {day}"
        raise Unusable([Problem(Place("--date"), what, f"the record holds {known}")])
    earlier = before(record.clock, period, cut_off)
    other = record if args.previous is None else _previous(args.previous, record)
    then = other.account(earlier, texts) if other.covers(earlier) >= LEAST_BEFORE_US else None
    if then is None and args.previous is not None:
        what = f"it holds nothing of the period before, which ends on {earlier.date}"
        raise Unusable([Problem(Place(str(args.previous)), what, "give the result of that period")])
    return Telling(record, record.account(period, texts), texts, then)


def _record(args: argparse.Namespace) -> Record:
    return read_record(args.out, kinds(), args.coverage)


def _previous(out: Path, record: Record) -> Record:
    """The record of the period before, of the same agreement."""
    other = read_record(out, kinds())
    if other.case.agreement.id != record.case.agreement.id:
        what = f"it is of another agreement, {other.case.agreement.id!r}"
        raise Unusable([Problem(Place(str(out)), what, f"give a result under {record.case.agreement.id!r}")])
    return other


def _span(record: Record) -> tuple[int, int]:
    if record.span is None:
        raise Unusable([Problem(Place("OUT"), "the result holds no observation", "run a mission that has some")])
    return record.span


def _last_counted(record: Record, end: int) -> int:
    """The last event, else the last observation: the day that a report is of unless another is asked for."""
    return max((one.origin.time_us for one in record.events if one.origin.time_us <= end), default=end)


def _days(told: Telling, cut_off: int) -> list[Account]:
    """The days of a period, each by itself."""
    record = told.record
    return [record.account(day, told.texts) for day in each_day(record.clock, told.account.period, cut_off)]


def _date(option: str, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Unusable([Problem(Place(option), f"{text!r} is no date", "write it like 2026-03-02")]) from None


def _cut_off(args: argparse.Namespace) -> int:
    """Minutes of the local day."""
    match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", args.cut_off)
    if match is None:
        raise Unusable([Problem(Place("--cut-off"), f"{args.cut_off!r} is no time of day", "write it like 19:30")])
    return int(match[1]) * 60 + int(match[2])


def _written(args: argparse.Namespace, told: Telling, make: Callable[[], bytes]) -> int:
    """Write what is asked for; say in a line or two what was counted."""
    page = make() if args.html or args.pdf else b""
    files = {args.html: page, args.json: account_record(told, args.kind) if args.json else b""}
    files |= {args.pdf: pdf_of(page)} if args.pdf else {}
    for path, data in files.items():
        if path is not None:
            _write(path, data)
            print(f"{path}: written")
    for line in _few_lines(told, beside=args.kind in ("daily", "weekly")):
        print(line)
    return 0


def _few_lines(told: Telling, *, beside: bool) -> list[str]:
    """What was counted, `beside` the period before if that is asked for, and that nobody has reviewed it."""
    texts, account = told.texts, told.account
    total = counted_words(account.counted.tally.total, "noun.violation", texts)
    parts = [
        f"{told.category(name)}: {number_words(number, texts)}" for name, number in account.counted.tally.categories
    ]
    span = " – ".join(dict.fromkeys((account.period.days[0], account.period.date)))
    return [
        f"{span}: {total}. {'; '.join(parts)}.",
        *(compared(told) if beside else []),
        texts.say("report.not_reviewed"),
    ]


def _write(path: Path, data: bytes) -> None:
    try:
        write_durably(path, data)
    except OSError as error:
        problem = Problem(Place(str(path)), f"cannot be written ({error.strerror})", "check the path and the space")
        raise Unusable([problem]) from None
