"""Find links by the id that a body says, for a check that names fewer people than have chosen.

Whose link it is and whether it stands are in the index, so that no row is fetched for them.
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

COLUMNS = ["organisation_id", "pairwise", "state", "citizen_id"]


def upgrade() -> None:
    op.create_index("ix_subject_link_named", "subject_link", COLUMNS)


def downgrade() -> None:
    op.drop_index("ix_subject_link_named", "subject_link")
