"""The public register: search and list, and one agreement in full."""

from flask import Blueprint, render_template

from citizen_portal import clock
from citizen_portal.agreements import queries
from citizen_portal.agreements.schemas import AgreementDocument
from citizen_portal.agreements.views import searching
from citizen_portal.agreements.words import facts, measured, wording
from citizen_portal.bodies.queries import directory
from citizen_portal.web import parts
from citizen_portal.web.pages import plain
from citizen_portal.web.transactions import db

bp = Blueprint("register", __name__, url_prefix="/register")


@bp.get("", strict_slashes=False)
def index() -> str:
    bodies = directory(db())
    wanted = searching.wanted(bodies)
    found = queries.listing(db(), wanted)
    return render_template(
        "agreements/register.html",
        asked=len(queries.question_ids()),
        wanted=wanted,
        found=found,
        narrowed=bool(searching.arguments()),
        lines=[searching.line(line, bodies) for line in found.lines],
        filters=searching.filters(wanted, bodies),
        older=searching.page_url(found.page - 1) if found.page > 1 else None,
        newer=searching.page_url(found.page + 1) if found.page < found.pages else None,
    )


@bp.get("/<reference>")
def entry(reference: str) -> str:
    found = queries.entry(db(), reference)
    said = AgreementDocument.model_validate(found.document)
    today = clock.today(parts.region().timezone)
    measures = measured.rows(found.terms.measures, today=today)
    return render_template(
        "agreements/agreement.html",
        title=plain(found.terms.title),
        found=found,
        said=said,
        stage=wording.stage(said.stage),
        time_note=wording.time_note(found.terms, today),
        lines=wording.read_aloud(said, found.terms),
        measures=measures,
        drawings=[measured.drawing(measures, wide=wide) for wide in (True, False)],
        themes=wording.themes(said),
        facts=facts.facts(said, found.terms, directory(db()), region=parts.settings().region),
    )
