"""A mail server on loopback that takes mail over real SMTP, or answers as a test wants."""

import socket
from collections.abc import Iterator
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

    async def handle_RCPT(  # noqa: N802
        self, _: Any, __: Any, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        self.asked += 1
        if self.at_recipient is not None:
            return self.at_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: Any, __: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.at_data is not None:
            return self.at_data
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
