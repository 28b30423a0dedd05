"""Files that somebody named."""

from pathlib import Path

from truceline.model.problem import Place, Problem, Unusable


def refuse_shared(path: Path, what: str, remedy: str) -> None:
    """Raise Unusable if others than its owner may read a file of secrets; OSError if it cannot be looked at."""
    if path.stat().st_mode & 0o077:
        raise Unusable([Problem(Place(str(path)), what, remedy)])


def read_given(path: Path) -> bytes:
    """The bytes of a file. Raises Unusable, which says why it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        what = f"cannot be read ({error.strerror or error})"
        raise Unusable([Problem(Place(str(path)), what, "check the path")]) from None
