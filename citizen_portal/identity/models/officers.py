"""Officers of public bodies: who may do what for which body, and where they are signed in."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal import clock
from citizen_portal.db import Row


class Role(StrEnum):
    """What an officer may do for their body."""

    AUTHOR = "author"
    """Writes drafts and sends them for review."""
    PUBLISHER = "publisher"
    """Publishes what another officer wrote, or sends it back; confirms what others wrote."""
    CASE_WORKER = "case_worker"
    """Answers citizens' questions."""
    HOLD_APPROVER = "hold_approver"
    """Approves that an access is withheld by law, or released."""


class Officer(Row, kw_only=True):
    """A person who acts for one body. Found at sign-in by a keyed blind index of (issuer, subject).

    Removed officers stay as rows, because the record of what they did names them.
    """

    __tablename__ = "officer"
    __table_args__ = (Index(None, "organisation_id"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    blind: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    """What colleagues know them by."""
    roles: Mapped[list[str]]
    added_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    removed_at: Mapped[datetime | None] = mapped_column(default=None)


class OfficerSignIn(Row, kw_only=True):
    """One signed-in session of an officer, kept here so that it can be ended at once."""

    __tablename__ = "officer_sign_in"
    __table_args__ = (Index(None, "officer_id"),)

    officer_id: Mapped[UUID] = mapped_column(ForeignKey("officer.id", ondelete="CASCADE"))
    token_digest: Mapped[str]
    """SHA-256 of the random token in the cookie; the token itself is kept nowhere."""
    assurance: Mapped[str]
    auth_time: Mapped[datetime]
    provider_session: Mapped[str | None] = mapped_column(default=None)
    sealed_hint: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    started_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
