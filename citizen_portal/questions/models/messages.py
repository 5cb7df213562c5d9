"""What the citizen and the body wrote to each other about one question."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal import clock
from citizen_portal.db import OwnedByCitizen, Row
from citizen_portal.questions.models.kinds import Author, Wrote

LONGEST_WORDS = 2_000
"""Characters of one message of a citizen."""


class Message(OwnedByCitizen, Row, kw_only=True):
    """One thing written about a question. Numbered from 1 without gaps; never changed."""

    __tablename__ = "question_message"
    __table_args__ = (
        UniqueConstraint("citizen_id", "question_id", "number"),
        ForeignKeyConstraint(
            ["citizen_id", "question_id"],
            ["question.citizen_id", "question.id"],
            ondelete="CASCADE",
        ),
    )

    question_id: Mapped[UUID]
    number: Mapped[int]
    author: Mapped[Author]
    wrote: Mapped[Wrote]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    """The words, for the context ``Message.context``; none where nothing was written."""
    day: Mapped[date | None] = mapped_column(default=None)
    """The day that it names: of the next progress, or the last day from now on."""
    at: Mapped[datetime] = mapped_column(default_factory=clock.now)

    @staticmethod
    def context(question_id: UUID, number: int) -> str:
        """What the words are sealed for."""
        return f"question-message:{question_id}:{number}"
