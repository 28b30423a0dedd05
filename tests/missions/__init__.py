"""Missions for tests: one small world with something of everything, and scenes put together by hand."""
