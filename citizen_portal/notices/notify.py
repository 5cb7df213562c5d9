"""Through GOV.UK Notify (its REST API, v2): mails by a template that holds nothing but our words.

Notify takes a mail at once and delivers it later. What became of one is asked by its reference:
of the same mail before it is tried again, and of the one before it, for a mailbox that is gone.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.jwk import OctKey

from citizen_portal import clock
from citizen_portal.fetch import Fault, Fetcher, Kind
from citizen_portal.notices.port import Mail, NoMailbox, NotSent, Stamp
from citizen_portal.settings import Settings

UUID_LENGTH = 36
GONE = "permanent-failure"
"""The mailbox does not exist, or takes nothing from Notify."""
LOST = frozenset({"temporary-failure", "technical-failure"})
"""Notify gave up; the same mail may be tried again."""
ABOUT_ONE_MAIL = 400


@dataclass(frozen=True, slots=True)
class Notify:
    fetcher: Fetcher
    address: str
    template: str
    service: str
    secret: str
    seconds: float

    @classmethod
    def at(cls, settings: Settings, fetcher: Fetcher) -> "Notify":
        """The key of the API ends with the service's id and the secret."""
        key = settings.notify_secret
        return cls(
            fetcher,
            settings.notify_url,
            settings.notify_template,
            service=key[-2 * UUID_LENGTH - 1 : -UUID_LENGTH - 1],
            secret=key[-UUID_LENGTH:],
            seconds=settings.smtp_timeout,
        )

    def send(self, mail: Mail, *, to: str, stamp: Stamp) -> None:
        try:
            taken = stamp.again and self._fate(stamp.reference)
            known = taken or (stamp.before is not None and self._fate(stamp.before))
            if known == GONE:
                raise NoMailbox
            if not taken or taken in LOST:
                self.fetcher.wait(self._post(mail, to, stamp.reference), seconds=2 * self.seconds)
        except Fault as fault:
            raise NotSent(fault.kind.value, away=fault.status != ABOUT_ONE_MAIL) from None

    def try_out(self) -> None:
        """Whether Notify knows the key; it is asked of a mail that there is not."""
        try:
            self._fate(uuid4())
        except Fault as fault:
            raise NotSent(fault.kind.value, away=True) from None

    def _fate(self, reference: UUID) -> str | None:
        """What became of a mail, if Notify has it; the newest, should it have two."""
        found = self.fetcher.wait(self._ask(reference), seconds=2 * self.seconds)
        try:
            taken = found["notifications"]
            return str(taken[0]["status"]) if taken else None
        except (KeyError, IndexError, TypeError):
            raise Fault(Kind.UNREADABLE) from None

    async def _ask(self, reference: UUID) -> Any:
        reply = await self.fetcher.get(
            self.address,
            "/v2/notifications",
            until=self.fetcher.moment(self.seconds),
            query={"reference": str(reference), "template_type": "email"},
            headers=self._headers(),
        )
        return reply.document

    async def _post(self, mail: Mail, to: str, reference: UUID) -> None:
        document: dict[str, Any] = {
            "email_address": to,
            "template_id": self.template,
            "personalisation": {"subject": mail.subject, "text": mail.text},
            "reference": str(reference),
        }
        if mail.stop:
            document["one_click_unsubscribe_url"] = mail.stop
        await self.fetcher.send(
            f"{self.address}/v2/notifications/email",
            json.dumps(document).encode(),
            until=self.fetcher.moment(self.seconds),
            headers={**self._headers(), "Content-Type": "application/json"},
        )

    def _headers(self) -> Mapping[str, str]:
        claims = {"iss": self.service, "iat": int(clock.now().timestamp())}
        key = OctKey.import_key(self.secret)
        token = jwt.encode({"typ": "JWT", "alg": "HS256"}, claims, key, algorithms=["HS256"])
        return {"Authorization": f"Bearer {token}"}
