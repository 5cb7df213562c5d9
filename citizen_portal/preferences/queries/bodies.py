"""How it goes with each body that is told of choices, for the operator."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from citizen_portal.bodies.models import Organisation, Webhook
from citizen_portal.preferences.models import Effect, Feed
from citizen_portal.preferences.models.effects import DEADLINE, UNSETTLED


@dataclass(frozen=True, slots=True)
class BodyStatus:
    slug: str
    last: int
    read_to: int
    read_at: datetime | None
    behind_since: datetime | None
    stopped_at: datetime | None
    """When its webhook was stopped by the body; none while it is not."""
    waiting: int
    """What it was not sent yet."""
    undelivered: int
    overdue: int


def statuses(session: Session, today: date) -> list[BodyStatus]:
    """Each body with a list of choices, by slug.

    It was told of some, has asked for its list, or is to say what it holds.
    """
    rows = session.execute(
        select(Organisation.id, Organisation.slug, Feed, Webhook.stopped_at)
        .join(Feed, Feed.organisation_id == Organisation.id)
        .outerjoin(Webhook, Webhook.organisation_id == Organisation.id)
        .order_by(Organisation.slug)
    )
    found = list(rows)
    counts = _counts(session, today)
    return [
        BodyStatus(
            slug,
            feed.last,
            feed.read_to,
            feed.read_at,
            feed.behind_since,
            stopped_at,
            *counts.get(organisation_id, (0, 0, 0)),
        )
        for organisation_id, slug, feed, stopped_at in found
    ]


def _counts(session: Session, today: date) -> dict[UUID, tuple[int, int, int]]:
    """By body: what waits to be sent, was not delivered, is overdue."""
    overdue = and_(UNSETTLED, today > DEADLINE)
    rows = session.execute(
        select(
            Effect.organisation_id,
            func.count().filter(Effect.number.is_(None)),
            func.count().filter(Effect.undelivered),
            func.count().filter(overdue),
        )
        .where(Effect.current)
        .group_by(Effect.organisation_id)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}
