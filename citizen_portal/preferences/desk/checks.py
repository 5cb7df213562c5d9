"""``/desk/checks``: an officer brings a file of ids, and takes away those that may be used."""

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from citizen_portal.agreements.queries import register_terms
from citizen_portal.errors import Invalid
from citizen_portal.identity.guards import current_officer, officers_who
from citizen_portal.identity.models import Role
from citizen_portal.preferences.actions import checking
from citizen_portal.preferences.forms.checks import CheckForm
from citizen_portal.preferences.queries import checks as queries
from citizen_portal.preferences.queries.checking import ask
from citizen_portal.preferences.schemas.checks import MOST_BYTES, File, read_file
from citizen_portal.preferences.words import checks as words
from citizen_portal.reach import Kind
from citizen_portal.web import parts
from citizen_portal.web.pages import plain
from citizen_portal.web.requests import takes
from citizen_portal.web.transactions import db

bp = Blueprint("desk_checks", __name__, url_prefix="/desk/checks")
bp.before_request(officers_who(Role.CASE_WORKER, reaching=Kind.ASKING))
MOST = 20
"""Checks that the page lists."""


@bp.get("")
def index() -> str:
    return _page(_form())


@bp.post("")
@takes(MOST_BYTES)
def check() -> ResponseReturnValue:
    form = _form(CombinedMultiDict([request.form, request.files]))
    if not form.validate():
        return _page(form), 422
    try:
        file = read_file(form.file.data.read())
    except Invalid as error:
        form.file.errors = [gettext(error.message, **error.values)]
        return _page(form), 422
    return _answered(form.agreement.data, file)


def _answered(reference: str, file: File) -> Response:
    """Asks before the request takes the one write lock."""
    officer, region = current_officer(), parts.region()
    with parts.sessions().reading() as reading:
        found = ask(reading, officer.organisation_id, reference, file.ids, today=region.today())
    checking.keep_check(
        db(),
        found,
        hours=parts.settings().check_good_hours,
        zone=region.zone,
        seal=parts.sealer().seal,
        actor=officer.officer_id,
    )
    return Response(
        file.of(found.allowed),
        mimetype="text/plain",
        headers={"Content-Disposition": f'attachment; filename="allowed-{reference}.txt"'},
    )


def _page(form: CheckForm) -> str:
    made = queries.made_by(db(), current_officer().organisation_id, most=MOST)
    register = register_terms(db())
    return render_template(
        "desk/checks.html",
        form=form,
        made=[words.sheet(one, register) for one in made],
        hours=parts.settings().check_good_hours,
    )


def _form(sent: MultiDict[str, Any] | None = None) -> CheckForm:
    register, today = register_terms(db()), parts.region().today()
    named = register.naming(current_officer().organisation_id)
    in_force = [(one.reference, plain(one.title)) for one in named if one.holds_on(today)]
    return CheckForm(sent, agreements=in_force)
