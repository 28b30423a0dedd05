"""Observations to events: associate, locate, classify, track, and say how sure."""
