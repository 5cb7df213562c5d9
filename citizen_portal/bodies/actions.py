"""What can happen to bodies, their sources and their systems. Answers of sources come by the
thousand, so what they say of themselves is written only when it is news."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from citizen_portal import audit, clock
from citizen_portal.bodies.models import Client, Revision, Scope, Source, UsedAssertion
from citizen_portal.bodies.queries import REGISTER, SOURCES

ANSWER_STEP = timedelta(minutes=10)
"""``last_answer_at`` moves in steps of this: not a write for each citizen who looks."""
WINDOW_STEP = timedelta(days=1)


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


def note_answer(session: Session, source_id: UUID, *, at: datetime) -> None:
    """Keep that a source answered, when its last known answer is ten minutes old or more."""
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


def add_client(
    session: Session,
    organisation_id: UUID,
    *,
    slug: str,
    scopes: Iterable[Scope],
    jwks: Mapping[str, Any] | None = None,
    jwks_uri: str | None = None,
) -> Client:
    """Let a system call for a body, under an id that begins with the body's slug."""
    client = Client(
        organisation_id=organisation_id,
        client_id=f"{slug}-{secrets.token_hex(4)}",
        scopes=sorted(set(scopes)),
        jwks=dict(jwks) if jwks else None,
        jwks_uri=jwks_uri,
    )
    session.add(client)
    _record(session, "body:client-added", client)
    return client


def change_keys(
    session: Session,
    client_id: str,
    *,
    jwks: Mapping[str, Any] | None = None,
    jwks_uri: str | None = None,
) -> None:
    """From now on the system proves itself by these keys, or by those at this address."""
    client = _standing(session, client_id)
    client.jwks, client.jwks_uri = dict(jwks) if jwks else None, jwks_uri
    _record(session, "body:keys-changed", client)


def remove_client(session: Session, client_id: str) -> None:
    """The system is refused from now on, whatever tokens it still has."""
    client = _standing(session, client_id)
    client.removed_at = clock.now()
    _record(session, "body:client-removed", client)


def use_up(session: Session, client_id: str, jti: str, *, expires_at: datetime) -> bool:
    """Whether a system's assertion is seen for the first time (RFC 7523 §3, ``jti``)."""
    digest = hashlib.sha256(jti.encode()).hexdigest()
    try:
        with session.begin_nested():
            session.add(
                UsedAssertion(client_id=client_id, jti_digest=digest, expires_at=expires_at)
            )
    except IntegrityError:
        return False
    return True


def forget_assertions(session: Session) -> None:
    """Those that have expired would be refused for that alone."""
    session.execute(delete(UsedAssertion).where(UsedAssertion.expires_at < clock.now()))


def _standing(session: Session, client_id: str) -> Client:
    return session.scalars(
        select(Client)
        .where(Client.client_id == client_id, Client.removed_at.is_(None))
        .with_for_update()
    ).one()


def _record(session: Session, tag: str, client: Client) -> None:
    audit.record(session, tag, for_body=client.organisation_id, client=client.client_id)


def _moved(before: datetime | None, now: datetime | None) -> bool:
    if before is None or now is None:
        return before is not now
    return abs(now - before) >= WINDOW_STEP
