"""How a source stands for a citizen: its shape, its names, and the words for it."""

from datetime import datetime

from flask_babel import gettext
from markupsafe import Markup

from citizen_portal.access.models import Fault
from citizen_portal.bodies.queries import Body, Directory, SourceFacts
from citizen_portal.dashboard.queries.holds import HolderState
from citizen_portal.dashboard.views.wording import fault_words
from citizen_portal.web.pages import clock_time, fill, say

Text = str | Markup
ICONS = {
    HolderState.HOLDS: "answered",
    HolderState.LOOKS_ONLY: "empty",
    HolderState.SENDS: "sent",
    HolderState.ASKING: "asking",
    HolderState.NO_ANSWER: "down",
    HolderState.REFUSED: "refused",
    HolderState.NOT_COVERED: "off",
    HolderState.NOT_CONNECTED: "off",
    HolderState.HOLDS_NONE: "empty",
    HolderState.NOT_LINKED: "link",
    HolderState.NOT_MATCHED: "link",
    HolderState.AMBIGUOUS: "link",
}


def official_name(body: Body, source: SourceFacts | None, directory: Directory) -> Text:
    """The official name; and the source's, where a body has several."""
    official = say(body.official_name)
    if source is None or len(directory.sources_of(body.id)) < 2:
        return official
    return fill("%(body)s · %(source)s", body=official, source=say(source.name))


def state_words(
    state: HolderState, *, asked_at: datetime | None, fault: Fault | None
) -> tuple[Text, Text]:
    """The state in a bold word, and the sentence that goes with it; where nothing is held."""
    if state in (HolderState.ASKING, HolderState.NO_ANSWER, HolderState.REFUSED):
        return _unanswered(state, clock_time(asked_at) if asked_at else None, fault)
    not_linked = gettext("So it is not linked, and we have not asked it.")
    return {
        HolderState.LOOKS_ONLY: (
            gettext("Answered: no record of you now."),
            gettext("It did list looks at your data."),
        ),
        HolderState.SENDS: (
            gettext("It sends us each look itself."),
            gettext("It cannot tell us yet what it holds."),
        ),
        HolderState.NOT_COVERED: (
            gettext("Not asked."),
            gettext("It has another way to tell us, which is not ready yet."),
        ),
        HolderState.NOT_CONNECTED: (
            gettext("Not connected yet."),
            gettext("We cannot ask it."),
        ),
        HolderState.HOLDS_NONE: (gettext("Answered: no record of you."), ""),
        HolderState.NOT_LINKED: (
            gettext("You have not linked it."),
            gettext("We have not asked it."),
        ),
        HolderState.NOT_MATCHED: (gettext("It did not find you."), not_linked),
        HolderState.AMBIGUOUS: (gettext("It found more than one person."), not_linked),
    }[state]


def _unanswered(state: HolderState, at: str | None, fault: Fault | None) -> tuple[Text, Text]:
    if state is HolderState.ASKING:
        asked = gettext("We asked at %(time)s.", time=at) if at else ""
        return gettext("Still asking."), asked
    why = fault_words(fault)
    if state is HolderState.REFUSED:
        return gettext("We turned its answer down."), why
    down = gettext("It did not answer at %(time)s.", time=at) if at else gettext("No answer.")
    return down, why
