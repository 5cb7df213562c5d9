"""A mail server on loopback that takes mail over real SMTP, or answers as a test wants."""

import asyncio
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope


@dataclass(frozen=True)
class Arrived:
    """One mail as the server took it: for whom, and what was in it."""

    to: list[str]
    raw: bytes
    message: EmailMessage

    @property
    def text(self) -> str:
        return str(self.message.get_content())


@dataclass
class MailServer:
    port: int
    mails: list[Arrived] = field(default_factory=list)
    at_recipient: str | None = None
    """What it says to each recipient instead of taking them, such as "550 no such user"."""
    at_data: str | None = None
    asked: int = 0
    """How often a recipient was named."""
    manner: Callable[[str, int], str | None] | None = None
    """What it does with an address at its first, second, … attempt: says something else than yes,
    or, "break off", ends the connection while the mail is on its way; "take and break off" takes
    it and ends the connection before it says so."""
    silence: float = 0.0
    """Seconds for which it says nothing to whoever greets it."""
    attempts: Counter[str] = field(default_factory=Counter)

    async def handle_RCPT(  # noqa: N802
        self, _: Any, __: Any, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        self.asked += 1
        if self.at_recipient is not None:
            return self.at_recipient
        self.attempts[address] += 1
        said = self._manner(address)
        if said is not None and said[0].isdigit():
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_EHLO(  # noqa: N802
        self, _: Any, session: Any, __: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        await asyncio.sleep(self.silence)
        session.host_name = hostname
        return responses

    def _manner(self, address: str) -> str | None:
        return self.manner(address, self.attempts[address]) if self.manner else None

    async def handle_DATA(self, server: Any, _: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.at_data is not None:
            return self.at_data
        broken = self._manner(envelope.rcpt_tos[0])
        if broken is not None:
            server.transport.abort()
        if broken == "break off":
            return "250 OK"
        raw = envelope.content
        assert isinstance(raw, bytes)
        message = message_from_bytes(raw, policy=default)
        self.mails.append(Arrived(list(envelope.rcpt_tos), raw, message))
        return "250 OK"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def taking_mail(port: int | None = None, **given: Any) -> Iterator[MailServer]:
    """The server, at a free port or at the one given; ``given`` goes to aiosmtpd."""
    server = MailServer(port or free_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port, **given)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
