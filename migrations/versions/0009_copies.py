"""Portable copies: what was asked for, how far it is, what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATES = (
    "asked",
    "waiting",
    "building",
    "ready",
    "fetched",
    "failed",
    "cancelled",
    "expired",
)
UNDER_WAY = sa.text("state IN ('asked', 'waiting', 'building')")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "export",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Enum(*STATES, name="state", native_enum=False), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("bodies", sa.JSON(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("release_at", moment, nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("stored_as", sa.String(), nullable=True),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("held", sa.JSON(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=True),
        sa.Column("ready_at", moment, nullable=True),
        sa.Column("fetched_at", moment, nullable=True),
        sa.Column("expires_at", moment, nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column(
            "fault",
            sa.Enum("lost", "too_large", "fault", name="why", native_enum=False),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.id"], name="fk_export_citizen_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("citizen_id", "id", name="pk_export"),
    )
    op.create_index(
        "ux_export_under_way",
        "export",
        ["citizen_id"],
        unique=True,
        sqlite_where=UNDER_WAY,
        postgresql_where=UNDER_WAY,
    )
    op.create_index("ix_export_state_release_at", "export", ["state", "release_at"])
    op.create_index("ix_export_state_expires_at", "export", ["state", "expires_at"])


def downgrade() -> None:
    op.drop_index("ix_export_state_expires_at", table_name="export")
    op.drop_index("ix_export_state_release_at", table_name="export")
    op.drop_index("ux_export_under_way", table_name="export")
    op.drop_table("export")
