"""`truceline coalition check|show|what-if|export|import`: what nations lend, under which consent, and what would go.

All of it reads files and writes files. Nothing here, and nothing that it writes, makes anything happen.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from truceline.coalition.caveats import Places, places_of
from truceline.coalition.deployable import deployable, misplaced
from truceline.coalition.ledger import Ledger
from truceline.coalition.pillars import pillars
from truceline.coalition.started import Started
from truceline.coalition.tables import ledger_of_tables, tables_of
from truceline.coalition.toml_text import ledger_text
from truceline.coalition.what_if import ConditionTurns, Consequences, Lapse, Recompute, Supposition, Withdrawal, what_if
from truceline.edges.cli.instants import instant_of
from truceline.edges.clock_record import read_clocks
from truceline.edges.coalition_folder import Coalition, read_coalition
from truceline.edges.given_file import read_given
from truceline.edges.intake import understand
from truceline.edges.live.data_folder import DataFolder
from truceline.edges.looks import coverage_look
from truceline.edges.mission_folder import read_folder
from truceline.edges.out_folder import write_folder
from truceline.edges.pdf import with_pdf
from truceline.edges.result_of import result_of
from truceline.edges.sight import recomputing
from truceline.edges.wiring import kinds, plugins
from truceline.formats.fields import suggest
from truceline.formats.result_geojsonl import read_events, read_findings
from truceline.model.case import Case
from truceline.model.instant import Instant, format_utc
from truceline.model.problem import Place, Problem, Unusable
from truceline.reports.consultation_page import Record, consultation_page
from truceline.reports.ledger_page import Shown, ledger_files, ledger_json, ledger_page

CHECK = """example:
  truceline coalition check missions/coalition-35
"""
SHOW = """example:
  truceline coalition show missions/coalition-35 --on 2026-05-15T00:00:00Z --out out/ledger
  truceline coalition show MISSION --on 2026-05-15T00:00:00Z --log /var/lib/truceline --out out/ledger

With --log the clocks that people started in the live service are shown with the decisions that started them, and
written to clocks.json with the proofs that these stand in the log.
"""
WHAT_IF = """example:
  truceline coalition what-if missions/coalition-35 --lapse borea --on 2026-05-15T00:00:00Z --out out/lapse
  truceline coalition what-if missions/coalition-35 --lapse borea --on 2026-05-15T00:00:00Z \\
      --result out/coalition-35 --out out/lapse

With --result the mission is concluded again without the sensors that would be gone; that takes as long as a run.
"""
EXPORT = """example:
  truceline coalition export missions/coalition-35 --out out/tables
