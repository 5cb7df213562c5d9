"""``/my/questions/<id>/case``: what a citizen takes to the regulator, made when they ask for it."""

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue

from citizen_portal import audit
from citizen_portal.errors import NotFound
from citizen_portal.exports.gathering import cases
from citizen_portal.exports.package.case import write
from citizen_portal.identity import guards
from citizen_portal.questions.queries import own
from citizen_portal.questions.queries.own import Asked
from citizen_portal.web import parts
from citizen_portal.web.asked import identified
from citizen_portal.web.pages import language
from citizen_portal.web.transactions import db

bp = Blueprint("case_files", __name__, url_prefix="/my/questions")
bp.before_request(guards.citizens_only)
FILE = "case.zip"
"""Whoever sees the list of downloads learns no more than that."""


@bp.get("/<name>/case")
def page(name: str) -> str:
    one = _own(name)
    cases.refuse_early(one, parts.region().today())
    return render_template(
        "exports/case_take.html",
        one=one,
        region=parts.region(),
        minutes=parts.settings().step_up_max_age // 60,
    )


@bp.post("/<name>/case")
def make(name: str) -> ResponseReturnValue:
    again = guards.require_step_up(form_at=url_for("case_files.page", name=name))
    if again is not None:
        return again
    one, whose = _own(name), guards.current().citizen_id
    settings = parts.settings()
    found = cases.case(
        db(),
        whose,
        one,
        region=parts.region(),
        sealer=parts.sealer(),
        issuer=settings.public_url,
        brand=settings.brand,
        language=language(),
    )
    audit.record(db(), "case:made", actor=whose, question=one.id.hex)
    response = Response(write(found, parts.signer()), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{FILE}"'
    return response


def _own(name: str) -> Asked:
    """Raises ``NotFound`` for one of somebody else as for none."""
    question_id = identified(name, NotFound("There is no such question."))
    return own.one(db(), guards.current().citizen_id, question_id)
