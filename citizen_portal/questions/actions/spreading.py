"""Each recipient of what was put right is told of it, and says what it did."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from citizen_portal import audit, bulk, clock, jobs
from citizen_portal.bodies import actions as bodies
from citizen_portal.bodies.actions import Sent
from citizen_portal.bodies.models import Delivery, DeliveryState, MessageKind
from citizen_portal.errors import Invalid
from citizen_portal.identity import queries as identity
from citizen_portal.questions.models.corrections import (
    Correction,
    CorrectionFeed,
    Recipient,
    Reply,
)
from citizen_portal.questions.queries.corrections import of_correction, told_to
from citizen_portal.questions.queries.recipients import Ground, Wrong, recipients
from citizen_portal.sealing import Sealer

AT_ONCE = 200
"""Messages of one transaction, so that no writer waits long."""
Document = Callable[[Recipient, Correction], dict[str, Any]]


def spread(session: Session, correction: Correction, wrong: Wrong, ground: Ground) -> None:
    """Write down each recipient. Those that the citizen is linked with we tell, soon, by the id by
    which each knows the citizen; of the others the body says itself that it told them."""
    links = identity.linked_bodies(identity.links(session, correction.citizen_id))
    for got in recipients(session, correction.citizen_id, wrong, ground):
        link = links.get(got.body.id) if got.body else None
        session.add(
            Recipient(
                citizen_id=correction.citizen_id,
                correction_id=correction.id,
                organisation_id=got.body.id if got.body else None,
                code=got.code,
                name=got.name,
                subject=link.pairwise if link else None,
                agreement=got.agreement,
                looked=got.looked,
            )
        )
    jobs.enqueue_once(session, "questions.send_corrections")


def send_some(session: Session, document: Document) -> int:
    """Number and send some of what was not sent yet; gives how many.

    A number is given once its row can be seen by everybody, so that a recipient that has read up to
    a number has missed nothing before it.
    """
    rows = session.execute(
        select(Recipient, Correction)
        .join(Correction, of_correction())
        .where(Recipient.number.is_(None), Recipient.subject.is_not(None))
        .order_by(Recipient.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, of=Recipient)
    ).all()
    by_body: dict[UUID, list[tuple[Recipient, Correction]]] = defaultdict(list)
    for recipient, correction in rows:
        if recipient.organisation_id is not None:
            by_body[recipient.organisation_id].append((recipient, correction))
    for organisation_id in sorted(by_body):  # in one order, so that no two wait for each other
        _send(session, organisation_id, by_body[organisation_id], document)
    return len(rows)


def hear(session: Session) -> None:
    """Note which messages reached their recipients since, and which were given up."""
    unsaid = (Recipient.told_at.is_(None), Recipient.number.is_not(None))
    taken = select(Delivery.ended_at).where(Delivery.id == Recipient.id).scalar_subquery()
    session.execute(
        update(Recipient)
        .where(*unsaid, _message_is(DeliveryState.DELIVERED))
        .values(told_at=taken, undelivered=False)
    )
    session.execute(
        update(Recipient)
        .where(*unsaid, _message_is(DeliveryState.GIVEN_UP))
        .values(undelivered=True)
    )


def note_read(session: Session, organisation_id: UUID, number: int) -> None:
    """A recipient says that it has everything up to this number of its list.

    Raises ``Invalid`` for a number that cannot have been given.
    """
    feed = _feed_of(session, organisation_id)
    if number > max(feed.last, clock.in_ms()):
        raise Invalid("The portal has given no number as high as this.")
    if number <= feed.read_to:
        return
    session.execute(
        update(Recipient)
        .where(
            Recipient.organisation_id == organisation_id,
            Recipient.number > feed.read_to,
            Recipient.number <= number,
            Recipient.told_at.is_(None),
        )
        .values(told_at=clock.now(), undelivered=False)
    )
    feed.read_to = number


def acknowledge(
    session: Session,
    organisation_id: UUID,
    recipient_id: UUID,
    reply: Reply,
    *,
    applied_from: date | None,
    reason: str | None,
    sealer: Sealer,
    today: date,
) -> Recipient:
    """Keep what a recipient says that it did; the same again changes nothing.

    Raises ``NotFound`` for what it was not told, ``Invalid`` for an answer that says half.
    """
    one = told_to(session, organisation_id, recipient_id)
    if reply is Reply.APPLIED and applied_from is None:
        raise Invalid("Say from which day on it is applied.")
    if reply is Reply.NOT_APPLIED and not reason:
        raise Invalid("Say why it is not applied, in words that the person will read.")
    if applied_from is not None and applied_from > today + timedelta(days=1):
        raise Invalid("Say it once it is applied: the day is still to come.")
    before = sealer.text(one.sealed_reason, reason_context(one.id)) if one.sealed_reason else None
    if (one.reply, one.applied_from, before) == (reply, applied_from, reason):
        return one
    sealed = sealer.seal(reason.encode(), reason_context(one.id)) if reason else None
    one.answer(reply, applied_from=applied_from, sealed=sealed)
    audit.record(
        session,
        "correction:acknowledged",
        for_body=organisation_id,
        correction=one.id.hex,
        reply=reply.value,
    )
    return one


def reason_context(recipient_id: UUID) -> str:
    return f"correction-answer:{recipient_id}"


def _send(
    session: Session,
    organisation_id: UUID,
    rows: Sequence[tuple[Recipient, Correction]],
    document: Document,
) -> None:
    feed = _feed_of(session, organisation_id)
    messages = {}
    for recipient, correction in rows:
        feed.last = recipient.number = max(feed.last + 1, clock.in_ms())
        messages[recipient.id] = document(recipient, correction)
    sent = bodies.send_each(session, organisation_id, MessageKind.CORRECTION_MADE, messages)
    if sent is Sent.STOPPED:
        for recipient, _ in rows:
            recipient.undelivered = True


def _feed_of(session: Session, organisation_id: UUID) -> CorrectionFeed:
    """The list of one recipient, locked; begun if there is none, by one of those who ask."""
    asked = select(CorrectionFeed).where(CorrectionFeed.organisation_id == organisation_id)
    found = session.scalars(asked.with_for_update()).one_or_none()
    if found is not None:
        return found
    begun = bulk.upsert(session, CorrectionFeed).values(
        organisation_id=organisation_id, last=0, read_to=0
    )
    session.execute(begun.on_conflict_do_nothing())
    return session.scalars(asked.with_for_update()).one()


def _message_is(state: DeliveryState) -> ColumnElement[bool]:
    messages = select(Delivery.id).where(
        Delivery.kind == MessageKind.CORRECTION_MADE.value, Delivery.state == state
    )
    return Recipient.id.in_(messages)
