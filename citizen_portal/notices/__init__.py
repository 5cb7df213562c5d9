"""Sends one mail to one person: through a mail server, or through GOV.UK Notify."""

from citizen_portal.fetch import Fetcher
from citizen_portal.notices.notify import Notify
from citizen_portal.notices.port import Mail, NoMailbox, NotSent, Sender, Stamp
from citizen_portal.notices.smtp import Smtp
from citizen_portal.settings import Settings

__all__ = ["Mail", "NoMailbox", "NotSent", "Sender", "Stamp", "sender"]


def sender(settings: Settings, fetcher: Fetcher) -> Sender:
    """The way of sending that the settings name; they say whether there is one."""
    return Notify.at(settings, fetcher) if settings.notify_template else Smtp(settings)
