"""A draft as people will see it once it is published."""

from uuid import UUID

from flask import Blueprint

from citizen_portal.agreements.queries import drafts as queries
from citizen_portal.identity.guards import current_officer, officers_only
from citizen_portal.web.transactions import db

bp = Blueprint("previews", __name__, url_prefix="/desk/drafts/<uuid:draft_id>")
bp.before_request(officers_only)


@bp.get("/preview")
def show(draft_id: UUID) -> str:
    draft = queries.seen_by(db(), current_officer().organisation_id, draft_id)
    return draft.reference
