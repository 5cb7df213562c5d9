"""What an address asks for. What cannot be read counts as not asked."""

from collections.abc import Mapping
from uuid import UUID

LONGEST = 7
"""Digits of a number."""


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else None


def identifier(text: str) -> UUID | None:
    """The id that is written as 32 hexadecimal digits."""
    try:
        return UUID(hex=text) if len(text) == 32 else None
    except ValueError:
        return None


def not_read(given: Mapping[str, str], read: Mapping[str, object]) -> tuple[str, ...]:
    """The names in an address under which something stands of which nothing could be read."""
    return tuple(name for name, value in read.items() if given.get(name) and not value)
