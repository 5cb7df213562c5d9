"""What can happen to messages for bodies: made, taken up, settled, forgotten.

A body is told by one worker at a time, which takes it up for ``BUSY_FOR`` and lets it go when it
has settled what became of each message. What a worker that died had taken up is due again then, so
a message may reach its body twice, under one id.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from citizen_portal import clock, jobs
from citizen_portal.bodies.actions.webhooks import stop
from citizen_portal.bodies.models import GONE, Delivery, DeliveryState, MessageKind, Webhook

BUSY_FOR = timedelta(minutes=1)
MOST_AT_ONCE = 50
"""Messages that one body is told before it is let go."""
DELIVERED_FOR = timedelta(days=1)
GIVEN_UP_FOR = timedelta(days=30)
"""How long a row stays once its message has ended."""
HEARD_BY: Mapping[str, str] = {
    MessageKind.PREFERENCE_CHANGED: "preferences.hear",
    MessageKind.CORRECTION_MADE: "questions.hear_corrections",
}
"""The job that looks what became of messages of a kind."""


class Sent(Enum):
    """Whether a body will be told."""

    WAITING = "waiting"
    NOT_WANTED = "not_wanted"
    """It has no webhook."""
    STOPPED = "stopped"
    """It had one, and wants nothing more."""


@dataclass(frozen=True, slots=True)
class Message:
    id: UUID
    kind: str
    payload: Mapping[str, Any]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Telling:
    """What one body is to be told now, in this order, and by which secrets."""

    organisation_id: UUID
    url: str
    secrets: Sequence[str]
    """Sealed."""
    messages: Sequence[Message]


def send(
    session: Session, organisation_id: UUID, kind: MessageKind, payload: Mapping[str, Any]
) -> None:
    """Have a body told of something, if it wants to be told and if this is kept.

    ``payload`` holds ids and dates, never a name.
    """
    send_each(session, organisation_id, kind, {uuid7(): payload})


def send_each(
    session: Session,
    organisation_id: UUID,
    kind: MessageKind,
    payloads: Mapping[UUID, Mapping[str, Any]],
) -> Sent:
    """The same for several messages, each under the id that its sender gave it.

    One that was sent under its id before is sent once more.
    """
    webhook = session.scalars(
        select(Webhook).where(Webhook.organisation_id == organisation_id)
    ).one_or_none()
    if webhook is None:
        return Sent.NOT_WANTED
    if webhook.stopped_at is not None:
        return Sent.STOPPED
    session.execute(delete(Delivery).where(Delivery.id.in_(payloads)))
    for delivery_id, payload in payloads.items():
        delivery = Delivery(organisation_id=organisation_id, kind=kind.value, payload=dict(payload))
        delivery.id = delivery_id
        session.add(delivery)
    if webhook.failing_since is None:
        _tell_soon(session, organisation_id)
    return Sent.WAITING


def take_up(session: Session, organisation_id: UUID | None = None) -> list[Telling]:
    """What is due, for one body or for all, of those that no other worker tells just now.

    A body that fails is taken up with all others only: each message for it, alone, would keep a
    worker for as long as the body hangs.
    """
    now = clock.now()
    ahead = Webhook.busy_until > now + 2 * BUSY_FOR  # said by a clock that stood far ahead
    free = or_(Webhook.busy_until.is_(None), Webhook.busy_until <= now, ahead)
    due = exists().where(_due(now), Delivery.organisation_id == Webhook.organisation_id)
    taken = update(Webhook).where(Webhook.stopped_at.is_(None), free, due)
    if organisation_id is not None:
        well = Webhook.failing_since.is_(None)
        taken = taken.where(Webhook.organisation_id == organisation_id, well)
    webhooks = session.scalars(taken.values(busy_until=now + BUSY_FOR).returning(Webhook)).all()
    messages = _due_messages(session, [webhook.organisation_id for webhook in webhooks], now)
    return [
        Telling(hook.organisation_id, hook.url, hook.signing, messages[hook.organisation_id])
        for hook in webhooks
    ]


def settle(session: Session, telling: Telling, faults: Mapping[UUID, str | None]) -> bool:
    """Keep what became of each message that was sent, and let its body go; whether it is stopped.

    A webhook that was removed or set elsewhere meanwhile is not judged by its old address.
    """
    webhook = session.scalars(
        select(Webhook)
        .where(Webhook.organisation_id == telling.organisation_id, Webhook.url == telling.url)
        .with_for_update()
    ).one_or_none()
    _settle_each(session, telling, faults)
    _let_senders_know(session, telling, faults)
    if webhook is None:
        return False
    failed = any(fault is not None for fault in faults.values())
    webhook.busy_until = None
    webhook.failing_since = (webhook.failing_since or clock.now()) if failed else None
    stopped = GONE in faults.values()
    if stopped:
        stop(session, webhook)
    elif not failed and _has_due(session, telling.organisation_id):
        _tell_soon(session, telling.organisation_id)
    return stopped


def forget_deliveries(session: Session) -> None:
    """Delete the rows of messages that ended long ago."""
    now = clock.now()
    state, ended = Delivery.state, Delivery.ended_at
    delivered = and_(state == DeliveryState.DELIVERED, ended < now - DELIVERED_FOR)
    given_up = and_(state == DeliveryState.GIVEN_UP, ended < now - GIVEN_UP_FOR)
    session.execute(delete(Delivery).where(or_(delivered, given_up)))


def _due_messages(
    session: Session, organisation_ids: Collection[UUID], now: datetime
) -> Mapping[UUID, list[Message]]:
    """The first that are due to each body. After the claim, or another worker may tell them too."""
    order = (Delivery.due_at, Delivery.id)
    place = func.row_number().over(partition_by=Delivery.organisation_id, order_by=order)
    due = (
        select(Delivery.id, place.label("place"))
        .where(_due(now), Delivery.organisation_id.in_(organisation_ids))
        .subquery()
    )
    first = select(due.c.id).where(due.c.place <= MOST_AT_ONCE)
    messages: dict[UUID, list[Message]] = defaultdict(list)
    for each in session.scalars(select(Delivery).where(Delivery.id.in_(first)).order_by(*order)):
        message = Message(each.id, each.kind, each.payload, each.made_at)
        messages[each.organisation_id].append(message)
    return messages


def _settle_each(session: Session, telling: Telling, faults: Mapping[UUID, str | None]) -> None:
    """One that was made anew meanwhile, under its id, waits on: its body took what was before."""
    made_at = {message.id: message.made_at for message in telling.messages}
    waiting = (
        select(Delivery)
        .where(Delivery.id.in_(faults), Delivery.state == DeliveryState.WAITING)
        .order_by(Delivery.id)
        .with_for_update()
    )
    for delivery in session.scalars(waiting.execution_options(populate_existing=True)):
        fault = faults[delivery.id]
        if delivery.made_at != made_at[delivery.id]:
            continue
        if fault is None:
            delivery.taken()
        else:
            delivery.failed(fault)


def _let_senders_know(
    session: Session, telling: Telling, faults: Mapping[UUID, str | None]
) -> None:
    """Have those who send this kind look what became of their messages."""
    settled = {message.kind for message in telling.messages if message.id in faults}
    for job in sorted({HEARD_BY[kind] for kind in settled if kind in HEARD_BY}):
        jobs.enqueue_once(session, job)


def _has_due(session: Session, organisation_id: UUID) -> bool:
    due = select(Delivery.id).where(_due(clock.now()), Delivery.organisation_id == organisation_id)
    return session.scalar(due.limit(1)) is not None


def _due(now: datetime) -> ColumnElement[bool]:
    """Also what was made while a clock stood ahead, and would wait for that time to come."""
    ahead = and_(Delivery.attempts == 0, Delivery.made_at > now)
    return and_(Delivery.state == DeliveryState.WAITING, or_(Delivery.due_at <= now, ahead))


def _tell_soon(session: Session, organisation_id: UUID) -> None:
    jobs.enqueue(session, "bodies.deliver", organisation=str(organisation_id))
