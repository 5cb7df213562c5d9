"""What a person chose, what each body made of it, and the receipts as they were signed."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from citizen_portal.exports import words
from citizen_portal.exports.gathering.known import Known
from citizen_portal.exports.gathering.tables import drawn
from citizen_portal.exports.package import Document, Table
from citizen_portal.preferences import actions, queries
from citizen_portal.sealing import Opened

EVERY = slice(0, 100_000)
"""Choices of one person: more than anybody makes by hand."""
ENDED = "ended"
"""Instead of an answer, where a wider choice took the place of one."""


def tables(known: Known, session: Session, opened: Opened) -> tuple[Table, Table]:
    return (
        drawn("choices", _choices(known, session, opened), known.language),
        drawn("choice-answers", _answers(known, session, opened), known.language),
    )


def receipts(known: Known, session: Session) -> Iterator[Document]:
    """One file each, which ``citizen-portal verify`` and the page ``/verify`` check."""
    citizen_id = known.copy.citizen_id
    for choice_id, made_at, receipt in queries.each_receipt(session, citizen_id):
        yield Document(
            path=f"receipts/{made_at:%Y-%m-%d}-{choice_id.hex}.jws",
            title=words.in_language(words.table("choices")["receipt"], known.language),
            media_type="application/jose",
            data=receipt.encode(),
        )


def _choices(known: Known, session: Session, opened: Opened) -> Iterator[tuple[Any, ...]]:
    for one in queries.history(session, known.copy.citizen_id, rows=EVERY):
        reason = opened(one.sealed_reason, actions.objection_context(one.id))
        yield (
            one.id.hex,
            one.made_at,
            ENDED if one.ended_by else one.answer.value,
            one.scope.agreement,
            _name(known, one.scope.organisation_id),
            one.scope.purpose,
            reason,
            one.ended_by.hex if one.ended_by else None,
            one.found_again,
        )


def _answers(known: Known, session: Session, opened: Opened) -> Iterator[tuple[Any, ...]]:
    for one in queries.effects_of(session, known.copy.citizen_id):
        reason = opened(one.sealed_reason, actions.reason_context(one.id))
        yield (
            one.id.hex,
            _name(known, one.organisation_id),
            one.agreement,
            one.may_use,
            one.objection,
            one.status(known.today).value,
            one.made_at,
            one.told_at,
            one.deadline,
            one.replied_at,
            one.applied_from,
            one.not_until,
            reason,
        )


def _name(known: Known, body_id: UUID | None) -> str | None:
    if body_id is None or body_id not in known.directory.bodies:
        return None
    return known.name(body_id)
