"""How sources answered of late, and what was reckoned from it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "source_sample",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("proven", sa.Boolean(), nullable=True),
        *_of_source("source_sample", "at"),
    )
    op.create_index("ix_source_sample_at", "source_sample", ["at"])
    op.create_table(
        "source_day",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        *_of_source("source_day", "day"),
    )
    op.create_table(
        "source_health",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("reckoned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_ms", sa.Integer(), nullable=True),
        sa.Column("proves", sa.Boolean(), nullable=True),
        sa.Column("patience_seconds", sa.Integer(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        *_of_source("source_health"),
    )


def downgrade() -> None:
    op.drop_table("source_health")
    op.drop_table("source_day")
    op.drop_index("ix_source_sample_at", table_name="source_sample")
    op.drop_table("source_sample")


def _of_source(table: str, *key: str) -> tuple[sa.Constraint, ...]:
    """Rows of a source, one for each value of the rest of the key."""
    return (
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=f"fk_{table}_source_id"),
        sa.PrimaryKeyConstraint("source_id", *key, name=f"pk_{table}"),
    )
