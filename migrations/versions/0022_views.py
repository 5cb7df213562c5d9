"""What the public thinks of agreements that are not in use yet."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "view_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("what", sa.JSON(), nullable=False),
        sa.Column("purpose", sa.JSON(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=True),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("reply", sa.JSON(), nullable=True),
        sa.Column("replied_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_view_round_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_view_round"),
    )
    op.create_index("ix_view_round_reference", "view_round", ["reference"])
    op.create_index("ix_view_round_organisation_id", "view_round", ["organisation_id"])
    op.create_table(
        "view_vote",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("blind", sa.String(), nullable=False),
        sa.Column(
            "view",
            sa.Enum("acceptable", "not_acceptable", "not_sure", name="view", native_enum=False),
            nullable=False,
        ),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["view_round.id"], name="fk_view_vote_round_id"),
        sa.PrimaryKeyConstraint("round_id", "blind", name="pk_view_vote"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("view_vote")
    op.drop_table("view_round")
