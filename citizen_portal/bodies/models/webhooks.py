"""Where a body wants to be told of things, and what it is told until it has taken it."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal import clock
from citizen_portal.db import Row

BOTH_SIGN_FOR = timedelta(days=7)
"""How long the secret before the newest signs as well."""
RETRIES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""The waits after each attempt that failed, as Standard Webhooks has them."""
GONE = "gone"
"""The fault of what was not taken because the body wants to be told nothing more (410)."""
REMOVED = "removed"
"""The fault of what still waited when its webhook was removed."""


class MessageKind(StrEnum):
    """What a body can be told."""

    LINK_CREATED = "link.created"
    LINK_ENDED = "link.ended"
    PREFERENCE_CHANGED = "preference.changed"
    QUESTION_ASKED = "question.asked"
    CORRECTION_MADE = "correction.made"


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class Webhook(Row, kw_only=True):
    """The one address at which a body is told, and the secrets that prove who tells it."""

    __tablename__ = "webhook"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), unique=True)
    url: Mapped[str]
    secrets: Mapped[list[str]]
    """Sealed, in base64, newest first; at most two."""
    set_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    rotated_at: Mapped[datetime | None] = mapped_column(default=None)
    stopped_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the body answered that it wants to be told nothing more."""
    failing_since: Mapped[datetime | None] = mapped_column(default=None)
    """When it first failed to take something; none once it takes something again."""
    busy_until: Mapped[datetime | None] = mapped_column(default=None)
    """Until when one worker tells it and the others let it be."""

    @property
    def signing(self) -> list[str]:
        """The secrets that sign now, still sealed."""
        rotating = self.rotated_at is not None and clock.now() < self.rotated_at + BOTH_SIGN_FOR
        return self.secrets[: 2 if rotating else 1]


class Delivery(Row, kw_only=True):
    """One message to one body. It holds ids and dates, never a name."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_due", "organisation_id", "state", "due_at"),
        Index("ix_delivery_ended", "state", "ended_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str]
    """A ``MessageKind``; a text, so that a new kind changes no table."""
    payload: Mapped[dict[str, Any]]
    """What it says; emptied when it ends."""
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str | None] = mapped_column(default=None)
    """Why the last attempt failed, by kind."""
    made_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    due_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)

    def taken(self) -> None:
        self.attempts += 1
        self._end(DeliveryState.DELIVERED, fault=None)

    def failed(self, fault: str) -> None:
        """Wait for the next attempt, or give up after the last one."""
        self.attempts += 1
        if self.attempts > len(RETRIES):
            self.give_up(fault)
        else:
            self.fault, self.due_at = fault, clock.now() + RETRIES[self.attempts - 1]

    def give_up(self, fault: str) -> None:
        self._end(DeliveryState.GIVEN_UP, fault=fault)

    def _end(self, state: DeliveryState, *, fault: str | None) -> None:
        self.state, self.fault, self.ended_at, self.payload = state, fault, clock.now(), {}


def message_id(delivery_id: UUID) -> str:
    """The id of a message as its body sees it: the same at each attempt."""
    return f"msg_{delivery_id.hex}"
