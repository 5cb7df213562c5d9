"""A body's check is kept with its answer; later each citizen has a line of it, for some years."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CursorResult, Delete, delete, select, tuple_, update
from sqlalchemy.orm import Session

from citizen_portal import audit, bulk, clock
from citizen_portal.identity.models import PairwiseIndex
from citizen_portal.preferences.models import CheckLine, PreferenceCheck
from citizen_portal.preferences.queries.checking import Checked
from citizen_portal.preferences.queries.checks import packed
from citizen_portal.sealing import Seal

AT_ONCE = 5_000
"""Rows of one transaction, so that no writer waits long."""
LINE = ("citizen_id", "id", "organisation_id", "agreement", "day", "allowed")
"""In this order ``note_lines`` gives them."""


def keep_check(
    session: Session,
    found: Checked,
    *,
    hours: int,
    zone: ZoneInfo,
    seal: Seal,
    actor: UUID | None = None,
    **by: str,
) -> PreferenceCheck:
    """Keep what was asked and answered, before anybody is told.

    The body may go by it for ``hours``. ``actor`` is the officer who asked; ``by`` tells of the
    system, or that it was the operator.
    """
    now = clock.now()
    check = PreferenceCheck(
        organisation_id=found.organisation_id,
        agreement=found.terms.reference,
        at=now,
        day=now.astimezone(zone).date(),
        good_until=_good_until(now + timedelta(hours=hours), found.terms.in_force_to, zone),
        sent=len(found.ids),
        allowed=sum(found.answers),
        sealed=None,
    )
    check.sealed = seal(packed(found.ids, found.answers), context(check.id))
    session.add(check)
    audit.record(
        session,
        "check:made",
        actor=actor,
        for_body=found.organisation_id,
        check=check.id.hex,
        agreement=check.agreement,
        count=check.sent,
        allowed=check.allowed,
        **by,
    )
    return check


def context(check_id: UUID) -> str:
    """What the ids of a check are sealed for."""
    return f"preference-check:{check_id}"


def note_lines(session: Session, check: PreferenceCheck, answered: Mapping[str, bool]) -> None:
    """Write the line of each citizen whom these ids mean; doing so again changes nothing."""
    known = session.execute(
        select(PairwiseIndex.citizen_id, PairwiseIndex.pairwise).where(
            PairwiseIndex.organisation_id == check.organisation_id,
            bulk.among(session, PairwiseIndex.pairwise, list(answered)),
        )
    )
    alike = (check.id, check.organisation_id, check.agreement, check.day)
    rows = sorted((citizen_id, *alike, answered[pairwise]) for citizen_id, pairwise in known)
    bulk.insert_new(session, CheckLine, LINE, rows)


def let_go(session: Session, check_id: UUID) -> None:
    """Each citizen has their line: whom the body asked about stands nowhere else."""
    session.execute(
        update(PreferenceCheck).where(PreferenceCheck.id == check_id).values(sealed=None)
    )


def forget(session: Session, *, before: date) -> int:
    """Delete some lines and checks of days before this one; gives how many."""
    key = tuple_(CheckLine.citizen_id, CheckLine.id)
    lines = select(CheckLine.citizen_id, CheckLine.id).where(CheckLine.day < before).limit(AT_ONCE)
    checks = select(PreferenceCheck.id).where(PreferenceCheck.day < before).limit(AT_ONCE)
    return _gone(session, delete(CheckLine).where(key.in_(lines))) + _gone(
        session, delete(PreferenceCheck).where(PreferenceCheck.id.in_(checks))
    )


def _good_until(usual: datetime, last_day: date | None, zone: ZoneInfo) -> datetime:
    """No longer than the agreement goes on."""
    if last_day is None:
        return usual
    return min(usual, datetime.combine(last_day + timedelta(days=1), time(), tzinfo=zone))


def _gone(session: Session, statement: Delete) -> int:
    return cast("CursorResult[Any]", session.execute(statement)).rowcount
