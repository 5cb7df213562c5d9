"""What can happen to the systems of bodies, their keys, and the proofs that they use up."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from citizen_portal import audit, clock
from citizen_portal.bodies.models import Client, Scope, UsedAssertion


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
