"""Through the mail server that the settings name.

Plain text, marked as made by a machine. What a mail server says back is not kept: it may repeat
the address.
"""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from citizen_portal import clock
from citizen_portal.notices.port import Mail, NoMailbox, NotSent, Stamp
from citizen_portal.settings import Settings

UNFOLDED = SMTP.clone(max_line_length=998)
"""The most that a line may have (RFC 5322): an address in a header must not be broken or coded."""
BUSY = 421
"""What a server says that takes no mail from anybody just now."""
NO_MAILBOX = {550, 551, 553, 556}
"""What a server says that takes nothing for this address (RFC 5321, RFC 7504). The others from 500
on are about the mail, or about us."""
OTHER_REASON = re.compile(rb"5\.(?!1\.|2\.1\b)|5\.1\.[78]\b")
"""How it says more closely (RFC 3463) that something else is the reason: the mailbox is full, the
mail or its way is not liked, or the sender is not. That a server takes nothing from us must cost
nobody their mailbox."""


@dataclass(frozen=True, slots=True)
class Smtp:
    settings: Settings

    def send(self, mail: Mail, *, to: str, stamp: Stamp) -> None:
        """A mail that is tried again has the same Message-ID, so that whoever got it twice
        because a connection broke off can tell."""
        message = _message(self.settings, mail, to, stamp)
        sender = self.settings.mail_from
        try:
            with _server(self.settings) as server:
                server.send_message(message, from_addr=sender, to_addrs=[to])
        except smtplib.SMTPRecipientsRefused as refused:
            (code, said), *_others = refused.recipients.values()
            if code in NO_MAILBOX and not OTHER_REASON.match(said):
                raise NoMailbox from None
            raise NotSent("PutOff", away=code == BUSY) from None
        except smtplib.SMTPDataError as error:
            raise NotSent("DataRefused", away=error.smtp_code == BUSY) from None
        except (smtplib.SMTPException, OSError) as error:
            raise NotSent(type(error).__name__, away=True) from None

    def try_out(self) -> None:
        try:
            with _server(self.settings) as server:
                server.ehlo_or_helo_if_needed()
        except (smtplib.SMTPException, OSError) as error:
            raise NotSent(type(error).__name__, away=True) from None


def _message(settings: Settings, mail: Mail, to: str, stamp: Stamp) -> EmailMessage:
    """The headers refuse line breaks: ``Address`` and the policy raise ``ValueError``."""
    sender = Address(display_name=settings.mail_from_name, addr_spec=settings.mail_from)
    message = EmailMessage(policy=UNFOLDED)
    message["From"] = sender
    message["To"] = Address(addr_spec=to)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{stamp.reference}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.stop:
        message["List-Unsubscribe"] = f"<{mail.stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text, cte="quoted-printable")
    return message


@contextmanager
def _server(settings: Settings) -> Iterator[smtplib.SMTP]:
    """A connection that is as safe as the settings say, or none at all."""
    own_name = settings.mail_from.rpartition("@")[2]  # ours would tell of the machine
    place = (settings.smtp_host, settings.smtp_port, own_name)
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            *place, timeout=settings.smtp_timeout, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(*place, timeout=settings.smtp_timeout)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        yield server
        with suppress(smtplib.SMTPException, OSError):  # the mail is theirs, whatever comes now
            server.quit()
    finally:
        server.close()
