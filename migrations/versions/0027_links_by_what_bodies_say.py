"""Find links by the id that a body says, for a check that names fewer people than have chosen."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_subject_link_named", "subject_link", ["organisation_id", "pairwise"])


def downgrade() -> None:
    op.drop_index("ix_subject_link_named", "subject_link")
