"""Where a body signs people in itself, to say that it knows them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organisation", sa.Column("sign_in_url", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("organisation", "sign_in_url")
