"""Files that somebody named."""

from pathlib import Path

from truceline.model.problem import Place, Problem, Unusable


def read_given(path: Path) -> bytes:
    """The bytes of a file. Raises Unusable, which says why it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        what = f"cannot be read ({error.strerror or error})"
        raise Unusable([Problem(Place(str(path)), what, "check the path")]) from None
