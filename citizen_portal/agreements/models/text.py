"""What the register is searched by: one row of words for each agreement, and the index over them.

The words are kept in an ordinary table, the same on each database. The index belongs to the
database: on SQLite an FTS5 table that triggers keep in step, on PostgreSQL a generated
``tsvector``. Both are made with the table; migration 0003 writes the same.
"""

from uuid import UUID

from sqlalchemy import DDL, ForeignKey, event
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal.db import Base, made_with

SEARCHED = (
    "title", "title_cy", "said", "said_cy", "named", "named_cy", "answers", "answers_cy",
)  # fmt: skip
"""The columns of words, weightiest first; those that end in ``_cy`` are in Welsh."""


class AgreementText(Base, kw_only=True):
    """The words of one agreement's newest version: small letters, no accents, spaces between."""

    __tablename__ = "agreement_text"

    number: Mapped[int] = mapped_column(primary_key=True, init=False)
    """By which SQLite's index names the row; it means nothing else."""
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"), unique=True)
    title: Mapped[str]
    """Reference and title."""
    title_cy: Mapped[str]
    said: Mapped[str]
    """What is shared, why, and which data."""
    said_cy: Mapped[str]
    named: Mapped[str]
    """Parties, kinds of data, powers."""
    named_cy: Mapped[str]
    answers: Mapped[str]
    """Harm of not sharing, benefits, answers to the trust matrix."""
    answers_cy: Mapped[str]


_LIST = ", ".join(SEARCHED)
_OLD = ", ".join(f"old.{name}" for name in SEARCHED)
_NEW = ", ".join(f"new.{name}" for name in SEARCHED)
_TAKE = f"INSERT INTO agreement_search(agreement_search, rowid, {_LIST}) VALUES ('delete', old.number, {_OLD});"  # noqa: E501, S608 - our own names
_PUT = f"INSERT INTO agreement_search(rowid, {_LIST}) VALUES (new.number, {_NEW});"  # noqa: S608
SQLITE = (
    f"CREATE VIRTUAL TABLE agreement_search USING fts5({_LIST}, content='agreement_text', "
    "content_rowid='number', tokenize='porter unicode61 remove_diacritics 2', prefix='2 3')",
    f"CREATE TRIGGER agreement_text_in AFTER INSERT ON agreement_text BEGIN {_PUT} END",
    f"CREATE TRIGGER agreement_text_out AFTER DELETE ON agreement_text BEGIN {_TAKE} END",
    f"CREATE TRIGGER agreement_text_new AFTER UPDATE ON agreement_text BEGIN {_TAKE} {_PUT} END",
)
_WEIGHED = " || ".join(
    f"setweight(to_tsvector('{'simple' if name.endswith('_cy') else 'english'}', {name}), "
    f"'{'AABBCCDD'[place]}')"
    for place, name in enumerate(SEARCHED)
)
POSTGRESQL = (
    f"ALTER TABLE agreement_text ADD COLUMN found tsvector GENERATED ALWAYS AS ({_WEIGHED}) STORED",
    "CREATE INDEX ix_agreement_text_found ON agreement_text USING gin (found)",
)


made_with(AgreementText.__tablename__, sqlite=SQLITE, postgresql=POSTGRESQL)
AWAY = DDL("DROP TABLE IF EXISTS agreement_search")  # type: ignore[no-untyped-call]
event.listen(AgreementText.__table__, "after_drop", AWAY.execute_if(dialect="sqlite"))
