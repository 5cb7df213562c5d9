"""Whether a body may withhold an event as it says, and the event closed so that none here reads it.

The law is the regional profile's; which body may use which of its bases, the register says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from citizen_portal.access.actions.holding import context, within_reach
from citizen_portal.access.actions.keeping import Withholding
from citizen_portal.access.models import Protects
from citizen_portal.region import HoldBasis
from citizen_portal.sealing import Envelope

NOT_ENTITLED = "is not a law by which your body may withhold an access"
OTHER_AIM = "is not what this law protects"
NOT_A_DAY = "is not a day of the calendar"
NOT_AHEAD = "must be a day after today"
TOO_FAR = "lies further ahead than the regional profile lets this law reach"
NOT_TWO = "must be two different officers of your body who may approve a hold"


@dataclass(frozen=True)
class Holding:
    """What one body may withhold, as of today, and with what its events are closed."""

    bases: Mapping[str, HoldBasis]
    """The ones it is entitled to, by code."""
    approvers: frozenset[UUID]
    today: date
    """By the region's calendar."""
    envelope: Envelope


class NotWithheld(ValueError):
    """Why an event cannot be withheld so: a field, and a reason that repeats nothing."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = f"withheld.{field}", reason


def withholding(said: Mapping[str, Any], canonical: bytes, holding: Holding | None) -> Withholding:
    """How an event is withheld, its content closed; raises ``NotWithheld``."""
    basis = holding.bases.get(said["basis"]) if holding else None
    if holding is None or basis is None:
        raise NotWithheld("basis", NOT_ENTITLED)
    if said["protects"] not in basis.protects:
        raise NotWithheld("protects", OTHER_AIM)
    until = _until(said["until"], basis, today=holding.today)
    approvers = _approvers(said["approvers"], holding.approvers)
    hold_id = uuid7()
    closed = holding.envelope.close(canonical, context(hold_id))
    return Withholding(hold_id, basis.code, Protects(said["protects"]), until, approvers, closed)


def _until(said: str, basis: HoldBasis, *, today: date) -> date:
    try:
        until = date.fromisoformat(said)
    except ValueError:
        raise NotWithheld("until", NOT_A_DAY) from None
    if until <= today:
        raise NotWithheld("until", NOT_AHEAD)
    if not within_reach(until, basis, today=today):
        raise NotWithheld("until", TOO_FAR)
    return until


def _approvers(said: list[str], known: frozenset[UUID]) -> tuple[UUID, UUID]:
    try:
        first, second = (UUID(each) for each in said)
    except ValueError:
        raise NotWithheld("approvers", NOT_TWO) from None
    if first == second or not {first, second} <= known:
        raise NotWithheld("approvers", NOT_TWO)
    return first, second
