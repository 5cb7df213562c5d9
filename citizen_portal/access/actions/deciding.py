"""What two approvers decide about a withheld access: one proposes, another one agrees.

The web decides and cannot release: what was decided so is done by the worker, which has the key.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from citizen_portal import audit, jobs
from citizen_portal.access.actions.holding import within_reach
from citizen_portal.access.models import Hold, HoldDecision, HoldState, Verdict
from citizen_portal.access.queries.holds import standing_decision
from citizen_portal.errors import Invalid, WrongState
from citizen_portal.identity.models import Role
from citizen_portal.identity.queries import officers_with
from citizen_portal.region import Region


@dataclass(frozen=True, slots=True)
class Approver:
    officer_id: UUID
    organisation_id: UUID


@dataclass(frozen=True, slots=True)
class Proposal:
    verdict: Verdict
    reason: str
    until: date | None = None
    """The new last day, to move the end."""
    exemption: str | None = None
    """The law by which it is never shown, to close it."""


def propose(
    session: Session, hold: Hold, proposal: Proposal, *, by: Approver, region: Region, today: date
) -> None:
    """Propose what becomes of it; one proposal stands at a time."""
    if standing_decision(session, hold.id) is not None:
        raise WrongState("Something is proposed already. Agree to it, or drop it first.")
    decision = HoldDecision(
        hold_id=hold.id,
        verdict=proposal.verdict,
        reason=proposal.reason,
        until=proposal.until,
        exemption=proposal.exemption,
        proposed_by_id=by.officer_id,
    )
    _check(hold, decision, region, today)
    session.add(decision)
    _record(session, "hold:proposed", hold, by, decision)


def agree(
    session: Session,
    hold: Hold,
    decision: HoldDecision,
    *,
    by: Approver,
    region: Region,
    today: date,
) -> None:
    """A second approver agrees, and it is so; what is to be released the worker releases."""
    decision.agree(by.officer_id)
    able = officers_with(session, hold.organisation_id, Role.HOLD_APPROVER)
    if decision.proposed_by_id not in able:
        raise WrongState("Who proposed this may not approve any more. Drop it and begin anew.")
    _check(hold, decision, region, today)
    match decision.verdict:
        case Verdict.EXTEND:
            assert decision.until is not None  # noqa: S101 - checked above
            hold.until = decision.until
        case Verdict.CLOSE:
            hold.end(HoldState.CLOSED, exemption=decision.exemption)
        case Verdict.RELEASE:
            jobs.enqueue_once(session, "access.holds")
    _record(session, "hold:agreed", hold, by, decision)


def drop(session: Session, hold: Hold, decision: HoldDecision, *, by: Approver) -> None:
    """Either approver may; then something else can be proposed."""
    decision.drop()
    _record(session, "hold:dropped", hold, by, decision)


def _check(hold: Hold, decision: HoldDecision, region: Region, today: date) -> None:
    """What was right when it was proposed may be so no more when another agrees."""
    if not hold.allows(decision.verdict, today=today):
        raise WrongState("It is too late to decide this.")
    if decision.verdict is Verdict.EXTEND and not may_reach(hold, decision.until, region, today):
        raise Invalid("The new last day is not one that this law can reach.")
    if decision.verdict is Verdict.CLOSE and region.exemption(decision.exemption or "") is None:
        raise Invalid("Say by which law it is never shown.")


def may_reach(hold: Hold, until: date | None, region: Region, today: date) -> bool:
    """Whether the end of a hold can be moved to this day: later, within what its law reaches."""
    basis = region.hold_basis(hold.basis)
    if basis is None or until is None or until <= hold.until:
        return False
    return within_reach(until, basis, today=today)


def _record(session: Session, tag: str, hold: Hold, by: Approver, decision: HoldDecision) -> None:
    audit.record(
        session,
        tag,
        actor=by.officer_id,
        for_body=hold.organisation_id,
        hold=hold.id.hex,
        verdict=decision.verdict,
    )
