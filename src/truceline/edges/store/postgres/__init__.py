"""The store in PostgreSQL, behind the same door; its tables are brought up to date by Alembic (versions/)."""
