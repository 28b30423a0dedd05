"""The steps by which the tables of PostgreSQL became those of today, each a module for Alembic."""
