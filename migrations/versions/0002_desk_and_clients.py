"""Officers, drafts and confirmations; bodies' systems; what the register is filtered by."""

from datetime import date
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "used_assertion",
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("jti_digest", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "jti_digest", name="pk_used_assertion"),
    )
    op.create_index("ix_used_assertion_expires_at", "used_assertion", ["expires_at"])
    op.create_table(
        "agreement_facet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("purpose", "category", "power", name="facetkind", native_enum=False),
            nullable=False,
        ),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name="fk_agreement_facet_agreement_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_agreement_facet"),
    )
    op.create_index("ix_agreement_facet_agreement_id", "agreement_facet", ["agreement_id"])
    op.create_index(
        "ix_agreement_facet_kind_value_agreement_id",
        "agreement_facet",
        ["kind", "value", "agreement_id"],
    )
    op.create_table(
        "client",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("jwks", sa.JSON(), nullable=True),
        sa.Column("jwks_uri", sa.String(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_client_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_client"),
        sa.UniqueConstraint("client_id", name="uq_client_client_id"),
    )
    op.create_index("ix_client_organisation_id", "client", ["organisation_id"])
    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "drafting",
                "in_review",
                "published",
                "dropped",
                name="draftstate",
                native_enum=False,
            ),
            nullable=False,
        ),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_draft_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
    )
    op.create_index("ix_draft_organisation_id_state", "draft", ["organisation_id", "state"])
    one_open = sa.text("state IN ('drafting', 'in_review')")
    op.create_index(
        "uq_draft_reference_open",
        "draft",
        ["reference"],
        unique=True,
        sqlite_where=one_open,
        postgresql_where=one_open,
    )
    op.create_table(
        "officer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("blind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_officer_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_officer"),
        sa.UniqueConstraint("blind", name="uq_officer_blind"),
    )
    op.create_index("ix_officer_organisation_id", "officer", ["organisation_id"])
    op.create_table(
        "confirmation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name="fk_confirmation_officer_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_confirmation_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_confirmation"),
        sa.UniqueConstraint(
            "reference",
            "organisation_id",
            "digest",
            name="uq_confirmation_reference_organisation_id_digest",
        ),
    )
    op.create_table(
        "draft_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name="fk_draft_change_draft_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name="fk_draft_change_officer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_draft_change"),
    )
    op.create_index("ix_draft_change_draft_id_revision", "draft_change", ["draft_id", "revision"])
    op.create_table(
        "draft_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column(
            "came_from",
            sa.Enum(
                "drafting",
                "in_review",
                "published",
                "dropped",
                name="draftstate",
                native_enum=False,
            ),
            nullable=False,
        ),
        sa.Column(
            "went_to",
            sa.Enum(
                "drafting",
                "in_review",
                "published",
                "dropped",
                name="draftstate",
                native_enum=False,
            ),
            nullable=False,
        ),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name="fk_draft_move_draft_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name="fk_draft_move_officer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_draft_move"),
    )
    op.create_index("ix_draft_move_draft_id_at", "draft_move", ["draft_id", "at"])
    op.create_table(
        "draft_party",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name="fk_draft_party_draft_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_draft_party_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_draft_party"),
        sa.UniqueConstraint(
            "draft_id", "organisation_id", name="uq_draft_party_draft_id_organisation_id"
        ),
    )
    op.create_index("ix_draft_party_organisation_id", "draft_party", ["organisation_id"])
    op.create_table(
        "officer_sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("assurance", sa.String(), nullable=False),
        sa.Column("auth_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("provider_session", sa.String(), nullable=True),
        sa.Column("sealed_hint", sa.LargeBinary(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name="fk_officer_sign_in_officer_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_officer_sign_in"),
    )
    op.create_index("ix_officer_sign_in_officer_id", "officer_sign_in", ["officer_id"])
    op.add_column(
        "agreement",
        sa.Column(
            "identifiability",
            sa.Enum(
                "identifiable",
                "pseudonymised",
                "aggregated",
                "anonymous",
                name="identifiability",
                native_enum=False,
            ),
            nullable=True,
        ),
    )
    op.add_column("agreement", sa.Column("review", sa.Date(), nullable=True))
    op.add_column("agreement", sa.Column("withdrawn_on", sa.Date(), nullable=True))
    op.add_column(
        "agreement", sa.Column("emergency", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("agreement", sa.Column("published_on", sa.Date(), nullable=True))
    op.add_column(
        "agreement_version", sa.Column("changed", sa.JSON(), server_default="[]", nullable=False)
    )
    op.add_column("agreement_version", sa.Column("published_by_id", sa.Uuid(), nullable=True))
    op.add_column("audit_entry", sa.Column("organisation_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_audit_entry_organisation_id_at_id", "audit_entry", ["organisation_id", "at", "id"]
    )
    _describe_what_stands()


def downgrade() -> None:
    op.drop_index("ix_audit_entry_organisation_id_at_id", table_name="audit_entry")
    op.drop_column("audit_entry", "organisation_id")
    op.drop_column("agreement_version", "published_by_id")
    op.drop_column("agreement_version", "changed")
    op.drop_column("agreement", "published_on")
    op.drop_column("agreement", "emergency")
    op.drop_column("agreement", "withdrawn_on")
    op.drop_column("agreement", "review")
    op.drop_column("agreement", "identifiability")
    op.drop_index("ix_officer_sign_in_officer_id", table_name="officer_sign_in")
    op.drop_table("officer_sign_in")
    op.drop_index("ix_draft_party_organisation_id", table_name="draft_party")
    op.drop_table("draft_party")
    op.drop_index("ix_draft_move_draft_id_at", table_name="draft_move")
    op.drop_table("draft_move")
    op.drop_index("ix_draft_change_draft_id_revision", table_name="draft_change")
    op.drop_table("draft_change")
    op.drop_table("confirmation")
    op.drop_index("ix_officer_organisation_id", table_name="officer")
    op.drop_table("officer")
    op.drop_index("uq_draft_reference_open", table_name="draft")
    op.drop_index("ix_draft_organisation_id_state", table_name="draft")
    op.drop_table("draft")
    op.drop_index("ix_client_organisation_id", table_name="client")
    op.drop_table("client")
    op.drop_index("ix_agreement_facet_kind_value_agreement_id", table_name="agreement_facet")
    op.drop_index("ix_agreement_facet_agreement_id", table_name="agreement_facet")
    op.drop_table("agreement_facet")
    op.drop_index("ix_used_assertion_expires_at", table_name="used_assertion")
    op.drop_table("used_assertion")


AGREEMENT = sa.table(
    "agreement",
    sa.column("id", sa.Uuid()),
    sa.column("version", sa.Integer()),
    sa.column("identifiability", sa.String()),
    sa.column("review", sa.Date()),
    sa.column("published_on", sa.Date()),
)
VERSION = sa.table(
    "agreement_version",
    sa.column("agreement_id", sa.Uuid()),
    sa.column("number", sa.Integer()),
    sa.column("document", sa.JSON()),
    sa.column("published_at", sa.DateTime(timezone=True)),
)
FACET = sa.table(
    "agreement_facet",
    sa.column("id", sa.Uuid()),
    sa.column("agreement_id", sa.Uuid()),
    sa.column("kind", sa.String()),
    sa.column("value", sa.String()),
)


def _describe_what_stands() -> None:
    """Fill the new columns of agreements from the documents that were published."""
    newest = sa.select(VERSION).join(
        AGREEMENT,
        (AGREEMENT.c.id == VERSION.c.agreement_id) & (AGREEMENT.c.version == VERSION.c.number),
    )
    for row in op.get_bind().execute(newest).all():
        said = row.document
        published, review = said.get("published"), said.get("review")
        day = date.fromisoformat(published) if published else row.published_at.date()
        op.execute(
            AGREEMENT.update()
            .where(AGREEMENT.c.id == row.agreement_id)
            .values(
                identifiability=said.get("identifiability"),
                review=date.fromisoformat(review) if review else None,
                published_on=day,
            )
        )
        facets = [("purpose", said["purpose_iri"])] if "purpose_iri" in said else []
        facets += [("category", each) for each in dict.fromkeys(said.get("categories", ()))]
        facets += [("power", each) for each in dict.fromkeys(said.get("powers", ()))]
        for kind, value in facets:
            facet = {"id": uuid4(), "agreement_id": row.agreement_id, "kind": kind, "value": value}
            op.execute(FACET.insert().values(facet))
