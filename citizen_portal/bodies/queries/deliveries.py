"""What bodies are told, where, and what they have not taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from citizen_portal.bodies.models import Delivery, DeliveryState, Organisation, Webhook, message_id

MOST_LISTED = 500


@dataclass(frozen=True, slots=True)
class WebhookFacts:
    body: str
    """Slug of its body."""
    url: str
    stopped_at: datetime | None
    failing_since: datetime | None


@dataclass(frozen=True, slots=True)
class DeliveryFacts:
    body: str
    message_id: str
    kind: str
    state: DeliveryState
    attempts: int
    fault: str | None
    made_at: datetime
    due_at: datetime


def webhooks(session: Session, organisation_id: UUID | None = None) -> Sequence[WebhookFacts]:
    """Where bodies are told, or one body, by slug."""
    asked = select(Organisation.slug, Webhook).join(Webhook).order_by(Organisation.slug)
    if organisation_id is not None:
        asked = asked.where(Webhook.organisation_id == organisation_id)
    return [
        WebhookFacts(slug, row.url, row.stopped_at, row.failing_since)
        for slug, row in session.execute(asked)
    ]


def deliveries(session: Session, organisation_id: UUID | None = None) -> Sequence[DeliveryFacts]:
    """What waits or was given up, of all bodies or of one, the oldest first; at most
    ``MOST_LISTED``."""
    asked = (
        select(Organisation.slug, Delivery)
        .join(Delivery)
        .where(Delivery.state != DeliveryState.DELIVERED)
        .order_by(Delivery.made_at, Delivery.id)
        .limit(MOST_LISTED)
    )
    if organisation_id is not None:
        asked = asked.where(Delivery.organisation_id == organisation_id)
    return [_facts(slug, row) for slug, row in session.execute(asked)]


def oldest_waiting(session: Session) -> datetime | None:
    """When the first was made that still waits for its body."""
    waiting = Delivery.state == DeliveryState.WAITING
    return session.scalar(select(func.min(Delivery.made_at)).where(waiting))


def standing(webhook: WebhookFacts) -> str:
    """Whether its body takes what it is told there."""
    if webhook.stopped_at is not None:
        return "stopped"
    return "taking" if webhook.failing_since is None else "failing"


def _facts(slug: str, row: Delivery) -> DeliveryFacts:
    return DeliveryFacts(
        body=slug,
        message_id=message_id(row.id),
        kind=row.kind,
        state=row.state,
        attempts=row.attempts,
        fault=row.fault,
        made_at=row.made_at,
        due_at=row.due_at,
    )
