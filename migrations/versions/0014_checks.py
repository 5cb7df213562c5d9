"""Checks: bodies ask whether they may use data, and citizens see that they did."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NOT_NOTED = sa.text("sealed IS NOT NULL")
TOLD_NO = sa.text("current AND NOT may_use")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "preference_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("agreement", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("good_until", moment, nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("allowed", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_preference_check_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_preference_check"),
    )
    op.create_index("ix_preference_check_of_body", "preference_check", ["organisation_id", "id"])
    op.create_index("ix_preference_check_day", "preference_check", ["day"])
    op.create_index(
        "ix_preference_check_new",
        "preference_check",
        ["id"],
        sqlite_where=NOT_NOTED,
        postgresql_where=NOT_NOTED,
    )
    op.create_table(
        "check_line",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("agreement", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.id"], name="fk_check_line_citizen_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_check_line_organisation_id"
        ),
        sa.PrimaryKeyConstraint("citizen_id", "id", name="pk_check_line"),
    )
    op.create_index("ix_check_line_day", "check_line", ["day"])
    op.create_index(
        "ix_choice_effect_no",
        "choice_effect",
        ["organisation_id", "agreement", "subject"],
        sqlite_where=TOLD_NO,
        postgresql_where=TOLD_NO,
    )


def downgrade() -> None:
    op.drop_index("ix_choice_effect_no", "choice_effect")
    op.drop_table("check_line")
    op.drop_table("preference_check")
