"""Choices: what was chosen, what stands of it, what each body was told and answered."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ANSWERS = ("no", "yes", "as_before")
REPLIES = ("none", "applied", "refused", "not_yet")
NOT_NUMBERED = sa.text("number IS NULL")
CURRENT = sa.text("current")
SQLITE = (
    "CREATE TRIGGER choice_kept BEFORE UPDATE ON choice "
    "BEGIN SELECT RAISE(ABORT, 'what was chosen stays as it is'); END",
)
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION choice_kept() RETURNS trigger AS $$ BEGIN "
    "RAISE EXCEPTION 'what was chosen stays as it is'; END $$ LANGUAGE plpgsql",
    "CREATE TRIGGER choice_kept BEFORE UPDATE ON choice "
    "FOR EACH ROW EXECUTE FUNCTION choice_kept()",
)


def upgrade() -> None:
    _choices()
    _effects()
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE if sqlite else POSTGRESQL:
        op.execute(statement)


def _choices() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "choice",
        *_owned(),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("answer", _enum("answer", ANSWERS), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=True),
        sa.Column("receipt", sa.String(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("found_again", sa.Boolean(), server_default=sa.false(), nullable=False),
        *_keys("choice"),
    )
    op.create_index("ix_choice_number", "choice", ["citizen_id", "number"])
    op.create_table(
        "standing_choice",
        *_owned(),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("answer", _enum("answer", ANSWERS), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("choice_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        *_keys("standing_choice"),
        sa.UniqueConstraint("citizen_id", "scope", name="uq_standing_choice_citizen_id_scope"),
    )
    op.create_index("ix_standing_choice_scope", "standing_choice", ["scope", "citizen_id"])


def _effects() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "choice_effect",
        *_owned(),
        sa.Column("choice_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("agreement", sa.String(), nullable=False),
        sa.Column("may_use", sa.Boolean(), nullable=False),
        sa.Column("objection", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("extended_to", sa.Date(), nullable=False),
        sa.Column("current", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("statement", sa.String(), nullable=True),
        sa.Column("told_at", moment, nullable=True),
        sa.Column("undelivered", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("held_at", moment, nullable=True),
        sa.Column("reply", _enum("reply", REPLIES), nullable=False),
        sa.Column("replied_at", moment, nullable=True),
        sa.Column("applied_from", sa.Date(), nullable=True),
        sa.Column("not_until", sa.Date(), nullable=True),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=True),
        *_keys("choice_effect"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_choice_effect_organisation_id"
        ),
    )
    for name, columns, where in (
        ("current", ["citizen_id", "current"], None),
        ("read", ["organisation_id", "number"], None),
        ("answered", ["organisation_id", "id"], None),
        ("new", ["id"], NOT_NUMBERED),
        ("open", ["organisation_id", "objection", "reply"], CURRENT),
    ):
        op.create_index(
            f"ix_choice_effect_{name}",
            "choice_effect",
            columns,
            sqlite_where=where,
            postgresql_where=where,
        )
    op.create_table(
        "preference_feed",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("read_to", sa.BigInteger(), nullable=False),
        sa.Column("read_at", moment, nullable=True),
        sa.Column("behind_since", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_preference_feed_organisation_id"
        ),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_preference_feed"),
    )


def _owned() -> tuple[sa.Column, ...]:
    return (
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
    )


def _keys(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.id"], name=f"fk_{table}_citizen_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("citizen_id", "id", name=f"pk_{table}"),
    )


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False)


def downgrade() -> None:
    for table in ("preference_feed", "choice_effect", "standing_choice", "choice"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION choice_kept")
