"""Where somebody who found a weakness can turn (RFC 9116)."""

from datetime import date, timedelta

from citizen_portal.settings import Settings

GOOD_FOR = timedelta(days=180)
"""RFC 9116 §2.5.5 asks for less than a year."""


def text(settings: Settings, *, today: date) -> str:
    site = settings.public_url
    lines = {
        "Contact": settings.security_contact,
        "Expires": f"{today + GOOD_FOR:%Y-%m-%d}T00:00:00Z",
        "Preferred-Languages": "en, cy",
        "Canonical": f"{site}/.well-known/security.txt",
        "Policy": f"{site}/security",
    }
    return "".join(f"{name}: {value}\r\n" for name, value in lines.items())
