"""Where inputs say that something is, for programs that ask by place (PostGIS)."""

from alembic import op

revision = "2"
down_revision = "1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table of places beside the inputs. What is kept in an envelope has no place here."""
    op.execute(
        """
        CREATE EXTENSION IF NOT EXISTS postgis SCHEMA public;
        CREATE TABLE place (n bigint PRIMARY KEY REFERENCES input (n), at public.geography(Point, 4326) NOT NULL);
        CREATE INDEX place_at ON place USING gist (at);
        """
    )
