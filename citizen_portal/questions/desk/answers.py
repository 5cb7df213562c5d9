"""The last step of an answer: the officer reads it as the person will, then sends it. An answer
that was sent is corrected by a further message, in the same two steps."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from citizen_portal.errors import Outdated, WrongState
from citizen_portal.identity.guards import current_officer, officers_who
from citizen_portal.identity.models import Role
from citizen_portal.questions.actions import answering
from citizen_portal.questions.actions.answering import Speaker
from citizen_portal.questions.desk.cases import Tried, faults_of, own_case, page_of, seen
from citizen_portal.questions.forms.cases import AnswerForm, answer_form
from citizen_portal.questions.models import Move, Outcome, State, Wrote
from citizen_portal.questions.queries import cases as queries
from citizen_portal.questions.queries.cases import Case
from citizen_portal.questions.words import cases as words
from citizen_portal.questions.words import letters, standing
from citizen_portal.web import parts
from citizen_portal.web.sealed import opened
from citizen_portal.web.transactions import db

bp = Blueprint("case_answers", __name__, url_prefix="/desk/questions")
bp.before_request(officers_who(Role.CASE_WORKER))


@bp.post("/<uuid:question_id>/check")
def check(question_id: UUID) -> ResponseReturnValue:
    """What the person will read; with ``back`` the form again, with what was written."""
    case = own_case(question_id)
    form = answer_form(words.outcomes_of(case), request.form)
    if "back" in request.form:
        return _form_page(case, form)
    if not form.validate():
        return _form_page(case, form), 422
    if seen() != case.version:
        return _form_page(case, form, outdated=True), 412
    wrote = Wrote.AMENDMENT if case.state is State.ANSWERED else Wrote.ANSWER
    return render_template(
        "desk/case_check.html",
        case=case,
        form=form,
        amends=wrote is Wrote.AMENDMENT,
        heading=letters.HEADINGS[wrote](),
        outcome=standing.OUTCOMES[Outcome(str(form.outcome.data))](),
    )


@bp.get("/<uuid:question_id>/amend")
def amend(question_id: UUID) -> str:
    """Filled with what was answered."""
    case = own_case(question_id)
    if case.outcome is None:
        raise WrongState("Only an answer can be corrected.")
    said = queries.messages_of(db(), [case])[case.id]
    ours = [one for one in said if one.wrote in (Wrote.ANSWER, Wrote.AMENDMENT)]
    last = opened(ours[-1].sealed, ours[-1].context) or ""
    form = answer_form(words.outcomes_of(case), words=last, outcome=case.outcome.value)
    return _form_page(case, form)


@bp.post("/<uuid:question_id>/amend")
def send(question_id: UUID) -> ResponseReturnValue:
    case, officer = own_case(question_id), current_officer()
    form = answer_form(words.outcomes_of(case), request.form)
    if not form.validate():
        return _form_page(case, form), 422
    speaker = Speaker(officer.organisation_id, officer.officer_id, seen())
    outcome = Outcome(str(form.outcome.data))
    try:
        answering.amend(db(), speaker, case.id, outcome, form.text, seal=parts.sealer().seal)
    except Outdated:
        return _form_page(own_case(question_id), form, outdated=True), 412
    flash(gettext("Sent. The person sees it on their page."))
    return redirect(url_for("cases.show", question_id=question_id), 303)


def _form_page(case: Case, form: AnswerForm, *, outdated: bool = False) -> str:
    tried = Tried(Move.ANSWER, form, outdated=outdated)
    if case.state is not State.ANSWERED or outdated:
        return page_of(case, tried)
    return render_template("desk/case_amend.html", case=case, form=form, faults=faults_of(tried))
