"""What can happen to answers: kept for a session, replaced by newer ones, forgotten."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, delete, insert, select, tuple_
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.access.models import Answer, Fault, Outcome, Question
from citizen_portal.access.queries.answers import context
from citizen_portal.identity.models import SignIn
from citizen_portal.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Kept:
    """How one question to one source stands for one session. Content is sealed already."""

    citizen_id: UUID
    sign_in_id: UUID
    source_id: UUID
    question: Question
    asked_at: datetime
    expires_at: datetime
    outcome: Outcome = Outcome.ASKING
    fault: Fault | None = None
    proven: bool = False
    facts: dict[str, Any] = field(default_factory=dict)
    sealed: bytes | None = None
    answered_at: datetime | None = None

    @property
    def key(self) -> tuple[UUID, UUID, UUID, Question]:
        return self.citizen_id, self.sign_in_id, self.source_id, self.question

    def seal(self, sealer: Sealer, plain: bytes) -> bytes:
        """Sealed so that it opens for this citizen, session, source and question only."""
        return sealer.seal(plain, context(*self.key))


def keep(session: Session, kept: Iterable[Kept]) -> None:
    """Write how questions stand, the last word on each; a session that is over keeps nothing.

    What has expired of the same citizens goes at the same time, so that it goes without a worker.
    """
    latest = {each.key: each for each in kept}
    living = _living(session, {key[:2] for key in latest})
    rows = [each for each in latest.values() if each.key[:2] in living]
    if not rows:
        return
    _forget_expired_of(session, {each.citizen_id for each in rows})
    session.execute(
        delete(Answer).where(
            tuple_(Answer.citizen_id, Answer.sign_in_id, Answer.source_id, Answer.question).in_(
                [each.key for each in rows]
            )
        )
    )
    session.execute(insert(Answer), [asdict(each) for each in rows])


def forget(session: Session, citizen_id: UUID, *, source_ids: Collection[UUID]) -> None:
    """Forget what these sources answered about a citizen, in each session of theirs."""
    session.execute(
        delete(Answer).where(Answer.citizen_id == citizen_id, Answer.source_id.in_(source_ids))
    )


def forget_session(session: Session, citizen_id: UUID, sign_in_id: UUID) -> None:
    """Forget what bodies answered for one session."""
    session.execute(
        delete(Answer).where(Answer.citizen_id == citizen_id, Answer.sign_in_id == sign_in_id)
    )


def forget_expired(session: Session) -> int:
    """Delete the answers whose time is over; returns how many."""
    done = session.execute(delete(Answer).where(Answer.expires_at <= clock.now()))
    assert isinstance(done, CursorResult)  # noqa: S101
    return int(done.rowcount)


def _forget_expired_of(session: Session, citizen_ids: Collection[UUID]) -> None:
    session.execute(
        delete(Answer).where(Answer.citizen_id.in_(citizen_ids), Answer.expires_at <= clock.now())
    )


def _living(
    session: Session, pairs: Collection[tuple[UUID, UUID]]
) -> Collection[tuple[UUID, UUID]]:
    """Of these sessions the ones that were not ended, held so until this transaction is over."""
    rows: Sequence[Any] = session.execute(
        select(SignIn.citizen_id, SignIn.id)
        .where(tuple_(SignIn.citizen_id, SignIn.id).in_(pairs), SignIn.revoked_at.is_(None))
        .with_for_update(read=True)
    ).all()
    return {(row[0], row[1]) for row in rows}
