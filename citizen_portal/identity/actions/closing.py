"""A citizen closes their account: at once nobody can be them, and the worker removes the rest.

What the audit list must keep names a ``ClosedAccount`` from then on. Who that was is sealed for a
key that is kept elsewhere.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from citizen_portal import audit, jobs
from citizen_portal.audit import AuditEntry
from citizen_portal.db import Base, owned_by_citizen
from citizen_portal.errors import WrongState
from citizen_portal.identity.actions.links import unlink
from citizen_portal.identity.models import (
    AccountIndex,
    Citizen,
    ClosedAccount,
    LinkState,
    SignIn,
    SubjectLink,
)
from citizen_portal.sealing import Envelope, Opener

AT_ONCE = 5_000
"""Rows of one transaction, so that no writer waits long."""


def close(session: Session, citizen_id: UUID, *, envelope: Envelope) -> None:
    """End an account: its sign-in, its sessions with what bodies answered in them, its links.

    The directory of accounts comes first: a sign-in that is under way is let in before, and its
    session ends with the others, or it finds nobody and becomes somebody new.
    """
    gone = delete(AccountIndex).where(AccountIndex.citizen_id == citizen_id)
    blinds = session.scalars(gone.returning(AccountIndex.blind)).all()
    citizen = _locked(session, citizen_id)
    if citizen is None or citizen.closed_as is not None:
        raise WrongState("This account is closed already.")
    closed = ClosedAccount()
    closed.sealed = envelope.close(_who(citizen_id, blinds), context(closed.id))
    session.add(closed)
    citizen.closed_as = closed.id
    session.flush()
    session.execute(delete(SignIn).where(SignIn.citizen_id == citizen_id))
    for organisation_id in _linked(session, citizen_id):
        unlink(session, citizen_id, organisation_id)
    audit.record(session, "account:closed", actor=closed.id)
    jobs.drop(session, citizen=str(citizen_id))
    jobs.enqueue_once(session, "account.remove_closed")


def remove_some(
    session: Session, citizen_id: UUID, *, spared: Mapping[str, ColumnElement[bool]]
) -> int:
    """Remove some rows of a citizen who has gone, from one table; gives how many.

    Of the tables in ``spared`` some rows stay for now. Once there are none left the citizen goes as
    well, and the audit list names the closed account.
    """
    citizen = _locked(session, citizen_id)
    if citizen is None or citizen.closed_as is None:
        return 0
    for table in owned_by_citizen():
        mine = table.c.citizen_id == citizen_id
        some = select(table.c.id).where(mine).order_by(table.c.id).limit(AT_ONCE)
        if table.name in spared:
            some = some.where(~spared[table.name])
        ids = session.scalars(some).all()
        if ids:
            session.execute(delete(table).where(mine, table.c.id.in_(ids)))
            return len(ids)
    for name, rows in spared.items():
        table = Base.metadata.tables[name]
        stays = select(table.c.id).where(table.c.citizen_id == citizen_id, rows).limit(1)
        if session.scalar(stays) is not None:
            return 0
    named = update(AuditEntry).where(AuditEntry.actor_id == citizen_id)
    session.execute(named.values(actor_id=citizen.closed_as))
    jobs.drop(session, citizen=str(citizen_id))
    session.delete(citizen)
    return 0


def forget_closed(session: Session, *, before: datetime) -> None:
    """Delete who closed accounts belonged to, once no line of the audit list names them."""
    session.execute(delete(ClosedAccount).where(ClosedAccount.at < before))


def open_closed(
    session: Session, blinds: Sequence[str], *, opener: Opener, reason: str
) -> list[UUID]:
    """The closed accounts of an account at the identity provider, the first to close first.

    That they were looked for is noted, found or not. Raises ``CannotOpen`` for another key.
    """
    rows = session.scalars(select(ClosedAccount).order_by(ClosedAccount.at, ClosedAccount.id))
    named = set(blinds)
    found = [row.id for row in rows if not named.isdisjoint(_accounts(row, opener))]
    audit.record(session, "account:opened", reason=reason, closed=[str(each) for each in found])
    return found


def context(closed_id: UUID) -> str:
    return f"closed-account:{closed_id}"


def _who(citizen_id: UUID, blinds: Sequence[str]) -> bytes:
    return json.dumps({"citizen": str(citizen_id), "accounts": sorted(blinds)}).encode()


def _accounts(closed: ClosedAccount, opener: Opener) -> list[str]:
    """Blind indexes of the accounts that it had at the identity provider."""
    who = json.loads(opener.open(closed.sealed, context(closed.id)))
    return [str(each) for each in who["accounts"]]


def _locked(session: Session, citizen_id: UUID) -> Citizen | None:
    """Locked against who links, reviews or removes meanwhile, not against who adds rows."""
    found = select(Citizen).where(Citizen.id == citizen_id)
    return session.scalars(found.with_for_update(key_share=True)).one_or_none()


def _linked(session: Session, citizen_id: UUID) -> Sequence[UUID]:
    return session.scalars(
        select(SubjectLink.organisation_id)
        .where(SubjectLink.citizen_id == citizen_id, SubjectLink.state == LinkState.LINKED)
        .order_by(SubjectLink.organisation_id)
    ).all()
