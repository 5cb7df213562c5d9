"""Lengths of time in words, in any language; asks no request for it."""

import re
from gettext import NullTranslations

LENGTH = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")


def in_words(text: str, said: NullTranslations) -> str:
    """ "P2Y" (ISO 8601) is "2 years"; what is no length of time, as it is."""
    found = LENGTH.fullmatch(text)
    if found is None:
        return text
    years, months, weeks, days = (int(part or 0) for part in found.groups())
    told = [
        (years, said.ngettext("%(num)s year", "%(num)s years", years)),
        (months, said.ngettext("%(num)s month", "%(num)s months", months)),
        (weeks, said.ngettext("%(num)s week", "%(num)s weeks", weeks)),
        (days, said.ngettext("%(num)s day", "%(num)s days", days)),
    ]
    return " ".join(each % {"num": n} for n, each in told if n) or said.gettext("not kept")
