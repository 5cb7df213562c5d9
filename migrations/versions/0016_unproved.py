"""That a body is ahead of its list may stand on a number alone that it named."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    unproved = sa.Column("unproved", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("preference_feed", unproved)


def downgrade() -> None:
    op.drop_column("preference_feed", "unproved")
