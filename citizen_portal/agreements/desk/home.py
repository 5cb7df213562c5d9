"""The desk's first page: what waits for this officer, drafts, days to keep, and agreements."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from citizen_portal.agreements.actions import drafting, reviewing
from citizen_portal.agreements.desk import here, words
from citizen_portal.agreements.models import DraftState
from citizen_portal.agreements.queries import content_digest, register_terms
from citizen_portal.agreements.queries import drafts as queries
from citizen_portal.agreements.queries.confirmations import confirmations
from citizen_portal.agreements.queries.days import days_of, taking_part
from citizen_portal.agreements.queries.drafts import DraftLine
from citizen_portal.agreements.words.days import day_kind
from citizen_portal.bodies.queries import directory
from citizen_portal.errors import NotFound, WrongState
from citizen_portal.identity.guards import current_officer, need_role, officers_only
from citizen_portal.identity.models import Role
from citizen_portal.paging import paged
from citizen_portal.web.pages import plain
from citizen_portal.web.paging import numbered, page_number
from citizen_portal.web.transactions import db

bp = Blueprint("desk", __name__, url_prefix="/desk")
bp.before_request(officers_only)
PAGE = 50
CHANGES: dict[str, tuple[str, dict[str, Any]]] = {
    "change": ("drafts.show", {}),
    "withdraw": ("asking.ask", {"key": "withdrawn"}),
    "results": ("lists.show", {"key": "measures"}),
}
"""What an agreement may be changed for, and the page on which that begins."""


@bp.get("", strict_slashes=False)
def home() -> str:
    officer = current_officer()
    lines = queries.lines(db(), officer.organisation_id)
    days = days_of(register_terms(db()), officer.organisation_id, today=here.today())
    return render_template(
        "desk/home.html",
        waiting=[_shown(line) for line in lines if _waits(line)],
        drafts=[_shown(line) for line in lines if _ours(line) and not _waits(line)],
        others=[_shown(line) for line in lines if not _ours(line) and not _waits(line)],
        days=[(day, day_kind(day.kind)) for day in days],
        may_write=officer.may(Role.AUTHOR),
    )


@bp.get("/agreements")
def agreements() -> str:
    """Published agreements in which this body takes part."""
    own = current_officer().organisation_id
    theirs = sorted(
        taking_part(register_terms(db()), own),
        key=lambda terms: (terms.title["en"].casefold(), terms.reference),
    )
    asked = page_number(request.args.get("page", ""))
    page, pages, chosen = paged(len(theirs), asked, PAGE)
    return render_template(
        "desk/agreements.html",
        agreements=theirs[chosen],
        pages=numbered(page, pages, lambda n: url_for("desk.agreements", page=n)),
    )


@bp.get("/agreements/<reference>")
def agreement(reference: str) -> str:
    """One of them: what can be done with it."""
    officer = current_officer()
    newest = queries.amendable(db(), officer.organisation_id, reference)
    terms = register_terms(db()).newest(reference)
    digest = content_digest(newest.document)
    own = confirmations(db(), reference, digest, [officer.organisation_id])[0]
    return render_template(
        "desk/agreement.html",
        title=plain(newest.document["title"]),
        terms=terms,
        newest=newest,
        said=own,
        open_draft=queries.open_under(db(), reference),
        may_write=officer.may(Role.AUTHOR),
        may_publish=officer.may(Role.PUBLISHER),
        days=[
            (day, day_kind(day.kind))
            for day in days_of(register_terms(db()), officer.organisation_id, today=here.today())
            if day.reference == reference
        ],
    )


@bp.post("/agreements/<reference>/<wanted>")
def amend(reference: str, wanted: str) -> ResponseReturnValue:
    """Begin a change, and go to the page that it is about."""
    need_role(Role.AUTHOR)
    if wanted not in CHANGES:
        raise NotFound("There is nothing like that to do with an agreement.")
    draft = drafting.amend(db(), reference, by=here.writer())
    endpoint, arguments = CHANGES[wanted]
    return redirect(url_for(endpoint, draft_id=draft.id, **arguments), 303)


@bp.post("/agreements/<reference>/confirm")
def confirm(reference: str) -> ResponseReturnValue:
    """A body that is named says of the published content that it is so."""
    need_role(Role.PUBLISHER)
    newest = queries.amendable(db(), current_officer().organisation_id, reference)
    if request.form.get("seen") != str(newest.number):
        raise WrongState("Another version was published meanwhile. Read that one first.")
    reviewing.confirm(db(), reference, newest.document, by=here.writer())
    flash(gettext("Confirmed for your body."))
    return redirect(url_for("desk.agreement", reference=reference), 303)


def _ours(line: DraftLine) -> bool:
    return line.organisation_id == current_officer().organisation_id


def _waits(line: DraftLine) -> bool:
    """Whether it waits for a second pair of eyes, or for the word of a body it names."""
    return line.state is DraftState.IN_REVIEW


def _shown(line: DraftLine) -> dict[str, object]:
    body = directory(db()).bodies[line.organisation_id]
    return {
        "line": line,
        "title": plain(line.title),
        "state": words.state(line.state),
        "body": plain(body.official_name),
        "ours": _ours(line),
    }
