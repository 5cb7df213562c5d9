"""What bodies were told is found by an index: what they have not taken yet, and, on SQLite, what is
the last word."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

UNTOLD = sa.text("told_at IS NULL")
OF_CURRENT = {
    "ix_choice_effect_agreement": ["agreement", "citizen_id"],
    "ix_choice_effect_open": ["organisation_id", "objection", "reply"],
}


def upgrade() -> None:
    op.create_index(
        "ix_choice_effect_untold",
        "choice_effect",
        ["id"],
        sqlite_where=UNTOLD,
        postgresql_where=UNTOLD,
    )
    _make_anew("current = 1")  # SQLite used neither: no condition was worded as they were


def downgrade() -> None:
    _make_anew("current")
    op.drop_index("ix_choice_effect_untold", "choice_effect")


def _make_anew(where: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for name, columns in OF_CURRENT.items():
        op.drop_index(name, "choice_effect")
        op.create_index(name, "choice_effect", columns, sqlite_where=sa.text(where))
