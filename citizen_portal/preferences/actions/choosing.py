"""A citizen chooses: kept for good, with a receipt, in the transaction that has bodies told."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from citizen_portal import audit, clock
from citizen_portal.agreements.queries import Register, register_terms
from citizen_portal.db import connected, put
from citizen_portal.errors import NotFound, WrongState
from citizen_portal.identity import queries as identity
from citizen_portal.preferences.actions.telling import (
    Due,
    hold,
    tell_what_changed,
)
from citizen_portal.preferences.models import Answer, Choice, Scope, Standing
from citizen_portal.preferences.queries import Preview, Stands, last, preview
from citizen_portal.preferences.queries.feed import recovering


@dataclass(frozen=True, slots=True)
class Wish:
    """What a citizen wants to hold from now on."""

    scope: Scope
    answer: Answer
    keep: Collection[str] = field(default_factory=frozenset)
    """Keys of narrower yeses that a no shall not end."""
    seal_reason: Callable[[UUID], bytes] | None = None
    """Seals why the citizen objects, for the choice with this id."""


Receipt = Callable[[Stands, Preview], str]
"""Signs what was chosen and what it changes: a compact JWS."""


def choose(
    session: Session,
    citizen_id: UUID,
    wish: Wish,
    *,
    register: Register,
    due: Due,
    today: date,
    receipt: Receipt,
) -> UUID:
    """Keep a choice, and have each body told that it concerns; gives the id of the choice.

    The same choice once more changes nothing, and gives the one that stands; but it is kept while
    a later one that was lost here may be found again at a body. Raises ``NotFound``
    for an agreement that is not in force, ``WrongState`` where there is nothing to choose or the
    citizen has left.
    """
    if not hold(session, citizen_id):
        raise WrongState("This account is closed already.")
    there = last(session, citizen_id)
    if there.revision != register.revision:  # it changed after the request had read it
        register = register_terms(session)
    before = there.standing
    same = before.get(wish.scope.key)
    if same is not None and same.answer is wish.answer and not recovering(session):
        return same.choice_id
    _refuse_without_say(register, wish, before, today)
    # No less than the time, so that what bodies kept of lost choices is older.
    number = max(there.number + 1, clock.in_ms())
    made = Stands(wish.scope, wish.answer, number, uuid7(), clock.now())
    links = identity.known_at(session, citizen_id)
    seen = preview(register, before, made, linked=links, keep=wish.keep, today=today)
    replaced = [same] if same else []
    _clear(session, citizen_id, [each.scope.key for each in (*replaced, *seen.ends)])
    agreements = [each.terms for each in seen.reached]
    tell_what_changed(session, citizen_id, agreements, seen.after, links, due, choice=made)
    _keep(session, citizen_id, wish, made, seen, receipt=receipt(made, seen))
    tag = "choice:taken-back" if wish.answer is Answer.AS_BEFORE else "choice:made"
    audit.record(session, tag, actor=citizen_id, choice=str(made.choice_id))
    return made.choice_id


def objection_context(choice_id: UUID) -> str:
    """What the reason of a choice is sealed for."""
    return f"choice-reason:{choice_id}"


def _refuse_without_say(
    register: Register, wish: Wish, before: Mapping[str, Stands], today: date
) -> None:
    if wish.answer is Answer.AS_BEFORE and wish.scope.key not in before:
        raise WrongState("There is no choice to take back.")
    if wish.scope.agreement is None or wish.answer is Answer.AS_BEFORE:
        return
    terms = register.in_force(wish.scope.agreement, today)
    if terms is None:
        raise NotFound("There is no such agreement in force.")
    if not terms.refusable:
        raise WrongState("This agreement leaves no choice.")


def _keep(
    session: Session, citizen_id: UUID, wish: Wish, made: Stands, seen: Preview, *, receipt: str
) -> None:
    choice = _line(citizen_id, made) | {
        "id": made.choice_id,
        "sealed_reason": wish.seal_reason(made.choice_id) if wish.seal_reason else None,
        "receipt": receipt,
        "keeps": [each.scope.key for each in seen.kept],
    }
    ended = {"answer": Answer.AS_BEFORE, "ended_by": made.choice_id}
    # A narrower yes that ends with a wider no has a line of its own in the history.
    endings = [_line(citizen_id, made) | ended | {"scope": each.scope.key} for each in seen.ends]
    put(session, Choice, [choice])
    put(session, Choice, endings)
    _put_standing(session, citizen_id, made)


def _line(citizen_id: UUID, made: Stands) -> dict[str, Any]:
    """What the history and what stands have alike."""
    return {
        "citizen_id": citizen_id,
        "scope": made.scope.key,
        "answer": made.answer,
        "number": made.number,
        "made_at": made.made_at,
    }


def stand(session: Session, citizen_id: UUID, made: Stands) -> None:
    """From now on this choice stands for its scope, or none where it takes one back."""
    _clear(session, citizen_id, [made.scope.key])
    _put_standing(session, citizen_id, made)


def _put_standing(session: Session, citizen_id: UUID, made: Stands) -> None:
    if made.answer is not Answer.AS_BEFORE:
        put(session, Standing, [_line(citizen_id, made) | {"choice_id": made.choice_id}])


_CLEARED = delete(Standing).where(
    Standing.citizen_id == bindparam("citizen"), Standing.scope.in_(bindparam("keys"))
)


def _clear(session: Session, citizen_id: UUID, keys: Collection[str]) -> None:
    """Nothing stands for these scopes any more."""
    if keys:
        connected(session).execute(_CLEARED, {"citizen": citizen_id, "keys": keys})
