"""Nouns: frozen, typed records. Imports nothing of ours and only the standard library."""
