"""Telling people how far long work is, on standard error and nowhere else."""

import sys
from typing import TextIO

from truceline.edges.clock import running_s

QUIET_S = 2.0  # work that is over sooner says nothing; where lines are not rewritten, so long between two
AGAIN_S = 0.1
BAR = 24


class Progress:
    """Steps of one piece of work. On a terminal one line is rewritten; elsewhere each step is a line of its own."""

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self.stream = stream if stream is not None else sys.stderr
        self.quiet = quiet
        self.rewrites = self.stream.isatty()
        self.started_s = running_s()
        self.spoke_s = 0.0
        self.said = ""

    def step(self, what: str, done: int | None = None, of: int | None = None) -> None:
        """What is being done now, and how much of it is done."""
        since = running_s() - self.started_s
        if self.quiet or since - self.spoke_s < (AGAIN_S if self.rewrites and self.said else QUIET_S):
            return
        self.spoke_s = since
        text = what
        if done is not None and of:
            filled = BAR * done // of
            bar = f" [{'#' * filled}{'.' * (BAR - filled)}]" if self.rewrites else ":"
            text = f"{what}{bar} {done} of {of}"
        text += f" ({since:.0f} s)"
        if self.rewrites:
            self.stream.write("\r" + text.ljust(len(self.said)))
        else:
            self.stream.write(text + "\n")
        self.said = text
        self.stream.flush()

    def end(self) -> None:
        """Leave the line clean for what is printed next."""
        if self.said and self.rewrites:
            self.stream.write("\r" + " " * len(self.said) + "\r")
            self.stream.flush()
        self.said = ""
