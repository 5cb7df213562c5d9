"""A body's own sign-in under way in this browser: in the signed cookie, for one session, one at a
time. First what was asked; then, once a statement was believed, what it said."""

import secrets
from dataclasses import dataclass
from uuid import UUID

from flask import session

from citizen_portal import clock
from citizen_portal.identity.models import LinkState
from citizen_portal.records.remote.statements import Statement

ASKED, TOLD = "link", "told"
GOOD_FOR = 10 * 60


@dataclass(frozen=True, slots=True)
class Asked:
    nonce: str
    organisation_id: UUID


@dataclass(frozen=True, slots=True)
class Told:
    """What a body said in answer to ``nonce``."""

    nonce: str
    organisation_id: UUID
    state: LinkState
    jti: str


def begin(organisation_id: UUID, sign_in_id: UUID) -> Asked:
    """Something new to ask; what was asked before is forgotten."""
    asked = Asked(secrets.token_urlsafe(24), organisation_id)
    forget()
    session[ASKED] = [asked.nonce, organisation_id.hex, sign_in_id.hex, _now() + GOOD_FOR]
    return asked


def asked(sign_in_id: UUID) -> Asked | None:
    """What was asked in this session, unless it was answered or is too old."""
    nonce, organisation, whose, until = session.get(ASKED) or ("", "", "", 0)
    if whose != sign_in_id.hex or until < _now():
        return None
    return Asked(nonce, UUID(organisation))


def answered(asked: Asked, statement: Statement, sign_in_id: UUID) -> None:
    """The question is used up by its answer."""
    forget()
    session[TOLD] = [
        asked.nonce,
        asked.organisation_id.hex,
        sign_in_id.hex,
        statement.state.value,
        statement.jti,
        statement.until,
    ]


def told(sign_in_id: UUID) -> Told | None:
    """What a body said in this session, while its statement is good."""
    nonce, organisation, whose, state, jti, until = session.get(TOLD) or ("", "", "", "", "", 0)
    if whose != sign_in_id.hex or until <= _now():
        return None
    return Told(nonce, UUID(organisation), LinkState(state), jti)


def forget() -> None:
    for name in (ASKED, TOLD):
        session.pop(name, None)


def _now() -> int:
    return int(clock.now().timestamp())
