"""Drafts of agreements: what officers wrote, field by field, and how it moved to publication."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal import clock
from citizen_portal.db import Row
from citizen_portal.errors import WrongState


class DraftState(StrEnum):
    """Where a draft stands. What it may become next is in ``MOVES``."""

    DRAFTING = "drafting"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    DROPPED = "dropped"

    @property
    def open(self) -> bool:
        """Whether it can still become something."""
        return bool(MOVES[self])


MOVES: dict[DraftState, frozenset[DraftState]] = {
    DraftState.DRAFTING: frozenset({DraftState.IN_REVIEW, DraftState.DROPPED}),
    DraftState.IN_REVIEW: frozenset({DraftState.DRAFTING, DraftState.PUBLISHED}),
    DraftState.PUBLISHED: frozenset(),
    DraftState.DROPPED: frozenset({DraftState.DRAFTING}),
}
"""To drop a draft is undone by taking it up again; to publish is not undone."""


OPEN = "state IN ('drafting', 'in_review')"
"""Of the drafts under one reference, only one can be so."""


def moved_on() -> WrongState:
    """What is told to whoever acts on a draft that is not any more as they saw it."""
    return WrongState("This draft has moved on meanwhile. Open it again first.")


class Draft(Row, kw_only=True):
    """An agreement that is being written, or a change to one that is published.

    ``document`` holds what has been said so far, in the shape of a published document with fields
    left out. ``revision`` counts the changes, so that who saves can be told what came between.
    """

    __tablename__ = "draft"
    __table_args__ = (
        Index(None, "organisation_id", "state"),
        Index(
            "uq_draft_reference_open",
            "reference",
            unique=True,
            sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
    )

    reference: Mapped[str]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    """The body whose officers write it."""
    document: Mapped[dict[str, Any]]
    base: Mapped[int] = mapped_column(default=0)
    """The number of the published version that it changes; 0 for a new agreement."""
    revision: Mapped[int] = mapped_column(default=0)
    state: Mapped[DraftState] = mapped_column(default=DraftState.DRAFTING)
    began_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default_factory=clock.now)

    def move(self, to: DraftState) -> None:
        """Raises ``WrongState`` when a draft that stands as it does cannot become that."""
        if to not in MOVES[self.state]:
            raise moved_on()
        self.state = to
        self.changed_at = clock.now()


class DraftParty(Row, kw_only=True):
    """A body of our list that a draft names, and which may therefore see it."""

    __tablename__ = "draft_party"
    __table_args__ = (
        UniqueConstraint("draft_id", "organisation_id"),
        Index(None, "organisation_id"),
    )

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))


class DraftChange(Row, kw_only=True):
    """One field saved by one officer or by a body's system: appended, so that nothing is lost."""

    __tablename__ = "draft_change"
    __table_args__ = (Index(None, "draft_id", "revision"),)

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"))
    revision: Mapped[int]
    field: Mapped[str]
    """A member of the document, or ``trust.<question>`` for one answer of the matrix."""
    value: Mapped[Any] = mapped_column(JSON)
    officer_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"), default=None)
    """None when a body's system wrote it."""
    at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class DraftMove(Row, kw_only=True):
    """One step of a draft from state to state, with the reason where one is given."""

    __tablename__ = "draft_move"
    __table_args__ = (Index(None, "draft_id", "at"),)

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"))
    came_from: Mapped[DraftState]
    went_to: Mapped[DraftState]
    officer_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"), default=None)
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class Confirmation(Row, kw_only=True):
    """That a body named in an agreement said of exactly this content that it is so, or not so.

    ``digest`` is of the content without the day of its publication and where it was taken from, so
    that it holds for the draft and for the version made of it, and for no other.
    """

    __tablename__ = "confirmation"
    __table_args__ = (UniqueConstraint("reference", "organisation_id", "digest"),)

    reference: Mapped[str]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    digest: Mapped[str]
    confirmed: Mapped[bool]
    reason: Mapped[str] = mapped_column(default="")
    """Why it is not so."""
    officer_id: Mapped[UUID] = mapped_column(ForeignKey("officer.id"))
    at: Mapped[datetime] = mapped_column(default_factory=clock.now)
