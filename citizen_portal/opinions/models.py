"""What the public thinks of an agreement before it is in use: asked by its body, told as counts."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal.db import Base, Row, Words

LONGEST = 1_000
"""Characters of why somebody thinks so, or of what a body replies."""


class View(StrEnum):
    ACCEPTABLE = "acceptable"
    NOT_ACCEPTABLE = "not_acceptable"
    NOT_SURE = "not_sure"


class Round(Row, kw_only=True):
    """A time in which people may say what they think of one agreement."""

    __tablename__ = "view_round"
    __table_args__ = (Index(None, "reference"), Index(None, "organisation_id"))

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    reference: Mapped[str]
    """Of the agreement; one that is a draft has no place on the register yet."""
    title: Mapped[Words]
    """As ``what`` and ``purpose``: what stood there when views were asked for."""
    what: Mapped[Words]
    purpose: Mapped[Words]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    """The last day; a body that closes earlier moves it."""
    counts: Mapped[dict[str, int | None]] = mapped_column(JSON, default_factory=dict)
    """By view how many, as last counted; rounded as ``counts.rounded`` does."""
    counted_on: Mapped[date | None] = mapped_column(default=None)
    final: Mapped[bool] = mapped_column(default=False)
    """Whether they were counted for the last time."""
    reply: Mapped[Words | None] = mapped_column(default=None)
    """What the body says to them, in public."""
    replied_on: Mapped[date | None] = mapped_column(default=None)

    def open_on(self, day: date) -> bool:
        return not self.final and self.opens_on <= day <= self.closes_on


class Vote(Base, kw_only=True):
    """One view. Whose is not kept: ``blind`` is a keyed hash of the round and the citizen.

    The table has no id of ours and no row number: both would tell when it was written.
    """

    __tablename__ = "view_vote"
    __table_args__ = {"sqlite_with_rowid": False}

    round_id: Mapped[UUID] = mapped_column(ForeignKey("view_round.id"), primary_key=True)
    blind: Mapped[str] = mapped_column(primary_key=True)
    view: Mapped[View]
    sealed_reason: Mapped[bytes | None] = mapped_column(LargeBinary)
    day: Mapped[date]
    """The day on which it was last said."""
