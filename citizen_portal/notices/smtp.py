"""Through the mail server that the settings name.

Plain text, marked as made by a machine. What a mail server says back is not kept: it may repeat
the address.
"""

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
            (code, _said), *_others = refused.recipients.values()
            if code >= 500:
                raise NoMailbox from None
            raise NotSent("PutOff", away=code == BUSY) from None
        except smtplib.SMTPDataError as error:
            raise NotSent("DataRefused", away=error.smtp_code == BUSY) from None
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
