"""A body reads what choices mean for it, says what it did, and compares what both sides hold."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from citizen_portal import clock
from citizen_portal.agreements.queries import register_terms
from citizen_portal.agreements.schemas.faults import checked, sheet_of
from citizen_portal.bodies.guards import current_client, machines_only, needs
from citizen_portal.bodies.models import Scope
from citizen_portal.errors import NotFound
from citizen_portal.preferences import actions
from citizen_portal.preferences.actions import Due, Ground
from citizen_portal.preferences.queries import feed
from citizen_portal.preferences.schemas import changes as shapes
from citizen_portal.preferences.schemas import statements
from citizen_portal.web import machine, parts
from citizen_portal.web.asked import identified
from citizen_portal.web.transactions import aside, db

bp = Blueprint("preferences_api", __name__, url_prefix="/api/v1")
bp.before_request(machines_only)
ID = {"id": {"type": "string"}}
DIGEST_TYPE = "citizen-portal-preference-digest"
MOST_LINES = 5_000
"""Lines on one page of the digest."""


@bp.get("/preference-changes")
@needs(Scope.PREFERENCES)
@machine.described(
    machine.Operation(
        summary="Read which choices of people mean something else for your body now.",
        gives={200: ("What changed after this number, the oldest first.", shapes.Changes)},
        refuses=(400, 409, 422),
        numbers=("after",),
    )
)
def show_changes() -> ResponseReturnValue:
    after, organisation_id = machine.asked_number("after"), current_client().organisation_id
    _note_read(organisation_id, after)
    where = feed.position(db(), organisation_id)
    if where.behind:
        said = gettext(
            "The portal lost data that you may hold. Send it what you hold: "
            "POST /api/v1/preference-statements. Your number is still good there."
        )
        return machine.problem(409, said)
    found = feed.changes(db(), organisation_id, after=after, most=shapes.MOST_CHANGES)
    shown = [shapes.Change(number=number, **said) for number, said in found]
    until = shown[-1].number if shown else max(after, where.read_to)
    page = shapes.Changes(
        changes=shown, next=until, last=where.last, more=len(shown) == shapes.MOST_CHANGES
    )
    return page.model_dump(mode="json")


@bp.post("/preference-changes/<id>/acknowledgement")
@needs(Scope.PREFERENCES)
@machine.described(
    machine.Operation(
        summary="Say what your body did about one change. The person reads it.",
        path=ID,
        takes=shapes.Acknowledgement,
        gives={200: ("It stands, and the person can read it.", shapes.Answered)},
        refuses=(400, 404, 413, 415, 422, 503),
    )
)
def acknowledge(id: str) -> ResponseReturnValue:
    found = machine.taken(checked(shapes.Acknowledgement, sheet_of(machine.json_body())))
    sealer = parts.sealer()
    actions.acknowledge(
        db(),
        current_client().organisation_id,
        identified(id, NotFound("There is no such change.")),
        found.said(),
        seal=sealer.seal,
        opened=sealer.text,
        client=current_client().client_id,
    )
    return shapes.Answered(id=id, state=found.state).model_dump()


@bp.get("/preference-digest")
@needs(Scope.PREFERENCES)
@machine.described(
    machine.Operation(
        summary="Read all that stands of what your body was told, signed, page by page.",
        gives={200: ("One page; its payload says after which id to go on.", shapes.Signed)},
        refuses=(400,),
        query=("after",),
    )
)
def show_digest() -> ResponseReturnValue:
    caller, after = current_client(), machine.asked_id("after")
    where = feed.position(db(), caller.organisation_id)
    lines, following = feed.current(db(), caller.organisation_id, after=after, most=MOST_LINES)
    now = clock.now().isoformat()
    payload = statements.digest(
        caller.body, lines, made_at=now, last=where.last, following=following
    )
    return parts.signer().sign(payload, typ=DIGEST_TYPE)


@bp.post("/preference-statements")
@needs(Scope.PREFERENCES)
@machine.described(
    machine.Operation(
        summary="Send what the portal signed for your body, so that it finds what it lost.",
        takes=shapes.Statements,
        gives={200: ("What became of them.", shapes.StatementsAnswer)},
        refuses=(400, 413, 415, 422, 503),
    )
)
def push_statements() -> ResponseReturnValue:
    caller, sent = (
        current_client(),
        machine.taken(checked(shapes.Statements, sheet_of(machine.json_body()))),
    )
    held, wrong = statements.opened(
        sent.statements, slug=caller.body, signer=parts.signer(), sealer=parts.sealer()
    )
    found = actions.hear_held(db(), caller.organisation_id, held, _ground())
    if sent.done:
        actions.end(db(), caller.organisation_id, sent.read_to)
    db().flush()
    answer = shapes.StatementsAnswer(
        accepted=len(held),
        found=found,
        errors=[shapes.Refused(row=row, reason=why) for row, why in wrong.items()],
        recovering=feed.position(db(), caller.organisation_id).behind,
    )
    return answer.model_dump()


def _note_read(organisation_id: UUID, after: int) -> None:
    """Only where it says something new, so that who asks often keeps no writer waiting."""
    with parts.sessions().reading() as reading:
        where = feed.position(reading, organisation_id)
    if after > where.read_to and not where.behind:
        with aside() as session:
            actions.note_read(session, organisation_id, after)


def _ground() -> Ground:
    region = parts.region()
    today = region.today()
    with parts.sessions().reading() as reading:
        register = register_terms(reading)
    return Ground(register, today, Due.by(region, today))
