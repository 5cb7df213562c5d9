"""How long there is left, in words."""

from datetime import date

from flask_babel import gettext, ngettext

from citizen_portal.web.pages import day


def time_left(last_day: date, today: date) -> str:
    """How long there is until a last day, or for how long it has been over."""
    left, last = (last_day - today).days, day(last_day)
    if left < 0:
        return str(
            ngettext(
                "The last day was %(last)s: %(num)s day late.",
                "The last day was %(last)s: %(num)s days late.",
                -left,
                last=last,
            )
        )
    if left == 0:
        return str(gettext("The last day is today."))
    return str(
        ngettext(
            "The last day is %(last)s: %(num)s day left.",
            "The last day is %(last)s: %(num)s days left.",
            left,
            last=last,
        )
    )
