"""``/desk/questions``: what people asked the officer's body, answered within its time.

Officers see the facts that were asked about and the id by which their body knows the person; no
name, no account.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import Form

from citizen_portal.agreements.queries import register_terms
from citizen_portal.errors import NotFound, Outdated
from citizen_portal.identity.guards import current_officer, officers_who
from citizen_portal.identity.models import Role
from citizen_portal.identity.queries import officer_list
from citizen_portal.identity.queries.names import officers_called
from citizen_portal.paging import paged
from citizen_portal.questions.desk import moving
from citizen_portal.questions.forms import cases as forms
from citizen_portal.questions.models import Move, Side, allowed, may_extend
from citizen_portal.questions.queries import cases as queries
from citizen_portal.questions.queries.cases import Case, Which
from citizen_portal.questions.words import asked as facts
from citizen_portal.questions.words import cases as words
from citizen_portal.questions.words import register
from citizen_portal.web import parts
from citizen_portal.web.asked import number
from citizen_portal.web.paging import numbered, page_number
from citizen_portal.web.transactions import db

bp = Blueprint("cases", __name__, url_prefix="/desk/questions")
bp.before_request(officers_who(Role.CASE_WORKER))
PAGE = 50


@dataclass(frozen=True, slots=True)
class Tried:
    """A move that was tried and not made: what was written is on the page again."""

    move: Move
    form: Form
    outdated: bool = False


@bp.app_template_global()
def questions_waiting() -> tuple[int, int] | None:
    """How many questions wait for the body of this officer, and how many are late; none for who
    does not answer them."""
    officer = current_officer()
    if not officer.may(Role.CASE_WORKER):
        return None
    return queries.waiting(db(), officer.organisation_id, parts.region().today())


@bp.get("")
def index() -> str:
    """Those to answer, or of ``?show=`` mine, unassigned or answered."""
    officer, which = current_officer(), _which()
    own, me = officer.organisation_id, officer.officer_id
    asked = page_number(request.args.get("page", ""))
    page, pages, chosen = paged(queries.count_of(db(), own, which, officer=me), asked, PAGE)
    found = queries.cases_of(db(), own, which, chosen, officer=me)
    names = _names(*found)
    return render_template(
        "desk/cases.html",
        heading=words.LISTS[which](),
        lines=[words.line(case, names, parts.region().today()) for case in found],
        ways=[(way(), _list(one), one is which) for one, way in words.WAYS.items()],
        pages=numbered(page, pages, lambda n: url_for("cases.index", page=n, show=which.value)),
    )


@bp.get("/<uuid:question_id>")
def show(question_id: UUID) -> str:
    return page_of(own_case(question_id))


@bp.post("/<uuid:question_id>/<move>")
def act(question_id: UUID, move: str) -> ResponseReturnValue:
    """What the officer looked at is what is moved: not what became of it meanwhile."""
    case, wanted = own_case(question_id), _move(move)
    form = _form(case, wanted, sent=True)
    if not form.validate():
        return page_of(case, Tried(wanted, form)), 422
    try:
        moving.make(db(), current_officer(), case, form, seen=seen())
    except Outdated:
        return page_of(own_case(question_id), Tried(wanted, form, outdated=True)), 412
    flash(words.done(wanted))
    return redirect(url_for("cases.show", question_id=question_id), 303)


def page_of(case: Case, tried: Tried | None = None) -> str:
    region = parts.region()
    says = register.says(register_terms(db()), case.agreement, region.day(case.asked_at))
    draft = says.draft if says and request.args.get("words") == "agreement" else ""
    names = _names(case)
    open_moves = [move for move in forms.FORMS if _may(case, move)]
    made = {move: _form(case, move, draft=draft) for move in open_moves}
    if tried is not None and tried.move in made:
        made[tried.move] = tried.form
    return render_template(
        "desk/case.html",
        case=case,
        line=words.line(case, names, region.today()),
        about=words.about(case, names),
        asked=facts.opened(case),
        says=says,
        letters=words.letters(queries.messages_of(db(), [case])[case.id]),
        forms={move.value: form for move, form in made.items()},
        tried=tried,
        unsent=_unsent(tried) if tried and tried.outdated else "",
        faults=faults_of(tried),
    )


def _may(case: Case, move: Move) -> bool:
    if move is Move.EXTEND and not may_extend(case, parts.region().today()):
        return False
    return allowed(case.state, Side.BODY, move)


def _form(case: Case, move: Move, *, sent: bool = False, draft: str = "") -> Form:
    return forms.form_for(
        move,
        request.form if sent else None,
        outcomes=words.outcomes_of(case),
        officers=_officers() if move is Move.ASSIGN else (),
        today=parts.region().today(),
        words=draft if move is Move.ANSWER else "",
        to=(case.assigned_to or current_officer().officer_id).hex,
    )


def _officers() -> list[tuple[str, str]]:
    """Those of the body who answer questions, with oneself first, and none of them."""
    me = current_officer()
    listed = officer_list(db(), organisation_id=me.organisation_id)
    others = [(one.id.hex, one.name) for one in listed if Role.CASE_WORKER in one.roles]
    own = [(me.officer_id.hex, gettext("%(name)s (you)", name=me.name))]
    free = [("", gettext("No officer yet"))]
    return own + [one for one in others if one[0] != me.officer_id.hex] + free


def _names(*cases: Case) -> Mapping[UUID, str]:
    called = officers_called(db(), {case.assigned_to for case in cases})
    return {officer_id: one.name for officer_id, one in called.items()}


def faults_of(tried: Tried | None) -> list[tuple[str, str]]:
    if tried is None or tried.outdated:
        return []
    return [(str(field.errors[0]), f"#{moving.box(field)}") for field in tried.form if field.errors]


def _unsent(tried: Tried) -> str:
    return tried.form.text if isinstance(tried.form, forms.WordsForm) else ""


def own_case(question_id: UUID) -> Case:
    return queries.case_of(db(), current_officer().organisation_id, question_id)


def _which() -> Which:
    try:
        return Which(request.args.get("show", Which.OPEN))
    except ValueError:
        return Which.OPEN


def _move(name: str) -> Move:
    for move in forms.FORMS:
        if move == name:
            return move
    raise NotFound("There is nothing like that to do with a question.")


def seen() -> int:
    """The version that the officer looked at; a form that names none looked at nothing."""
    return number(request.form.get("seen", "")) or 0


def _list(which: Which) -> str:
    return url_for("cases.index", show=None if which is Which.OPEN else which.value)
