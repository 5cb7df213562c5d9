"""The first line of a list: how many sources were asked, then how each stands. Gap before count."""

from collections.abc import Collection
from datetime import datetime

from flask_babel import gettext, ngettext

from citizen_portal import clock
from citizen_portal.dashboard.queries.holds import HolderState
from citizen_portal.web.pages import clock_time

GAPS = (HolderState.ASKING, HolderState.NO_ANSWER, HolderState.REFUSED)


def lead(asked: Collection[HolderState], at: datetime | None) -> tuple[str, str]:
    """An opening, and how those stand that were asked."""
    if not asked:
        return gettext("You are not linked to a body yet. So we have asked none."), ""
    opening = ngettext(
        "We asked %(num)s body at %(time)s.",
        "We asked %(num)s bodies at %(time)s.",
        len(asked),
        time=clock_time(at or clock.now()),
    )
    waiting, down, refused = (sum(each is state for each in asked) for state in GAPS)
    answered = len(asked) - waiting - down - refused
    said = [ngettext("%(num)s answered.", "%(num)s answered.", answered)]
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
    return opening, " ".join(said)
