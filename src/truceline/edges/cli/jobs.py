"""How many processes a command may use."""

import argparse


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """Let a command be told how many processes to use; 0, the default, is all processors."""
    told = "processes to use (default: all processors)"
    parser.add_argument("--jobs", type=_number, default=0, metavar="N", help=told)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text} is no number of processes; give a whole number from 0 on")
    return int(text)
