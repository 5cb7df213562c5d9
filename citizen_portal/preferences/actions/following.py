"""Bodies learn what standing choices mean for them where a link or the register changed."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from citizen_portal import jobs
from citizen_portal.agreements.queries import Register, Terms
from citizen_portal.identity import queries as identity
from citizen_portal.preferences.actions.telling import (
    Changes,
    Due,
    Known,
    hold,
    tell,
    tell_what_changed,
    weigh,
)
from citizen_portal.preferences.models import Effect, Followed, Reply
from citizen_portal.preferences.queries import keys_over, standing, standing_of_each, told_each
from citizen_portal.preferences.queries.offered import concerning


def tell_all(
    session: Session, citizen_id: UUID, register: Register, due: Due, *, today: date
) -> None:
    """Each body that knows a citizen is told whatever else holds than it was told."""
    links = identity.known_at(session, citizen_id)
    agreements = concerning(register, links, today)
    tell_what_changed(session, citizen_id, agreements, standing(session, citizen_id), links, due)


def tell_newcomer(
    session: Session,
    citizen_id: UUID,
    organisation_id: UUID,
    register: Register,
    due: Due,
    *,
    today: date,
) -> None:
    """A body that knows a citizen from now on is told what stands.

    What it was told before an earlier link ended is sent once more. What it answered then stands,
    since a no outlives its link; what it did not answer it may answer as if it was told just now.
    """
    links = identity.known_at(session, citizen_id)
    if organisation_id not in links or not hold(session, citizen_id):
        return
    before = update(Effect).where(
        Effect.citizen_id == citizen_id,
        Effect.organisation_id == organisation_id,
        Effect.current,
    )
    session.execute(before.values(number=None))
    unanswered = before.where(Effect.reply == Reply.NONE)
    for objection in (False, True):
        due_on, extended_to = due.of(objection=objection)
        session.execute(
            unanswered.where(Effect.objection.is_(objection)).values(
                told_at=None, undelivered=False, due_on=due_on, extended_to=extended_to
            )
        )
    tell_what_changed(
        session,
        citizen_id,
        concerning(register, [organisation_id], today),
        standing(session, citizen_id),
        {organisation_id: links[organisation_id]},
        due,
    )
    jobs.enqueue_once(session, "preferences.send")


def follow(session: Session, citizen_ids: Collection[UUID], terms: Terms, due: Due) -> None:
    """The bodies of some citizens are told what their choices mean under terms that are new.

    A first version took the place of none that a body could have weighed.
    """
    there = session.scalars(identity.here_of(citizen_ids).with_for_update(key_share=True)).all()
    links = identity.linked_of_each(session, there)
    stands = standing_of_each(session, there, keys_over(terms))
    before = told_each(session, there, terms.reference)
    changes, other = Changes(), terms.number > 1
    for one in there:
        known = Known(one, links.get(one, {}), before.get(one, {}))
        weigh(changes, known, terms, stands.get(one, {}), due, other_terms=other)
    tell(session, changes)


def note_followed(session: Session, reference: str, version: int) -> None:
    session.merge(Followed(agreement=reference, version=version))
