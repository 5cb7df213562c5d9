"""A draft as people will see it once it is published."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template
from flask_babel import gettext

from citizen_portal.agreements.desk.drafts import problem
from citizen_portal.agreements.models import Draft
from citizen_portal.agreements.queries import Entry, VersionLine, digest_of, register_terms
from citizen_portal.agreements.queries import drafts as queries
from citizen_portal.agreements.queries.steps import draft_steps
from citizen_portal.agreements.queries.terms import day_of, last_day, terms_of
from citizen_portal.agreements.schemas import checking
from citizen_portal.agreements.words import page
from citizen_portal.bodies.queries import directory
from citizen_portal.identity.guards import current_officer, officers_only
from citizen_portal.web.pages import plain
from citizen_portal.web.transactions import db

bp = Blueprint("previews", __name__, url_prefix="/desk/drafts/<uuid:draft_id>")
bp.before_request(officers_only)
BLANKS = ("title", "what", "purpose", "disclosed")
"""Members that a page cannot do without; a draft may still lack them."""


@bp.get("/preview")
def show(draft_id: UUID) -> str:
    draft = queries.seen_by(db(), current_officer().organisation_id, draft_id)
    document = _filled(draft)
    misfits = checking.faults_between(document)
    if misfits:
        problems = [problem(draft, each) for each in misfits]
        return render_template("desk/no_preview.html", draft=draft, problems=problems)
    return render_template(
        "desk/preview.html",
        **page.values(_entry(draft, document)),
        old=False,
        draft=draft,
        unwritten=[
            plain(step.title)
            for section in draft_steps().sections
            for step in section.steps
            if step.needed and all(member not in draft.document for member in step.members)
        ],
    )


def _filled(draft: Draft) -> dict[str, Any]:
    """The document with words in place of what is not written yet."""
    blank = {"en": gettext("Not written yet")}
    unsaid = dict.fromkeys(BLANKS, blank) | {"stage": "not_stated", "choice": "not_stated"}
    return {**unsaid, **draft.document}


def _entry(draft: Draft, document: dict[str, Any]) -> Entry:
    """As the register would hold it, were it published now."""
    number, held = draft.base + 1, (day_of(document.get("starts")), last_day(document))
    powers = register_terms(db()).powers
    terms = terms_of(document, number, held=held, powers=powers, bodies=directory(db()))
    line = VersionLine(
        number=number,
        in_force_from=held[0],
        in_force_to=held[1],
        published_at=draft.changed_at,
        digest=digest_of(document),
        changed=(),
        organisation_id=draft.organisation_id,
    )
    return Entry(terms, document, (line,))
