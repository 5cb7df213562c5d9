"""A column that the code of before knows nothing of, and a table."""

import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = "{newest}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("visit", sa.Column("place", sa.String(), nullable=True))
    op.create_table("visit_place", sa.Column("id", sa.Uuid(), primary_key=True))


def downgrade() -> None:
    op.drop_table("visit_place")
    op.drop_column("visit", "place")
