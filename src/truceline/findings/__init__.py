"""Breach and attribution joined: what the text says of an act, and who did it. The only room that knows both."""
