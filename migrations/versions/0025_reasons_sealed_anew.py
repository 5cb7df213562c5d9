"""Let a reason of a choice be sealed anew by another key, and nothing else of a choice change."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

KEPT = "citizen_id, id, scope, answer, number, made_at, receipt, ended_by, keeps, found_again"
ANEW = (
    "WHEN (OLD.sealed_reason IS NULL OR NEW.sealed_reason IS NULL"
    " OR substr(OLD.sealed_reason, 1, 5) = substr(NEW.sealed_reason, 1, 5)) "
)
REFUSED = {
    "sqlite": ("", "BEGIN SELECT RAISE(ABORT, 'what was chosen stays as it is'); END"),
    "postgresql": ("FOR EACH ROW ", "EXECUTE FUNCTION choice_kept()"),
}


def upgrade() -> None:
    each, refuse = REFUSED[op.get_bind().dialect.name]
    _drop("choice_kept")
    op.execute(f"CREATE TRIGGER choice_kept BEFORE UPDATE OF {KEPT} ON choice {each}{refuse}")
    op.execute(
        "CREATE TRIGGER choice_reason_kept BEFORE UPDATE OF sealed_reason ON choice "
        f"{each}{ANEW}{refuse}"
    )


def downgrade() -> None:
    each, refuse = REFUSED[op.get_bind().dialect.name]
    _drop("choice_kept")
    _drop("choice_reason_kept")
    op.execute(f"CREATE TRIGGER choice_kept BEFORE UPDATE ON choice {each}{refuse}")


def _drop(trigger: str) -> None:
    on = "" if op.get_bind().dialect.name == "sqlite" else " ON choice"
    op.execute(f"DROP TRIGGER {trigger}{on}")
