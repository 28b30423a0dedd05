"""The folder of a service as other commands read it, also while the service runs."""

from pathlib import Path

from truceline.edges.intake import understand
from truceline.edges.live.data_folder import DataFolder, read_store
from truceline.edges.live.following import set_up
from truceline.edges.wiring import kinds
from truceline.model.case import Case
from truceline.model.problem import Place, Problem, Unusable


def opened(folder: str) -> tuple[DataFolder, Case]:
    """The folder of a service and the mission that it was set up with. Raises Unusable if there is none."""
    data = DataFolder(Path(folder))
    if not data.store.exists():
        problem = Problem(Place(folder), "there is no service in this folder", "give the folder that it keeps")
        raise Unusable([problem])
    store = read_store(data.store)
    try:
        return data, understand(set_up(store), kinds()).case
    finally:
        store.close()
