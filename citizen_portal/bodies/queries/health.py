"""How each source stands in public: how quickly it answers, what it proves, whether it went quiet.

Reckoned by the worker from weeks of samples (``reckoned``); pages read what was kept of it with the
directory, from memory.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from statistics import median
from typing import NamedTuple
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
ROWS = 10_000
"""Samples that are read at once."""
NEWEST = 5
"""A source proves its subject when each of so many of its newest personal answers did."""


class Sample(NamedTuple):
    """How long an answer took, and whether it proved whom it was about."""

    at: datetime
    ms: int
    proven: bool | None


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

    def quiet(self, protocol: Protocol, last_answer_at: datetime | None) -> bool:
        """Whether its last sign was too long ago when this was reckoned.

        Not too long ago by now: while the worker rests nobody asks, and silence says nothing.
        """
        if self.reckoned_at is None or self.patience is None:
            return False
        if protocol is Protocol.PUSH:
            told = self.told_on
            return told is not None and self.reckoned_at.date() - told > self.patience
        return last_answer_at is not None and self.reckoned_at - last_answer_at > self.patience


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
    )
    due = {source.id: source for source in sources if source.connected}
    kept, days = all_health(session), _days(session, due)

    def reckon(source_id: UUID, samples: Sequence[Sample]) -> Health:
        before = kept.get(source_id, Health())
        return _reckon(due[source_id].protocol, samples, days[source_id], before, at=at)

    found = {source_id: reckon(source_id, samples) for source_id, samples in _samples(session, due)}
    return {source_id: found.get(source_id) or reckon(source_id, ()) for source_id in due}


def middle(samples: Iterable[tuple[int, bool | None]]) -> int | None:
    """The middle answer time: of personal answers where there are some, else of signs of life."""
    given = list(samples)
    times = [ms for ms, proven in given if proven is not None] or [ms for ms, _ in given]
    return round(median(times)) if times else None


def proof(newest_first: Sequence[bool | None]) -> bool | None:
    """Whether a source says whom its answers are about; none while it gave no personal one."""
    told = [proven for proven in newest_first if proven is not None][:NEWEST]
    return (sum(told) == len(told)) if told else None


def _samples(session: Session, source_ids: Collection[UUID]) -> Iterator[tuple[UUID, list[Sample]]]:
    """Of each source that has any the samples, the newest first; no more in memory than those."""
    rows = session.execute(
        select(SourceSample.source_id, SourceSample.at, SourceSample.ms, SourceSample.proven)
        .where(SourceSample.source_id.in_(source_ids))
        .order_by(SourceSample.source_id, SourceSample.at.desc())
        .execution_options(yield_per=ROWS)
    )
    for source_id, of in groupby(rows, key=lambda row: row.source_id):
        yield source_id, [Sample(row.at, row.ms, row.proven) for row in of]


def _days(session: Session, source_ids: Collection[UUID]) -> defaultdict[UUID, list[date]]:
    """The days on which each of these sources sent accesses."""
    days: defaultdict[UUID, list[date]] = defaultdict(list)
    for source_id, day in session.execute(
        select(SourceDay.source_id, SourceDay.day).where(SourceDay.source_id.in_(source_ids))
    ):
        days[source_id].append(day)
    return days


def _reckon(
    protocol: Protocol,
    samples: Sequence[Sample],
    days: Sequence[date],
    before: Health,
    *,
    at: datetime,
) -> Health:
    signs = days if protocol is Protocol.PUSH else [row.at for row in samples]
    found = patience(signs, quiet_rule(protocol))
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
