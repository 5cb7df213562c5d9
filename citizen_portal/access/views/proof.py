"""``/my/access/<id>/proof.json``: proves that an access was on record on its day, without us."""

import re
from uuid import UUID

from flask import Blueprint, Response

from citizen_portal.access.queries.proofs import proof
from citizen_portal.access.schemas import proofs
from citizen_portal.bodies.queries import directory
from citizen_portal.errors import NotFound
from citizen_portal.identity.guards import citizens_only, current
from citizen_portal.web.transactions import db

bp = Blueprint("proof", __name__)
bp.before_request(citizens_only)
ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


@bp.get("/my/access/<name>/proof.json")
def file(name: str) -> Response:
    """The proof of one stored access of the citizen's own."""
    if not ID.fullmatch(name):
        raise NotFound("There is no such entry.")
    found = proof(db(), current().citizen_id, UUID(hex=name), directory=directory(db()))
    return Response(
        proofs.written(found),
        mimetype="application/json",
        headers={"Content-Disposition": 'attachment; filename="proof.json"'},
    )
