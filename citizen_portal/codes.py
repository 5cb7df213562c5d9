"""Codes that people read aloud or copy by hand."""

import secrets

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Nothing that is taken for another: no O and 0, no I, L and 1, no U and V."""
LENGTH = 8


def drawn() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
