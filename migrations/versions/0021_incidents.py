"""What went wrong with data, and whom bodies told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    texts = ("what", "likely", "done", "advice", "contact", "categories")
    op.create_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in texts),
        sa.Column("happened_from", sa.Date(), nullable=False),
        sa.Column("happened_to", sa.Date(), nullable=True),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("affected", sa.BigInteger(), nullable=True),
        sa.Column("updates", sa.JSON(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reported_at", moment, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_incident_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
        sa.UniqueConstraint(
            "organisation_id", "reference", name="uq_incident_organisation_id_reference"
        ),
    )
    op.create_table(
        "incident_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name="fk_incident_batch_incident_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_incident_batch"),
    )
    op.create_table(
        "incident_line",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.id"], name="fk_incident_line_citizen_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("citizen_id", "id", name="pk_incident_line"),
    )
    op.create_index("ix_incident_line_incident", "incident_line", ["id", "citizen_id"])


def downgrade() -> None:
    op.drop_table("incident_line")
    op.drop_table("incident_batch")
    op.drop_table("incident")
