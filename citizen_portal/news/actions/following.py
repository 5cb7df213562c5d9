"""Citizens are told that an agreement changed which covers them."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from citizen_portal.news.actions.telling import note_news
from citizen_portal.news.models import NewsFollowed, NewsKind
from citizen_portal.news.queries.following import Change
from citizen_portal.sealing import Index


def tell(session: Session, index: Index, citizens: Iterable[UUID], change: Change) -> None:
    """A worker that dies on the way begins anew: each hears of one version once."""
    for citizen_id in sorted(citizens):  # in one order, so that no two wait for each other
        note_news(session, index, citizen_id, [change.key], NewsKind.AGREEMENT)


def note_followed(session: Session, change: Change) -> None:
    session.merge(NewsFollowed(agreement=change.reference, version=change.version))
