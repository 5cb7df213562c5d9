"""``/desk/holds``: withheld accesses of the officer's own body; two approvers decide on each.

It shows where the body finds an access in its own records, and neither who nor what.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from citizen_portal.access.actions import deciding
from citizen_portal.access.actions.deciding import Approver
from citizen_portal.access.desk import words
from citizen_portal.access.forms import ProposalForm
from citizen_portal.access.models import Hold, HoldDecision
from citizen_portal.access.queries import holds as queries
from citizen_portal.bodies.queries import directory
from citizen_portal.errors import WrongState
from citizen_portal.identity.guards import current_officer, officers_who
from citizen_portal.identity.models import Role
from citizen_portal.identity.queries import officers_with
from citizen_portal.identity.queries.names import officers_called
from citizen_portal.paging import paged
from citizen_portal.reach import Kind
from citizen_portal.web import parts
from citizen_portal.web.paging import numbered, page_number
from citizen_portal.web.transactions import db

bp = Blueprint("holds", __name__, url_prefix="/desk/holds")
bp.before_request(officers_who(Role.HOLD_APPROVER, reaching=Kind.APPROVALS))
PAGE = 50
BOXES = {
    "verdict": "#verdict",
    "until": "#until-day",
    "exemption": "#exemption",
    "reason": "#reason",
}
"""Where on the page each field begins."""


@bp.get("")
def index() -> str:
    """Those that stand, or with ``?ended=yes`` those that have ended."""
    officer, ended = current_officer(), request.args.get("ended") == "yes"
    own = officer.organisation_id
    asked = page_number(request.args.get("page", ""))
    page, pages, chosen = paged(queries.count_of(db(), own, ended=ended), asked, PAGE)
    found = queries.holds_of(db(), own, chosen, ended=ended)
    waiting = queries.proposed(db(), [hold.id for hold in found])
    kept = "yes" if ended else None
    able, body = officers_with(db(), own, Role.HOLD_APPROVER), directory(db()).bodies[own]
    return render_template(
        "desk/holds.html",
        holds=[_line(hold, waiting.get(hold.id)) for hold in found],
        ended=ended,
        pages=numbered(page, pages, lambda n: url_for("holds.index", page=n, ended=kept)),
        own_id=officer.officer_id,
        may=words.may_approve(len(able)),
        missing=words.missing(len(able), withholds=bool(body.withholds)),
        laws=words.bases(parts.region(), body.withholds),
    )


@bp.get("/<uuid:hold_id>")
def show(hold_id: UUID) -> str:
    return _page(_own(hold_id))


@bp.post("/<uuid:hold_id>")
def propose(hold_id: UUID) -> ResponseReturnValue:
    hold = _own(hold_id)
    form = _form(hold, request.form)
    if not form.validate():
        return _page(hold, form), 422
    deciding.propose(
        db(), hold, form.proposal, by=_approver(), region=parts.region(), today=_today()
    )
    flash(gettext("Proposed. Another officer who may approve holds can agree."))
    return redirect(url_for("holds.show", hold_id=hold_id), 303)


@bp.post("/<uuid:hold_id>/agree")
def agree(hold_id: UUID) -> ResponseReturnValue:
    hold = _own(hold_id)
    decision = _shown_decision(hold)
    deciding.agree(db(), hold, decision, by=_approver(), region=parts.region(), today=_today())
    flash(gettext("Agreed."))
    return redirect(url_for("holds.show", hold_id=hold_id), 303)


@bp.post("/<uuid:hold_id>/drop")
def drop(hold_id: UUID) -> ResponseReturnValue:
    hold = _own(hold_id)
    deciding.drop(db(), hold, _shown_decision(hold), by=_approver())
    flash(gettext("Dropped. Something else can be proposed."))
    return redirect(url_for("holds.show", hold_id=hold_id), 303)


def _page(hold: Hold, form: ProposalForm | None = None) -> str:
    decided = queries.decisions(db(), hold.id)
    standing = queries.standing_decision(db(), hold.id)
    source, names, region = _source(hold), _names(hold, decided), parts.region()
    form = form or _form(hold)
    return render_template(
        "desk/hold.html",
        line=_line(hold, standing.proposed_by_id if standing and standing.open else None),
        facts=words.facts(hold, source, region, names),
        form=form if form.verdict.choices and standing is None else None,
        faults=[(field.errors[0], BOXES[field.name]) for field in form if field.errors],
        reach=words.reach(hold, region),
        standing=words.proposed(standing, region, names) if standing else None,
        mine=standing is not None and standing.proposed_by_id == current_officer().officer_id,
        history=[words.proposed(one, region, names) for one in decided if one is not standing],
    )


def _line(hold: Hold, proposer: UUID | None) -> words.Line:
    """``proposer`` is who made the proposal that waits; none where none does."""
    waiting = None
    if proposer is not None:
        own = proposer == current_officer().officer_id
        waiting = words.Waits.FOR_ANOTHER if own else words.Waits.FOR_YOU
    return words.line(hold, _source(hold), waiting, _today())


def _form(hold: Hold, sent: object = None) -> ProposalForm:
    region = parts.region()
    laws = words.exemptions(region)
    return ProposalForm(sent, hold=hold, region=region, today=_today(), laws=laws)


def _own(hold_id: UUID) -> Hold:
    return queries.hold_of(db(), current_officer().organisation_id, hold_id)


def _shown_decision(hold: Hold) -> HoldDecision:
    """The proposal that the page showed, and no later one."""
    standing = queries.standing_decision(db(), hold.id)
    if standing is None or request.form.get("seen") != standing.id.hex:
        raise WrongState("This proposal was decided meanwhile.")
    return standing


def _approver() -> Approver:
    officer = current_officer()
    return Approver(officer.officer_id, officer.organisation_id)


def _source(hold: Hold) -> words.Names:
    return directory(db()).sources[hold.source_id].name


def _names(hold: Hold, decided: Iterable[HoldDecision]) -> dict[UUID, str]:
    ids = {UUID(one) for one in hold.approvers}
    for one in decided:
        ids |= {each for each in (one.proposed_by_id, one.agreed_by_id) if each}
    return {key: called.name for key, called in officers_called(db(), ids).items()}


def _today() -> date:
    return parts.region().today()
