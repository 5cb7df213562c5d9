"""Which agreements changed since citizens were told of them, and whom they cover."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from citizen_portal.agreements.queries import Register
from citizen_portal.identity.models import LinkState, SubjectLink
from citizen_portal.news.models import ChannelState, NewsFollowed, NewsWish, SafeChannel

NEWS_FOR = timedelta(days=30)
"""What came into force longer ago is no news: a register that was brought in tells nobody."""


@dataclass(frozen=True, slots=True)
class Change:
    """An agreement of which another version is in force than citizens were told of."""

    reference: str
    version: int
    """0 while none is in force."""
    parties: frozenset[UUID]
    is_news: bool

    @property
    def key(self) -> str:
        return f"agreement:{self.reference}:{self.version}"


def changed(session: Session, register: Register, today: date) -> list[Change]:
    """By reference."""
    followed: Mapping[str, int] = dict(
        session.execute(select(NewsFollowed.agreement, NewsFollowed.version)).all()
    )
    found = []
    for reference, versions in sorted(register.versions.items()):
        terms = register.in_force(reference, today)
        number = terms.number if terms else 0
        if followed.get(reference) == number:
            continue
        spoken = terms or versions[0]
        begun = terms.in_force_from if terms else None
        late = begun is not None and begun > today - NEWS_FOR
        over = terms is None and reference in followed
        parties = spoken.disclosers | spoken.recipients
        found.append(Change(reference, number, parties, late or over))
    return found


def covered(session: Session, change: Change, *, after: UUID | None, most: int) -> list[UUID]:
    """Some of those who are linked to a party and can be told at all."""
    owner = SubjectLink.citizen_id
    mailed = exists().where(
        SafeChannel.citizen_id == owner, SafeChannel.state == ChannelState.CONFIRMED
    )
    read = exists().where(NewsWish.citizen_id == owner, NewsWish.feed_digest.is_not(None))
    asked = select(owner).where(
        SubjectLink.organisation_id.in_(change.parties),
        SubjectLink.state == LinkState.LINKED,
        or_(mailed, read),
    )
    if after is not None:
        asked = asked.where(owner > after)
    return list(session.scalars(asked.distinct().order_by(owner).limit(most)))
