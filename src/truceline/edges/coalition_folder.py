"""The folder `coalition` of a mission on disk: ledger, consultations, command framework."""

from dataclasses import dataclass
from pathlib import Path

from truceline.coalition.command import Framework, faults
from truceline.coalition.consultation import Consultation
from truceline.coalition.ledger import Ledger
from truceline.coalition.read_command import read_command
from truceline.coalition.read_consultations import read_consultations
from truceline.coalition.read_ledger import read_ledger
from truceline.edges.given_file import read_given
from truceline.model.problem import Problem, Unusable

FOLDER = "coalition"
LEDGER, CONSULTATIONS, COMMAND = "ledger.toml", "consultations.toml", "command.toml"


@dataclass(frozen=True)
class Coalition:
    """What a mission's coalition has on record. faults: of the command framework."""

    ledger: Ledger
    consultations: tuple[Consultation, ...]
    framework: Framework | None
    faults: tuple[Problem, ...]


def read_coalition(mission: Path) -> Coalition:
    """All of it; consultations and framework may be absent. Raises Unusable with every fault."""
    folder = mission / FOLDER
    data = read_given(folder / LEDGER)
    ledger = read_ledger(f"{FOLDER}/{LEDGER}", data)
    nations = frozenset(one.id for one in ledger.nations)
    problems: list[Problem] = []
    consultations: tuple[Consultation, ...] = ()
    framework: Framework | None = None
    try:
        if (folder / CONSULTATIONS).exists():
            found = read_given(folder / CONSULTATIONS)
            consultations = read_consultations(f"{FOLDER}/{CONSULTATIONS}", found, nations)
    except Unusable as unusable:
        problems += unusable.problems
    try:
        if (folder / COMMAND).exists():
            framework = read_command(f"{FOLDER}/{COMMAND}", read_given(folder / COMMAND), nations)
    except Unusable as unusable:
        problems += unusable.problems
    if problems:
        raise Unusable(problems)
    wrong = faults(framework, f"{FOLDER}/{COMMAND}") if framework is not None else ()
    return Coalition(ledger, consultations, framework, wrong)
