"""Who did what to what, in this portal: appended beside the change, never changed.

Tags are ``subject:action`` from a fixed list, so that the log can be read by rule.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, Session, mapped_column

from citizen_portal import clock
from citizen_portal.db import Row

TAGS = frozenset(
    {
        "citizen:signed-in",
        "citizen:signed-out",
        "citizen:stepped-up",
        "link:made",
        "link:refused",
        "link:ended",
        "register:imported",
        "sign-in:refused",
        "sign-in:ended-elsewhere",
    }
)


class AuditEntry(Row, kw_only=True):
    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "actor_id", "at"),)

    tag: Mapped[str]
    actor_id: Mapped[UUID | None]
    """The citizen or officer who acted; none for the operator or a stranger."""
    about: Mapped[dict[str, Any]]
    """Ids and counts only."""
    at: Mapped[datetime] = mapped_column(default_factory=clock.now)


def record(session: Session, tag: str, *, actor: UUID | None = None, **about: Any) -> None:
    """Append an entry in the caller's transaction; raises ``ValueError`` on an unknown tag."""
    if tag not in TAGS:
        raise ValueError(f"unknown audit tag {tag}")
    session.add(AuditEntry(tag=tag, actor_id=actor, about=about))
