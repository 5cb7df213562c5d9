"""What no code in use asks for any more goes."""

import sqlalchemy as sa
from alembic import op

revision = "9002"
down_revision = "9001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("visit_place")
    op.drop_column("visit", "place")


def downgrade() -> None:
    op.add_column("visit", sa.Column("place", sa.String(), nullable=True))
    op.create_table("visit_place", sa.Column("id", sa.Uuid(), primary_key=True))
