"""What a citizen wants to be told, the days of their feed, and for whom to look."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.identity.models import Citizen
from citizen_portal.identity.queries import here
from citizen_portal.news.models import (
    CALM,
    ChannelState,
    NewsKind,
    NewsWish,
    Rhythm,
    SafeChannel,
    Told,
)

FEED_DAYS = timedelta(days=30)
"""How far back a feed goes."""
BETWEEN_LOOKS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a citizen wants to be told, as they chose it or as it is calm."""

    rhythms: Mapping[NewsKind, Rhythm]
    looks: bool = False
    looks_since: datetime | None = None
    feed_made_at: datetime | None = None


def wishes(session: Session, citizen_id: UUID) -> Wishes:
    row = session.scalars(select(NewsWish).where(NewsWish.citizen_id == citizen_id)).one_or_none()
    if row is None:
        return Wishes(CALM)
    rhythms = {kind: row.rhythm(kind) for kind in CALM}
    return Wishes(rhythms, row.looks, row.looks_since, row.feed_made_at)


def feed_of(session: Session, digest: str) -> UUID | None:
    """Whose feed has the address of this digest. It stands in for the citizen: who has it may."""
    found = select(NewsWish.citizen_id).join(Citizen, Citizen.id == NewsWish.citizen_id)
    return session.scalar(found.where(NewsWish.feed_digest == digest, Citizen.closed_as.is_(None)))


def news_since(session: Session, citizen_id: UUID, since: datetime) -> list[datetime]:
    """When something was noted as news, and nothing of what; the newest first."""
    noted = select(Told.noted_at).where(Told.citizen_id == citizen_id, Told.noted_at > since)
    return list(session.scalars(noted.order_by(Told.noted_at.desc())))


def to_look(session: Session, *, most: int) -> list[UUID]:
    """For whom bodies may be asked again, the longest ago first: for the worker alone."""
    before = clock.now() - BETWEEN_LOOKS
    due = or_(NewsWish.looked_at.is_(None), NewsWish.looked_at <= before)
    return list(
        session.scalars(
            select(NewsWish.citizen_id)
            .where(NewsWish.looks, due, _reachable())
            .order_by(NewsWish.looked_at, NewsWish.citizen_id)
            .limit(most)
        )
    )


def wants_looks(session: Session, citizen_id: UUID) -> datetime | None:
    """Since when a citizen who is still here wants bodies to be asked; none if they do not."""
    wanted = select(NewsWish.looks_since).where(
        NewsWish.citizen_id == citizen_id, NewsWish.looks, _reachable(), here(citizen_id).exists()
    )
    return session.scalar(wanted)


def _reachable() -> ColumnElement[bool]:
    """Whether there is a mailbox or a feed to tell them by."""
    confirmed = exists().where(
        SafeChannel.citizen_id == NewsWish.citizen_id,
        SafeChannel.state == ChannelState.CONFIRMED,
    )
    return or_(NewsWish.feed_digest.is_not(None), confirmed)
