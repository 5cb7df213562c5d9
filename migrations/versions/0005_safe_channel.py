"""The mailbox that a citizen named as safe, and what they were told there."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "safe_channel",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("waiting", "confirmed", "not_working", name="channelstate", native_enum=False),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code_digest", sa.String(), nullable=True),
        sa.Column("code_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.id"], name="fk_safe_channel_citizen_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("citizen_id", "id", name="pk_safe_channel"),
        sa.UniqueConstraint("citizen_id", name="uq_safe_channel_citizen_id"),
    )
    op.create_table(
        "code_asked",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.id"], name="fk_code_asked_citizen_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("citizen_id", "id", name="pk_code_asked"),
    )
    op.create_index("ix_code_asked_citizen_id_at", "code_asked", ["citizen_id", "at"])
    op.create_table(
        "told",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("blind", sa.String(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.id"], name="fk_told_citizen_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("citizen_id", "id", name="pk_told"),
        sa.UniqueConstraint("citizen_id", "blind", name="uq_told_citizen_id_blind"),
    )
    op.create_index("ix_told_told_at", "told", ["told_at"])


def downgrade() -> None:
    op.drop_index("ix_told_told_at", table_name="told")
    op.drop_table("told")
    op.drop_index("ix_code_asked_citizen_id_at", table_name="code_asked")
    op.drop_table("code_asked")
    op.drop_table("safe_channel")
