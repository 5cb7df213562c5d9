"""What a body is told of choices, one by one: the list that it reads by number."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, undefer

from citizen_portal.errors import NotFound
from citizen_portal.preferences.models import Effect, Feed


@dataclass(frozen=True, slots=True)
class Position:
    """How long a body's list is, how far it has read, and whether the portal lost some of it."""

    last: int = 0
    read_to: int = 0
    behind: bool = False


def document(effect: Effect) -> dict[str, Any]:
    """One change as bodies are told of it; ``statement`` says the same, signed."""
    return {
        "id": effect.id.hex,
        "subject": effect.subject,
        "agreement": effect.agreement,
        "version": effect.version,
        "may_use": effect.may_use,
        "objection": effect.objection,
        "due": effect.due_on.isoformat(),
        "statement": effect.statement,
    }


def position(session: Session, organisation_id: UUID) -> Position:
    row = session.execute(
        select(Feed.last, Feed.read_to, Feed.behind_since).where(
            Feed.organisation_id == organisation_id
        )
    ).one_or_none()
    return Position(row.last, row.read_to, row.behind_since is not None) if row else Position()


def recovering(session: Session) -> bool:
    """Whether any body is still to say what it has of what was lost here."""
    behind = select(Feed.organisation_id).where(Feed.behind_since.is_not(None)).limit(1)
    return session.scalar(behind) is not None


def behind(session: Session, among: Iterable[UUID], *, itself: UUID | None = None) -> list[UUID]:
    """Those of these bodies that must still say what they have, since old data was put back; what
    rests on a body's own number alone counts for the one that asks ``itself``."""
    asked = select(Feed.organisation_id).where(
        Feed.organisation_id.in_(among),
        Feed.behind_since.is_not(None),
        or_(Feed.unproved.is_(False), Feed.organisation_id == itself),
    )
    return list(session.scalars(asked.order_by(Feed.organisation_id)))


def changes(
    session: Session, organisation_id: UUID, *, after: int, most: int
) -> list[tuple[int, dict[str, Any]]]:
    """What a body was told after this number of its list, each with its number."""
    found = session.scalars(
        select(Effect)
        .options(undefer(Effect.statement))
        .where(Effect.organisation_id == organisation_id, Effect.number > after)
        .order_by(Effect.number)
        .limit(most)
    )
    return [(effect.number or 0, document(effect)) for effect in found]


def current(
    session: Session, organisation_id: UUID, *, after: UUID | None, most: int
) -> tuple[list[tuple[str, str, int, bool]], UUID | None]:
    """What holds of all that a body was told: person, agreement, version, whether it may use the
    data; and after which one to go on, if there are more."""
    asked = (
        select(Effect.id, Effect.subject, Effect.agreement, Effect.version, Effect.may_use)
        .where(Effect.organisation_id == organisation_id, Effect.current)
        .where(Effect.number.is_not(None))
        .order_by(Effect.id)
        .limit(most)
    )
    if after is not None:
        asked = asked.where(Effect.id > after)
    rows = session.execute(asked).all()
    lines = [(row.subject, row.agreement, row.version, row.may_use) for row in rows]
    return lines, rows[-1].id if len(rows) == most else None


def of_body(session: Session, organisation_id: UUID, effect_id: UUID) -> Effect:
    """What one body was told, to be answered; raises ``NotFound``."""
    found = session.scalars(
        select(Effect)
        .where(Effect.organisation_id == organisation_id, Effect.id == effect_id)
        .with_for_update()
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such change.")
    return found
