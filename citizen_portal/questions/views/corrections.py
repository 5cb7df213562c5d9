"""``/my/corrections/<id>``: what a body put right, and what became of it at each who got the
data before."""

from flask import Blueprint, render_template
from flask_babel import gettext
from markupsafe import Markup

from citizen_portal.bodies.queries import directory
from citizen_portal.identity.guards import citizens_only, current
from citizen_portal.questions.models.corrections import Correction, Status
from citizen_portal.questions.queries import corrections as queries
from citizen_portal.questions.queries.details import Detail, opened
from citizen_portal.questions.words import corrections as words
from citizen_portal.web import parts
from citizen_portal.web.asked import identified
from citizen_portal.web.pages import day
from citizen_portal.web.sealed import unopened
from citizen_portal.web.transactions import db

bp = Blueprint("corrections", __name__)
bp.before_request(citizens_only)
ASKED = Markup('<a class="govuk-link" href="/my/questions/{}">{}</a>')
UNSETTLED = {Status.UNDELIVERED, Status.NOT_APPLIED, Status.NOT_TOLD}


@bp.get("/my/corrections/<name>")
def show(name: str) -> str:
    correction_id, mine = identified(name, queries.no_such()), current().citizen_id
    correction = queries.one(db(), mine, correction_id)
    known, detail = directory(db()), opened(correction, parts.sealer())
    reached = queries.reached(db(), mine, correction.id)
    return render_template(
        "questions/correction.html",
        heading=words.HEADINGS[correction.matter](),
        icon=words.ICONS[correction.matter],
        body=known.bodies[correction.organisation_id],
        matter=correction.matter.value,
        spreads=correction.spreads,
        on=correction.on,
        record=f"/my/records/{correction.record}",
        facts=[(term, said) for term, said in _facts(correction, detail) if said],
        reason=detail.reason if detail else None,
        rows=[words.row(one, known) for one in reached],
        unsettled=any(one.status() in UNSETTLED for one in reached),
        region=parts.region(),
    )


def _facts(correction: Correction, detail: Detail | None) -> list[tuple[str, words.Text]]:
    fields = ", ".join(detail.fields) if detail else unopened()
    since = day(correction.since) if correction.since else ""
    asked = queries.question_of(
        db(), correction.citizen_id, correction.organisation_id, correction.question or ""
    )
    return [
        (gettext("Kinds of data"), words.kinds(correction.categories)),
        (gettext("Which part"), fields),
        (gettext("It was wrong since"), since),
        (
            gettext("Your question"),
            ASKED.format(asked.hex, correction.question) if asked else "",
        ),
    ]
