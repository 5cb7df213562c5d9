"""Texts that are kept sealed, on a page."""

from flask_babel import gettext

from citizen_portal.web import parts


def opened(sealed: bytes | None, context: str) -> str:
    """A text of one side for the other, empty where there is none; it is said where its key is
    gone."""
    if sealed is None:
        return ""
    return parts.sealer().text(sealed, context) or unopened()


def unopened() -> str:
    return str(gettext("(This text cannot be opened.)"))
