"""Choices found again as they were made; agreements of which bodies were told what choices mean."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

CURRENT = sa.text("current")


def upgrade() -> None:
    kept = sa.Column("keeps", sa.JSON(), server_default=sa.text("'[]'"), nullable=False)
    op.add_column("choice", kept)
    op.create_index(
        "ix_choice_effect_agreement",
        "choice_effect",
        ["agreement", "citizen_id"],
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    )
    op.create_table(
        "preference_followed",
        sa.Column("agreement", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agreement", name="pk_preference_followed"),
    )


def downgrade() -> None:
    op.drop_table("preference_followed")
    op.drop_index("ix_choice_effect_agreement", "choice_effect")
    op.drop_column("choice", "keeps")
