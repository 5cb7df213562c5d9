"""Systems of bodies that call the portal, and the proofs that they have used up."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal import clock
from citizen_portal.db import Base, Row


class Scope(StrEnum):
    """What a system may do for its body."""

    AGREEMENTS = "agreements:write"
    """Reads and writes drafts of agreements that the body takes part in."""
    RULES = "activity-rules:write"
    """Says which agreement the activities of the body's own sources belong to."""
    EVENTS = "access-events:write"
    """Sends accesses to people's data, and reads what was refused of them."""
    PREFERENCES = "preferences"
    """Reads choices, answers them, asks whether data may be used."""
    INCIDENTS = "incidents"
    """Reports what went wrong with data, and whom to tell."""
    QUESTIONS = "questions"
    """Reads what people ask of the body, and answers it."""
    CORRECTIONS = "corrections"
    """Says what the body put right about people, reads what others did, and answers."""


class Client(Row, kw_only=True):
    """One system of one body: proves itself by its own key, and acts as that body only."""

    __tablename__ = "client"
    __table_args__ = (Index(None, "organisation_id"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    client_id: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]]
    jwks: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)
    """Its public keys, where they were uploaded."""
    jwks_uri: Mapped[str | None] = mapped_column(default=None)
    """Where it publishes its keys; one of the two is there."""
    added_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    removed_at: Mapped[datetime | None] = mapped_column(default=None)


class UsedAssertion(Base, kw_only=True):
    """A client's signed assertion that was taken, so that it is not taken again (RFC 7523 §3)."""

    __tablename__ = "used_assertion"
    __table_args__ = (Index(None, "expires_at"),)

    client_id: Mapped[str] = mapped_column(primary_key=True)
    jti_digest: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
