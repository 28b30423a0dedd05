"""The how-to page's example is a world that can be made."""

import re
from pathlib import Path

import numpy as np

from truceline.sim.build import build
from truceline.sim.read_world import read_world
from truceline.sim.world import DECEPTIONS, LIES

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "simulate.md").read_text()


def test_the_example_of_the_page_can_be_made() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    world = read_world("example.toml", example.encode())
    assert build(world, np.random.default_rng(1))["truth.ndjson"]


def test_the_page_names_every_lie_and_deception() -> None:
    assert [name for name in (*LIES, *DECEPTIONS) if f"`{name}`" not in PAGE] == []
