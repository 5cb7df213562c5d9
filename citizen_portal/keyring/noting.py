"""What was done with the portal's keys stands in the audit list: which key, which version, no
value. The operator alone does it, and so reads it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from citizen_portal import away
from citizen_portal.audit import AuditEntry
from citizen_portal.db import Sessions

ROTATED = "key:rotated"
RESEALED = "key:resealed"
RETIRED = "key:retired"
BROUGHT_BACK = "key:brought-back"
TAGS = (ROTATED, RESEALED, RETIRED, BROUGHT_BACK)


@dataclass(frozen=True)
class Noted:
    """One thing that was done with a key."""

    at: datetime
    tag: str
    about: dict[str, Any]


@contextmanager
def noting(sessions: Sessions) -> Iterator[Session]:
    """A transaction for a line of the list, begun before a key is changed: where none can be
    written, none is changed."""
    with sessions.writing() as session:
        try:
            noted(session, most=1)
        except DBAPIError as error:
            raise click.ClickException(
                "Nothing was changed, for the audit list cannot be read. "
                f"{away.why(error) or type(error.orig).__name__}"
            ) from None
        yield session


def noted(session: Session, *, most: int) -> list[Noted]:
    """The newest first. Nobody who signs in does it, so that few lines are looked through."""
    rows = session.execute(
        select(AuditEntry.at, AuditEntry.tag, AuditEntry.about)
        .where(AuditEntry.actor_id.is_(None), AuditEntry.tag.in_(TAGS))
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(most)
    )
    return [Noted(*row) for row in rows]
