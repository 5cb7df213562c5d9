"""``/my/access.csv``: the shown list as a table that spreadsheets open (RFC 4180)."""

import io

from flask import Blueprint, Response

from citizen_portal.access.queries import AccessEvent
from citizen_portal.bodies.queries import Directory
from citizen_portal.dashboard.queries.sharing import party
from citizen_portal.dashboard.views.chosen import chosen
from citizen_portal.dashboard.views.gathering import gather
from citizen_portal.identity.guards import citizens_only, current
from citizen_portal.web import cells
from citizen_portal.web.pages import plain

bp = Blueprint("access_table", __name__)
bp.before_request(citizens_only)
HEAD = (
    "id",
    "occurred",
    "held_by",
    "got_by",
    "code_of_who_got_it",
    "action",
    "system",
    "categories",
    "actor",
    "trigger",
    "outcome",
    "emergency",
    "agreement",
    "stands_out",
    "shown_from",
)


@bp.get("/my/access.csv")
def table() -> Response:
    """What the list shows with the same filters; names of columns do not depend on language."""
    found = gather(current())
    text = io.StringIO()
    writer = cells.writer(text)
    writer.writerow(HEAD)
    for event in chosen(found).events:
        writer.writerow(map(cells.cell, _row(event, found.directory)))
    response = Response(text.getvalue(), content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = 'attachment; filename="list.csv"'
    return response


def _row(event: AccessEvent, directory: Directory) -> tuple[object, ...]:
    usage, recipient = event.usage, party(event, directory)
    terms = event.explanation.terms
    return (
        event.id,
        usage.occurred,
        plain(directory.bodies[event.body_id].official_name),
        plain(recipient.body.official_name) if recipient.body else recipient.said,
        usage.receiver_code,
        usage.action,
        usage.system,
        cells.joined(usage.categories),
        usage.actor.value,
        usage.trigger.value,
        usage.result.value,
        usage.emergency,
        terms.reference if terms else None,
        event.stands_out,
        event.shown_from,
    )
