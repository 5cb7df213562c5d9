"""Telling bodies, as Standard Webhooks says: each message signed, under one id at each attempt."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from citizen_portal import clock
from citizen_portal.bodies.actions import Message, Telling, secret_context
from citizen_portal.bodies.models import GONE, message_id
from citizen_portal.fetch import Fault, Fetcher
from citizen_portal.sealing import Sealer

SECONDS = 15.0
"""Seconds that a body may take for one message."""
BEGIN_WITHIN = 20.0
"""Seconds after which no further message is begun, so that a slow body is let go in time."""


async def tell(fetcher: Fetcher, sealer: Sealer, telling: Telling) -> dict[UUID, str | None]:
    """Tell a body one message after the other, until one is not taken: then the rest waits.

    Gives the kind of fault of each message that was sent, none for those that were taken; raises
    ``CannotOpen`` when the secrets do not open.
    """
    context = secret_context(telling.organisation_id)
    secrets = [sealer.unseal(base64.b64decode(each), context) for each in telling.secrets]
    enough, became = fetcher.moment(BEGIN_WITHIN), {}
    for message in telling.messages:
        if fetcher.moment(0) > enough:
            break
        fault = became[message.id] = await _sent(fetcher, telling.url, message, secrets)
        if fault is not None:
            break
    return became


async def _sent(
    fetcher: Fetcher, url: str, message: Message, secrets: Iterable[bytes]
) -> str | None:
    body = document(message)
    headers = signed(message, body, secrets, at=clock.now())
    try:
        await fetcher.send(url, body, until=fetcher.moment(SECONDS), headers=headers)
    except Fault as fault:
        return GONE if fault.status == 410 else fault.kind.value
    return None


def document(message: Message) -> bytes:
    """The message in JSON, the same bytes at each attempt."""
    made_at = message.made_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    said = {"type": message.kind, "timestamp": made_at, "data": message.payload}
    return json.dumps(said, separators=(",", ":")).encode()


def signed(
    message: Message, body: bytes, secrets: Iterable[bytes], *, at: datetime
) -> dict[str, str]:
    """The headers of one attempt; a body that has any of the secrets finds its signature."""
    name, moment = message_id(message.id), str(int(at.timestamp()))
    content = b".".join([name.encode(), moment.encode(), body])
    signatures = (hmac.digest(secret, content, hashlib.sha256) for secret in secrets)
    return {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(
            f"v1,{base64.b64encode(signature).decode()}" for signature in signatures
        ),
    }
