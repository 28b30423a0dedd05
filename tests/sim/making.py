"""Worlds for tests, made once each, and their files as records."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
import numpy as np

from truceline.model.instant import parse_utc
from truceline.sim.build import build, invent
from truceline.sim.invented import Invented
from truceline.sim.read_world import read_world
from truceline.sim.world import World

SMALL = """
[place]
length_km = 30

[period]
hours = 1

[network]
arrays = 24
posts = 8
microphones = 10

[fire]
batteries = 3
guns = 3
rounds = 3
small_arms = 12
unseen_impacts = 4

[nature]
thunder = 8

[notices]
demining = 2
"""

Row = dict[str, Any]


def described(text: str = "", family: str = "salvos", base: str = SMALL) -> World:
    """A small world with these lines on top."""
    head = f'world = 1\nname = "test"\nfamily = "{family}"\n'
    return read_world("world.toml", (head + text + base).encode())


@cache
def made(text: str = "", seed: int = 1, family: str = "salvos", base: str = SMALL) -> Invented:
    """An invented world; `text` must not repeat sections of `base`."""
    return invent(described(text, family, base), np.random.default_rng(seed))


@cache
def files(text: str = "", seed: int = 1, family: str = "salvos", base: str = SMALL) -> Mapping[str, bytes]:
    """Its mission folder."""
    return build(described(text, family, base), np.random.default_rng(seed))


def rows(data: bytes) -> list[Row]:
    """The objects of an NDJSON file."""
    return [msgspec.json.decode(line) for line in data.splitlines()]


def table(data: bytes) -> Row:
    """A JSON object."""
    found: Row = msgspec.json.decode(data)
    return found


def seconds(text: str) -> float:
    """Seconds since 1970."""
    return parse_utc(text) / 1e6
