"""Of which kind a piece of news is, so that each kind is told at its own pace."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kind = sa.Enum(
        "new_body",
        "access",
        "answer",
        "choice",
        "copy",
        "agreement",
        "incident",
        name="newskind",
        native_enum=False,
    )
    op.add_column("told", sa.Column("kind", kind, server_default="access", nullable=False))


def downgrade() -> None:
    op.drop_column("told", "kind")
