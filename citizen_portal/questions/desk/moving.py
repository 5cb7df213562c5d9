"""A form that an officer filled in becomes the action that it means."""

from uuid import UUID

from sqlalchemy.orm import Session
from wtforms import Field, Form, RadioField, SelectField

from citizen_portal.agreements.forms.fields import DayField
from citizen_portal.identity.queries import OfficerHere
from citizen_portal.questions.actions import answering
from citizen_portal.questions.actions.answering import Speaker
from citizen_portal.questions.actions.saying import say
from citizen_portal.questions.forms import cases as forms
from citizen_portal.questions.queries.cases import Case
from citizen_portal.web import parts


def make(session: Session, officer: OfficerHere, case: Case, form: Form, *, seen: int) -> None:
    """Raises what the actions raise."""
    speaker = Speaker(officer.organisation_id, officer.officer_id, seen)
    if isinstance(form, forms.AssignForm):
        to = UUID(hex=form.to.data) if form.to.data else None
        answering.assign(session, speaker, case.id, to)
    elif isinstance(form, forms.WordsForm):
        region, seal = parts.region(), parts.sealer().seal
        say(session, speaker, case.id, form.saying, region=region, seal=seal)


def box(field: Field) -> str:
    """The id on the page at which a field begins."""
    if isinstance(field, DayField):
        return field.box("day")
    if isinstance(field, SelectField) and not isinstance(field, RadioField):
        return f"f-{field.name}"
    return str(field.id)
