"""What a person asked bodies, where each question stands, and what was written."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from citizen_portal.exports import words
from citizen_portal.exports.gathering.known import Known
from citizen_portal.exports.gathering.tables import drawn
from citizen_portal.exports.package import Table
from citizen_portal.questions.models import Message, Question
from citizen_portal.questions.queries import own
from citizen_portal.questions.queries.own import Asked
from citizen_portal.questions.schemas.facts import Facts
from citizen_portal.sealing import Opened

EVERY = slice(0, 100_000)
"""Questions of one person: more than anybody asks by hand."""


def tables(known: Known, session: Session, opened: Opened) -> tuple[Table, Table]:
    asked = own.asked_by(session, known.copy.citizen_id, EVERY)
    return (
        drawn("questions", (_question(known, one, opened) for one in asked), known.language),
        drawn("question-messages", _messages(known, session, opened, asked), known.language),
    )


def _question(known: Known, one: Asked, opened: Opened) -> tuple[Any, ...]:
    context = Question.facts_context(known.copy.citizen_id, one.id)
    written = opened(one.sealed_facts, context)
    title = Facts.read(written.encode()).title if written else ""
    return (
        one.reference,
        one.asked_at,
        known.name(one.organisation_id),
        one.kind.value,
        one.about.value,
        title if isinstance(title, str) else _in(title, known.language),
        one.agreement,
        one.state.value,
        one.outcome.value if one.outcome else None,
        one.due_on,
        one.closed_at,
        written,
    )


def _in(title: Mapping[str, str], language: str) -> str:
    return words.in_language(title, language) if "en" in title else ""


def _messages(
    known: Known, session: Session, opened: Opened, asked: list[Asked]
) -> Iterator[tuple[Any, ...]]:
    written = own.written_each(session, known.copy.citizen_id)
    for one in asked:
        for each in written.get(one.id, ()):
            text = opened(each.sealed, Message.context(one.id, each.number))
            row = (each.number, each.at, each.author.value, each.wrote.value, text, each.day)
            yield (one.reference, *row)
