"""The kinds of provision, one file each. They do not know one another."""
