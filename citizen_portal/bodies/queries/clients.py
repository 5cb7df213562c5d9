"""The systems of bodies that may call the portal."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from citizen_portal.bodies.models import Client, Organisation

CLIENT_ID = re.compile(r"[a-z0-9-]{1,100}")


@dataclass(frozen=True, slots=True)
class ClientFacts:
    client_id: str
    organisation_id: UUID
    body: str
    """Slug of its body."""
    scopes: frozenset[str]
    jwks: Mapping[str, Any] | None
    jwks_uri: str | None


def client(session: Session, client_id: str) -> ClientFacts | None:
    """The system with this id, unless it was removed."""
    if not CLIENT_ID.fullmatch(client_id):
        return None
    found = session.execute(_standing().where(Client.client_id == client_id))
    return next((_facts(row, slug) for row, slug in found), None)


def clients(session: Session) -> list[ClientFacts]:
    """Every system that may call, by body and then by age."""
    rows = session.execute(_standing().order_by(Organisation.slug, Client.added_at))
    return [_facts(row, slug) for row, slug in rows]


def _standing() -> Select[Client, str]:
    return (
        select(Client, Organisation.slug)
        .join(Organisation, Organisation.id == Client.organisation_id)
        .where(Client.removed_at.is_(None))
    )


def _facts(row: Client, slug: str) -> ClientFacts:
    return ClientFacts(
        client_id=row.client_id,
        organisation_id=row.organisation_id,
        body=slug,
        scopes=frozenset(row.scopes),
        jwks=row.jwks,
        jwks_uri=row.jwks_uri,
    )
