"""Find what is over, to forget it: messages that ended, codes that count no more."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_delivery_ended", "delivery", ["state", "ended_at"])
    op.create_index("ix_code_asked_at", "code_asked", ["at"])


def downgrade() -> None:
    op.drop_index("ix_code_asked_at", table_name="code_asked")
    op.drop_index("ix_delivery_ended", table_name="delivery")
