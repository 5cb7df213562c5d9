"""Sends one mail to one person, through the mail server that the settings name.

Plain text, marked as made by a machine, with no address of the portal beyond its root. What a
mail server says back is not kept: it may repeat the address.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from citizen_portal import clock
from citizen_portal.settings import Settings


class NotSent(Exception):
    """The mail server did not take the mail just now; it may be tried again. Says the kind of
    fault in one word."""


class NoMailbox(Exception):
    """The mail server says that it will not take mail for this address."""


@dataclass(frozen=True, slots=True)
class Mail:
    subject: str
    text: str


def send(settings: Settings, mail: Mail, *, to: str) -> None:
    """Hand over one mail; raises ``NotSent`` or ``NoMailbox``."""
    message = _message(settings, mail, to)
    try:
        with _server(settings) as server:
            server.send_message(message, from_addr=settings.mail_from, to_addrs=[to])
    except smtplib.SMTPRecipientsRefused as refused:
        (code, _said), *_others = refused.recipients.values()
        if code >= 500:
            raise NoMailbox from None
        raise NotSent("PutOff") from None
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent(type(error).__name__) from None


def _message(settings: Settings, mail: Mail, to: str) -> EmailMessage:
    """The headers refuse line breaks: ``Address`` and the policy raise ``ValueError``."""
    sender = Address(display_name=settings.mail_from_name, addr_spec=settings.mail_from)
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = Address(addr_spec=to)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=sender.domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text, cte="quoted-printable")
    return message


@contextmanager
def _server(settings: Settings) -> Iterator[smtplib.SMTP]:
    """A connection that is as safe as the settings say, or none at all."""
    context = ssl.create_default_context()
    own_name = settings.mail_from.rpartition("@")[2]  # ours would tell of the machine
    place = (settings.smtp_host, settings.smtp_port, own_name)
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            *place, timeout=settings.smtp_timeout, context=context
        )
    else:
        server = smtplib.SMTP(*place, timeout=settings.smtp_timeout)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=context)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        yield server
        with suppress(smtplib.SMTPException, OSError):  # the mail is theirs, whatever comes now
            server.quit()
    finally:
        server.close()
