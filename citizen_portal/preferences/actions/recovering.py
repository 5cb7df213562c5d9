"""Old data was put back: what bodies kept of lost choices is found again, and nothing goes back.

A body proves what it was told by what we signed then. The later of what is known here and there
holds; versions count the milliseconds, so that what is chosen after the restore is later than all
that was lost (docs/decisions/0033).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from citizen_portal import audit, clock, jobs
from citizen_portal.agreements.queries import Register, Terms
from citizen_portal.identity.models import PairwiseIndex
from citizen_portal.preferences.actions.choosing import stand
from citizen_portal.preferences.actions.sending import feed_of
from citizen_portal.preferences.actions.telling import Due, linked, tell_what_changed
from citizen_portal.preferences.models import Answer, Choice, Effect, Feed, Scope
from citizen_portal.preferences.queries import (
    Stands,
    is_objection,
    keys_over,
    standing,
    told,
)


@dataclass(frozen=True, slots=True)
class Held:
    """What a body proves that we told it."""

    subject: str
    agreement: str
    version: int
    may_use: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """What choices are weighed on."""

    register: Register
    today: date
    due: Due


def begin(session: Session) -> int:
    """Old data was put back: each body is to say what it has; gives how many."""
    now = clock.now()
    found = session.scalars(update(Feed).values(behind_since=now).returning(Feed.organisation_id))
    return len(found.all())


def hear_held(session: Session, organisation_id: UUID, held: Iterable[Held], ground: Ground) -> int:
    """Take in what a body holds; gives how many choices were found again."""
    found = 0
    for each in held:
        citizen_id = session.scalar(
            select(PairwiseIndex.citizen_id).where(
                PairwiseIndex.organisation_id == organisation_id,
                PairwiseIndex.pairwise == each.subject,
            )
        )
        if citizen_id is not None:
            found += _hear(session, citizen_id, organisation_id, each, ground)
    return found


def end(session: Session, organisation_id: UUID, read_to: int) -> None:
    """The body has said all that it holds: what it lacks is sent again, under new numbers.

    ``read_to`` is how far it had read before data was put back.
    """
    feed = feed_of(session, organisation_id)
    since = feed.behind_since
    feed.last = max(feed.last, read_to)
    feed.read_to, feed.behind_since = max(feed.read_to, read_to), None
    unheld = Effect.held_at.is_(None)
    session.execute(
        update(Effect)
        .where(
            Effect.organisation_id == organisation_id,
            Effect.current,
            unheld if since is None else or_(unheld, Effect.held_at < since),
        )
        .values(number=None)
    )
    jobs.enqueue_once(session, "preferences.send")


def _hear(
    session: Session, citizen_id: UUID, organisation_id: UUID, held: Held, ground: Ground
) -> bool:
    """Whether a choice was found again."""
    known = told(session, citizen_id).get((organisation_id, held.agreement))
    if known is not None and known.version >= held.version:
        if known.version == held.version:
            _note_held(session, citizen_id, known.id)
        return False
    terms = ground.register.newest(held.agreement)
    if terms is None:
        return False
    stands = standing(session, citizen_id)
    later = any(stands[key].number > held.version for key in keys_over(terms) if key in stands)
    _take_over(session, citizen_id, organisation_id, held, terms, ground)
    made = None if later else _find_again(session, citizen_id, held)
    now = {**stands, made.scope.key: made} if made else stands
    links = linked(session, citizen_id)
    tell_what_changed(session, citizen_id, [terms], now, links, ground.due, choice=made)
    return made is not None


def _take_over(
    session: Session,
    citizen_id: UUID,
    organisation_id: UUID,
    held: Held,
    terms: Terms,
    ground: Ground,
) -> None:
    """What the body was told stands here again, under the version that it has."""
    objection = is_objection(terms, held.may_use)
    due_on, extended_to = ground.due.of(objection=objection)
    session.execute(
        update(Effect)
        .where(
            Effect.citizen_id == citizen_id,
            Effect.organisation_id == organisation_id,
            Effect.agreement == held.agreement,
            Effect.current,
        )
        .values(current=False)
    )
    now = clock.now()
    session.add(
        Effect(
            citizen_id=citizen_id,
            organisation_id=organisation_id,
            subject=held.subject,
            agreement=held.agreement,
            may_use=held.may_use,
            objection=objection,
            version=held.version,
            due_on=due_on,
            extended_to=extended_to,
            told_at=now,
            held_at=now,
        )
    )
    session.flush()
    jobs.enqueue_once(session, "preferences.send")


def _find_again(session: Session, citizen_id: UUID, held: Held) -> Stands:
    """The choice that the body proves, about this one agreement: more it does not know."""
    made = Stands(
        Scope(agreement=held.agreement),
        Answer.YES if held.may_use else Answer.NO,
        held.version,
        uuid7(),
        datetime.fromtimestamp(held.version / 1000, UTC),
    )
    choice = Choice(
        citizen_id=citizen_id,
        scope=made.scope.key,
        answer=made.answer,
        number=made.number,
        made_at=made.made_at,
        found_again=True,
    )
    choice.id = made.choice_id
    session.add(choice)
    stand(session, citizen_id, made)
    audit.record(session, "choice:found-again", actor=citizen_id, choice=str(made.choice_id))
    return made


def _note_held(session: Session, citizen_id: UUID, effect_id: UUID) -> None:
    session.execute(
        update(Effect)
        .where(Effect.citizen_id == citizen_id, Effect.id == effect_id)
        .values(held_at=clock.now())
    )
