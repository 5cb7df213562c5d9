"""Corrections: what a body put right, and what became of it at each who got the data before."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MATTERS = ("disputed", "corrected", "erased", "restricted", "not_corrected")
REPLIES = ("none", "applied", "not_held", "not_applied")
NOT_NUMBERED = sa.text("number IS NULL AND subject IS NOT NULL")
UNTOLD = sa.text("number IS NOT NULL AND told_at IS NULL")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "correction",
        *_owned(),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("matter", _enum("matter", MATTERS), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("question", sa.String(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        *_keys("correction"),
        _of_organisation("correction"),
        sa.UniqueConstraint(
            "citizen_id", "organisation_id", "reference", name="uq_correction_reference"
        ),
    )
    op.create_index("ix_correction_of_body", "correction", ["organisation_id", "id"])
    _recipients()
    op.create_table(
        "correction_feed",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("read_to", sa.BigInteger(), nullable=False),
        _of_organisation("correction_feed"),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_correction_feed"),
    )


def _recipients() -> None:
    moment, table = sa.DateTime(timezone=True), "correction_recipient"
    op.create_table(
        table,
        *_owned(),
        sa.Column("correction_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("agreement", sa.String(), nullable=True),
        sa.Column("looked", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("told_at", moment, nullable=True),
        sa.Column("undelivered", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("reply", _enum("reply", REPLIES), nullable=False),
        sa.Column("replied_at", moment, nullable=True),
        sa.Column("applied_from", sa.Date(), nullable=True),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=True),
        *_keys(table),
        _of_organisation(table),
        sa.ForeignKeyConstraint(
            ["citizen_id", "correction_id"],
            ["correction.citizen_id", "correction.id"],
            name="fk_correction_recipient_correction",
            ondelete="CASCADE",
        ),
    )
    for name, columns, where in (
        ("of", ["citizen_id", "correction_id"], None),
        ("read", ["organisation_id", "number"], None),
        ("answered", ["organisation_id", "id"], None),
        ("new", ["id"], NOT_NUMBERED),
        ("untold", ["id"], UNTOLD),
    ):
        op.create_index(
            f"ix_{table}_{name}", table, columns, sqlite_where=where, postgresql_where=where
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


def _of_organisation(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_organisation_id"
    return sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=name)


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False)


def downgrade() -> None:
    for table in ("correction_feed", "correction_recipient", "correction"):
        op.drop_table(table)
