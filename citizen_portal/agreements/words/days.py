"""What a day that must be kept is for."""

from flask_babel import gettext

from citizen_portal.agreements.queries.days import DayKind


def day_kind(kind: DayKind) -> str:
    words: dict[DayKind, str] = {
        DayKind.REVIEW: gettext("To be looked at again"),
        DayKind.RESULT: gettext("A result is due"),
        DayKind.LOOK_BACK: gettext("The emergency must be looked back at"),
        DayKind.END: gettext("It ends"),
    }
    return words[kind]
