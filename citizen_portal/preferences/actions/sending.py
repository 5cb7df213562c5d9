"""What bodies are told goes off: into the list that each reads, and as a message if it wants one.

The worker numbers what requests have committed. A number is given once its effect can be seen by
everybody, so that a body that has read up to a number has missed nothing before it.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select, update
from sqlalchemy.orm import Session

from citizen_portal import audit, bulk, clock
from citizen_portal.bodies import actions as bodies
from citizen_portal.bodies.actions import Sent
from citizen_portal.bodies.models import Delivery, DeliveryState, MessageKind
from citizen_portal.errors import Invalid
from citizen_portal.preferences.models import Choice, Effect, Feed
from citizen_portal.preferences.queries.bases import Basis, bases
from citizen_portal.preferences.queries.feed import document

AT_ONCE = 200
"""Effects of one transaction, so that no writer waits long."""
FAR_AHEAD = 24 * 60 * 60 * 1000
Sign = Callable[[Effect, Basis | None], str]


def send_some(session: Session, sign: Sign) -> int:
    """Number and send some of what was not sent yet, the oldest first; gives how many.

    Lists are locked before their effects, as by bodies that read and answer, so that no two wait
    for each other; and in one order.
    """
    new = (Effect.number.is_(None), ~_spared())
    waiting = select(Effect.id, Effect.organisation_id).where(*new)
    rows = session.execute(waiting.order_by(Effect.id).limit(AT_ONCE))
    bodies_of = {row.id: row.organisation_id for row in rows}
    feeds = {each: feed_of(session, each) for each in sorted(set(bodies_of.values()))}
    still = select(Effect).where(Effect.id.in_(bodies_of), *new).order_by(Effect.id)
    effects = session.scalars(still.with_for_update(skip_locked=True)).all()
    owned = [(each.citizen_id, each.choice_id) for each in effects if each.choice_id]
    found = bases(session, owned)
    by_body: dict[UUID, list[Effect]] = defaultdict(list)
    for effect in effects:
        by_body[effect.organisation_id].append(effect)
    for organisation_id in sorted(by_body):
        _send(session, feeds[organisation_id], by_body[organisation_id], sign, found)
    return len(effects)


def note_read(session: Session, organisation_id: UUID, number: int) -> None:
    """A body says that it has everything up to this number of its list.

    One that lies beyond the end of the list may come of old data that was put back here. Until the
    body proves it by what it holds, nobody else is the worse for it.
    Raises ``Invalid`` for a number that cannot have been given.
    """
    feed = feed_of(session, organisation_id)
    if ahead(feed, number):
        raise Invalid("The portal has given no number as high as this.")
    now = clock.now()
    if number > feed.last:
        if feed.behind_since is None:
            feed.behind_since, feed.unproved = now, True
            audit.record(session, "preference:ahead", for_body=organisation_id)
        feed.last = max(number, clock.in_ms())
    if feed.behind_since is not None:
        return
    feed.read_at = now
    if number <= feed.read_to:
        return
    session.execute(
        update(Effect)
        .where(
            Effect.organisation_id == organisation_id,
            Effect.number > feed.read_to,
            Effect.number <= number,
            Effect.told_at.is_(None),
        )
        .values(told_at=now, undelivered=False)
    )
    feed.read_to = number


def hear(session: Session) -> None:
    """Note which messages reached their bodies since, and which were given up."""
    unsaid = and_(Effect.told_at.is_(None), Effect.number.is_not(None))
    taken = select(Delivery.ended_at).where(Delivery.id == Effect.id).scalar_subquery()
    session.execute(
        update(Effect)
        .where(unsaid, _message_is(DeliveryState.DELIVERED))
        .values(told_at=taken, undelivered=False)
    )
    session.execute(
        update(Effect)
        .where(
            unsaid,
            Effect.undelivered.is_(False),
            _message_is(DeliveryState.GIVEN_UP),
        )
        .values(undelivered=True)
    )


def feed_of(session: Session, organisation_id: UUID) -> Feed:
    """The list of one body, locked; begun if there is none, by one of those who ask at once."""
    asked = select(Feed).where(Feed.organisation_id == organisation_id).with_for_update()
    found = session.scalars(asked).one_or_none()
    if found is not None:
        return found
    begun = bulk.upsert(session, Feed).values(organisation_id=organisation_id, last=0, read_to=0)
    session.execute(begun.on_conflict_do_nothing())
    return session.scalars(asked).one()


def ahead(feed: Feed, number: int) -> bool:
    """Whether no list can be as long. After old data was put back numbers go on from the
    milliseconds since 1970, so that none is given twice; much at once may be some way ahead."""
    return number > max(feed.last, clock.in_ms() + FAR_AHEAD)


def _spared() -> ColumnElement[bool]:
    """Whether an effect waits until its body has said what it holds.

    What the body holds is all that is left of some choices, and a later message would take its
    place. What citizens chose since old data was put back is sent at once.
    """
    since = exists().where(
        Choice.citizen_id == Effect.citizen_id,
        Choice.id == Effect.choice_id,
        Choice.made_at > Feed.behind_since,
    )
    return exists().where(
        Feed.organisation_id == Effect.organisation_id, Feed.behind_since.is_not(None), ~since
    )


def _send(
    session: Session,
    feed: Feed,
    effects: Sequence[Effect],
    sign: Sign,
    found: Mapping[UUID, Basis],
) -> None:
    messages = {}
    for effect in effects:
        feed.last += 1
        effect.number = feed.last
        effect.statement = sign(effect, found.get(effect.choice_id) if effect.choice_id else None)
        messages[effect.id] = document(effect)
    sent = bodies.send_each(session, feed.organisation_id, MessageKind.PREFERENCE_CHANGED, messages)
    if sent is Sent.STOPPED:
        for effect in effects:
            effect.undelivered = True


def _message_is(state: DeliveryState) -> ColumnElement[bool]:
    messages = select(Delivery.id).where(
        Delivery.kind == MessageKind.PREFERENCE_CHANGED.value, Delivery.state == state
    )
    return Effect.id.in_(messages)
