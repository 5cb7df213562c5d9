"""What can happen to the address at which a body is told of things, and to its secrets."""

import base64
import secrets
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import audit, clock
from citizen_portal.bodies.models import GONE, REMOVED, Delivery, DeliveryState, Webhook
from citizen_portal.errors import NotFound
from citizen_portal.sealing import Sealer

SECRET_BYTES = 32
SECRET_PREFIX = "whsec_"  # noqa: S105  (what the secret begins with)


def set_webhook(session: Session, sealer: Sealer, organisation_id: UUID, url: str) -> str:
    """From now on the body is told at this address; returns its new secret, which is not shown
    again."""
    secret, sealed = _new_secret(sealer, organisation_id)
    webhook = _of(session, organisation_id)
    if webhook is None:
        session.add(Webhook(organisation_id=organisation_id, url=url, secrets=[sealed]))
    else:
        webhook.url, webhook.secrets, webhook.set_at = url, [sealed], clock.now()
        webhook.rotated_at = webhook.stopped_at = None
        webhook.failing_since = webhook.busy_until = None
    audit.record(session, "body:webhook-set", for_body=organisation_id)
    return secret


def rotate_secret(session: Session, sealer: Sealer, organisation_id: UUID) -> str:
    """Returns a new secret; the one before it signs as well for some days."""
    webhook = _needed(session, organisation_id)
    secret, sealed = _new_secret(sealer, organisation_id)
    webhook.secrets, webhook.rotated_at = [sealed, webhook.secrets[0]], clock.now()
    audit.record(session, "body:webhook-rotated", for_body=organisation_id)
    return secret


def remove_webhook(session: Session, organisation_id: UUID) -> None:
    """The body is told nothing more, not even what waits."""
    session.delete(_needed(session, organisation_id))
    _let_waiting_be(session, organisation_id, fault=REMOVED)
    audit.record(session, "body:webhook-removed", for_body=organisation_id)


def stop(session: Session, webhook: Webhook) -> None:
    """The body wants nothing more: nothing is sent until the operator sets its webhook anew."""
    webhook.stopped_at = clock.now()
    _let_waiting_be(session, webhook.organisation_id, fault=GONE)


def secret_context(organisation_id: UUID) -> str:
    return f"webhook:{organisation_id}"


def _new_secret(sealer: Sealer, organisation_id: UUID) -> tuple[str, str]:
    """A secret in words for its body, and sealed for us."""
    plain = secrets.token_bytes(SECRET_BYTES)
    sealed = sealer.seal(plain, secret_context(organisation_id))
    return SECRET_PREFIX + base64.b64encode(plain).decode(), base64.b64encode(sealed).decode()


def _let_waiting_be(session: Session, organisation_id: UUID, *, fault: str) -> None:
    waiting = select(Delivery).where(
        Delivery.organisation_id == organisation_id, Delivery.state == DeliveryState.WAITING
    )
    for delivery in session.scalars(waiting):
        delivery.give_up(fault)


def _needed(session: Session, organisation_id: UUID) -> Webhook:
    webhook = _of(session, organisation_id)
    if webhook is None:
        raise NotFound("This body has no webhook.")
    return webhook


def _of(session: Session, organisation_id: UUID) -> Webhook | None:
    return session.scalars(
        select(Webhook).where(Webhook.organisation_id == organisation_id).with_for_update()
    ).one_or_none()