"""
IMPORT = """example:
  truceline coalition import out/tables --out out/ledger.toml
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `coalition` and its parts."""
    top = commands.add_parser("coalition", help="the coalition's ledger: what nations lend, and what would go")
    parts = top.add_subparsers(title="parts", metavar="PART", required=True)

    def part(name: str, words: str, example: str) -> argparse.ArgumentParser:
        return parts.add_parser(name, help=words, description=f"{words[0].upper()}{words[1:]}.", epilog=example,
                                formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip

    check = part("check", "say everything that is wrong with a mission's coalition folder", CHECK)
    check.add_argument("mission", metavar="MISSION", help="the folder that holds mission.toml")
    check.set_defaults(run=run_check)
    show = part("show", "write the ledger, the consultations and the command framework as pages, on a date", SHOW)
    _common(show)
    show.add_argument("--log", metavar="DATA", help="the data folder of the mission's live service")
    show.set_defaults(run=run_show)
    asked = part("what-if", "say what follows if a mandate lapsed, a contribution or a condition fell", WHAT_IF)
    _common(asked)
    what = asked.add_mutually_exclusive_group(required=True)
    what.add_argument("--lapse", metavar="NATION", help="its authorities lapse")
    what.add_argument("--withdraw", metavar="NATION", help="it withdraws what it contributes")
    what.add_argument("--unmet", metavar="CONDITION", help="a condition is found not met")
    what.add_argument("--met", metavar="CONDITION", help="a condition is found met")
    asked.add_argument("--only", metavar="ID", nargs="*", default=[], help="of --withdraw: these; of --lapse: this one")
    asked.add_argument("--result", metavar="OUT", help="what `truceline run` wrote of the mission")
    asked.set_defaults(run=run_what_if)
    export = part("export", "write the ledger as plain tables", EXPORT)
    export.add_argument("mission", metavar="MISSION", help="the folder that holds mission.toml")
    export.add_argument("--out", metavar="DIR", required=True, help="the folder to write; it must not exist yet")
    export.set_defaults(run=run_export)
    back = part("import", "make a ledger of plain tables", IMPORT)
    back.add_argument("tables", metavar="DIR", help="a folder as `export` writes it")
    back.add_argument("--out", metavar="FILE.toml", required=True, help="the ledger to write; it must not exist yet")
    back.set_defaults(run=run_import)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mission", metavar="MISSION", help="the folder that holds mission.toml")
    parser.add_argument("--on", metavar="TIME", required=True, help="the date asked for, like 2026-05-15T00:00:00Z")
    parser.add_argument("--out", metavar="DIR", required=True, help="the folder to write; it must not exist yet")
    parser.add_argument("--pdf", action="store_true", help="write the pages as PDF too (needs truceline[pdf])")


def run_check(args: argparse.Namespace) -> int:
    """Say what is wrong; 1 if anything is."""
    case, coalition = _case(args), read_coalition(Path(args.mission))
    problems = [*coalition.faults, *_strangers(coalition.ledger, case)]
    for problem in problems:
        print(problem)
    book = coalition.ledger
    print(
        f"{len(book.nations)} nations and bodies, {len(book.contributions):,} contributions, {len(book.caveats)} "
        f"caveats, {len(coalition.consultations)} consultations; {len(problems)} faults."
    )
    return 1 if problems else 0


def run_show(args: argparse.Namespace) -> int:
    """Write ledger.html and consultations.html; and clocks.json, of the log."""
    case, coalition, when = _case(args), read_coalition(Path(args.mission)), _on(args)
    places = places_of(coalition.ledger, case.agreement.areas)
    shown = _shown(case, coalition, places, when, ())
    started, clocks = read_clocks(DataFolder(Path(args.log)), case.name) if args.log else (None, b"")
    files = dict(_pages(case, coalition, shown, started)) | ({"clocks.json": clocks} if args.log else {})
    write_folder(Path(args.out), with_pdf(files) if args.pdf else files)
    _say(shown)
    print(f"Pages: {Path(args.out) / 'ledger.html'}, {Path(args.out) / 'consultations.html'}")
    return 0


def run_what_if(args: argparse.Namespace) -> int:
    """Write the same, with what follows from the supposition."""
    case, coalition, when = _case(args), read_coalition(Path(args.mission)), _on(args)
    what, words = _supposition(args, coalition.ledger, when)
    places = places_of(coalition.ledger, case.agreement.areas)
    recompute: Recompute | None = None
    if args.result:
        out = result_of(case, Path(args.result))
        events = read_events("events.geojsonl", read_given(out / "events.geojsonl"))
        findings = read_findings("findings.geojsonl", read_given(out / "findings.geojsonl"))
        recompute = recomputing(case, plugins(), events, findings)
    found = what_if(coalition.ledger, places, what, when, recompute)
    shown = _shown(case, coalition, places, when, ((words, found),))
    files = _pages(case, coalition, shown)
    write_folder(Path(args.out), with_pdf(files) if args.pdf else files)
    for line in _consequences(words, found):
        print(line)
    print(f"Page: {Path(args.out) / 'ledger.html'}")
    return 0


def run_export(args: argparse.Namespace) -> int:
    """Write the tables."""
    files = tables_of(read_coalition(Path(args.mission)).ledger)
    write_folder(Path(args.out), files)
    print(f"{len(files)} files in {args.out}")
    return 0


def run_import(args: argparse.Namespace) -> int:
    """Write the ledger of some tables."""
    folder, out = Path(args.tables), Path(args.out)
    if not folder.is_dir():
        raise Unusable([Problem(Place(str(folder)), "there is no such folder", "give a folder of tables")])
    files = {path.name: read_given(path) for path in sorted(folder.glob("*.csv"))}
    text = ledger_text(ledger_of_tables(str(folder), files))
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        print(f"{out}: cannot be written ({error.strerror}). Name a new file.", file=sys.stderr)
        return 1
    print(f"{out}: written.")
    return 0


def _case(args: argparse.Namespace) -> Case:
    return understand(read_folder(Path(args.mission)), kinds()).case


def _on(args: argparse.Namespace) -> Instant:
    return instant_of("--on", args.on, "give the time in UTC, ending in Z")


def _strangers(ledger: Ledger, case: Case) -> list[Problem]:
    """Sensors and areas that the ledger speaks of and the mission does not have."""
    place, found = Place("coalition/ledger.toml"), []
    areas = {area.id: area for area in case.agreement.areas}
    for one in ledger.contributions:
        for sensor in one.sensors:
            if sensor not in case.network.by_id:
                what = f"{one.id} names sensor {sensor!r}, which is not in the network"
                found.append(Problem(place, what, suggest(sensor, case.network.by_id)))
    for caveat in ledger.caveats:
        if caveat.kind in ("away_from_line", "outside_area", "inside_area"):
            area = areas.get(caveat.values[0])
            fits = area is not None and bool(area.line if caveat.kind == "away_from_line" else area.polygons)
            if not fits:
                shape = "line" if caveat.kind == "away_from_line" else "polygon"
                what = f"{caveat.id} names {caveat.values[0]!r}, which is no {shape} of the agreement"
                found.append(Problem(place, what, suggest(caveat.values[0], areas)))
    return found


def _shown(
    case: Case, coalition: Coalition, places: Places, when: Instant, asked: tuple[tuple[str, Consequences], ...]
) -> Shown:
    """The ledger on a date, with what each nation's lapse would take."""
    ledger = coalition.ledger
    standings = deployable(ledger, places, when)
    lapses = tuple(
        (nation.id, what_if(ledger, places, Lapse(nation.id, when), when))
        for nation in ledger.nations
        if ledger.authorities_of[nation.id]
    )
    return Shown(
        mission=case.name,
        status=case.status,
        ledger=ledger,
        when=when,
        standings=standings,
        pillars=pillars(ledger, standings, when),
        misplaced=misplaced(ledger, places, when),
        lapses=lapses,
        asked=asked,
    )


