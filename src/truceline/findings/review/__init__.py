"""Verification by people: which findings are reviewed, by whom, what they say, what the parties say, what stands."""
