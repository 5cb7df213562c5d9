"""What an address asks for. What cannot be read counts as not asked."""

import re
from collections.abc import Mapping
from uuid import UUID

from citizen_portal.errors import NotFound

LONGEST = 7
"""Digits of a number."""
ID = re.compile(r"[0-9a-f]{32}", re.ASCII | re.IGNORECASE)


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else None


def identifier(text: str) -> UUID | None:
    """The id that is written as 32 hexadecimal digits."""
    return UUID(hex=text) if ID.fullmatch(text) else None


def identified(text: str, unknown: NotFound) -> UUID:
    """The same of an address that leads nowhere without it; raises what is given."""
    found = identifier(text)
    if found is None:
        raise unknown
    return found


def not_read(given: Mapping[str, str], read: Mapping[str, object]) -> tuple[str, ...]:
    """The names in an address under which something stands of which nothing could be read."""
    return tuple(name for name, value in read.items() if given.get(name) and not value)
