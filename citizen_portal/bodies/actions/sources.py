"""What can happen to sources, and the count of changes. Answers of sources come by the thousand,
so what they say of themselves is written only when it is news."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, delete, func, not_, or_, select, update
from sqlalchemy.orm import Session

from citizen_portal import bulk, clock
from citizen_portal.bodies.models import (
    Revision,
    Source,
    SourceDay,
    SourceHealth,
    SourceSample,
)
from citizen_portal.bodies.queries import REGISTER, SOURCES, Health

ANSWER_STEP = timedelta(minutes=10)
"""``last_answer_at`` moves in steps of this: not a write for each citizen who looks."""
WINDOW_STEP = timedelta(days=1)
SAMPLES_KEPT = timedelta(days=30)
DAYS_KEPT = timedelta(days=60)
"""How far back days are kept, from the newest one of the same source."""


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


def note_answer(
    session: Session,
    source_id: UUID,
    *,
    at: datetime,
    ms: int | None = None,
    proven: bool | None = None,
) -> None:
    """Keep that a source answered, when its last known answer is ten minutes old or more.

    ``ms`` is how long it took, where we asked; ``proven`` whether it said whom the answer is about,
    where it is about somebody.
    """
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
    if ms is not None:
        _keep_sample(session, source_id, at=at, ms=ms, proven=proven)


def note_events(session: Session, source_id: UUID, *, day: date, count: int) -> None:
    """Keep that a source sent so many accesses on a day, beside those it sent on it before."""
    row = {"source_id": source_id, "day": day, "times": count}
    bulk.add_up(session, SourceDay, ("times",), [row])


def keep_health(session: Session, found: Mapping[UUID, Health]) -> None:
    """Keep what was reckoned of sources; pages show it from now on."""
    if not found:
        return
    session.execute(delete(SourceHealth).where(SourceHealth.source_id.in_(found)))
    session.add_all(_health_row(source_id, health) for source_id, health in found.items())
    bump(session, SOURCES)


def forget_samples(session: Session) -> None:
    """Samples that are old, and days that lie long before the newest one of the same source."""
    session.execute(delete(SourceSample).where(SourceSample.at < clock.now() - SAMPLES_KEPT))
    newest = select(SourceDay.source_id, func.max(SourceDay.day)).group_by(SourceDay.source_id)
    for source_id, day in session.execute(newest).all():
        session.execute(
            delete(SourceDay).where(
                SourceDay.source_id == source_id, SourceDay.day < day - DAYS_KEPT
            )
        )


def _keep_sample(
    session: Session, source_id: UUID, *, at: datetime, ms: int, proven: bool | None
) -> None:
    """One row for each ten minutes: the first answer, unless a later one says more of proof."""
    sample = bulk.upsert(session, SourceSample).values(
        source_id=source_id, at=_slot(at), ms=ms, proven=proven
    )
    worse = and_(SourceSample.proven.is_(True), not_(sample.excluded.proven))
    session.execute(
        sample.on_conflict_do_update(
            index_elements=[SourceSample.source_id, SourceSample.at],
            set_={"ms": sample.excluded.ms, "proven": sample.excluded.proven},
            where=and_(
                sample.excluded.proven.is_not(None), or_(SourceSample.proven.is_(None), worse)
            ),
        )
    )


def _slot(at: datetime) -> datetime:
    step = int(ANSWER_STEP.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // step * step, UTC)


def _health_row(source_id: UUID, health: Health) -> SourceHealth:
    allowed = health.patience
    assert health.reckoned_at is not None  # noqa: S101 - what is kept was reckoned
    return SourceHealth(
        source_id=source_id,
        reckoned_at=health.reckoned_at,
        answer_ms=health.answer_ms,
        proves=health.proves,
        patience_seconds=None if allowed is None else int(allowed.total_seconds()),
        told_on=health.told_on,
    )


def _moved(before: datetime | None, now: datetime | None) -> bool:
    if before is None or now is None:
        return before is not now
    return abs(now - before) >= WINDOW_STEP
