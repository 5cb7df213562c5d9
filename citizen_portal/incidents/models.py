"""What went wrong with data at a body, and whom it told of it (UK GDPR Articles 33 and 34)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal import clock
from citizen_portal.db import OwnedByCitizen, Row, Words


class Incident(Row, kw_only=True):
    """One incident as the body tells of it: the newest text, and what was added by and by."""

    __tablename__ = "incident"
    __table_args__ = (UniqueConstraint("organisation_id", "reference"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    reference: Mapped[str]
    """The body's own name for it."""
    what: Mapped[Words]
    """What happened."""
    likely: Mapped[Words]
    """What can come of it for people."""
    done: Mapped[Words]
    """What the body has done about it."""
    advice: Mapped[Words]
    """What people can do themselves."""
    contact: Mapped[Words]
    categories: Mapped[list[str]]
    """Kinds of data, by their names in the Data Privacy Vocabulary."""
    happened_from: Mapped[date]
    happened_to: Mapped[date | None]
    found_on: Mapped[date]
    affected: Mapped[int | None] = mapped_column(BigInteger)
    """How many people in all, as the body counts; rounded as ``counts.rounded`` does."""
    updates: Mapped[list[dict[str, object]]] = mapped_column(default_factory=list)
    """What the body said later: ``{"on": day, "text": Words}``, the oldest first."""
    closed_on: Mapped[date | None] = mapped_column(default=None)
    revision: Mapped[int] = mapped_column(default=1)
    """Grows with each change of what is told."""
    reported_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class IncidentBatch(Row, kw_only=True):
    """People to be told who were not told yet. Gone once they are."""

    __tablename__ = "incident_batch"

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Their pairwise ids; none means whoever is linked to the body."""


class IncidentLine(OwnedByCitizen, Row, kw_only=True):
    """That an incident is about this citizen, as the body says. Its id is that of the incident."""

    __tablename__ = "incident_line"
    __table_args__ = (Index("ix_incident_line_incident", "id", "citizen_id"),)

    told_on: Mapped[date]
