"""Accounts that are closed, what stands for them then, and the visits that people can see."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("citizen", sa.Column("closed_as", sa.Uuid(), nullable=True))
    op.create_index("ix_citizen_closed_as", "citizen", ["closed_as"])
    op.create_table(
        "closed_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_closed_account"),
    )
    op.create_table(
        "visit",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assurance", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.id"], name="fk_visit_citizen_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("citizen_id", "id", name="pk_visit"),
    )
    op.create_index("ix_visit_citizen_id_at", "visit", ["citizen_id", "at"])
    op.create_index("ix_visit_at", "visit", ["at"])


def downgrade() -> None:
    op.drop_index("ix_visit_at", table_name="visit")
    op.drop_index("ix_visit_citizen_id_at", table_name="visit")
    op.drop_table("visit")
    op.drop_table("closed_account")
    op.drop_index("ix_citizen_closed_as", table_name="citizen")
    op.drop_column("citizen", "closed_as")
