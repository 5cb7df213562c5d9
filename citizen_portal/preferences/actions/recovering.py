"""Old data was put back: what bodies kept of lost choices is found again, and nothing goes back.

A body proves what it was told by what we signed then, and in it, sealed, it kept the choice that
this came of. Choices count the milliseconds, so that those found again stand where they stood
among the others, and what is chosen after the restore is later than all that was lost
(docs/decisions/0033).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from citizen_portal import audit, clock, jobs
from citizen_portal.agreements.queries import Register
from citizen_portal.bodies.models import Client, Organisation, Webhook
from citizen_portal.db import in_place_of
from citizen_portal.errors import Invalid
from citizen_portal.identity.models import PairwiseIndex
from citizen_portal.preferences.actions.finding import find_again
from citizen_portal.preferences.actions.following import tell_all
from citizen_portal.preferences.actions.sending import ahead, feed_of
from citizen_portal.preferences.actions.telling import Due, hold
from citizen_portal.preferences.models import Effect, Feed
from citizen_portal.preferences.queries import Told, told
from citizen_portal.preferences.queries.bases import Basis
from citizen_portal.preferences.queries.effects import Key
from citizen_portal.reach import of_citizen


@dataclass(frozen=True, slots=True)
class Held:
    """What a body proves that we told it."""

    effect_id: UUID
    subject: str
    agreement: str
    version: int
    may_use: bool
    objection: bool
    due_on: date
    extended_to: date
    basis: Basis | None
    """The choice that it came of; none where no choice did."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What choices are weighed on."""

    register: Register
    today: date
    due: Due


def begin(session: Session) -> int:
    """Old data was put back: each body that is told of choices is to say what it has; gives how
    many are."""
    known = exists().where(Feed.organisation_id == Organisation.id)
    calls = exists().where(Client.organisation_id == Organisation.id, Client.removed_at.is_(None))
    hears = exists().where(Webhook.organisation_id == Organisation.id)
    missing = session.scalars(select(Organisation.id).where(~known, or_(calls, hears)))
    session.add_all([Feed(organisation_id=organisation_id) for organisation_id in missing])
    session.flush()
    now, feeds = clock.now(), session.scalars(select(Feed).with_for_update()).all()
    for feed in feeds:
        feed.behind_since, feed.unproved = now, False
        feed.last = max(feed.last, clock.in_ms())
    audit.record(session, "preference:restored", bodies=len(feeds))
    return len(feeds)


def hear_held(session: Session, organisation_id: UUID, held: Iterable[Held], ground: Ground) -> int:
    """Take in what a body holds; gives how many choices were found again.

    What is said of somebody who is not linked is passed over.
    """
    feed_of(session, organisation_id)  # locked before its effects are, as by who reads them
    by_subject: dict[str, list[Held]] = defaultdict(list)
    for each in held:
        by_subject[each.subject].append(each)
    linked = select(PairwiseIndex.citizen_id, PairwiseIndex.pairwise).where(
        PairwiseIndex.organisation_id == organisation_id,
        PairwiseIndex.pairwise.in_(by_subject),
    )
    found, ids = 0, list[UUID]()
    for citizen_id, subject in sorted(session.execute(linked)):
        with in_place_of(session, of_citizen(citizen_id)):
            found += _hear(session, citizen_id, organisation_id, by_subject[subject], ground)
        ids += (each.effect_id for each in by_subject[subject])
    session.execute(
        update(Effect)
        .where(Effect.organisation_id == organisation_id, Effect.id.in_(ids))
        .values(held_at=clock.now())
    )
    return found


def end(session: Session, organisation_id: UUID, read_to: int) -> None:
    """The body has said all that it holds: what it lacks is sent again, under new numbers.

    ``read_to`` is how far it had read before data was put back.
    """
    feed = feed_of(session, organisation_id)
    since = feed.behind_since
    if since is None:
        return
    if ahead(feed, read_to):
        raise Invalid("The portal has given no number as high as this.")
    feed.last, feed.read_to = max(feed.last, read_to), max(feed.read_to, read_to)
    feed.behind_since, feed.unproved = None, False
    session.execute(
        update(Effect)
        .where(
            Effect.organisation_id == organisation_id,
            Effect.current,
            or_(Effect.held_at.is_(None), Effect.held_at < since),
        )
        .values(number=None)
    )
    jobs.enqueue_once(session, "preferences.send")


def give_up(session: Session, organisation_id: UUID, *, reason: str) -> bool:
    """Wait no longer for what a body holds, and send it all that stands; whether we waited.

    ``reason`` is one of the operator's fixed list.
    """
    feed = feed_of(session, organisation_id)
    if feed.behind_since is None:
        return False
    end(session, organisation_id, feed.read_to)
    audit.record(session, "preference:reconciled", for_body=organisation_id, reason=reason)
    return True


def _hear(
    session: Session,
    citizen_id: UUID,
    organisation_id: UUID,
    held: Iterable[Held],
    ground: Ground,
) -> int:
    if not hold(session, citizen_id):
        return 0
    known = told(session, citizen_id)
    newer = [each for each in held if _take_in(session, citizen_id, organisation_id, each, known)]
    bases = [each.basis for each in held if each.basis is not None]
    found = find_again(session, citizen_id, bases, ground.register.newest)
    if newer or found:
        tell_all(session, citizen_id, ground.register, ground.due, today=ground.today)
    return found


def _take_in(
    session: Session,
    citizen_id: UUID,
    organisation_id: UUID,
    held: Held,
    known: Mapping[Key, Told],
) -> bool:
    """Whether the body was told something later than what is known here."""
    here = known.get((organisation_id, held.agreement))
    if here is not None and (held.version, held.effect_id) <= (here.version, here.id):
        return False
    proved = update(Feed).where(Feed.organisation_id == organisation_id).values(unproved=False)
    session.execute(proved)
    _take_over(session, citizen_id, organisation_id, held)
    return True


def _take_over(session: Session, citizen_id: UUID, organisation_id: UUID, held: Held) -> None:
    """What the body was told stands here again, under the id and the version that it has."""
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
    there = session.get(Effect, (citizen_id, held.effect_id))
    if there is not None:  # what was replaced here, and by something older than it
        there.current = True
        return
    effect = Effect(
        citizen_id=citizen_id,
        choice_id=held.basis.made.choice_id if held.basis else None,
        organisation_id=organisation_id,
        subject=held.subject,
        agreement=held.agreement,
        may_use=held.may_use,
        objection=held.objection,
        version=held.version,
        due_on=held.due_on,
        extended_to=held.extended_to,
        told_at=clock.now(),
    )
    effect.id = held.effect_id
    session.add(effect)
    session.flush()
    jobs.enqueue_once(session, "preferences.send")
