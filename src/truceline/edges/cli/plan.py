"""`truceline plan`: where to put the next sensors, and which ways patrols should go."""

import argparse
from pathlib import Path

from truceline.coverage.answer import Answer, answer
from truceline.coverage.watch import first_hour, watch_of
from truceline.edges.given_file import read_given
from truceline.edges.intake import understand
from truceline.edges.looks import coverage_look
from truceline.edges.mission_folder import read_folder
from truceline.edges.out_folder import write_folder
from truceline.edges.pdf import with_pdf
from truceline.edges.result_of import result_of
from truceline.edges.wiring import kinds, plugins
from truceline.formats.fields import suggest
from truceline.formats.plan_toml import read_plan
from truceline.formats.result_geojsonl import read_events
from truceline.formats.toml_document import read_toml
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.planning import PlanRequest
from truceline.model.problem import Problem, Unusable
from truceline.reports.plan_page import plan_files, plan_page

EXAMPLE = """example:
  truceline plan missions/coalition-35 missions/coalition-35/plans/spring.toml --out out/spring
  truceline plan MISSION A.toml B.toml --result OUT --out out/compared

Several requests are answered and compared on one page. With --result, how far things carry and where fire was are
learnt from what `truceline run` wrote; without, they are as the makers state.
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `plan`."""
    parser = commands.add_parser(
        "plan", help="say where to put the next sensors, and compare plans", epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Where to put the next sensors, of whom, within what it may cost, so that every kilometre of a "
        "line is heard by enough providers; and how near the best possible that surely is.",
    )  # fmt: skip
    parser.add_argument("mission", metavar="MISSION", help="the folder that holds mission.toml")
    parser.add_argument("requests", metavar="PLAN.toml", nargs="+", help="what is asked of the planner")
    parser.add_argument("--result", metavar="OUT", help="what `truceline run` wrote of the mission")
    parser.add_argument("--out", metavar="DIR", required=True, help="the folder to write; it must not exist yet")
    parser.add_argument("--pdf", action="store_true", help="write the page as PDF too (needs truceline[pdf])")
    parser.set_defaults(run=run_plan)


def run_plan(args: argparse.Namespace) -> int:
    """Answer every request, write the page and the files, say in a few lines what each gives."""
    case = understand(read_folder(Path(args.mission)), kinds()).case
    events: tuple[Event, ...] = ()
    if args.result:
        events = read_events("events.geojsonl", read_given(result_of(case, Path(args.result)) / "events.geojsonl"))
    asked = [_request(Path(path), case) for path in args.requests]
    sensings = plugins().sensings
    watch = watch_of(case, events, sensings)
    when = max((seen.time_us for seen in case.observations), default=first_hour(case))
    answers = [answer(case, request, watch, events, sensings, when) for request in asked]
    files = plan_files(answers) | {"plans.html": plan_page(case, answers, look=coverage_look())}
    write_folder(Path(args.out), with_pdf(files) if args.pdf else files)
    for one in answers:
        print(_line(one))
    print(f"Page: {Path(args.out) / 'plans.html'} (duty roster only)")
    return 0


def _line(one: Answer) -> str:
    wanted = one.request.providers_wanted
    return (
        f"{one.request.name}: {len(one.chosen)} sensors for {one.cost:g}; of {one.length_km:.0f} km of line, weighted, "
        f"{one.before.worth:.0%} is heard by {wanted} before and {one.after.worth:.0%} after; at least "
        f"{one.sure_share:.0%} of what any plan could add."
    )


def _request(path: Path, case: Case) -> PlanRequest:
    """A request that fits the mission."""
    data = read_given(path)
    request, at = read_plan(str(path), data), read_toml(str(path), data).place
    problems = []
    parties, areas = case.agreement.parties, [area.id for area in case.agreement.areas]
    lines = [area.id for area in case.agreement.areas if area.line]
    if request.line not in lines:
        what = f"the agreement has no line {request.line!r}"
        problems.append(Problem(at("plan", "line"), what, suggest(request.line, lines)))
    if request.sites.ground is not None and request.sites.ground not in parties:
        what = f"'ground' names {request.sites.ground!r}, no party of the agreement"
        problems.append(Problem(at("sites", "ground"), what, suggest(request.sites.ground, parties)))
    for number, one in enumerate(request.sites.forbidden):
        if one not in areas:
            what = f"'forbidden' names {one!r}, no area of the agreement"
            problems.append(Problem(at("sites", "forbidden", number), what, suggest(one, areas)))
    known = sorted(kind for sensing in plugins().sensings for kind in sensing.sensor_kinds)
    for number, kind in enumerate(request.kinds):
        if kind.kind not in known:
            what = f"nothing is known of how far a {kind.kind!r} hears"
            problems.append(Problem(at("kind", number, "kind"), what, suggest(kind.kind, known)))
    if problems:
        raise Unusable(problems)
    return request
