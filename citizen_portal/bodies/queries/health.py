"""How each source stands in public: how quickly it answers, what it proves, whether it went quiet.

Reckoned by the worker from weeks of samples (``reckoned``); pages read what was kept of it with the
directory, from memory.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.bodies.models import (
    Protocol,
    Source,
    SourceDay,
    SourceHealth,
    SourceSample,
)
from citizen_portal.bodies.queries.quiet import patience, quiet_rule

RECKON_STEP = timedelta(minutes=15)
"""How old what was reckoned of a source may become."""
NEWEST = 5
"""A source proves its subject when each of so many of its newest personal answers did."""


class Reach(StrEnum):
    """How far a source, or a body, can be seen into; what says most of a body comes first."""

    GONE_QUIET = "gone-quiet"
    CONNECTED = "connected"
    NOT_CONNECTED = "not-connected"
    NO_SOURCE = "no-source"
    """Of a body that has told us of no source."""


@dataclass(frozen=True, slots=True)
class Health:
    """What was reckoned of a source. None in a place: not known yet."""

    reckoned_at: datetime | None = None
    answer_ms: int | None = None
    proves: bool | None = None
    patience: timedelta | None = None
    told_on: date | None = None

    def quiet_since(self, protocol: Protocol, last_answer_at: datetime | None) -> date | None:
        """Its last sign, where that was too long ago when this was reckoned.

        Not too long ago by now: while the worker rests nobody asks, and silence says nothing.
        """
        if self.reckoned_at is None or self.patience is None:
            return None
        if protocol is Protocol.PUSH:
            late = self.told_on and self.reckoned_at.date() - self.told_on > self.patience
            return self.told_on if late else None
        if last_answer_at is None or self.reckoned_at - last_answer_at <= self.patience:
            return None
        return last_answer_at


def all_health(session: Session) -> Mapping[UUID, Health]:
    """What is kept, by source."""
    return {
        row.source_id: _kept(row)
        for row in session.scalars(select(SourceHealth).order_by(SourceHealth.source_id))
    }


def reckoned(session: Session, *, at: datetime) -> dict[UUID, Health]:
    """What can be said by now of each connected source of which it was said long ago or not yet."""
    sources = session.scalars(
        select(Source)
        .outerjoin(SourceHealth, SourceHealth.source_id == Source.id)
        .where(SourceHealth.reckoned_at.is_(None) | (SourceHealth.reckoned_at <= at - RECKON_STEP))
        .order_by(Source.slug)
    )
    kept = all_health(session)
    return {
        source.id: _reckon(session, source, kept.get(source.id, Health()), at=at)
        for source in sources
        if source.connected
    }


def middle(samples: Iterable[tuple[int, bool | None]]) -> int | None:
    """The middle answer time: of personal answers where there are some, else of signs of life."""
    given = list(samples)
    times = [ms for ms, proven in given if proven is not None] or [ms for ms, _ in given]
    return round(median(times)) if times else None


def proof(newest_first: Sequence[bool | None]) -> bool | None:
    """Whether a source says whom its answers are about; none while it gave no personal one."""
    told = [proven for proven in newest_first if proven is not None][:NEWEST]
    return (sum(told) == len(told)) if told else None


def _reckon(session: Session, source: Source, before: Health, *, at: datetime) -> Health:
    samples = session.execute(
        select(SourceSample.at, SourceSample.ms, SourceSample.proven)
        .where(SourceSample.source_id == source.id)
        .order_by(SourceSample.at.desc())
    ).all()
    days = session.scalars(
        select(SourceDay.day).where(SourceDay.source_id == source.id).order_by(SourceDay.day)
    ).all()
    signs = days if source.protocol is Protocol.PUSH else [row.at for row in samples]
    found = patience(signs, quiet_rule(source.protocol))
    middle_ms = middle((row.ms, row.proven) for row in samples)
    proves = proof([row.proven for row in samples])
    # Samples are forgotten after a while: a long silence must not make the past unknown.
    return Health(
        reckoned_at=at,
        answer_ms=before.answer_ms if middle_ms is None else middle_ms,
        proves=before.proves if proves is None else proves,
        patience=found or before.patience,
        told_on=max(days, default=before.told_on),
    )


def _kept(row: SourceHealth) -> Health:
    seconds = row.patience_seconds
    return Health(
        reckoned_at=row.reckoned_at,
        answer_ms=row.answer_ms,
        proves=row.proves,
        patience=None if seconds is None else timedelta(seconds=seconds),
        told_on=row.told_on,
    )
