"""Progress is told of long work, on one line of a terminal, seldom elsewhere, and never when asked to be quiet."""

import io

import pytest

from truceline.edges import progress
from truceline.edges.parallel import over_processes
from truceline.edges.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(progress, "running_s", found)
    return found


def walk(told: Progress, clock: Clock, step_s: float = 0.5, steps: int = 20) -> None:
    for done in range(1, steps + 1):
        clock.now_s += step_s
        told.step("counting", done, steps)


def test_short_work_says_nothing(clock: Clock) -> None:
    for stream in (io.StringIO(), Terminal()):
        told = Progress(stream)
        walk(told, clock, step_s=0.09)
        told.end()
        assert stream.getvalue() == ""


def test_elsewhere_each_step_is_a_line_and_seldom(clock: Clock) -> None:
    stream = io.StringIO()
    told = Progress(stream)
    walk(told, clock)
    told.end()
    lines = stream.getvalue().splitlines()
    assert 2 <= len(lines) <= 6 and "\r" not in stream.getvalue()
    assert all("counting" in line and "of 20" in line and line.endswith(" s)") for line in lines)


def test_a_terminals_line_is_rewritten_and_left_clean(clock: Clock) -> None:
    stream = Terminal()
    told = Progress(stream)
    walk(told, clock)
    assert "\n" not in stream.getvalue() and "[###" in stream.getvalue() and "20 of 20" in stream.getvalue()
    told.end()
    assert stream.getvalue().endswith("\r")
    last = stream.getvalue().split("\r")
    assert last[-2].strip() == "" and len(last[-2]) >= len(last[-3].rstrip())


def test_a_shorter_text_leaves_nothing_of_a_longer_one(clock: Clock) -> None:
    stream = Terminal()
    told = Progress(stream)
    clock.now_s += 3
    told.step("a very long description of what is being done")
    clock.now_s += 3
    told.step("short")
    first, second = stream.getvalue().split("\r")[1:]
    assert len(second) >= len(first)


def test_quiet_is_quiet(clock: Clock) -> None:
    stream = Terminal()
    told = Progress(stream, quiet=True)
    walk(told, clock)
    told.end()
    assert stream.getvalue() == ""


def test_steps_without_a_count(clock: Clock) -> None:
    stream = io.StringIO()
    told = Progress(stream)
    clock.now_s += 3
    told.step("reading")
    told.step("of nothing", 0, 0)
    assert stream.getvalue() == "reading (3 s)\n"


def square(number: int) -> int:
    return number * number


@pytest.mark.parametrize("jobs", [1, 2])
def test_work_over_several_keeps_its_order(jobs: int) -> None:
    with over_processes(jobs, Progress(quiet=True)) as over:
        assert list(over(square, range(50))) == [number * number for number in range(50)]
