"""What bodies' systems write: drafts of agreements, never publications; rules of own sources."""

from uuid import UUID

from flask import Blueprint, make_response, url_for
from flask.typing import ResponseReturnValue
from pydantic import TypeAdapter

from citizen_portal.agreements import queries
from citizen_portal.agreements.actions import receiving
from citizen_portal.agreements.queries.under_reference import under
from citizen_portal.agreements.schemas import AgreementDocument, received
from citizen_portal.agreements.schemas.parts import Reference
from citizen_portal.bodies.guards import current_client, machines_only, needs
from citizen_portal.bodies.models import Scope
from citizen_portal.bodies.queries import directory
from citizen_portal.errors import NotFound
from citizen_portal.web import machine, parts
from citizen_portal.web.transactions import db

bp = Blueprint("agreements_api", __name__, url_prefix="/api/v1")
bp.before_request(machines_only)
"""What faults call the whole of what they are in."""
REFERENCE = {"reference": TypeAdapter(Reference).json_schema()}


@bp.get("/agreements/<reference>")
@needs(Scope.AGREEMENTS)
@machine.described(
    machine.Operation(
        summary="Read the draft of an agreement that your body writes or is named in.",
        path=REFERENCE,
        gives={200: ("The draft as it stands.", received.DraftShown)},
        refuses=(404,),
        tagged=True,
    )
)
def show_draft(reference: str) -> ResponseReturnValue:
    caller = current_client()
    there = under(db(), reference, caller.organisation_id)
    draft = there.draft
    if draft is None or not (there.named or draft.organisation_id == caller.organisation_id):
        raise NotFound("There is no draft here that you can see.")
    response = make_response(received.DraftShown.model_validate(vars(draft)).model_dump())
    response.set_etag(receiving.tag_of(draft))
    return response


@bp.put("/agreements/<reference>")
@needs(Scope.AGREEMENTS)
@machine.described(
    machine.Operation(
        summary="Write a draft of an agreement. Officers of your body publish it, or do not.",
        path=REFERENCE,
        takes=AgreementDocument,
        gives={
            200: ("Nothing new was begun; says what changed.", received.DraftAnswer),
            201: ("A draft was begun.", received.DraftAnswer),
        },
        refuses=(400, 404, 409, 412, 413, 415, 422),
        headers=("If-Match", "If-None-Match"),
        tagged=True,
    )
)
def put_draft(reference: str) -> ResponseReturnValue:
    document = _agreement(machine.json_body(), reference).document()
    holds = machine.preconditions()
    became = receiving.receive_draft(db(), _sender(), document, holds=holds)
    response = make_response(_said(reference, became).model_dump(), 201 if became.new else 200)
    if became.new:
        response.location = url_for(".show_draft", reference=reference)
    if became.draft is not None:
        response.set_etag(receiving.tag_of(became.draft))
    return response


@bp.put("/activity-rules")
@needs(Scope.RULES)
@machine.described(
    machine.Operation(
        summary="Replace the activity rules of sources of your own.",
        takes=received.RuleList,
        gives={200: ("How many had which change.", received.RulesAnswer)},
        refuses=(400, 413, 415, 422),
    )
)
def put_rules() -> ResponseReturnValue:
    found, own = _rules(machine.json_body())
    rules = [{**rule.columns(), "source_id": own[rule.source]} for rule in found.rules]
    sources = {rule["source_id"] for rule in rules} | {own[slug] for slug in found.sources}
    changes = receiving.receive_rules(db(), _sender(), rules, sources=sources)
    return received.RulesAnswer.model_validate(changes).model_dump()


def _agreement(value: object, reference: str) -> AgreementDocument:
    """The agreement that was sent; checked before the request takes the one write lock."""
    with parts.sessions().reading() as reading:
        found = received.received_agreement(
            value,
            reference=reference,
            directory=directory(reading),
            register=queries.register_terms(reading),
            law=queries.law(parts.settings().region),
        )
    return machine.taken(found)


def _rules(value: object) -> tuple[received.RuleList, dict[str, UUID]]:
    """The rules that were sent, and the sender's sources by slug."""
    with parts.sessions().reading() as reading:
        known, register = directory(reading), queries.register_terms(reading)
    sources = known.sources_of(current_client().organisation_id)
    own, law = {one.slug: one.id for one in sources}, queries.law(parts.settings().region)
    found = received.received_rules(value, own=own, directory=known, register=register, law=law)
    return machine.taken(found), own


def _said(reference: str, became: receiving.Received) -> received.DraftAnswer:
    draft = became.draft
    return received.DraftAnswer(
        reference=reference,
        state="drafting" if draft else "published",
        base=became.base,
        revision=draft.revision if draft else None,
        changed=sorted(became.changed, key=_place),
    )


def _place(field: str) -> int:
    """Where a document has this field."""
    return list(AgreementDocument.model_fields).index(field.partition(".")[0])


def _sender() -> receiving.Sender:
    caller = current_client()
    return receiving.Sender(caller.organisation_id, caller.client_id)
