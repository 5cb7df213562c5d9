"""What every way of sending mails can do, and how it fails."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


class NotSent(Exception):
    """The mail was not taken just now; it may be tried again. Says the kind of fault in one word.

    ``away``: as far as can be told it was not about this mail, so that others would fail as well.
    """

    def __init__(self, fault: str, *, away: bool = False) -> None:
        super().__init__(fault)
        self.away = away


class NoMailbox(Exception):
    """No mail will be taken for this address."""


@dataclass(frozen=True, slots=True)
class Mail:
    """Plain text for one person."""

    subject: str
    text: str
    stop: str = ""
    """The address that stops such mails, with one click (RFC 8058); none where none is needed."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """By which a mail is known to whoever carries it, however often it is tried."""

    reference: UUID
    again: bool = False
    """Whether it was tried before, so that it may have been taken."""
    before: UUID | None = None
    """The mail before it to the same address, whose fate is known by now."""


class Sender(Protocol):
    def send(self, mail: Mail, *, to: str, stamp: Stamp) -> None:
        """Hand over one mail; raises ``NotSent`` or ``NoMailbox``."""

    def try_out(self) -> None:
        """Go as far as one would be handed over; raises ``NotSent``."""
