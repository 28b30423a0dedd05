"""Editions: what of a sealed result leaves the mission, to whom, proven and logged."""
