"""Inputs, arrivals, tiles and checkpoints; none of them is ever changed or removed."""

from alembic import op

revision = "1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables in the current schema."""
    op.execute(
        """
        CREATE TABLE about (key text PRIMARY KEY, value text NOT NULL);
        CREATE TABLE input (
            n bigint PRIMARY KEY,
            kind text NOT NULL,
            id text NOT NULL,
            sha256 bytea NOT NULL CHECK (length(sha256) = 32),
            data bytea NOT NULL,
            UNIQUE (kind, id)
        );
        CREATE TABLE arrival (first bigint PRIMARY KEY, count bigint NOT NULL, at_us bigint NOT NULL);
        CREATE TABLE tile (level int, n bigint, hashes bytea NOT NULL, PRIMARY KEY (level, n));
        CREATE TABLE checkpoint (
            size bigint PRIMARY KEY, root bytea NOT NULL CHECK (length(root) = 32), at_us bigint NOT NULL
        );
        CREATE FUNCTION only_added() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'inputs and checkpoints are only ever added'; END $$;
        CREATE TRIGGER input_stands BEFORE UPDATE OR DELETE ON input EXECUTE FUNCTION only_added();
        CREATE TRIGGER input_stays BEFORE TRUNCATE ON input EXECUTE FUNCTION only_added();
        CREATE TRIGGER checkpoint_stands BEFORE UPDATE OR DELETE ON checkpoint EXECUTE FUNCTION only_added();
        CREATE TRIGGER checkpoint_stays BEFORE TRUNCATE ON checkpoint EXECUTE FUNCTION only_added();
        """
    )
