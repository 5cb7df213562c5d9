"""Count how a body answered, so that no small number can be read or worked out.

Each number is rounded as ``counts.rounded`` does, and no sum stands beside its parts. One sum is
there twice, though: those answered in time and late are together as many as have an outcome. Where
that would narrow a small number, how many were in time is not told.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult
from sqlalchemy.orm import Session

from citizen_portal import bulk
from citizen_portal.bodies.actions import bump
from citizen_portal.bodies.queries import Directory
from citizen_portal.counts import SMALLEST, STEP, bounds, rounded
from citizen_portal.preferences.models import Reply
from citizen_portal.preferences.queries.objections import weighed
from citizen_portal.questions.models.counts import (
    CELLS,
    AnswerCount,
    key,
    preceding,
    quarter_of,
)
from citizen_portal.questions.queries import answers
from citizen_portal.questions.queries.answers import Tally
from citizen_portal.region import Region

SETTLES = timedelta(days=7)
"""So long after a quarter recipients may still say what they did about its last corrections."""
MOST_QUARTERS = 8
"""So far back a worker that was away makes up for what it missed."""
_Range = tuple[int, int]
_COLUMNS = tuple(column.name for column in AnswerCount.__table__.columns)


def due(session: Session, today: date) -> list[date]:
    """The quarters to be counted, the newest that was begun among them: the worker may have died
    before it had counted each body."""
    last = preceding(quarter_of(today - SETTLES))
    found, newest = [last], answers.newest_quarter(session)
    while newest is not None and newest < found[0] and len(found) < MOST_QUARTERS:
        found.insert(0, preceding(found[0]))
    return found


def uncounted(session: Session, quarter: date, known: Directory) -> list[UUID]:
    """The public bodies that have no numbers of a quarter yet."""
    done = {row.organisation_id for row in answers.counted(session, quarter)}
    return [body.id for body in known.by_name if body.kind.is_public and body.id not in done]


def tally(session: Session, organisation_id: UUID, quarter: date, region: Region) -> Tally:
    found = Tally()
    answers.add_answers(session, found, organisation_id, quarter, region)
    answers.add_recipients(session, found, organisation_id, quarter, region)
    since, until = answers.moments(quarter, region)
    replies = weighed(session, organisation_id, since, until)
    found.granted, found.refused = replies.get(Reply.APPLIED, 0), replies.get(Reply.REFUSED, 0)
    return found


def keep(
    session: Session, known: Directory, organisation_id: UUID, quarter: date, found: Tally, on: date
) -> None:
    """Publish them, once: what is there already stays as it is."""
    sources = known.sources_of(organisation_id)
    row = AnswerCount(
        organisation_id=organisation_id,
        quarter=quarter,
        counted_on=on,
        sources=len(sources),
        connected=sum(source.connected for source in sources),
        **published(found),
    )
    columns = {name: getattr(row, name) for name in _COLUMNS}
    adding = bulk.upsert(session, AnswerCount).values(columns)
    made = session.execute(adding.on_conflict_do_nothing())
    if cast(CursorResult[Any], made).rowcount:
        bump(session, answers.ANSWERS)


def published(found: Tally) -> dict[str, Any]:
    """The columns of ``AnswerCount`` that may be told of these numbers."""
    cells = [rounded(found.outcomes[cell]) for cell in CELLS]
    in_time, late = timely([found.outcomes[cell] for cell in CELLS], found.in_time, found.late)
    enough = found.days.total() >= SMALLEST
    others = ("granted", "refused", "acknowledged", "told", "untold")
    return {
        "outcomes": {
            key(cell): count for cell, count in zip(CELLS, cells, strict=True) if count is not None
        },
        "in_time": in_time,
        "late": late,
        "median_days": within(found.days, 50) if enough else None,
        "p90_days": within(found.days, 90) if enough else None,
    } | {name: rounded(getattr(found, name)) for name in others}


def within(days: Counter[int], percent: int) -> int:
    """In how many days so many of a hundred were answered (nearest rank)."""
    ordered = sorted(days)
    rank = -(-days.total() * percent // 100)
    reached = accumulate(days[day] for day in ordered)
    return next(day for day, count in zip(ordered, reached, strict=True) if count >= rank)


def timely(cells: Sequence[int], in_time: int, late: int) -> tuple[int | None, int | None]:
    """Those two as they are told beside these outcomes, or neither.

    Also held against somebody who knows by other ways which outcomes there were none of.
    """
    told = (rounded(in_time), rounded(late))
    for known in (cells, [count for count in cells if count]):
        outcomes = [rounded(count) for count in known]
        if _narrows(outcomes, told) or _narrows(told, outcomes):
            return None, None
    return told


def _narrows(parts: Sequence[int | None], same: Sequence[int | None]) -> bool:
    """Whether a part that is not told can be worked out to less than a step, from the other parts
    and from those that have the same sum."""
    ours, sum_of_same = _sum(parts), _sum(same)
    for part in parts:
        if part is not None:
            continue
        low, high = bounds(part)
        least = max(low, sum_of_same[0] - (ours[1] - high))
        most = min(high, sum_of_same[1] - (ours[0] - low))
        if most - least < STEP:
            return True
    return False


def _sum(parts: Sequence[int | None]) -> _Range:
    ends = [bounds(part) for part in parts]
    return sum(low for low, _ in ends), sum(high for _, high in ends)
