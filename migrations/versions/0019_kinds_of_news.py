"""News of each kind at its own pace, a feed, links that stop mails, and agreements followed."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


LOOKS = sa.text("looks")
KINDS = ("new_body", "access", "answer", "choice", "copy", "agreement", "incident")
RHYTHMS = ("at_once", "daily", "weekly", "none")


def upgrade() -> None:
    kind = sa.Enum(*KINDS, name="newskind", native_enum=False)
    rhythm = sa.Enum(*RHYTHMS, name="rhythm", native_enum=False)
    op.add_column("told", sa.Column("kind", kind, server_default="access", nullable=False))
    op.add_column("told", sa.Column("rhythm", rhythm, server_default="daily", nullable=False))
    op.create_index("ix_told_citizen_id_noted_at", "told", ["citizen_id", "noted_at"])
    mails = sa.Column("mails", sa.Integer(), server_default="0", nullable=False)
    op.add_column("safe_channel", mails)
    op.add_column("safe_channel", sa.Column("stop_digest", sa.String(), nullable=True))
    op.create_index("ix_safe_channel_stop_digest", "safe_channel", ["stop_digest"], unique=True)
    _make_tables()


def _make_tables() -> None:
    op.create_table(
        "news_wish",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rhythms", sa.JSON(), nullable=False),
        sa.Column("looks", sa.Boolean(), nullable=False),
        sa.Column("looks_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("feed_digest", sa.String(), nullable=True),
        sa.Column("feed_made_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.id"], name="fk_news_wish_citizen_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("citizen_id", "id", name="pk_news_wish"),
        sa.UniqueConstraint("citizen_id", name="uq_news_wish_citizen_id"),
    )
    op.create_index("ix_news_wish_feed_digest", "news_wish", ["feed_digest"], unique=True)
    op.create_index(
        "ix_news_wish_looked_at_citizen_id",
        "news_wish",
        ["looked_at", "citizen_id"],
        sqlite_where=LOOKS,
        postgresql_where=LOOKS,
    )
    op.create_table(
        "news_followed",
        sa.Column("agreement", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agreement", name="pk_news_followed"),
    )


def downgrade() -> None:
    op.drop_table("news_followed")
    op.drop_index("ix_news_wish_looked_at_citizen_id", "news_wish")
    op.drop_index("ix_news_wish_feed_digest", "news_wish")
    op.drop_table("news_wish")
    op.drop_index("ix_safe_channel_stop_digest", "safe_channel")
    op.drop_column("safe_channel", "stop_digest")
    op.drop_column("safe_channel", "mails")
    op.drop_index("ix_told_citizen_id_noted_at", "told")
    op.drop_column("told", "rhythm")
    op.drop_column("told", "kind")
