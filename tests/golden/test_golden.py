"""What `make golden` writes is what stands in the repository: regenerating makes no difference."""

from collections.abc import Callable

import pytest

from .made import FIRST_LIGHT, MAKERS, ROOT


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: str(maker.__name__))
def test_regenerating_makes_no_difference(maker: Callable[[], dict[str, bytes]]) -> None:
    made = maker()
    assert made
    for path, data in made.items():
        assert (ROOT / path).read_bytes() == data, f"{path} differs from what the code writes: make golden"


def test_no_golden_file_is_left_over() -> None:
    made = {path for maker in MAKERS for path in maker()}
    folders = (ROOT / "tests" / "reports" / "golden", ROOT / FIRST_LIGHT)
    kept = {path.relative_to(ROOT).as_posix() for folder in folders for path in folder.rglob("*") if path.is_file()}
    assert kept - made == {f"{FIRST_LIGHT}/README.md"}
