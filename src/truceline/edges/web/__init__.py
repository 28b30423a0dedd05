"""The front end: its source, what was built of it, and what is served as it is."""

from importlib.resources import files
from importlib.resources.abc import Traversable


def built_folder() -> Traversable:
    """What was built of the front end."""
    return files("truceline.edges.web").joinpath("built")


def is_built() -> bool:
    """Whether the front end was built."""
    return built_folder().joinpath("floor.js").is_file()
