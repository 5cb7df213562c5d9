"""Reasons that people write to one another, as citizens and as officers."""

from citizen_portal.readable import JOINERS


def as_written(text: str | None) -> str:
    """What was typed, with a space for each sign that cannot be seen or turns what is around it."""
    typed = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    seen = (letter if _seen(letter) else " " for letter in typed)
    return "".join(seen).strip()


def _seen(letter: str) -> bool:
    return letter == "\n" or letter in JOINERS or letter.isprintable()
