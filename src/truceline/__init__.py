"""Truceline: watch a ceasefire, verify a breach, say honestly who did it."""

__version__ = "0.1.0"
