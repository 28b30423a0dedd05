"""`truceline coverage`: what could have been seen, and what silence, rates and losses of sight say."""

import argparse
from pathlib import Path

from truceline.coverage.statements import spans_between
from truceline.coverage.survey import Asked, Survey, survey
from truceline.coverage.watch import HEARD, first_hour
from truceline.edges.given_file import read_given
from truceline.edges.intake import understand
from truceline.edges.looks import coverage_look
from truceline.edges.mission_folder import read_folder
from truceline.edges.out_folder import write_folder
from truceline.edges.pdf import with_pdf
from truceline.edges.result_of import result_of
from truceline.edges.wiring import kinds, plugins
from truceline.formats.ascii_grid import read_heights
from truceline.formats.fields import suggest
from truceline.formats.result_geojsonl import read_clusters, read_events, read_findings, shares_of
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.instant import US_PER_HOUR
from truceline.model.problem import Place, Problem, Unusable
from truceline.reports.coverage_page import coverage_page
from truceline.reports.coverage_records import coverage_files

EXAMPLE = """example:
  truceline run missions/first-light --out out/first-light
  truceline coverage missions/first-light out/first-light --out out/first-light-coverage

What is written holds sensors and blind spots: it is for the mission's duty roster alone.
"""
MOST_SPANS = 24 * 31


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `coverage`."""
    parser = commands.add_parser(
        "coverage", help="say what could have been seen, and what silence says", epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="What could have been seen, by class, cell and hour; what silence says of ground and of claims; "
        "rates instead of counts; why sensors lost their sight. Learns how far things carry from the result.",
    )  # fmt: skip
    parser.add_argument("mission", metavar="MISSION", help="the folder that holds mission.toml")
    parser.add_argument("result", metavar="OUT", help="what `truceline run` wrote of it")
    parser.add_argument("--out", metavar="DIR", required=True, help="the folder to write; it must not exist yet")
    parser.add_argument("--hours", type=float, default=1.0, metavar="H", help="length of a span of time (default 1)")
    parser.add_argument("--classes", metavar="A,B", help="classes to ask for (default: those that were heard)")
    parser.add_argument("--heights", metavar="FILE.asc", help="an ESRI ASCII grid of heights in degrees")
    parser.add_argument("--pdf", action="store_true", help="write the page as PDF too (needs truceline[pdf])")
    parser.set_defaults(run=run_coverage)


def run_coverage(args: argparse.Namespace) -> int:
    """Survey, write, say in a few lines what was found."""
    case = understand(read_folder(Path(args.mission)), kinds()).case
    result = result_of(case, Path(args.result))
    events = read_events("events.geojsonl", read_given(result / "events.geojsonl"))
    shares = shares_of(read_findings("findings.geojsonl", read_given(result / "findings.geojsonl")))
    clusters = read_clusters("incidents.geojsonl", read_given(result / "incidents.geojsonl"))
    asked = _asked(case, events, args)
    found = survey(case, events, clusters, lambda event: shares.get(event, ()), plugins().sensings, asked)
    files = coverage_files(found) | {"coverage.html": coverage_page(case, found, look=coverage_look())}
    write_folder(Path(args.out), with_pdf(files) if args.pdf else files)
    for line in _few_lines(found):
        print(line)
    print(f"Page: {Path(args.out) / 'coverage.html'} (duty roster only)")
    return 0


def _asked(case: Case, events: tuple[Event, ...], args: argparse.Namespace) -> Asked:
    """The spans from the first to the last observation, the classes, the heights."""
    if not args.hours > 0:
        raise Unusable([Problem(Place("--hours"), f"{args.hours:g} is no length of time", "give hours above 0")])
    last = max((seen.time_us for seen in case.observations), default=first_hour(case)) + 1
    step = max(1, round(args.hours * US_PER_HOUR))
    spans = spans_between(first_hour(case), last, step)
    if len(spans) > MOST_SPANS:
        what = f"the mission has {len(spans):,} spans of {args.hours:g} h"
        raise Unusable([Problem(Place("--hours"), what, f"ask for longer spans: at most {MOST_SPANS}")])
    heard = {class_ for event in events for class_, share in event.labels if share >= 0.5}
    classes = tuple(args.classes.split(",")) if args.classes else tuple(one for one in HEARD if one in heard)
    unknown = [one for one in classes if one not in HEARD]
    if unknown:
        raise Unusable([Problem(Place("--classes"), f"nothing is known of how far {one!r} carries", suggest(one, HEARD))
                        for one in unknown])  # fmt: skip
    heights = read_heights(args.heights, read_given(Path(args.heights))) if args.heights else None
    return Asked(spans, classes or HEARD[:2], heights)


def _few_lines(found: Survey) -> list[str]:
    everywhere = [one.silence for one in found.silences if one.area == ""]
    lines = [
        f"{silence.class_}: one would have been known with probability {silence.known:.2f} over all ground near "
        f"sensors; seen well in {silence.seen_share:.0%} of ground and time."
        for silence in everywhere
    ]
    lines += [f"{one.class_}: {one.rate:.2f} ({one.low:.2f}–{one.high:.2f}) for each 100 km² and day of seen ground."
              for one in found.rates if not one.party and not one.area]  # fmt: skip
    if found.losses:
        lines.append(f"{len(found.losses)} losses of sight; see losses.ndjson for their causes.")
    return lines
