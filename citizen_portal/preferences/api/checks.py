"""May we use this data? A body's system asks for many people at once (docs/checks.md)."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from citizen_portal.bodies.guards import current_client, machines_only, needs, reaching
from citizen_portal.bodies.models import Scope
from citizen_portal.fetch.documents import Unreadable
from citizen_portal.preferences.actions import checking
from citizen_portal.preferences.queries.checking import ask
from citizen_portal.preferences.schemas import checks as schemas
from citizen_portal.reach import Kind
from citizen_portal.web import machine, parts
from citizen_portal.web.transactions import db

bp = Blueprint("checks_api", __name__, url_prefix="/api/v1")
bp.before_request(machines_only)
bp.before_request(reaching(Kind.ASKING))


@bp.post("/preference-checks")
@needs(Scope.PREFERENCES)
@machine.described(
    machine.Operation(
        summary="Ask for up to 100,000 people whether your body may use their data.",
        takes=schemas.CheckAsked,
        gives={200: ("Those whose data may be used; the check is on record.", schemas.CheckAnswer)},
        refuses=(400, 404, 409, 413, 415, 422, 503),
    )
)
def check() -> ResponseReturnValue:
    """Asks before the request takes the one write lock."""
    caller, region = current_client(), parts.region()
    reference, ids = _asked(machine.content("application/json", most_bytes=schemas.MOST_BYTES))
    with parts.sessions().reading() as reading:
        found = ask(reading, caller.organisation_id, reference, ids, today=region.today())
    kept = checking.keep_check(
        db(),
        found,
        hours=parts.settings().check_good_hours,
        zone=region.zone,
        seal=parts.sealer().seal,
        client=caller.client_id,
    )
    return schemas.CheckAnswer.of(kept, found).model_dump(mode="json")


def _asked(raw: bytes) -> tuple[str, list[str]]:
    try:
        return schemas.asked(raw)
    except Unreadable as error:
        raise machine.Faulty([machine.FieldFault(machine.BODY, str(error))], status=400) from None
    except schemas.NoCheck as error:
        faults = (machine.FieldFault(error.field, error.reason, row) for row in error.rows)
        raise machine.Faulty(faults) from None
