"""The tables of terms.toml, one after the other."""
