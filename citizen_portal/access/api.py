"""What bodies' systems send of accesses to people's data, read of what was refused, and publish
of how often they look."""

from collections.abc import Callable
from uuid import UUID, uuid4

from flask import Blueprint, make_response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from google.protobuf.message import Message
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.access.actions import receiving
from citizen_portal.access.actions.publishing import publish_totals
from citizen_portal.access.actions.receiving import RowFault, Sender
from citizen_portal.access.queries.refused import Refused, refusals
from citizen_portal.access.schemas import batches, pushed, totals, traces
from citizen_portal.access.schemas.withheld import Holding
from citizen_portal.agreements.queries import register_terms
from citizen_portal.bodies.guards import current_client, machines_only, needs, reaching
from citizen_portal.bodies.models import Scope
from citizen_portal.bodies.queries import Body, directory
from citizen_portal.identity.models import Role
from citizen_portal.identity.queries import officers_with
from citizen_portal.reach import Kind
from citizen_portal.web import machine, measured, parts
from citizen_portal.web.transactions import abandon, aside, db

bp = Blueprint("access_api", __name__, url_prefix="/api/v1")
bp.before_request(machines_only)
bp.before_request(reaching(Kind.INGEST))
MOST_BYTES = 8_000_000
JSON, LINES = "application/json", "application/x-ndjson"
READERS: dict[str, Callable[[bytes], batches.Read]] = {
    JSON: batches.of_json,
    LINES: batches.of_lines,
}


@bp.post("/access-events")
@needs(Scope.EVENTS)
@machine.described(
    machine.Operation(
        summary="Send accesses to people's data, as one JSON document or as NDJSON.",
        takes=pushed.EventBatch,
        gives={200: ("What became of each row. Accepted ones are on disk.", pushed.EventsAnswer)},
        refuses=(400, 413, 415, 422, 503),
    )
)
def push_events() -> ResponseReturnValue:
    raw = machine.content(*READERS, most_bytes=MOST_BYTES)
    try:
        rows, faults = READERS[request.mimetype](raw)
    except batches.NoBatch as error:
        raise machine.Faulty([machine.FieldFault(machine.BODY, str(error))], status=400) from None
    done = take(rows, faults)
    if done.accepted:
        return done.model_dump(mode="json")
    said = gettext("No row of it can be taken. What is wrong stands under errors.")
    if done.more:
        said += " " + gettext(
            "Not shown: %(count)s. GET /api/v1/access-events/refusals?batch=%(batch)s says why.",
            count=done.more,
            batch=done.batch,
        )
    told = [machine.FieldFault(one.field, one.reason, one.row) for one in done.errors]
    return machine.problem(422, said, faults=told)


@bp.post("/traces")
@needs(Scope.EVENTS)
@machine.described(
    machine.Operation(
        summary="Send accesses to people's data as OpenTelemetry spans, in protobuf or JSON.",
        takes=traces.TraceBatch,
        gives={
            200: ("Spans that were taken are on disk. Tells of the others.", traces.TracesAnswer),
            400: ("No span of it can be taken, or it cannot be read.", traces.TracesRefused),
        },
        refuses=(413, 415, 503),
    )
)
def push_traces() -> ResponseReturnValue:
    raw = machine.content(*traces.READERS, most_bytes=MOST_BYTES)
    try:
        rows, faults = traces.rows(raw, request.mimetype, _house())
    except batches.NoBatch as error:
        return _told(400, traces.refused(gettext("What was sent %(fault)s.", fault=error)))
    if not rows and not faults:
        return _told(200, traces.stored())
    nobody = sum(fault.reason == traces.NAMES_NOBODY for fault in faults)
    done = take(rows, faults)
    said = gettext(
        "Not taken: %(count)s. GET /api/v1/access-events/refusals?batch=%(batch)s says why.",
        count=done.refused,
        batch=done.batch,
    )
    if not done.accepted and done.refused > nobody:
        return _told(400, traces.refused(said))
    return _told(200, traces.stored(done.refused, said))


