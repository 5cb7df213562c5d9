"""A body's system reads what people ask of it, and answers as its officers do."""

import re
from uuid import UUID, uuid5

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from citizen_portal.agreements.schemas.faults import checked, sheet_of
from citizen_portal.bodies.guards import current_client, machines_only, needs
from citizen_portal.bodies.models import Scope
from citizen_portal.errors import NotFound
from citizen_portal.questions.actions.answering import Speaker
from citizen_portal.questions.actions.saying import Saying, say
from citizen_portal.questions.models import Question, Wrote
from citizen_portal.questions.queries import cases as queries
from citizen_portal.questions.queries import held
from citizen_portal.questions.queries.cases import Said
from citizen_portal.questions.queries.feed import questions_after
from citizen_portal.questions.schemas import cases as shapes
from citizen_portal.questions.words import machine as words
from citizen_portal.web import machine, parts
from citizen_portal.web.asked import identified
from citizen_portal.web.transactions import db

bp = Blueprint("questions_api", __name__, url_prefix="/api/v1")
bp.before_request(machines_only)
ID = {"id": {"type": "string"}}
KEY = "Idempotency-Key"
GOOD_KEY = re.compile(r"[\x21-\x7e]{8,200}")


@bp.get("/questions")
@needs(Scope.QUESTIONS)
@machine.described(
    machine.Operation(
        summary="Read what people ask of your body.",
        gives={200: ("What is new or changed after this number.", shapes.Questions)},
        refuses=(400,),
        numbers=("after",),
    )
)
def show_questions() -> ResponseReturnValue:
    after, own = machine.asked_number("after"), current_client().organisation_id
    found = questions_after(db(), own, after=after, most=shapes.MOST_QUESTIONS)
    messages = queries.messages_of(db(), found)
    return words.page(found, messages, parts.sealer(), after=after).model_dump(mode="json")


@bp.post("/questions/<id>/answer")
@needs(Scope.QUESTIONS)
@machine.described(
    machine.Operation(
        summary="Answer a question, or say how far it is. The person reads it.",
        path=ID,
        takes=shapes.Answer,
        headers=(KEY,),
        gives={200: ("It stands, and the person can read it.", shapes.Taken)},
        refuses=(400, 404, 409, 412, 413, 415, 422, 503),
    )
)
def answer(id: str) -> ResponseReturnValue:
    """The same key again says what became of it the first time, and writes nothing."""
    key, said = _key(), machine.taken(checked(shapes.Answer, sheet_of(machine.json_body())))
    own = current_client().organisation_id
    question_id = identified(id, NotFound("There is no such question."))
    question = held.of_body(db(), own, question_id)
    message_id = uuid5(question.id, key)
    before = queries.message_of(db(), queries.case_of(db(), own, question.id), message_id)
    if before is None:
        question = _say(question, said, message_id)
        number = question.messages
    elif _same(question, before, said):
        number = before.number
    else:
        fault = machine.FieldFault(KEY, "was used for another message about this question")
        raise machine.Faulty([fault])
    taken = shapes.Taken(id=id, message=number, state=question.state.value, due=question.due_on)
    return taken.model_dump(mode="json")


def _say(question: Question, said: shapes.Answer, message_id: UUID) -> Question:
    speaker = Speaker(
        question.organisation_id,
        seen=said.version,
        message_id=message_id,
        client=current_client().client_id,
    )
    return say(
        db(), speaker, question.id, said.saying, region=parts.region(), seal=parts.sealer().seal
    )


def _same(question: Question, before: Said, said: shapes.Answer) -> bool:
    """The outcome of an answer stands with its question, since there is one answer at most."""
    text = parts.sealer().text(before.sealed, before.context) if before.sealed else None
    kept = Saying(
        before.wrote,
        text or "",
        question.outcome if before.wrote is Wrote.ANSWER else None,
        before.day if before.wrote is Wrote.PROGRESS else None,
    )
    return kept == said.saying


def _key() -> str:
    key = request.headers.get(KEY, "")
    if not GOOD_KEY.fullmatch(key):
        fault = machine.FieldFault(KEY, "must be there, with 8 to 200 visible ASCII characters")
        raise machine.Faulty([fault], status=400)
    return key
