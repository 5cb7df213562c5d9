"""A body says what it put right; each who got the data reads of it, and answers."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from citizen_portal.agreements.schemas.faults import checked, sheet_of
from citizen_portal.bodies.guards import current_client, machines_only, needs, reaching
from citizen_portal.bodies.models import Scope
from citizen_portal.bodies.queries import directory
from citizen_portal.errors import Invalid, NotFound
from citizen_portal.questions.actions import correcting, spreading
from citizen_portal.questions.actions.correcting import Said
from citizen_portal.questions.gathering import tools
from citizen_portal.questions.models.corrections import Correction, Matter, Reply
from citizen_portal.questions.queries import corrections as queries
from citizen_portal.questions.queries.details import Detail, entry
from citizen_portal.questions.schemas import corrections as shapes
from citizen_portal.reach import Kind
from citizen_portal.web import machine, parts
from citizen_portal.web.asked import identified
from citizen_portal.web.transactions import aside, db

bp = Blueprint("corrections_api", __name__, url_prefix="/api/v1/corrections")
bp.before_request(machines_only)
receiving = reaching(Kind.RECEIVING)
"""Said by routes for those who read what another put right."""
ID = {"id": {"type": "string"}}


@bp.post("")
@needs(Scope.CORRECTIONS)
@machine.described(
    machine.Operation(
        summary="Say what your body put right about one person, or looks at.",
        takes=shapes.Correction,
        gives={200: ("It stands; who has to be told of it, and by whom.", shapes.Kept)},
        refuses=(400, 404, 409, 413, 415, 422),
    )
)
def push() -> ResponseReturnValue:
    caller, sent = (
        current_client(),
        machine.taken(checked(shapes.Correction, sheet_of(machine.json_body()))),
    )
    made = correcting.correct(
        db(), caller.organisation_id, _said(sent, caller.organisation_id), tools()
    )
    return _kept(made)


@bp.post("/<id>/told")
@needs(Scope.CORRECTIONS)
@machine.described(
    machine.Operation(
        summary="Say that your body told a recipient of its correction itself.",
        path=ID,
        takes=shapes.ToldBody,
        gives={200: ("It stands, and the person can read it.", shapes.Kept)},
        refuses=(400, 404, 413, 415, 422),
    )
)
def note_told(id: str) -> ResponseReturnValue:
    caller, sent = (
        current_client(),
        machine.taken(checked(shapes.ToldBody, sheet_of(machine.json_body()))),
    )
    found = directory(db()).body_by_slug(sent.body) if sent.body else None
    if sent.body and found is None:
        raise NotFound("This correction has no such recipient.")
    made = correcting.note_told(
        db(),
        caller.organisation_id,
        identified(id, queries.no_such()),
        found.id if found else str(sent.code),
        on=sent.on,
        today=parts.region().today(),
    )
    return _kept(made)


@bp.get("")
@needs(Scope.CORRECTIONS)
@machine.described(
    machine.Operation(
        summary="Read what other bodies put right of people whom yours knows.",
        gives={200: ("What came after this number, the oldest first.", shapes.CorrectionChanges)},
        refuses=(400, 422),
        numbers=("after",),
    )
)
def show() -> ResponseReturnValue:
    receiving()
    after, organisation_id = machine.asked_number("after"), current_client().organisation_id
    _note_read(organisation_id, after)
    bodies, sealer = directory(db()), parts.sealer()
    last, read_to = queries.position(db(), organisation_id)
    found = queries.listed(db(), organisation_id, after=after, most=shapes.MOST)
    shown = [shapes.CorrectionChange(**entry(*each, bodies, sealer)) for each in found]
    page = shapes.CorrectionChanges(
        corrections=shown,
        next=shown[-1].number if shown else max(after, read_to),
        last=last,
        more=len(shown) == shapes.MOST,
    )
    return page.model_dump(mode="json")


@bp.post("/<id>/acknowledgement")
@needs(Scope.CORRECTIONS)
@machine.described(
    machine.Operation(
        summary="Say what your body did about a correction by another. The person reads it.",
        path=ID,
        takes=shapes.CorrectionAcknowledgement,
        gives={200: ("It stands, and the person can read it.", shapes.CorrectionAnswered)},
        refuses=(400, 404, 413, 415, 422),
    )
)
def acknowledge_correction(id: str) -> ResponseReturnValue:
    receiving()
    sent = machine.taken(checked(shapes.CorrectionAcknowledgement, sheet_of(machine.json_body())))
    spreading.acknowledge(
        db(),
        current_client().organisation_id,
        identified(id, queries.no_such()),
        Reply(sent.state),
        applied_from=sent.since,
        reason=sent.reason,
        sealer=parts.sealer(),
        today=parts.region().today(),
    )
    return shapes.CorrectionAnswered(id=id, state=sent.state).model_dump()


def _note_read(organisation_id: UUID, after: int) -> None:
    """Only where it says something new, so that who asks often keeps no writer waiting."""
    with parts.sessions().reading() as reading:
        _, read_to = queries.position(reading, organisation_id)
    if after > read_to:
        with aside() as session:
            spreading.note_read(session, organisation_id, after)


def _said(sent: shapes.Correction, organisation_id: UUID) -> Said:
    return Said(
        reference=sent.reference,
        subject=sent.subject,
        source_id=_source(organisation_id, sent.source),
        detail=Detail(sent.dataset, sent.fields, sent.reason),
        categories=tuple(dict.fromkeys(sent.categories)),
        matter=Matter(sent.matter),
        on=sent.on,
        since=sent.since,
        question=sent.question,
    )


def _source(organisation_id: UUID, slug: str | None) -> UUID:
    own = directory(db()).sources_of(organisation_id)
    found = [source.id for source in own if slug in (None, source.slug)]
    if len(found) != 1:
        raise Invalid("Say which of your sources holds the set, by its short name.")
    return found[0]


def _kept(made: Correction) -> ResponseReturnValue:
    db().flush()
    bodies = directory(db()).bodies
    told = [
        shapes.Told(
            body=bodies[each.organisation_id].slug if each.organisation_id else None,
            code=each.code,
            name=each.name,
            by="portal" if each.subject else "you",
            told=each.told_on,
        )
        for each in queries.reached(db(), made.citizen_id, made.id)
    ]
    kept = shapes.Kept(
        id=made.id.hex, reference=made.reference, matter=made.matter, recipients=told
    )
    return kept.model_dump(mode="json")
