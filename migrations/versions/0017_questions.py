"""Questions: what citizens ask of bodies, and what each side wrote."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KINDS = ("why", "access_request", "correction", "objection", "complaint")
ABOUT = ("event", "holding", "agreement", "choice")
STATES = ("asked", "acknowledged", "working", "waiting", "answered", "withdrawn")
OUTCOMES = ("explained", "corrected", "not_corrected", "not_justified", "partly", "refused")
AUTHORS = ("citizen", "officer", "machine")
WROTE = ("words", "acknowledgement", "progress", "ask_back", "extension", "answer", "withdrawal")
CLOSED = sa.text("closed_at IS NULL")
NOT_NUMBERED = sa.text("number IS NULL")
INDEXES = (
    ("thing", ["citizen_id", "blind"], None),
    ("of_body", ["organisation_id", "id"], None),
    ("read", ["organisation_id", "number"], None),
    ("open", ["organisation_id", "due_on", "id"], CLOSED),
    ("due", ["due_on"], CLOSED),
    ("new", ["id"], NOT_NUMBERED),
)


def upgrade() -> None:
    op.add_column("organisation", sa.Column("answers_in", sa.Integer(), nullable=True))
    _questions()
    _messages()
    op.create_table(
        "question_feed",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_question_feed_organisation_id"
        ),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_question_feed"),
    )


def _questions() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "question",
        *_owned(),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("kind", _enum("kind", KINDS), nullable=False),
        sa.Column("about", _enum("about", ABOUT), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("agreement", sa.String(), nullable=True),
        sa.Column("blind", sa.String(), nullable=False),
        sa.Column("sealed_facts", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("state", _enum("state", STATES), nullable=False),
        sa.Column("acknowledge_by", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("extended_to", sa.Date(), nullable=True),
        sa.Column("progress_on", sa.Date(), nullable=True),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("stopped_days", sa.Integer(), server_default="0", nullable=False),
        sa.Column("acknowledged_at", moment, nullable=True),
        sa.Column("answered_at", moment, nullable=True),
        sa.Column("closed_at", moment, nullable=True),
        sa.Column("outcome", _enum("outcome", OUTCOMES), nullable=True),
        sa.Column("messages", sa.Integer(), server_default="0", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("assigned_to", sa.Uuid(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("late_told_at", moment, nullable=True),
        *_keys("question"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_question_organisation_id"
        ),
        sa.ForeignKeyConstraint(["assigned_to"], ["officer.id"], name="fk_question_assigned_to"),
        sa.UniqueConstraint(
            "organisation_id", "reference", name="uq_question_organisation_id_reference"
        ),
        sa.UniqueConstraint("citizen_id", "token", name="uq_question_citizen_id_token"),
    )
    for name, columns, where in INDEXES:
        op.create_index(
            f"ix_question_{name}",
            "question",
            columns,
            sqlite_where=where,
            postgresql_where=where,
        )


def _messages() -> None:
    op.create_table(
        "question_message",
        *_owned(),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author", _enum("author", AUTHORS), nullable=False),
        sa.Column("wrote", _enum("wrote", WROTE), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_keys("question_message"),
        sa.ForeignKeyConstraint(
            ["citizen_id", "question_id"],
            ["question.citizen_id", "question.id"],
            name="fk_question_message_citizen_id_question_id",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "citizen_id",
            "question_id",
            "number",
            name="uq_question_message_citizen_id_question_id_number",
        ),
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
    for table in ("question_feed", "question_message", "question"):
        op.drop_table(table)
    op.drop_column("organisation", "answers_in")
