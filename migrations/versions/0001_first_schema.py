"""The first schema: bodies, agreements, citizens and their links, answers, jobs, audit."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("sharing", "own_use", name="agreementkind", native_enum=False),
            nullable=False,
        ),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("title_sort", sa.String(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "exploration", "service_delivery", "not_stated", name="stage", native_enum=False
            ),
            nullable=False,
        ),
        sa.Column(
            "choice",
            sa.Enum(
                "none",
                "objection",
                "opt_out",
                "consent",
                "not_stated",
                name="choice",
                native_enum=False,
            ),
            nullable=False,
        ),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agreement"),
        sa.UniqueConstraint("reference", name="uq_agreement_reference"),
    )
    op.create_index("ix_agreement_title_sort", "agreement", ["title_sort"])
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
    )
    op.create_index("ix_audit_entry_actor_id_at", "audit_entry", ["actor_id", "at"])
    op.create_table(
        "citizen",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_citizen"),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("queued", "running", "done", "failed", name="jobstate", native_enum=False),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
    )
    op.create_index("ix_job_name_state", "job", ["name", "state"])
    op.create_index("ix_job_state_heartbeat_at", "job", ["state", "heartbeat_at"])
    op.create_table(
        "legal_power",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_legal_power"),
        sa.UniqueConstraint("slug", name="uq_legal_power_slug"),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "department",
                "agency",
                "council",
                "health",
                "education",
                "police",
                "regulator",
                "devolved",
                "other-public",
                "private-recipient",
                "processor",
                name="kind",
                native_enum=False,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("official_name", sa.JSON(), nullable=False),
        sa.Column("short_name", sa.JSON(), nullable=False),
        sa.Column("code_scheme", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("website", sa.String(), nullable=True),
        sa.Column("contact", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_organisation"),
        sa.UniqueConstraint("code_scheme", "code", name="uq_organisation_code_scheme_code"),
        sa.UniqueConstraint("slug", name="uq_organisation_slug"),
    )
    op.create_table(
        "revision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_revision"),
        sa.UniqueConstraint("name", name="uq_revision_name"),
    )
    op.create_table(
        "used_code",
        sa.Column("blind", sa.String(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("blind", name="pk_used_code"),
    )
    op.create_table(
        "account_index",
        sa.Column("blind", sa.String(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.id"], name="fk_account_index_citizen_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("blind", name="pk_account_index"),
    )
    op.create_index("ix_account_index_citizen_id", "account_index", ["citizen_id"])
    op.create_table(
        "agreement_party",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("discloser", "recipient", "processor", name="partyrole", native_enum=False),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name="fk_agreement_party_agreement_id"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_agreement_party_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_agreement_party"),
    )
    op.create_index("ix_agreement_party_agreement_id", "agreement_party", ["agreement_id"])
    op.create_index(
        "ix_agreement_party_organisation_id_agreement_id",
        "agreement_party",
        ["organisation_id", "agreement_id"],
    )
    op.create_table(
        "agreement_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=True),
        sa.Column("in_force_to", sa.Date(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name="fk_agreement_version_agreement_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_agreement_version"),
        sa.UniqueConstraint(
            "agreement_id", "number", name="uq_agreement_version_agreement_id_number"
        ),
    )
    op.create_table(
        "code_try",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.id"], name="fk_code_try_citizen_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("citizen_id", "id", name="pk_code_try"),
    )
    op.create_index("ix_code_try_citizen_id_at", "code_try", ["citizen_id", "at"])
    op.create_table(
        "link_change",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "linked",
                "not_matched",
                "ambiguous",
                "unlinked",
                name="linkstate",
                native_enum=False,
            ),
            nullable=False,
        ),
        sa.Column(
            "proof",
            sa.Enum("claim", "code", "statement", name="linkproof", native_enum=False),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.id"], name="fk_link_change_citizen_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_link_change_organisation_id"
        ),
        sa.PrimaryKeyConstraint("citizen_id", "id", name="pk_link_change"),
    )
    op.create_index("ix_link_change_citizen_id_at", "link_change", ["citizen_id", "at"])
    op.create_table(
        "pairwise_index",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("pairwise", sa.String(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.id"], name="fk_pairwise_index_citizen_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_pairwise_index_organisation_id"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "pairwise", name="pk_pairwise_index"),
    )
    op.create_index("ix_pairwise_index_citizen_id", "pairwise_index", ["citizen_id"])
    op.create_table(
        "sign_in",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("assurance", sa.String(), nullable=False),
        sa.Column("auth_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("provider_session", sa.String(), nullable=True),
        sa.Column("sealed_hint", sa.LargeBinary(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.id"], name="fk_sign_in_citizen_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("citizen_id", "id", name="pk_sign_in"),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("description", sa.JSON(), nullable=False),
        sa.Column(
            "protocol",
            sa.Enum("findusage-2", "push", "none", name="protocol", native_enum=False),
            nullable=False,
        ),
        sa.Column("base_url", sa.String(), nullable=True),
        sa.Column("connected_since", sa.Date(), nullable=True),
        sa.Column("not_reported", sa.JSON(), nullable=False),
        sa.Column("window_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_answer_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_source_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_source"),
        sa.UniqueConstraint("slug", name="uq_source_slug"),
    )
    op.create_table(
        "subject_link",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("pairwise", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "linked",
                "not_matched",
                "ambiguous",
                "unlinked",
                name="linkstate",
                native_enum=False,
            ),
            nullable=False,
        ),
        sa.Column(
            "proof",
            sa.Enum("claim", "code", "statement", name="linkproof", native_enum=False),
            nullable=False,
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.id"], name="fk_subject_link_citizen_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_subject_link_organisation_id"
        ),
        sa.PrimaryKeyConstraint("citizen_id", "id", name="pk_subject_link"),
        sa.UniqueConstraint(
            "citizen_id", "organisation_id", name="uq_subject_link_citizen_id_organisation_id"
        ),
    )
    op.create_table(
        "activity_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("receiver_code", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("agreement", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_activity_rule_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_activity_rule"),
    )
    op.create_index(
        "ix_activity_rule_source_id_receiver_code", "activity_rule", ["source_id", "receiver_code"]
    )
    op.create_table(
        "answer",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sign_in_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column(
            "question",
            sa.Enum("accesses", "holdings", name="question", native_enum=False),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "asking",
                "answered",
                "empty",
                "no_answer",
                "refused",
                name="outcome",
                native_enum=False,
            ),
            nullable=False,
        ),
        sa.Column(
            "fault",
            sa.Enum(
                "unreachable",
                "too_slow",
                "said_error",
                "turned_us_away",
                "too_large",
                "unreadable",
                "other_subject",
                "forbidden_address",
                name="fault",
                native_enum=False,
            ),
            nullable=True,
        ),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id", "sign_in_id"],
            ["sign_in.citizen_id", "sign_in.id"],
            name="fk_answer_citizen_id_sign_in_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.id"], name="fk_answer_citizen_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_answer_source_id"),
        sa.PrimaryKeyConstraint("citizen_id", "id", name="pk_answer"),
        sa.UniqueConstraint(
            "citizen_id",
            "sign_in_id",
            "source_id",
            "question",
            name="uq_answer_citizen_id_sign_in_id_source_id_question",
        ),
    )
    op.create_index("ix_answer_expires_at", "answer", ["expires_at"])


def downgrade() -> None:
    op.drop_index("ix_answer_expires_at", table_name="answer")
    op.drop_table("answer")
    op.drop_index("ix_activity_rule_source_id_receiver_code", table_name="activity_rule")
    op.drop_table("activity_rule")
    op.drop_table("subject_link")
    op.drop_table("source")
    op.drop_table("sign_in")
    op.drop_index("ix_pairwise_index_citizen_id", table_name="pairwise_index")
    op.drop_table("pairwise_index")
    op.drop_index("ix_link_change_citizen_id_at", table_name="link_change")
    op.drop_table("link_change")
    op.drop_index("ix_code_try_citizen_id_at", table_name="code_try")
    op.drop_table("code_try")
    op.drop_table("agreement_version")
    op.drop_index("ix_agreement_party_organisation_id_agreement_id", table_name="agreement_party")
    op.drop_index("ix_agreement_party_agreement_id", table_name="agreement_party")
    op.drop_table("agreement_party")
    op.drop_index("ix_account_index_citizen_id", table_name="account_index")
    op.drop_table("account_index")
    op.drop_table("used_code")
    op.drop_table("revision")
    op.drop_table("organisation")
    op.drop_table("legal_power")
    op.drop_index("ix_job_state_heartbeat_at", table_name="job")
    op.drop_index("ix_job_name_state", table_name="job")
    op.drop_table("job")
    op.drop_table("citizen")
    op.drop_index("ix_audit_entry_actor_id_at", table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_index("ix_agreement_title_sort", table_name="agreement")
    op.drop_table("agreement")
