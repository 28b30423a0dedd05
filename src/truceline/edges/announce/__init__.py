"""Telling those who asked to be told that something was published: by webhook and e-mail, ids and nothing else."""
