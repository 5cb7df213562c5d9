"""Accesses that bodies send: received, kept, counted, withheld, refused; the digest of each day."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "digest",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("signed", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_digest"),
    )
    op.create_table(
        "access_refusal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("batch", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_access_refusal_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_access_refusal"),
    )
    op.create_index("ix_access_refusal_at", "access_refusal", ["at"])
    op.create_index("ix_access_refusal_batch_id", "access_refusal", ["batch", "id"])
    op.create_index(
        "ix_access_refusal_organisation_id_id",
        "access_refusal",
        ["organisation_id", "id"],
    )
    op.create_table(
        "digest_part",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("leaves", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", "part", name="pk_digest_part"),
    )
    op.create_table(
        "access_tally",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("receiver_code", sa.String(), nullable=False),
        sa.Column("receiver_name", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column(
            "actor",
            sa.Enum(
                "person",
                "machine",
                "subscription",
                "bulk",
                "not_stated",
                name="actor",
                native_enum=False,
            ),
            nullable=False,
        ),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("lifted", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.id"], name="fk_access_tally_citizen_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_access_tally_source_id"),
        sa.PrimaryKeyConstraint("citizen_id", "id", name="pk_access_tally"),
    )
    op.create_index(
        "ix_access_tally_counted",
        "access_tally",
        ["citizen_id", "source_id", "day", "times", "lifted"],
    )
    op.create_index(
        "ix_access_tally_source_id_actor_day", "access_tally", ["source_id", "actor", "day"]
    )
    op.create_table(
        "hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("source_ref", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column(
            "protects",
            sa.Enum("inquiry", "person", name="protects", native_enum=False),
            nullable=False,
        ),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("approvers", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("held", "oversight", "released", "closed", name="holdstate", native_enum=False),
            nullable=False,
        ),
        sa.Column("exemption", sa.String(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_hold_organisation_id"
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_hold_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_hold"),
        sa.UniqueConstraint("source_id", "source_ref", name="uq_hold_source_id_source_ref"),
    )
    op.create_index(
        "ix_hold_organisation_id_state_until",
        "hold",
        ["organisation_id", "state", "until"],
    )
    op.create_index("ix_hold_state_until", "hold", ["state", "until"])
    op.create_table(
        "pushed_event",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("source_ref", sa.String(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "role",
            sa.Enum(
                "self",
                "parent",
                "child",
                "relative",
                "witness",
                "other",
                name="role",
                native_enum=False,
            ),
            nullable=False,
        ),
        sa.Column(
            "actor",
            sa.Enum(
                "person",
                "machine",
                "subscription",
                "bulk",
                "not_stated",
                name="actor",
                native_enum=False,
            ),
            nullable=False,
        ),
        sa.Column("actor_handle", sa.String(), nullable=True),
        sa.Column(
            "trigger",
            sa.Enum(
                "my_application", "duty", "other", "not_stated", name="trigger", native_enum=False
            ),
            nullable=False,
        ),
        sa.Column(
            "result",
            sa.Enum("given", "refused", "not_stated", name="result", native_enum=False),
            nullable=False,
        ),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("receiver_code", sa.String(), nullable=False),
        sa.Column("receiver_name", sa.String(), nullable=True),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("agreement", sa.String(), nullable=True),
        sa.Column("legal_power", sa.String(), nullable=True),
        sa.Column("processor", sa.String(), nullable=True),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("trace_id", sa.String(), nullable=True),
        sa.Column("lifted", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.id"], name="fk_pushed_event_citizen_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_pushed_event_source_id"),
        sa.PrimaryKeyConstraint("citizen_id", "id", name="pk_pushed_event"),
    )
    op.create_index(
        "ix_pushed_event_citizen_id_occurred_at_id",
        "pushed_event",
        ["citizen_id", "occurred_at", "id"],
    )
    op.create_index(
        "ix_pushed_event_lifted",
        "pushed_event",
        ["citizen_id", "occurred_at", "id"],
        sqlite_where=sa.text("lifted > 0"),
        postgresql_where=sa.text("lifted > 0"),
    )
    op.create_index(
        "ix_pushed_event_source_id_occurred_at",
        "pushed_event",
        ["source_id", "occurred_at"],
    )
    op.create_index(
        "ix_pushed_event_unreviewed",
        "pushed_event",
        ["citizen_id"],
        sqlite_where=sa.text("lifted IS NULL"),
        postgresql_where=sa.text("lifted IS NULL"),
    )
    op.create_table(
        "received",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("source_ref", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_received_source_id"),
        sa.PrimaryKeyConstraint("source_id", "source_ref", name="pk_received"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_received_accepted_on", "received", ["accepted_on"])
    op.create_index(
        "ix_received_source_id_occurred_on",
        "received",
        ["source_id", "occurred_on"],
    )
    op.create_table(
        "held_event",
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hold_id"], ["hold.id"], name="fk_held_event_hold_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hold_id", name="pk_held_event"),
    )
    op.create_table(
        "hold_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("release", "extend", "close", name="verdict", native_enum=False),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("exemption", sa.String(), nullable=True),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_by_id", sa.Uuid(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreed_by_id"], ["officer.id"], name="fk_hold_decision_agreed_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["hold_id"], ["hold.id"], name="fk_hold_decision_hold_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["officer.id"], name="fk_hold_decision_proposed_by_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_hold_decision"),
    )
    op.create_index(
        "ix_hold_decision_hold_id_proposed_at",
        "hold_decision",
        ["hold_id", "proposed_at"],
    )
    op.add_column(
        "organisation", sa.Column("withholds", sa.JSON(), server_default="[]", nullable=False)
    )
    op.add_column("source", sa.Column("retention", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("source", "retention")
    op.drop_column("organisation", "withholds")
    for table in (
        "hold_decision",
        "held_event",
        "received",
        "pushed_event",
        "hold",
        "access_tally",
        "digest_part",
        "access_refusal",
        "digest",
    ):
        op.drop_table(table)
