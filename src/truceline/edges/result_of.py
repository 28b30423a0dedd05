"""A result folder that somebody gives beside a mission: it must be of that mission, by the name of its log."""

from pathlib import Path

from truceline.edges.conclude import origin
from truceline.edges.given_file import read_given
from truceline.model.case import Case
from truceline.model.problem import Place, Problem, Unusable

CHECKPOINT = "log/checkpoint"


def result_of(case: Case, folder: Path) -> Path:
    """The folder, if its log is of the mission. Raises Unusable: what one mission heard says nothing of another."""
    name, _, _ = read_given(folder / CHECKPOINT).decode("utf-8", "replace").partition("\n")
    if name != origin(case.name):
        what = f"it is the result of another mission: its log is {name!r}, that of this one {origin(case.name)!r}"
        remedy = "give what `truceline run` wrote of this mission"
        raise Unusable([Problem(Place(str(folder / CHECKPOINT)), what, remedy)])
    return folder
