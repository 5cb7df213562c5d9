"""A body reports an incident, names whom to tell, and keeps what it says of it up to date."""

from typing import Any, TypeVar

from flask import Blueprint
from flask.typing import ResponseReturnValue

from citizen_portal.bodies.guards import current_client, machines_only, needs
from citizen_portal.bodies.models import Scope
from citizen_portal.fetch import documents
from citizen_portal.incidents import actions, schemas
from citizen_portal.incidents.models import Incident
from citizen_portal.web import machine, parts
from citizen_portal.web.transactions import db

bp = Blueprint("incidents_api", __name__, url_prefix="/api/v1")
bp.before_request(machines_only)
Model = TypeVar("Model", bound=schemas.IncidentSaid)
REFERENCE = {"reference": {"type": "string", "maxLength": 40}}


@bp.post("/incidents")
@needs(Scope.INCIDENTS)
@machine.described(
    machine.Operation(
        summary="Report that something went wrong with data, and have people told.",
        takes=schemas.IncidentReport,
        gives={
            200: ("It was reported already; these people are told too.", schemas.IncidentAnswer),
            201: ("It is reported.", schemas.IncidentAnswer),
        },
        refuses=(400, 409, 413, 415, 422),
    )
)
def report() -> ResponseReturnValue:
    """Checks, and counts whom it means, before the request takes the one write lock."""
    sent, sender = _taken(schemas.IncidentReport, _body()), _sender()
    subjects = list(dict.fromkeys(sent.subjects))
    with parts.sessions().reading() as reading:
        known = actions.known(reading, sender.organisation_id, subjects)
    incident, new = actions.report(
        db(),
        sender,
        sent.reference,
        sent.columns(),
        subjects=subjects,
        everyone=sent.everyone,
        seal=parts.sealer().seal,
    )
    return _answer(incident, len(subjects), known), 201 if new else 200


@bp.put("/incidents/<reference>")
@needs(Scope.INCIDENTS)
@machine.described(
    machine.Operation(
        summary="Bring what is told of an incident up to date, or close it.",
        path=REFERENCE,
        takes=schemas.IncidentChange,
        gives={200: ("What stands now.", schemas.IncidentAnswer)},
        refuses=(400, 404, 409, 413, 415, 422),
    )
)
def change(reference: str) -> ResponseReturnValue:
    sent = _taken(schemas.IncidentChange, machine.json_body())
    incident = actions.change(
        db(),
        _sender(),
        reference,
        sent.columns(),
        update=sent.update.words() if sent.update else None,
        closed=sent.closed,
        tell=sent.tell,
        today=parts.region().today(),
    )
    return _answer(incident, 0, 0)


def _body() -> Any:
    """A list of many ids is larger than what other calls may send."""
    raw = machine.content("application/json", most_bytes=schemas.MOST_BYTES)
    try:
        return documents.parse(raw)
    except documents.Unreadable as error:
        raise machine.Faulty([machine.FieldFault(machine.BODY, str(error))], status=400) from None


def _taken(model: type[Model], value: Any) -> Model:
    return machine.taken(schemas.read(model, value, today=parts.region().today()))


def _sender() -> actions.Sender:
    caller = current_client()
    return actions.Sender(caller.organisation_id, caller.client_id)


def _answer(incident: Incident, received: int, known: int) -> dict[str, Any]:
    return schemas.IncidentAnswer(
        reference=incident.reference,
        status="open" if incident.closed_on is None else "closed",
        revision=incident.revision,
        received=received,
        known=known,
        unknown=received - known,
    ).model_dump()
