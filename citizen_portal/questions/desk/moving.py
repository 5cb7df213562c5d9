"""A form that an officer filled in becomes the action that it means."""

from uuid import UUID

from sqlalchemy.orm import Session
from wtforms import Field, Form, RadioField

from citizen_portal.agreements.forms.fields import DayField
from citizen_portal.identity.queries import OfficerHere
from citizen_portal.questions.actions import answering
from citizen_portal.questions.forms import cases as forms
from citizen_portal.questions.models import Move
from citizen_portal.questions.queries.cases import Case
from citizen_portal.web import parts


def make(
    session: Session, officer: OfficerHere, case: Case, move: Move, form: Form, *, seen: int
) -> None:
    """Raises what the actions raise."""
    if isinstance(form, forms.AssignForm):
        to = UUID(hex=form.to.data) if form.to.data else None
        where = session, officer.organisation_id, case.id
        answering.assign(*where, to, by=officer.officer_id, seen=seen)
    elif isinstance(form, forms.WordsForm):
        _say(session, officer, case, move, form, seen=seen)


def _say(
    session: Session,
    officer: OfficerHere,
    case: Case,
    move: Move,
    form: forms.WordsForm,
    *,
    seen: int,
) -> None:
    where = session, officer.organisation_id, case.id
    seal, by, today = parts.sealer().seal, officer.officer_id, parts.region().today()
    match move, form:
        case Move.ANSWER, forms.AnswerForm():
            answering.answer(*where, form.said, form.text, seal=seal, by=by, seen=seen)
        case Move.NOTE_PROGRESS, forms.ProgressForm(day=day) if day is not None:
            answering.note_progress(
                *where, form.text, next_on=day, today=today, seal=seal, by=by, seen=seen
            )
        case Move.ASK_BACK, _:
            answering.ask_back(*where, form.text, today=today, seal=seal, by=by, seen=seen)
        case Move.EXTEND, _:
            answering.extend(*where, form.text, region=parts.region(), seal=seal, by=by, seen=seen)
        case Move.ACKNOWLEDGE, _:
            answering.acknowledge(*where, form.text, seal=seal, by=by, seen=seen)


def box(field: Field) -> str:
    """The id on the page at which a field begins."""
    if isinstance(field, DayField):
        return field.box("day")
    return str(field.id if isinstance(field, RadioField) else field.name)