def _pages(
    case: Case, coalition: Coalition, shown: Shown, started: Sequence[Started] | None = None
) -> Mapping[str, bytes]:
    record = Record(
        mission=case.name,
        status=case.status,
        when=shown.when,
        nations=[(one.id, one.name) for one in coalition.ledger.nations],
        consultations=coalition.consultations,
        framework=coalition.framework,
        faults=coalition.faults,
        started=started,
    )
    return ledger_files(shown) | {
        "ledger.json": ledger_json(shown),
        "ledger.html": ledger_page(shown, look=coverage_look()),
        "consultations.html": consultation_page(record, look=coverage_look()),
    }


def _supposition(args: argparse.Namespace, ledger: Ledger, when: Instant) -> tuple[Supposition, str]:
    """What is supposed, and how it is said."""
    nations, conditions = [one.id for one in ledger.nations], [one.id for one in ledger.conditions]
    asked = args.lapse or args.withdraw
    if asked is not None and asked not in nations:
        raise Unusable(
            [Problem(Place("--lapse, --withdraw"), f"no nation {asked!r} takes part", suggest(asked, nations))]
        )
    turned = args.unmet or args.met
    if turned is not None and turned not in conditions:
        raise Unusable(
            [Problem(Place("--unmet, --met"), f"there is no condition {turned!r}", suggest(turned, conditions))]
        )
    day = format_utc(when, digits=0)[:10]
    if args.lapse:
        only = args.only[0] if args.only else None
        own = [one.id for one in ledger.authorities_of[args.lapse]]
        if only is not None and only not in own:
            raise Unusable([Problem(Place("--only"), f"{args.lapse} has no authority {only!r}", suggest(only, own))])
        what = f"the {'authorities' if only is None else f'authority {only}'} of {args.lapse} lapsed on {day}"
        return Lapse(args.lapse, when, only), what
    if args.withdraw:
        own = [one.id for one in ledger.contributions if one.nation == args.withdraw]
        for one in args.only:
            if one not in own:
                raise Unusable(
                    [Problem(Place("--only"), f"{args.withdraw} does not contribute {one!r}", suggest(one, own))]
                )
        named = ", ".join(args.only) or "all it contributes"
        return Withdrawal(args.withdraw, when, tuple(args.only)), f"{args.withdraw} withdrew {named} on {day}"
    met = args.met is not None
    return ConditionTurns(turned, when, met), f"condition {turned} were {'met' if met else 'not met'} from {day}"


def _say(shown: Shown) -> None:
    able = sum(one.deployable for one in shown.standings.values())
    print(
        f"{len(shown.ledger.nations)} nations and bodies, {len(shown.ledger.contributions):,} contributions, "
        f"{able:,} deployable on {format_utc(shown.when, digits=0)[:10]}."
    )
    for state in shown.pillars:
        for need in state.lacking:
            print(f"{state.pillar} lacks {need.lacks:g} of {need.commitment.amount:g} {need.commitment.asset} "
                  f"({need.commitment.id}).")  # fmt: skip
    for one in shown.misplaced:
        print(f"{one.words}.")


def _consequences(words: str, found: Consequences) -> list[str]:
    lines = [
        f"If {words}: {len(found.lost)} contributions would no longer be deployable, {len(found.sensors)} sensors gone."
    ]
    now = {need.commitment.id: need.lacks for state in found.before for need in state.needs}
    lines += [
        f"{state.pillar} would lack {need.lacks:g} of {need.commitment.amount:g} {need.commitment.asset}."
        for state in found.after
        for need in state.lacking
        if need.lacks > now[need.commitment.id]
    ]
    if found.supplies:
        lines.append(f"Nobody would supply {', '.join(found.supplies)}.")
    if found.sight is not None:
        lines += [
            f"Line heard by {count} or more providers: {before:.0%} now, {after:.0%} then."
            for count, before, after in found.sight.line
        ]
        lines.append(
            f"Of {found.sight.findings} findings that name a party, {len(found.sight.falls)} would stand less firmly."
        )
        lines += [f"{one.finding}: {one.before} → {one.after or 'not reached'}." for one in found.sight.falls]
    return lines
