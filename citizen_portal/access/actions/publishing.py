"""A body publishes how often it makes each kind of access: whole periods, again as often as it
likes."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import audit, clock
from citizen_portal.access.models import ActivityTotal
from citizen_portal.access.queries.totals import Months, overlapping
from citizen_portal.bodies.models import Organisation
from citizen_portal.errors import WrongState

Change = Literal["added", "changed", "removed", "unchanged"]
KEY = ("source_id", "agreement", "receiver_code", "system", "action")


def publish_totals(
    session: Session,
    organisation_id: UUID,
    months: Months,
    totals: Sequence[Mapping[str, Any]],
    *,
    client: str,
) -> dict[Change, int]:
    """Make these the numbers of this period, and leave no other; the same again changes nothing.

    Raises ``WrongState`` where another period that is published shares a month with it.
    """
    _locked(session, organisation_id)
    if overlapping(session, organisation_id, months):
        raise WrongState(
            "Another period that shares a month with this one is published. Replace that one, or"
            " send it empty first."
        )
    there = _of_period(session, organisation_id, months)
    changes: dict[Change, int] = dict.fromkeys(get_args(Change), 0)
    for columns in totals:
        row = there.pop(_key(columns), None)
        changes[_put(session, organisation_id, months, row, columns)] += 1
    for row in there.values():
        session.delete(row)
        changes["removed"] += 1
    if changes["added"] or changes["changed"] or changes["removed"]:
        about: dict[str, Any] = {str(name): count for name, count in changes.items()}
        about["month"] = months.first.isoformat()
        audit.record(session, "totals:published", for_body=organisation_id, client=client, **about)
    return changes


def _locked(session: Session, organisation_id: UUID) -> None:
    """Two that publish for one body at once take turns."""
    session.execute(
        select(Organisation.id).where(Organisation.id == organisation_id).with_for_update()
    )


def _of_period(
    session: Session, organisation_id: UUID, months: Months
) -> dict[tuple[Any, ...], ActivityTotal]:
    rows = session.scalars(
        select(ActivityTotal).where(
            ActivityTotal.organisation_id == organisation_id,
            ActivityTotal.first_month == months.first,
        )
    )
    return {_key(vars(row)): row for row in rows}


def _put(
    session: Session,
    organisation_id: UUID,
    months: Months,
    row: ActivityTotal | None,
    columns: Mapping[str, Any],
) -> Change:
    if row is None:
        of: dict[str, Any] = {"organisation_id": organisation_id, **columns}
        session.add(ActivityTotal(first_month=months.first, last_month=months.last, **of))
        return "added"
    changed = {name: value for name, value in columns.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        row.told_at = clock.now()
    return "changed" if changed else "unchanged"


def _key(columns: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(columns[name] for name in KEY)
