"""Who did what to what, in this portal: appended beside the change, never changed while kept.

Tags are ``subject:action`` from a fixed list, so that the log can be read by rule.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from citizen_portal import clock
from citizen_portal.db import Row, put

TAGS = frozenset(
    {
        "access:removed",
        "account:closed",
        "account:opened",
        "agreement:published",
        "ask:more-said",
        "ask:sent",
        "ask:withdrawn",
        "audit:exported",
        "audit:read",
        "body:client-added",
        "body:client-removed",
        "body:keys-changed",
        "case:made",
        "channel:confirmed",
        "channel:named",
        "channel:not-working",
        "channel:removed",
        "channel:resumed",
        "channel:stopped",
        "body:webhook-removed",
        "body:webhook-rotated",
        "body:webhook-set",
        "check:made",
        "choice:found-again",
        "choice:made",
        "choice:taken-back",
        "citizen:signed-in",
        "citizen:signed-out",
        "citizen:stepped-up",
        "correction:acknowledged",
        "correction:made",
        "correction:told",
        "copy:asked",
        "copy:expired",
        "copy:failed",
        "copy:fetched",
        "copy:made",
        "copy:stopped",
        "draft:begun",
        "draft:brought-up-to-date",
        "draft:changed",
        "draft:confirmed",
        "draft:disputed",
        "draft:dropped",
        "draft:returned",
        "draft:sent-for-review",
        "draft:taken-up",
        "feed:made",
        "feed:removed",
        "hold:agreed",
        "hold:begun",
        "hold:dropped",
        "hold:ended",
        "hold:proposed",
        "hold:to-oversight",
        "incident:changed",
        "incident:closed",
        "incident:reported",
        "key:brought-back",
        "key:resealed",
        "key:retired",
        "key:rotated",
        "link:made",
        "link:refused",
        "link:ended",
        "news:chosen",
        "officer:added",
        "officer:removed",
        "officer:roles-changed",
        "officer:signed-in",
        "officer:signed-out",
        "preference:ahead",
        "preference:answered",
        "preference:reconciled",
        "preference:restored",
        "question:acknowledged",
        "question:amended",
        "question:answered",
        "question:asked-back",
        "question:assigned",
        "question:extended",
        "question:late",
        "question:progress",
        "register:imported",
        "rules:changed",
        "sign-in:refused",
        "sign-in:ended-elsewhere",
        "sign-in:ended-there",
        "totals:published",
        "views:asked",
        "views:closed",
        "views:replied",
    }
)


class AuditEntry(Row, kw_only=True):
    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "actor_id", "at"), Index(None, "organisation_id", "at", "id"))

    tag: Mapped[str]
    actor_id: Mapped[UUID | None]
    """The citizen or officer who acted; none for the operator or a stranger."""
    about: Mapped[dict[str, Any]]
    """Ids, counts, and words of fixed lists only."""
    organisation_id: Mapped[UUID | None] = mapped_column(default=None)
    """The body for which an officer or a system acted; none for citizens and the operator."""
    at: Mapped[datetime] = mapped_column(default_factory=clock.now)


def forget(session: Session, *, before: datetime, most: int) -> int:
    """Delete some entries of what citizens did before then; gives how many. For the worker alone.

    What was done for a body, or by the operator, stays.
    """
    old = (
        select(AuditEntry.id)
        .where(
            AuditEntry.organisation_id.is_(None),
            AuditEntry.at < before,
            AuditEntry.actor_id.is_not(None),
        )
        .order_by(AuditEntry.at)
        .limit(most)
    )
    ids = session.scalars(old).all()
    session.execute(delete(AuditEntry).where(AuditEntry.id.in_(ids)))
    return len(ids)


def record(
    session: Session,
    tag: str,
    *,
    actor: UUID | None = None,
    for_body: UUID | None = None,
    **about: Any,
) -> None:
    """Append an entry in the caller's transaction; raises ``ValueError`` on an unknown tag.

    ``for_body`` is the organisation whose officers may read the entry.
    """
    if tag not in TAGS:
        raise ValueError(f"unknown audit tag {tag}")
    said = {"tag": tag, "actor_id": actor, "organisation_id": for_body, "about": about}
    put(session, AuditEntry, [{**said, "at": clock.now()}])
