"""The first line of a list: how many sources were asked, then how each stands. Gap before count."""

from collections.abc import Collection
from datetime import datetime

from flask_babel import gettext, ngettext

from citizen_portal import clock
from citizen_portal.dashboard.queries.holds import HolderState
from citizen_portal.dashboard.views.sources import sending_words
from citizen_portal.web.pages import clock_time

GAPS = (HolderState.ASKING, HolderState.NO_ANSWER, HolderState.REFUSED)


def lead(
    asked: Collection[HolderState], at: datetime | None, *, linked: bool, sending: int = 0
) -> tuple[str, str]:
    """An opening, and how those stand that were asked; ``sending`` ones are not asked at all."""
    if not linked:
        return gettext("You are not linked to a body yet. So we have asked none."), ""
    opening = []
    if asked:
        opening.append(
            ngettext(
                "We asked %(num)s body at %(time)s.",
                "We asked %(num)s bodies at %(time)s.",
                len(asked),
                time=clock_time(at or clock.now()),
            )
        )
    if sending:
        opening.append(sending_words(sending))
    return " ".join(opening), " ".join(_outcomes(asked))


def _outcomes(asked: Collection[HolderState]) -> list[str]:
    """How many of those that were asked answered, and what became of the others."""
    waiting, down, refused = (sum(each is state for each in asked) for state in GAPS)
    answered, said = len(asked) - waiting - down - refused, []
    if answered or (asked and not waiting):
        said.append(ngettext("%(num)s answered.", "%(num)s answered.", answered))
    if waiting:
        said.append(
            ngettext("%(num)s is still to answer.", "%(num)s are still to answer.", waiting)
        )
    if down:
        said.append(ngettext("%(num)s did not answer.", "%(num)s did not answer.", down))
    if refused:
        said.append(
            ngettext("%(num)s answer we turned down.", "%(num)s answers we turned down.", refused)
        )
    return said
