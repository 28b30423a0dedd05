"""Incident to probabilities over parties and other: who did it, never whether it was forbidden."""
