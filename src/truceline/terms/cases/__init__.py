"""cases.md of an agreement: what a lawyer expects of it, article by article, readable and checked."""
