"""The strip above ``/my/choices``: where one can choose, what was chosen, what leaves no choice."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import format_decimal, gettext, ngettext

from citizen_portal.agreements.models import Say
from citizen_portal.agreements.queries import Terms
from citizen_portal.preferences.queries import decide
from citizen_portal.preferences.views.listed import FIXED, OPEN
from citizen_portal.preferences.views.reading import Reading


@dataclass(frozen=True, slots=True)
class Short:
    """One answer of the strip."""

    number: str
    words: str
    sub: str
    href: str
    lifted: bool = False


def strip(agreements: Sequence[Terms], reading: Reading, *, lifted: int) -> list[Short]:
    """``lifted`` says of how many choices a body is late, could not be told, or refused."""
    open_ = [terms for terms in agreements if terms.refusable]
    waits = sum(
        terms.choice is Say.CONSENT and decide(terms, reading.standing).by is None
        for terms in open_
    )
    address = "/my/choices"
    look = ngettext("%(num)s to look at", "%(num)s to look at", lifted)
    return [
        Short(
            str(format_decimal(len(open_))),
            gettext("You can choose"),
            ngettext("%(num)s needs your yes", "%(num)s need your yes", waits) if waits else "",
            f"{address}?show={OPEN}#list",
        ),
        Short(
            str(format_decimal(len(reading.standing))),
            gettext("You have chosen"),
            look if lifted else _chosen_words(reading),
            f"{address}#yours" if reading.standing else f"{address}/history",
            lifted=bool(lifted),
        ),
        Short(
            str(format_decimal(len(agreements) - len(open_))),
            gettext("No choice"),
            gettext("A law or the agreement leaves none"),
            f"{address}?show={FIXED}#list",
        ),
    ]


def _chosen_words(reading: Reading) -> str:
    if reading.standing:
        return str(gettext("See what each body did"))
    return str(gettext("Nothing so far"))
