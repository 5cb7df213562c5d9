"""What bodies answered about accesses to a citizen's data, and how each answer ended."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal.db import OwnedByCitizen, Row


class Question(StrEnum):
    """What a source is asked for a citizen."""

    ACCESSES = "accesses"
    HOLDINGS = "holdings"


class Outcome(StrEnum):
    """How one question to one source ended. Emptiness is claimed only when the source says so."""

    ASKING = "asking"
    ANSWERED = "answered"
    EMPTY = "empty"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"


class Fault(StrEnum):
    """Why there is no answer to show. The words for it stand in ``dashboard/views/wording.py``."""

    UNREACHABLE = "unreachable"
    TOO_SLOW = "too_slow"
    SAID_ERROR = "said_error"
    TURNED_US_AWAY = "turned_us_away"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    OTHER_SUBJECT = "other_subject"
    FORBIDDEN_ADDRESS = "forbidden_address"


class Answer(OwnedByCitizen, Row, kw_only=True):
    """One source's answer for one signed-in session, sealed, for at most 15 minutes."""

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("citizen_id", "sign_in_id", "source_id", "question"),
        ForeignKeyConstraint(
            ["citizen_id", "sign_in_id"],
            ["sign_in.citizen_id", "sign_in.id"],
            ondelete="CASCADE",
        ),
        Index(None, "expires_at"),
    )

    sign_in_id: Mapped[UUID]
    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id"))
    question: Mapped[Question]
    outcome: Mapped[Outcome] = mapped_column(default=Outcome.ASKING)
    fault: Mapped[Fault | None] = mapped_column(default=None)
    proven: Mapped[bool] = mapped_column(default=False)
    """Whether the source proved that its answer is about this citizen."""
    facts: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """Nothing personal: window_from, window_to, rows left out."""
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    expires_at: Mapped[datetime]
