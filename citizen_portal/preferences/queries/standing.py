"""A citizen's choices: those that stand, and every one that was made."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from citizen_portal.bodies.queries import REGISTER, revision_of
from citizen_portal.db import ask
from citizen_portal.errors import NotFound
from citizen_portal.identity.models import Citizen
from citizen_portal.preferences.models import Answer, Choice, Scope, Standing
from citizen_portal.preferences.queries.rule import Stands

AT_ONCE = 200
"""Receipts held in memory together."""
NEWEST = slice(0, 200)


@dataclass(frozen=True, slots=True)
class Made:
    """One line of the history of what a citizen chose."""

    id: UUID
    scope: Scope
    answer: Answer
    number: int
    made_at: datetime
    sealed_reason: bytes | None
    ended_by: UUID | None
    found_again: bool


_NEWEST = select(func.max(Choice.number)).where(Choice.citizen_id == bindparam("citizen"))
_COLUMNS = (Standing.scope, Standing.answer, Standing.number, Standing.choice_id, Standing.made_at)
_STANDING = select(*_COLUMNS).where(Standing.citizen_id == bindparam("citizen"))
_LAST = (
    select(_NEWEST.scalar_subquery(), revision_of(REGISTER), *_COLUMNS)
    .select_from(Citizen)
    .outerjoin(Standing, Standing.citizen_id == Citizen.id)
    .where(Citizen.id == bindparam("citizen"))
)
_EACH = select(Standing.citizen_id, *_COLUMNS).where(
    Standing.citizen_id.in_(bindparam("citizens", expanding=True)),
    Standing.scope.in_(bindparam("scopes", expanding=True)),
)


@dataclass(frozen=True, slots=True)
class Last:
    """What there is before one more choice is made."""

    number: int
    """Of the citizen's last choice; 0 before the first."""
    revision: int
    """Of the register."""
    standing: Mapping[str, Stands]


def standing(session: Session, citizen_id: UUID) -> Mapping[str, Stands]:
    """What stands, by the key of its scope."""
    rows = ask(session, _STANDING, citizen=citizen_id)
    return {row.scope: Stands(Scope.of(row.scope), *row[1:]) for row in rows}


def last(session: Session, citizen_id: UUID) -> Last:
    """In one statement, for it is asked while others wait to write. The citizen is there."""
    rows = ask(session, _LAST, citizen=citizen_id).all()
    found = {row.scope: Stands(Scope.of(row.scope), *row[3:]) for row in rows if row.scope}
    return Last(rows[0][0] or 0, rows[0][1] or 0, found)


def standing_of_each(
    session: Session, citizen_ids: Collection[UUID], scopes: Collection[str]
) -> Mapping[UUID, Mapping[str, Stands]]:
    """What stands about some scopes of some citizens, by citizen and key. For the worker alone."""
    found: dict[UUID, dict[str, Stands]] = defaultdict(dict)
    for row in ask(session, _EACH, citizens=citizen_ids, scopes=scopes):
        found[row.citizen_id][row.scope] = Stands(Scope.of(row.scope), *row[2:])
    return found


def history(
    session: Session,
    citizen_id: UUID,
    *,
    scope: Scope | None = None,
    rows: "slice[int, int, None]" = NEWEST,
) -> list[Made]:
    """What was chosen, the newest first, and before what it ended; about one scope, if it is
    given."""
    order = (Choice.number.desc(), Choice.ended_by.is_not(None), Choice.id.desc())
    asked = _choices(citizen_id).order_by(*order)
    if scope is not None:
        asked = asked.where(Choice.scope == scope.key)
    asked = asked.offset(rows.start).limit(rows.stop - rows.start)
    return [_made(*row) for row in session.execute(asked)]


def count_of(session: Session, citizen_id: UUID) -> int:
    """How many choices a citizen made, those that were ended by others too."""
    asked = select(func.count()).select_from(Choice).where(Choice.citizen_id == citizen_id)
    return session.scalar(asked) or 0


def ended_by(session: Session, citizen_id: UUID, choice_id: UUID) -> list[Scope]:
    """What the narrower yeses were about that a wider no of this citizen ended."""
    keys = session.scalars(
        select(Choice.scope)
        .where(Choice.citizen_id == citizen_id, Choice.ended_by == choice_id)
        .order_by(Choice.scope)
    )
    return [Scope.of(key) for key in keys]


def those(session: Session, citizen_id: UUID, ids: Collection[UUID]) -> Mapping[UUID, Made]:
    """Some choices of this citizen, by id."""
    rows = session.execute(_choices(citizen_id).where(Choice.id.in_(ids)))
    return {row.id: _made(*row) for row in rows}


def one(session: Session, citizen_id: UUID, choice_id: UUID) -> Made:
    """One choice of this citizen; raises ``NotFound``."""
    row = session.execute(_choices(citizen_id).where(Choice.id == choice_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such choice.")
    return _made(*row)


def receipt(session: Session, citizen_id: UUID, choice_id: UUID) -> str:
    """The receipt of one choice, as it was signed; raises ``NotFound``."""
    found = session.scalar(
        select(Choice.receipt).where(Choice.citizen_id == citizen_id, Choice.id == choice_id)
    )
    if found is None:
        raise NotFound("There is no such receipt.")
    return found


def each_receipt(session: Session, citizen_id: UUID) -> Iterator[tuple[UUID, datetime, str]]:
    """Every receipt with its choice and the moment of it, the oldest first, a few at a time."""
    rows = session.execute(
        select(Choice.id, Choice.made_at, Choice.receipt)
        .where(Choice.citizen_id == citizen_id, Choice.receipt.is_not(None))
        .order_by(Choice.number, Choice.id)
        .execution_options(yield_per=AT_ONCE)
    )
    return ((row.id, row.made_at, row.receipt) for row in rows)


def _choices(citizen_id: UUID) -> Select[*tuple[Any, ...]]:
    return select(
        Choice.id,
        Choice.scope,
        Choice.answer,
        Choice.number,
        Choice.made_at,
        Choice.sealed_reason,
        Choice.ended_by,
        Choice.found_again,
    ).where(Choice.citizen_id == citizen_id)


def _made(id_: UUID, key: str, *said: Any) -> Made:
    return Made(id_, Scope.of(key), *said)
