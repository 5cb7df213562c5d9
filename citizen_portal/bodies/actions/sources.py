"""What can happen to sources, and the count of changes. Answers of sources come by the thousand,
so what they say of themselves is written only when it is news."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from citizen_portal.bodies.models import Revision, Source
from citizen_portal.bodies.queries import REGISTER, SOURCES

ANSWER_STEP = timedelta(minutes=10)
"""``last_answer_at`` moves in steps of this: not a write for each citizen who looks."""
WINDOW_STEP = timedelta(days=1)


def bump(session: Session, name: str = REGISTER) -> None:
    """Say that the reference data changed, so that copies in memory are loaded anew."""
    session.info.pop("revisions", None)
    revision = session.scalar(select(Revision).where(Revision.name == name).with_for_update())
    if revision is None:
        session.add(Revision(name=name, number=1))
    else:
        revision.number = Revision.number + 1  # counted by the database, not by us
    session.flush()


def note_window(
    session: Session,
    source_id: UUID,
    *,
    window_from: datetime | None,
    window_to: datetime | None,
    told_at: datetime,
) -> None:
    """Keep the window that a source said it holds, when that moved by a day or more."""
    source = session.get(Source, source_id)
    if source is None:
        return
    moved = _moved(source.window_from, window_from) or _moved(source.window_to, window_to)
    told_long_ago = _moved(source.window_told_at, told_at)
    if not moved and not told_long_ago:
        return
    source.window_from, source.window_to = window_from, window_to
    source.window_told_at = told_at
    bump(session, SOURCES)


def note_answer(session: Session, source_id: UUID, *, at: datetime) -> None:
    """Keep that a source answered, when its last known answer is ten minutes old or more."""
    news = session.execute(
        update(Source)
        .where(
            Source.id == source_id,
            or_(Source.last_answer_at.is_(None), Source.last_answer_at <= at - ANSWER_STEP),
        )
        .values(last_answer_at=at)
        .returning(Source.id)
    ).first()
    if news is not None:
        bump(session, SOURCES)


def _moved(before: datetime | None, now: datetime | None) -> bool:
    if before is None or now is None:
        return before is not now
    return abs(now - before) >= WINDOW_STEP
