"""Numbers as they are published, in words."""

from flask_babel import format_decimal, gettext

from citizen_portal.counts import SMALLEST


def published(count: int | None) -> str:
    """A number that ``counts.rounded`` gave."""
    if count is None:
        return str(gettext("fewer than %(least)s", least=SMALLEST))
    return str(format_decimal(count))