@bp.get("/access-events/refusals")
@needs(Scope.EVENTS)
@machine.described(
    machine.Operation(
        summary="Read which rows that your body sent were refused, and why. Kept for 30 days.",
        gives={200: ("One page, the oldest first.", pushed.Refusals)},
        refuses=(400,),
        query=("batch", "after"),
    )
)
def show_refusals() -> ResponseReturnValue:
    found, more = refusals(
        db(),
        current_client().organisation_id,
        batch=machine.asked_id("batch"),
        after=machine.asked_id("after"),
    )
    shown = pushed.Refusals(
        refusals=[_shown(one) for one in found],
        next=str(found[-1].id) if more else None,
    )
    return shown.model_dump(mode="json")


def take(rows: list[pushed.Numbered], faults: list[RowFault]) -> pushed.EventsAnswer:
    """Take what is good and keep why the rest is not; nothing is lost without a word.

    Checks before the request takes the one write lock. Where no row is taken, what was wrong is
    kept all the same.
    """
    caller, now, batch = current_client(), clock.now(), uuid4()
    sender = Sender(caller.organisation_id, caller.client_id)
    with parts.sessions().reading() as reading:
        known = directory(reading)
        own = {one.slug: one for one in known.sources_of(caller.organisation_id)}
        holding = _holding(reading, known.bodies[caller.organisation_id])
    good, wrong = pushed.checked(rows, sources=own, now=now, holding=holding)
    taken = receiving.Taken(0, 0, ())
    if good:
        taken = receiving.receive(db(), sender, good, index=parts.index(), now=now)
    found = sorted((*faults, *wrong, *taken.faults))
    if taken.accepted:
        receiving.note_refusals(db(), sender, batch, found)
    else:
        abandon()
        with aside() as session:
            receiving.note_refusals(session, sender, batch, found)
    answer = _answer(batch, taken, found)
    again = answer.accepted - answer.new
    measured.events(new=answer.new, again=again, refused=answer.refused)
    return answer


def _house() -> traces.House:
    caller = current_client()
    with parts.sessions().reading() as reading:
        known = directory(reading)
    sources = known.sources_of(caller.organisation_id)
    return traces.House(
        known.bodies[caller.organisation_id].code,
        frozenset(source.slug for source in sources if source.sends),
    )


def _told(status: int, message: Message) -> ResponseReturnValue:
    """Answers an exporter in the encoding in which it spoke."""
    response = make_response(traces.written(message, request.mimetype), status)
    response.mimetype = request.mimetype
    return response


def _holding(reading: Session, body: Body) -> Holding | None:
    """What the caller may withhold; none for the many bodies that may withhold nothing."""
    if not body.withholds:
        return None
    region = parts.region()
    return Holding(
        bases={one.code: one for one in region.holds if one.code in body.withholds},
        approvers=officers_with(reading, body.id, Role.HOLD_APPROVER),
        today=region.today(),
        envelope=parts.envelope(),
    )


def _answer(batch: UUID, taken: receiving.Taken, found: list[RowFault]) -> pushed.EventsAnswer:
    told = found[: machine.MOST_FAULTS]
    return pushed.EventsAnswer(
        batch=batch,
        accepted=taken.accepted,
        new=taken.new,
        refused=len({one.number for one in found}),
        errors=[
            pushed.RefusedRow(row=one.number, field=one.field, reason=one.reason) for one in told
        ],
        more=len(found) - len(told),
    )


def _shown(one: Refused) -> pushed.KeptRefusal:
    return pushed.KeptRefusal(
        row=one.row, field=one.field, reason=one.reason, batch=one.batch, at=one.at
    )


@bp.put("/activity-totals")
@needs(Scope.RULES)
@machine.described(
    machine.Operation(
        summary="Publish how often your body makes each kind of access, for one period.",
        takes=totals.TotalsSent,
        gives={200: ("How many numbers had which change.", totals.TotalsAnswer)},
        refuses=(400, 409, 413, 415, 422),
    )
)
def put_totals() -> ResponseReturnValue:
    """Checks before the request takes the one write lock."""
    caller, value = current_client(), machine.json_body()
    with parts.sessions().reading() as reading:
        own = {one.slug: one.id for one in directory(reading).sources_of(caller.organisation_id)}
        named = register_terms(reading).naming(caller.organisation_id)
    known = {terms.reference for terms in named}
    today = parts.region().today()
    sent = machine.taken(totals.received(value, own=own, agreements=known, today=today))
    changes = publish_totals(
        db(), caller.organisation_id, sent.months, sent.rows(own), client=caller.client_id
    )
    return totals.TotalsAnswer.model_validate(changes).model_dump()
