"""How often bodies say that they make each kind of access."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity_total",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("agreement", sa.String(), nullable=False),
        sa.Column("receiver_code", sa.String(), nullable=False),
        sa.Column("first_month", sa.Date(), nullable=False),
        sa.Column("last_month", sa.Date(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("accesses", sa.BigInteger(), nullable=True),
        sa.Column("people", sa.BigInteger(), nullable=True),
        sa.Column("triggered_by", sa.JSON(), nullable=True),
        sa.Column("figures_from", sa.JSON(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_activity_total_organisation_id"
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_activity_total_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_activity_total"),
        sa.UniqueConstraint(
            "source_id",
            "agreement",
            "receiver_code",
            "first_month",
            "system",
            "action",
            name="uq_activity_total_kind",
        ),
    )
    op.create_index(
        "ix_activity_total_of_body", "activity_total", ["organisation_id", "first_month"]
    )


def downgrade() -> None:
    op.drop_table("activity_total")
